#pragma once

#include <QAbstractTableModel>

namespace ty::app {

/// What the tables of files and folders have in common, wherever these lie: their first columns, and rows to drag.
class EntryTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Kind, Size, Modified, SharedColumns };

    using QAbstractTableModel::QAbstractTableModel;

    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

protected:
    /// Sizes stand on the right, all else as the view likes it.
    static QVariant alignmentOf(int column);
    /// The first of `indexes` of each row: of a hundred thousand selected rows too, without a pause.
    static QModelIndexList oneOfEachRow(const QModelIndexList& indexes);
    /// The names of further columns.
    virtual QVariant headerOf(int section) const;
};

} // namespace ty::app
