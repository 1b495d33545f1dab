#pragma once

#include <vector>

#include <QString>
#include <QTableView>

class QStandardItemModel;

namespace ty::widgets {

/// What a column is worth.
struct ImportanceBar {
    QString name;
    double value = 0;
    double spread = 0;           ///< standard deviation of the repeats; 0: none was measured
    std::vector<double> repeats; ///< a dot each; may be empty
};

/// A sorted bar chart with whiskers, as a table: a row a column, so that keys, screen readers, sorting and copying work.
class ImportanceBars : public QTableView {
    Q_OBJECT

  public:
    explicit ImportanceBars(QWidget* parent = nullptr);

    /// @param measure  heads the numbers: "Fall of accuracy"
    void setBars(const std::vector<ImportanceBar>& bars, const QString& measure);
    /// Column, mean and spread, a line each, as CSV.
    QString toCsv() const;

  private:
    QStandardItemModel* m_model;
};

} // namespace ty::widgets
