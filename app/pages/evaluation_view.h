#pragma once

#include <QWidget>

#include "engine/base/json.h"

class QComboBox;
class QLabel;
class QStackedWidget;
class QStandardItemModel;
class QTableView;

namespace ty::widgets {
class ConfusionMatrix;
class ReliabilityPlot;
class RocPlot;
class ScatterPlot;
} // namespace ty::widgets

namespace ty::app {

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
    widgets::ConfusionMatrix* matrix() const { return m_matrix; }

signals:
    /// Samples of a cell are wanted; empty texts: any class.
    void cellChosen(const QString& part, const QString& truth, const QString& predicted);
    void partChanged(const QString& part);

private:
    QWidget* buildClassification();
    const PartPaper* shownPart() const;
    void fillNumbers();
    void fillPart();
    void fillClasses(const Json& report);
    void fillCurve();

    const RunPaper* m_paper = nullptr;
    QStackedWidget* m_stack;
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
    widgets::ScatterPlot* m_scatter;
    QStringList m_classNames;
};

} // namespace ty::app
