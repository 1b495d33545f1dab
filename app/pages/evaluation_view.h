#pragma once

#include <QWidget>

#include "engine/base/json.h"
#include "widgets/roc_plot.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QStandardItemModel;
class QTableView;

namespace ty::widgets {
class ConfusionMatrix;
class ReliabilityPlot;
class ScatterPlot;
} // namespace ty::widgets

namespace ty::app {

class GroupsTable;
struct PartPaper;
struct RunPaper;

/// How good a model is, part by part: numbers with their interval, confusion matrix, classes, ROC, reliability; or
/// predicted against true values.
class EvaluationView : public QWidget {
    Q_OBJECT
public:
    explicit EvaluationView(QWidget* parent = nullptr);

    /// `paper` is kept by the caller until the next call.
    void setPaper(const RunPaper* paper);
    /// "test" or "validation": whose matrix and plots are shown.
    QString part() const;
    QStandardItemModel* numbers() const { return m_numbers; }
    GroupsTable* groups() const { return m_groups; }
    widgets::ConfusionMatrix* matrix() const { return m_matrix; }
    widgets::RocPlot* roc() const { return m_roc; }
    widgets::ScatterPlot* scatter() const { return m_scatter; }
    widgets::ConfusionMatrix* matrixAtThreshold() const { return m_atThreshold; }
    /// Whether there is a model that a chosen threshold can be kept with.
    void setThresholdKept(bool canBeKept);

signals:
    /// Samples of a cell are wanted; empty texts: any class.
    void cellChosen(const QString& part, const QString& truth, const QString& predicted);
    /// Samples brushed in the plot, by their places in the part; empty: all again.
    void samplesBrushed(const QString& part, const QList<int>& places);
    void partChanged(const QString& part);
    /// From this probability on the class shall be the model's answer.
    void thresholdChosen(const QString& className, double value);

private:
    QWidget* buildClassification();
    const PartPaper* shownPart() const;
    void fillNumbers();
    void fillPart();
    void fillClasses(const Json& report);
    void fillCurve();
    QWidget* buildCurves();
    QWidget* buildRegression();
    QWidget* buildLosses();
    void fillThreshold();
    struct Counts {
        double positives = 0; ///< of the curve's class
        double negatives = 0;
    };
    Counts curveCounts() const;
    QWidget* buildCosts();
    void goToCheapest();
    void fillResiduals();

    const RunPaper* m_paper = nullptr;
    QStackedWidget* m_stack;
    QLabel* m_partLabel;
    QComboBox* m_part;
    QStandardItemModel* m_numbers;
    QTableView* m_numbersView;
    QStackedWidget* m_plots;
    widgets::ConfusionMatrix* m_matrix;
    QStandardItemModel* m_classes;
    QTableView* m_classesView;
    QComboBox* m_rocClass;
    widgets::RocPlot* m_roc;
    widgets::ReliabilityPlot* m_reliability;
    widgets::ScatterPlot* m_precisionRecall;
    widgets::ConfusionMatrix* m_atThreshold; ///< the class of the curve against the rest
    QLabel* m_thresholdText;
    QDoubleSpinBox* m_missCost;
    QPushButton* m_keep;
    widgets::ScatterPlot* m_scatter;
    widgets::ScatterPlot* m_residuals;
    widgets::ScatterPlot* m_losses;
    GroupsTable* m_groups;
    QStringList m_classNames;
    QList<widgets::RocPoint> m_curve; ///< of the chosen class
};

} // namespace ty::app
