#include "app/models/entry_table_model.h"

#include <unordered_set>

namespace ty::app {

QVariant EntryTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return alignmentOf(section);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name: return tr("Name");
    case Kind: return tr("Kind");
    case Size: return tr("Size");
    case Modified: return tr("Modified");
    default: return headerOf(section);
    }
}

Qt::ItemFlags EntryTableModel::flags(const QModelIndex& index) const
{
    const auto flags = QAbstractTableModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsDragEnabled : flags;
}

QVariant EntryTableModel::alignmentOf(int column)
{
    return column == Size ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
}

QModelIndexList EntryTableModel::oneOfEachRow(const QModelIndexList& indexes)
{
    QModelIndexList first;
    std::unordered_set<int> rows;
    for (const QModelIndex& index : indexes) {
        if (rows.insert(index.row()).second) {
            first << index;
        }
    }
    return first;
}

QVariant EntryTableModel::headerOf(int) const
{
    return {};
}

} // namespace ty::app
