#pragma once

#include <QList>
#include <QStringList>
#include <QWidget>

class QComboBox;
class QCheckBox;
class QLabel;
class QTableView;

namespace ty::widgets {

class ConfusionModel;

enum class MatrixUnit { Counts, RowPercent, ColumnPercent };

/// Confusion matrix; rows are the true class, columns the predicted one.
class ConfusionMatrix : public QWidget {
    Q_OBJECT

  public:
    explicit ConfusionMatrix(QWidget* parent = nullptr);

    /// @param classes  C names
    /// @param counts   C rows of C counts >= 0, counts[true][predicted]
    /// With more than `kShownClasses` classes the rest is summed as "other".
    void setCounts(const QStringList& classes, const QList<QList<qint64>>& counts);
    void setUnit(MatrixUnit unit);
    MatrixUnit unit() const;
    void setSortedByError(bool isSorted);
    bool isSortedByError() const;

    static constexpr int kShownClasses = 20;
    /// The table itself, for tests and for copying.
    QTableView* table() const { return m_table; }

  signals:
    /// Classes are indices into the given list; -1 stands for "other".
    void cellClicked(int trueClass, int predictedClass);
    void rowClicked(int trueClass);

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void fitCells();

    ConfusionModel* m_model;
    QTableView* m_table;
    QComboBox* m_unit;
    QCheckBox* m_sort;
    QLabel* m_note;
};

} // namespace ty::widgets
