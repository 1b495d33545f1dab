#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "app/catalog/records.h"

namespace ty::app {

/// The rows of the Models page. Sorting and filtering are a proxy's: there are few models.
class ModelTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column {
        Star, Name, Version, FromRun, Format, InputOutput, Parameters, Size, Best, Latency, Checked, Created, ColumnCount
    };
    enum Role { IdRole = Qt::UserRole, SortRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setModels(std::vector<catalog::ModelRecord> models);
    /// Null: no such row.
    const catalog::ModelRecord* modelAt(int row) const;
    int rowOf(qint64 modelId) const; ///< -1: not there

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<catalog::ModelRecord> m_models;
};

} // namespace ty::app
