#pragma once

#include <map>
#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "app/models/dataset_summary.h"
#include "engine/base/run_spec.h"

namespace ty::app {

/// The columns of a table: what was guessed, what was found, and type and role as the person wants them.
class ColumnTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Type, Role, Values, Missing, Minimum, Mean, Maximum, Distinct, ColumnCount };

    explicit ColumnTableModel(QObject* parent = nullptr);

    /// @param samples  rows of the whole table, for "missing %"
    void setColumns(const std::vector<ColumnSummary>& columns, quint64 samples);
    /// Names of the columns, in file order.
    QStringList names() const;
    QString target() const;
    /// Makes this column the target and the former one a feature; empty: none.
    void setTarget(const QString& name);
    /// What differs from the guess; for DataSpec::columns.
    std::map<std::string, ColumnChoice> choices() const;
    bool isChanged() const;

    static QStringList typeChoices();
    static QStringList roleChoices();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void changed();

private:
    QString distributionText(const ColumnSummary& column) const;

    std::vector<ColumnSummary> m_guessed;
    std::vector<ColumnSummary> m_columns;
    quint64 m_samples = 0;
};

} // namespace ty::app
