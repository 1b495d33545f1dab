#pragma once

#include <vector>

#include <QAbstractTableModel>
#include <QStringList>

namespace ty::app {

/// The first rows of a table as text.
class PreviewTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    explicit PreviewTableModel(QObject* parent = nullptr);

    void setRows(const QStringList& header, std::vector<QStringList> rows);
    /// The column whose header is marked as the target; -1: none.
    void setTargetColumn(int column);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QStringList m_header;
    std::vector<QStringList> m_rows;
    int m_target = -1;
};

} // namespace ty::app
