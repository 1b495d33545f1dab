#include "app/services/log_service.h"

#include <QLocale>

namespace ty::app {

namespace {
constexpr std::size_t kMostLines = 5000;

QString levelText(LogLevel level)
{
    switch (level) {
    case LogLevel::Info: return LogService::tr("Info");
    case LogLevel::Warning: return LogService::tr("⚠ Warning");
    case LogLevel::Error: return LogService::tr("✖ Error");
    }
    return {};
}
} // namespace

LogService::LogService(QObject* parent) : QAbstractTableModel(parent) {}

void LogService::append(LogLevel level, const QString& source, const QString& text)
{
    if (m_lines.size() >= kMostLines) {
        beginRemoveRows({}, 0, 0);
        m_lines.pop_front();
        endRemoveRows();
    }
    const int row = static_cast<int>(m_lines.size());
    beginInsertRows({}, row, row);
    m_lines.push_back({QDateTime::currentDateTime(), level, source, text});
    endInsertRows();
}

int LogService::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

int LogService::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LogService::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto& line = m_lines[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole) {
        return line.text;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
    case Time: return QLocale().toString(line.time.time(), QStringLiteral("HH:mm:ss"));
    case Level: return levelText(line.level);
    case Source: return line.source;
    case Text: return line.text;
    default: return {};
    }
}

QVariant LogService::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal) {
        return {};
    }
    switch (section) {
    case Time: return tr("Time");
    case Level: return tr("Level");
    case Source: return tr("Source");
    case Text: return tr("Text");
    default: return {};
    }
}

} // namespace ty::app
