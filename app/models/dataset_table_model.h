#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <QAbstractTableModel>
#include <QDateTime>
#include <QString>

#include "engine/base/result.h"

namespace ty::catalog {
class Catalog;
}

namespace ty::app {

/// A dataset as the table shows it.
struct DatasetRow {
    qint64 id = 0;
    bool isStarred = false;
    QString name;
    int version = 1;
    QString kind;
    QString task;
    qint64 samples = 0;
    qint64 classes = 0;
    QString shape;
    QString split; ///< "80 / 20 / 0", or as the data says
    qint64 bytes = 0;
    QString format;
    QString path;
    QString fingerprint;
    qint64 problems = 0;
    qint64 usedBy = 0;
    QDateTime created;
};

/// All datasets of the catalog as rows. On the catalog's thread.
Result<std::vector<DatasetRow>> readDatasetRows(catalog::Catalog& catalog);

/// The Datasets table. A row can be dragged out as a dataset of ours and as a file.
class DatasetTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Star, Name, Task, Samples, Classes, Shape, Split, Size, Format, Where, Fingerprint, Problems, UsedBy, Created,
        ColumnCount
    };
    enum Role { IdRole = Qt::UserRole, SortRole, PathRole };

    explicit DatasetTableModel(QObject* parent = nullptr);

    /// Rows that stay keep their place in views (selection, scrolling); only what changed is told.
    void setRows(std::vector<DatasetRow> rows);
    const std::vector<DatasetRow>& rows() const { return m_rows; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

signals:
    /// The person edited a name or a star; the catalog's answer comes back through setRows().
    void renameRequested(qint64 id, const QString& name);
    void starRequested(qint64 id, bool isStarred);

private:
    QVariant display(const DatasetRow& row, int column) const;
    QVariant sortKey(const DatasetRow& row, int column) const;

    std::vector<DatasetRow> m_rows;
};

} // namespace ty::app
