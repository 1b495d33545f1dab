#pragma once

#include <QAbstractTableModel>

#include "app/services/spec_service.h"

namespace ty::app {

/// The examples of a machine as rows; cells are made when they are shown.
class TransitionTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void setExamples(const SpecExamples& examples);
    void clear() { setExamples({}); }
    const SpecExamples& examples() const { return m_examples; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    SpecExamples m_examples;
    mutable int m_row = -1; ///< whose cells are kept
    mutable std::vector<std::string> m_cells;
};

} // namespace ty::app
