#include "app/models/transition_table_model.h"

namespace ty::app {

void TransitionTableModel::setExamples(const SpecExamples& examples)
{
    beginResetModel();
    m_examples = examples;
    m_row = -1;
    endResetModel();
}

int TransitionTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_examples.table ? 0 : static_cast<int>(m_examples.table->examples().size());
}

int TransitionTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_examples.table ? 0 : static_cast<int>(m_examples.table->columnNames().size());
}

QVariant TransitionTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    if (m_row != index.row()) {
        m_row = index.row();
        m_cells = m_examples.table->cells(m_examples.table->examples()[static_cast<std::size_t>(m_row)]);
    }
    return QString::fromStdString(m_cells[static_cast<std::size_t>(index.column())]);
}

QVariant TransitionTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) {
        return {};
    }
    if (orientation == Qt::Vertical) {
        return section + 1;
    }
    return m_examples.table ? QString::fromStdString(m_examples.table->columnNames()[static_cast<std::size_t>(section)]) : QString();
}

} // namespace ty::app
