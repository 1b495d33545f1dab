#include "app/models/column_table_model.h"

#include <algorithm>
#include <cmath>

#include <QDate>
#include <QLocale>

#include "widgets/distribution_delegate.h"

namespace ty::app {

namespace {
QString number(double value)
{
    return std::isfinite(value) ? QLocale().toString(value, 'g', 5) : QStringLiteral("–");
}
} // namespace

ColumnTableModel::ColumnTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void ColumnTableModel::setColumns(const std::vector<ColumnSummary>& columns, quint64 samples)
{
    beginResetModel();
    m_guessed = columns;
    m_columns = columns;
    m_samples = samples;
    endResetModel();
    emit changed();
}

QStringList ColumnTableModel::names() const
{
    QStringList names;
    for (const auto& column : m_columns) {
        names << column.name;
    }
    return names;
}

QString ColumnTableModel::target() const
{
    const auto found = std::find_if(m_columns.begin(), m_columns.end(), [](const ColumnSummary& column) {
        return column.role == QLatin1String("target");
    });
    return found == m_columns.end() ? QString() : found->name;
}

void ColumnTableModel::setTarget(const QString& name)
{
    if (name == target()) {
        return;
    }
    for (auto& column : m_columns) {
        if (column.name == name) {
            column.role = QStringLiteral("target");
        } else if (column.role == QLatin1String("target")) {
            column.role = QStringLiteral("feature");
        }
    }
    if (!m_columns.empty()) {
        emit dataChanged(index(0, Role), index(rowCount() - 1, Role));
    }
    emit changed();
}

std::map<std::string, ColumnChoice> ColumnTableModel::choices() const
{
    std::map<std::string, ColumnChoice> choices;
    for (std::size_t row = 0; row < m_columns.size(); ++row) {
        ColumnChoice choice;
        if (m_columns[row].type != m_guessed[row].type) {
            choice.type = m_columns[row].type.toStdString();
        }
        // The target has a field of its own in DataSpec.
        if (m_columns[row].role != m_guessed[row].role && m_columns[row].role != QLatin1String("target")) {
            choice.role = m_columns[row].role.toStdString();
        }
        if (!(choice == ColumnChoice())) {
            choices[m_columns[row].name.toStdString()] = choice;
        }
    }
    return choices;
}

bool ColumnTableModel::isChanged() const
{
    return !std::equal(m_columns.begin(), m_columns.end(), m_guessed.begin(), [](const auto& a, const auto& b) {
        return a.type == b.type && a.role == b.role;
    });
}

QStringList ColumnTableModel::typeChoices()
{
    return {QStringLiteral("numeric"), QStringLiteral("category"), QStringLiteral("date"), QStringLiteral("text")};
}

QStringList ColumnTableModel::roleChoices()
{
    return {QStringLiteral("feature"), QStringLiteral("target"), QStringLiteral("ignored")};
}

int ColumnTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

int ColumnTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ColumnTableModel::distributionText(const ColumnSummary& column) const
{
    if (column.bars.empty()) {
        return column.type == QLatin1String("text") ? tr("Words are not counted.") : tr("Not counted yet.");
    }
    QStringList lines;
    if (!column.barNames.isEmpty()) {
        for (qsizetype i = 0; i < column.barNames.size() && i < static_cast<qsizetype>(column.bars.size()); ++i) {
            lines << tr("%1: %2").arg(column.barNames[i], QLocale().toString(column.bars[static_cast<std::size_t>(i)], 'f', 0));
        }
        if (column.otherValues > 0) {
            lines << tr("others: %1").arg(QLocale().toString(static_cast<qulonglong>(column.otherValues)));
        }
        return lines.join(QLatin1Char('\n'));
    }
    const bool isDate = column.type == QLatin1String("date");
    const auto edge = [isDate](double value) {
        return isDate ? QLocale().toString(QDate(1970, 1, 1).addDays(static_cast<qint64>(value)), QLocale::ShortFormat) : number(value);
    };
    const auto most = std::max_element(column.bars.begin(), column.bars.end());
    const double width = (column.barsTo - column.barsFrom) / static_cast<double>(column.bars.size());
    const double at = column.barsFrom + width * static_cast<double>(most - column.bars.begin());
    lines << tr("%1 to %2 in %3 bars").arg(edge(column.barsFrom), edge(column.barsTo)).arg(column.bars.size());
    lines << tr("most often %1 to %2: %3").arg(edge(at), edge(at + width), QLocale().toString(*most, 'f', 0));
    return lines.join(QLatin1Char('\n'));
}

QVariant ColumnTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole && index.column() >= Missing) {
        return QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter);
    }
    const auto& column = m_columns[static_cast<std::size_t>(index.row())];
    if (index.column() == Values) {
        switch (role) {
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: return distributionText(column);
        case Qt::DisplayRole: return column.bars.empty() ? QStringLiteral("–") : QString();
        case widgets::DistributionDelegate::kBarsRole:
            return QVariant::fromValue(QList<double>(column.bars.begin(), column.bars.end()));
        case widgets::DistributionDelegate::kAreSeparateRole: return !column.barNames.isEmpty();
        default: return {};
        }
    }
    if (role != Qt::DisplayRole && role != Qt::EditRole) {
        return {};
    }
    switch (index.column()) {
    case Name: return column.name;
    case Type: return column.type;
    case Role: return column.role;
    case Missing:
        return m_samples == 0 ? QStringLiteral("–")
                              : tr("%1 %").arg(QLocale().toString(
                                    100.0 * static_cast<double>(column.missing) / static_cast<double>(m_samples), 'f',
                                    column.missing == 0 ? 0 : 1));
    case Minimum: return number(column.minimum);
    case Mean: return number(column.mean);
    case Maximum: return number(column.maximum);
    case Distinct: return QLocale().toString(static_cast<qulonglong>(column.distinct));
    default: return {};
    }
}

bool ColumnTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (!index.isValid() || role != Qt::EditRole) {
        return false;
    }
    auto& column = m_columns[static_cast<std::size_t>(index.row())];
    const auto text = value.toString();
    if (index.column() == Type && typeChoices().contains(text)) {
        column.type = text;
    } else if (index.column() == Role && text == QLatin1String("target")) {
        setTarget(column.name);
        return true;
    } else if (index.column() == Role && roleChoices().contains(text)) {
        column.role = text;
    } else {
        return false;
    }
    emit dataChanged(index, index);
    emit changed();
    return true;
}

QVariant ColumnTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        return section >= Missing ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name: return tr("Column");
    case Type: return tr("Type");
    case Role: return tr("Role");
    case Values: return tr("Values");
    case Missing: return tr("Missing");
    case Minimum: return tr("Min");
    case Mean: return tr("Mean");
    case Maximum: return tr("Max");
    case Distinct: return tr("Distinct");
    default: return {};
    }
}

Qt::ItemFlags ColumnTableModel::flags(const QModelIndex& index) const
{
    auto flags = QAbstractTableModel::flags(index);
    if (index.isValid() && (index.column() == Type || index.column() == Role)) {
        flags |= Qt::ItemIsEditable;
    }
    return flags;
}

} // namespace ty::app
