#include "app/models/preview_table_model.h"

#include <utility>

namespace ty::app {

PreviewTableModel::PreviewTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void PreviewTableModel::setRows(const QStringList& header, std::vector<QStringList> rows)
{
    beginResetModel();
    m_header = header;
    m_rows = std::move(rows);
    endResetModel();
}

void PreviewTableModel::setTargetColumn(int column)
{
    m_target = column;
    if (!m_header.isEmpty()) {
        emit headerDataChanged(Qt::Horizontal, 0, static_cast<int>(m_header.size()) - 1);
    }
}

int PreviewTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PreviewTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_header.size());
}

QVariant PreviewTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    const auto& row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() >= row.size()) {
        return {};
    }
    QString text = row[index.column()];
    return role == Qt::ToolTipRole ? text : text.replace(QLatin1Char('\n'), QStringLiteral(" ⏎ ")); // a row is a line
}

QVariant PreviewTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
    }
    if (section >= m_header.size()) {
        return {};
    }
    const bool isTarget = section == m_target;
    switch (role) {
    case Qt::DisplayRole: return isTarget ? tr("◎ %1").arg(m_header[section]) : m_header[section];
    case Qt::ToolTipRole: return isTarget ? tr("Target: what is to be learned") : QString();
    default: return {};
    }
}

} // namespace ty::app
