#include "app/pages/evaluation_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/models/run_format.h"
#include "app/models/run_paper.h"
#include "app/pages/groups_table.h"
#include "app/pages/table_header.h"
#include "widgets/confusion_matrix.h"
#include "widgets/empty_state.h"
#include "widgets/reliability_plot.h"
#include "widgets/roc_plot.h"
#include "widgets/scatter_plot.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

double numberAt(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : std::nan("");
}

const Json& memberOf(const Json& object, const char* key)
{
    static const Json kNothing;
    if (!object.is_object()) {
        return kNothing;
    }
    const auto found = object.find(key);
    return found == object.end() ? kNothing : *found;
}

struct Row {
    const char* key;
    const char* label;
    bool isShare; ///< shown in per cent
};

constexpr std::array kClassification{
    Row{"accuracy", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Accuracy"), true},
    Row{"balanced_accuracy", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Balanced accuracy"), true},
    Row{"macro_f1", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Macro F1"), false},
    Row{"roc_auc", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "AUC"), false},
    Row{"log_loss", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Log loss"), false},
    Row{"brier", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Brier score"), false},
    Row{"calibration_error", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Calibration error"), true}};
constexpr std::array kRegression{
    Row{"mae", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Mean absolute error"), false},
    Row{"rmse", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "RMSE"), false},
    Row{"r2", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "R²"), false},
    Row{"max_error", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Largest error"), false}};
/// Of samples that are their own target.
constexpr std::array kOwnTarget{
    Row{"perplexity", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Perplexity"), false},
    Row{"bits_per_word", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Bits a word"), false},
    Row{"log_loss", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Log loss"), false},
    Row{"accuracy", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Right words"), true},
    Row{"mse", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Mean squared error"), false},
    Row{"rmse", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "RMSE"), false},
    Row{"mae", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Mean absolute error"), false}};

/// Of groups that were found without a target.
constexpr std::array kGroups{
    Row{"groups", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Groups that occur"), false},
    Row{"silhouette", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Silhouette (1: far apart, 0: touching)"), false},
    Row{"inertia", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Inertia (sum of squared distances)"), false},
    Row{"log_likelihood", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Log-likelihood of a row"), false},
    Row{"noise", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Rows of no group"), false},
    Row{"unusual_share", QT_TRANSLATE_NOOP("ty::app::EvaluationView", "Unusual rows"), true}};

QTableView* makeTable(QStandardItemModel* model, const QString& name, QWidget* parent)
{
    auto* view = new QTableView(parent);
    view->setModel(model);
    widgets::setUpRows(*view, name);
    view->horizontalHeader()->setStretchLastSection(true);
    return view;
}

QStandardItem* numberItem(const QString& text, double value)
{
    auto* item = new QStandardItem(text);
    item->setData(value, Qt::UserRole);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

} // namespace

EvaluationView::EvaluationView(QWidget* parent)
    : QWidget(parent)
    , m_stack(new QStackedWidget(this))
    , m_partLabel(new QLabel(tr("Details of"), this))
    , m_part(new QComboBox(this))
    , m_numbers(new QStandardItemModel(this))
    , m_numbersView(makeTable(m_numbers, tr("Metrics of each part"), this))
    , m_plots(new QStackedWidget(this))
    , m_matrix(new widgets::ConfusionMatrix(this))
    , m_classes(new QStandardItemModel(this))
    , m_classesView(makeTable(m_classes, tr("Classes"), this))
    , m_rocClass(new QComboBox(this))
    , m_roc(new widgets::RocPlot(this))
    , m_reliability(new widgets::ReliabilityPlot(this))
    , m_precisionRecall(new widgets::ScatterPlot(this))
    , m_atThreshold(new widgets::ConfusionMatrix(this))
    , m_thresholdText(new QLabel(this))
    , m_missCost(new QDoubleSpinBox(this))
    , m_keep(new QPushButton(tr("Answer by this threshold"), this))
    , m_scatter(new widgets::ScatterPlot(this))
    , m_residuals(new widgets::ScatterPlot(this))
    , m_losses(new widgets::ScatterPlot(this))
    , m_groups(new GroupsTable(this))
{
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(12, 10, 12, 12);
    column->setSpacing(8);
    column->addWidget(m_numbersView);
    auto* row = new QHBoxLayout;
    m_partLabel->setBuddy(m_part);
    m_part->setAccessibleName(tr("Part"));
    row->addWidget(m_partLabel);
    row->addWidget(m_part);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(m_plots, 1);
    m_plots->addWidget(buildClassification());
    m_plots->addWidget(buildRegression());
    m_plots->addWidget(buildLosses());
    m_plots->addWidget(m_groups);
    connect(m_groups, &GroupsTable::groupChosen, this, [this](const QString& group) { emit cellChosen(part(), {}, group); });
    m_stack->addWidget(new widgets::EmptyState(
        {}, tr("The evaluation appears when the run has finished.")));
    auto* scroll = new QScrollArea(this); // in a low window the plots keep the height that they need
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setAccessibleName(tr("Evaluation"));
    scroll->setWidget(content);
    m_stack->addWidget(scroll);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    connect(m_part, &QComboBox::currentIndexChanged, this, [this] {
        fillPart();
        emit partChanged(part());
    });
    connect(m_rocClass, &QComboBox::currentIndexChanged, this, &EvaluationView::fillCurve);
    connect(m_matrix, &widgets::ConfusionMatrix::cellClicked, this, [this](int truth, int predicted) {
        emit cellChosen(part(), m_classNames.value(truth), m_classNames.value(predicted));
    });
    connect(m_matrix, &widgets::ConfusionMatrix::rowClicked, this, [this](int truth) {
        emit cellChosen(part(), m_classNames.value(truth), {});
    });
    connect(m_classesView, &QTableView::activated, this, [this](const QModelIndex& index) {
        emit cellChosen(part(), index.siblingAtColumn(0).data().toString(), {});
    });
}

QWidget* EvaluationView::buildClassification()
{
    auto* tabs = new QTabWidget(this);
    tabs->setDocumentMode(true);
    m_matrix->setContentsMargins(0, 8, 0, 0);
    tabs->addTab(m_matrix, tr("Confusion matrix"));
    m_classesView->setSortingEnabled(true);
    tabs->addTab(m_classesView, tr("Classes"));
    tabs->addTab(buildCurves(), tr("ROC and threshold"));
    tabs->addTab(m_reliability, tr("Reliability"));
    return tabs;
}

QWidget* EvaluationView::buildCurves()
{
    auto* curves = new QWidget(this);
    auto* column = new QVBoxLayout(curves);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("Class"), curves);
    label->setBuddy(m_rocClass);
    m_rocClass->setAccessibleName(tr("Class of the ROC curve"));
    row->addWidget(label);
    row->addWidget(m_rocClass);
    row->addStretch(1);
    column->addLayout(row);
    m_precisionRecall->setAxisTitles(tr("Recall"), tr("Precision"));
    m_thresholdText->setWordWrap(true);
    auto* right = new QTabWidget(curves);
    right->setDocumentMode(true);
    auto* atThreshold = new QWidget;
    auto* lines = new QVBoxLayout(atThreshold);
    lines->addWidget(m_thresholdText);
    lines->addWidget(m_atThreshold, 1);
    lines->addWidget(buildCosts());
    right->addTab(atThreshold, tr("At the threshold"));
    right->addTab(m_precisionRecall, tr("Precision and recall"));
    auto* plots = new QHBoxLayout;
    plots->addWidget(m_roc, 3);
    plots->addWidget(right, 2);
    column->addLayout(plots, 1);
    connect(m_roc, &widgets::RocPlot::thresholdChanged, this, &EvaluationView::fillThreshold);
    return curves;
}

/// What mistakes cost, and the threshold that is kept.
QWidget* EvaluationView::buildCosts()
{
    auto* costs = new QWidget(this);
    auto* column = new QVBoxLayout(costs);
    column->setContentsMargins(0, 0, 0, 0);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("A missed one costs as much as"), costs);
    label->setBuddy(m_missCost);
    m_missCost->setRange(0.001, 1e6);
    m_missCost->setDecimals(3);
    m_missCost->setValue(1);
    m_missCost->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    m_missCost->setSuffix(tr(" false alarms"));
    m_missCost->setAccessibleName(tr("Cost of a missed one in false alarms"));
    row->addWidget(label);
    row->addWidget(m_missCost);
    row->addStretch(1);
    column->addLayout(row);
    auto* buttons = new QHBoxLayout;
    auto* cheapest = new QPushButton(tr("Cheapest threshold"), costs);
    m_keep->setToolTip(tr("Keep this threshold with the model: from then on it decides what predict and Try it answer"));
    buttons->addWidget(cheapest);
    buttons->addWidget(m_keep);
    buttons->addStretch(1);
    column->addLayout(buttons);
    m_keep->hide(); // until somebody keeps it
    connect(m_missCost, &QDoubleSpinBox::valueChanged, this, &EvaluationView::fillThreshold);
    connect(cheapest, &QPushButton::clicked, this, &EvaluationView::goToCheapest);
    connect(m_keep, &QPushButton::clicked, this, [this] { emit thresholdChosen(m_rocClass->currentText(), m_roc->threshold()); });
    return costs;
}

void EvaluationView::setThresholdKept(bool canBeKept)
{
    m_keep->setVisible(canBeKept);
}

void EvaluationView::goToCheapest()
{
    const Counts all = curveCounts();
    double least = std::numeric_limits<double>::infinity();
    double at = m_roc->threshold();
    for (const widgets::RocPoint& point : std::as_const(m_curve)) {
        const double cost = all.positives * (1 - point.truePositiveRate) * m_missCost->value() + all.negatives * point.falsePositiveRate;
        if (cost < least - 1e-9 && point.threshold <= 1) {
            least = cost;
            at = point.threshold;
        }
    }
    m_roc->setThreshold(std::floor(at * 1000) / 1000); // the field has three decimals: not above the point
}

EvaluationView::Counts EvaluationView::curveCounts() const
{
    const PartPaper* shown = shownPart();
    Counts counts;
    const Json none;
    for (const Json& one : memberOf(shown != nullptr ? shown->report : none, "perClass")) {
        const double support = numberAt(one, "support");
        const bool isOfCurve = QString::fromStdString(one.value("class", std::string())) == m_rocClass->currentText();
        (isOfCurve ? counts.positives : counts.negatives) += std::isfinite(support) ? support : 0;
    }
    return counts;
}

QWidget* EvaluationView::buildRegression()
{
    m_scatter->setAxisTitles(tr("True value"), tr("Predicted value"));
    m_scatter->setDiagonalVisible(true);
    m_residuals->setAxisTitles(tr("Predicted value"), tr("Predicted minus true"));
    auto* plots = new QTabWidget(this);
    plots->setDocumentMode(true);
    plots->addTab(m_scatter, tr("Predicted and true"));
    plots->addTab(m_residuals, tr("Residuals"));
    for (auto* plot : {m_scatter, m_residuals}) {
        plot->setToolTip(tr("Draw a frame around points to see their rows"));
        connect(plot, &widgets::ScatterPlot::pointsBrushed, this, [this](const QList<int>& places) {
            emit samplesBrushed(part(), places);
        });
    }
    return plots;
}

QWidget* EvaluationView::buildLosses()
{
    m_losses->setAxisTitles(tr("Sample"), tr("Loss"));
    m_losses->setToolTip(tr("Draw a frame around points to see their samples"));
    connect(m_losses, &widgets::ScatterPlot::pointsBrushed, this, [this](const QList<int>& places) {
        emit samplesBrushed(part(), places);
    });
    return m_losses;
}

/// The class of the curve against the rest, as it would be answered with the threshold of the slider.
void EvaluationView::fillThreshold()
{
    const QString name = m_rocClass->currentText();
    const auto [positives, negatives] = curveCounts();
    const double total = positives + negatives;
    // Thresholds fall along the curve: the last point whose threshold is not below ours.
    const widgets::RocPoint* at = m_curve.isEmpty() ? nullptr : &m_curve.front();
    for (const widgets::RocPoint& point : std::as_const(m_curve)) {
        at = point.threshold >= m_roc->threshold() ? &point : at;
    }
    if (at == nullptr || !(total > 0)) {
        m_atThreshold->setCounts({}, {});
        m_thresholdText->clear();
        return;
    }
    const auto found = static_cast<qint64>(std::llround(at->truePositiveRate * positives));
    const auto mistaken = static_cast<qint64>(std::llround(at->falsePositiveRate * (total - positives)));
    const auto missed = static_cast<qint64>(positives) - found;
    const auto rejected = static_cast<qint64>(total - positives) - mistaken;
    m_atThreshold->setCounts({name, tr("rest")}, {{found, missed}, {mistaken, rejected}});
    const double precision = found + mistaken > 0 ? static_cast<double>(found) / static_cast<double>(found + mistaken) : std::nan("");
    const double f1 = 2 * found + missed + mistaken > 0
        ? 2 * static_cast<double>(found) / static_cast<double>(2 * found + missed + mistaken)
        : std::nan("");
    const double cost = static_cast<double>(missed) * m_missCost->value() + static_cast<double>(mistaken);
    m_thresholdText->setText(tr("Precision %1 · recall %2 · F1 %3 · cost %4")
                                 .arg(percentText(precision), percentText(at->truePositiveRate), metricText(f1), metricText(cost)));
}

void EvaluationView::fillResiduals()
{
    QList<QPointF> residuals;
    for (const QPointF& point : m_scatter->points()) {
        residuals << QPointF(point.y(), point.y() - point.x());
    }
    m_residuals->setPoints(residuals);
}

void EvaluationView::setPaper(const RunPaper* paper)
{
    m_paper = paper;
    const QSignalBlocker quiet(m_part);
    m_part->clear();
    if (paper != nullptr && paper->test.isThere()) {
        const QString& title = paper->test.title;
        m_part->addItem(title.isEmpty() ? tr("Test: data it never saw") : title, QStringLiteral("test"));
    }
    if (paper != nullptr && paper->validation.isThere()) {
        const bool isGrouping = paper->validation.report.value("task", std::string()) == "grouping";
        m_part->addItem(isGrouping ? tr("Validation: not learned from") : tr("Validation: chose the best epoch"), QStringLiteral("validation"));
    }
    if (paper != nullptr && paper->training.isThere()) {
        m_part->insertItem(0, tr("Training: learned from"), QStringLiteral("training"));
        m_part->setCurrentIndex(0); // most rows
    }
    m_stack->setCurrentIndex(m_part->count() > 0 ? 1 : 0);
    const bool isChoice = paper == nullptr || paper->test.title.isEmpty() || m_part->count() > 1;
    m_partLabel->setVisible(isChoice);
    m_part->setVisible(isChoice);
    fillNumbers();
    fillPart();
}

QString EvaluationView::part() const
{
    return m_part->currentData().toString();
}

const PartPaper* EvaluationView::shownPart() const
{
    if (m_paper == nullptr || m_part->count() == 0) {
        return nullptr;
    }
    return &m_paper->part(part());
}

void EvaluationView::fillNumbers()
{
    m_numbers->clear();
    const PartPaper* shown = shownPart();
    if (shown == nullptr) {
        return;
    }
    std::vector<const PartPaper*> parts;
    QStringList header{tr("Metric")};
    for (const auto& [name, part] : {std::pair{tr("Training"), &m_paper->training}, {tr("Test"), &m_paper->test}, {tr("Validation"), &m_paper->validation}}) {
        if (part->isThere()) {
            parts.push_back(part);
            header << tr("%1 (%2 samples)").arg(part->title.isEmpty() ? name : part->title, countText(part->report.value("samples", std::int64_t{0})));
        }
    }
    const Json& baseline = memberOf(shown->report, "baseline");
    if (baseline.is_object()) {
        header << tr("Baseline");
    }
    m_numbers->setHorizontalHeaderLabels(header);
    if (baseline.is_object()) {
        m_numbers->horizontalHeaderItem(static_cast<int>(header.size()) - 1)->setToolTip(tr("Of always the same answer: the most common class, or the mean. What a model has to beat."));
    }
    const std::string task = shown->report.value("task", std::string());
    const auto addRow = [&](const Row& row) {
        QList<QStandardItem*> items{new QStandardItem(tr(row.label))};
        bool isKnown = false;
        for (const PartPaper* part : parts) {
            const double value = numberAt(memberOf(part->report, "metrics"), row.key);
            isKnown = isKnown || std::isfinite(value);
            const bool isCount = row.key == std::string_view("groups") || row.key == std::string_view("noise");
            QString text = row.isShare ? percentText(value, 2) : isCount ? countText(static_cast<std::int64_t>(value)) : metricText(value);
            const Json& interval = memberOf(memberOf(part->report, "intervals"), row.key);
            if (interval.is_array() && interval.size() == 2 && interval[0].is_number() && interval[1].is_number()) {
                const auto bound = [&row, &interval](std::size_t end) {
                    const auto at = interval[end].get<double>();
                    return row.isShare ? percentText(at) : metricText(at);
                };
                text += tr("  (95 %: %1 to %2)").arg(bound(0), bound(1));
            }
            items << numberItem(text, value);
        }
        if (baseline.is_object()) {
            const double value = numberAt(baseline, row.key);
            items << numberItem(!std::isfinite(value) ? QStringLiteral("–") : row.isShare ? percentText(value, 2) : metricText(value), value);
        }
        if (isKnown) {
            m_numbers->appendRow(items);
        } else {
            qDeleteAll(items);
        }
    };
    if (task == "regression") {
        std::for_each(kRegression.begin(), kRegression.end(), addRow);
    } else if (task == "reconstruction" || task == "next-word") {
        std::for_each(kOwnTarget.begin(), kOwnTarget.end(), addRow);
    } else if (task == "grouping") {
        std::for_each(kGroups.begin(), kGroups.end(), addRow);
    } else {
        std::for_each(kClassification.begin(), kClassification.end(), addRow);
    }
    alignHeader(*m_numbers);
    m_numbersView->horizontalHeader()->setStretchLastSection(false); // numbers side by side, to be compared
    m_numbersView->resizeColumnsToContents();
    m_numbersView->resizeRowsToContents();
    int height = m_numbersView->horizontalHeader()->sizeHint().height() + 4;
    for (int i = 0; i < m_numbers->rowCount(); ++i) {
        height += m_numbersView->rowHeight(i);
    }
    m_numbersView->setFixedHeight(height);
}

void EvaluationView::fillPart()
{
    const PartPaper* shown = shownPart();
    if (shown == nullptr) {
        return;
    }
    const Json& report = shown->report;
    const std::string task = report.value("task", std::string());
    if (task == "reconstruction" || task == "next-word") {
        QList<QPointF> points;
        for (const SampleRow& row : shown->samples) {
            points << QPointF(static_cast<double>(points.size() + 1), row.loss);
        }
        m_losses->setPoints(points);
        m_plots->setCurrentIndex(2);
        return;
    }
    if (task == "grouping") {
        m_groups->setReport(report);
        m_plots->setCurrentWidget(m_groups);
        return;
    }
    if (task == "regression") {
        QList<QPointF> points;
        for (const SampleRow& row : shown->samples) {
            points << QPointF(row.truth.toDouble(), row.predicted.toDouble());
        }
        m_scatter->setPoints(points);
        fillResiduals();
        m_plots->setCurrentIndex(1);
        return;
    }
    m_plots->setCurrentIndex(0);
    m_classNames.clear();
    const Json& confusion = memberOf(report, "confusion");
    QList<QList<qint64>> counts;
    if (memberOf(confusion, "classes").is_array() && memberOf(confusion, "counts").is_array()) {
        for (const Json& name : confusion["classes"]) {
            m_classNames << QString::fromStdString(name.is_string() ? name.get<std::string>() : toJsonLine(name));
        }
        for (const Json& row : confusion["counts"]) {
            QList<qint64> cells;
            for (const Json& cell : row) {
                cells << (cell.is_number() ? cell.get<qint64>() : 0);
            }
            counts << cells;
        }
    }
    m_matrix->setCounts(m_classNames, counts);
    fillClasses(report);
    {
        const QSignalBlocker quiet(m_rocClass);
        m_rocClass->clear();
        for (const Json& curve : memberOf(report, "curves")) {
            m_rocClass->addItem(QString::fromStdString(curve.value("class", std::string())));
        }
    }
    fillCurve();
    QList<widgets::ReliabilityBin> bins;
    for (const Json& bin : memberOf(report, "reliability")) {
        bins << widgets::ReliabilityBin{
            bin.value("low", 0.0), bin.value("high", 0.0), numberAt(bin, "confidence"), numberAt(bin, "accuracy"),
            bin.value("samples", qint64{0})};
    }
    m_reliability->setBins(bins, numberAt(memberOf(report, "metrics"), "calibration_error"));
}

void EvaluationView::fillClasses(const Json& report)
{
    m_classes->clear();
    m_classes->setSortRole(Qt::UserRole);
    m_classes->setHorizontalHeaderLabels(
        {tr("Class"), tr("Support"), tr("Precision"), tr("Recall"), tr("F1"), tr("AUC"), tr("Most confused with")});
    const Json& counts = memberOf(memberOf(report, "confusion"), "counts");
    std::size_t index = 0;
    for (const Json& one : memberOf(report, "perClass")) {
        const QString name = QString::fromStdString(one.value("class", std::string()));
        auto* nameItem = new QStandardItem(name);
        nameItem->setData(name, Qt::UserRole);
        QString confused = QStringLiteral("-");
        qint64 most = 0;
        if (counts.is_array() && index < counts.size()) {
            for (std::size_t other = 0; other < counts[index].size(); ++other) {
                const qint64 count = counts[index][other].is_number() ? counts[index][other].get<qint64>() : 0;
                if (other != index && count > most) {
                    most = count;
                    confused = tr("%1 (%2)").arg(m_classNames.value(static_cast<qsizetype>(other))).arg(count);
                }
            }
        }
        ++index;
        const double support = numberAt(one, "support");
        m_classes->appendRow(
            {nameItem, numberItem(countText(static_cast<std::int64_t>(support)), support),
             numberItem(percentText(numberAt(one, "precision")), numberAt(one, "precision")),
             numberItem(percentText(numberAt(one, "recall")), numberAt(one, "recall")),
             numberItem(metricText(numberAt(one, "f1")), numberAt(one, "f1")),
             numberItem(metricText(numberAt(one, "roc_auc")), numberAt(one, "roc_auc")),
             numberItem(confused, static_cast<double>(most))});
    }
    alignHeader(*m_classes);
    m_classesView->resizeColumnsToContents();
}

void EvaluationView::fillCurve()
{
    const PartPaper* shown = shownPart();
    if (shown == nullptr) {
        return;
    }
    const Json& curves = memberOf(shown->report, "curves");
    const int index = m_rocClass->currentIndex();
    QList<widgets::RocPoint> points;
    double area = std::nan("");
    if (curves.is_array() && index >= 0 && static_cast<std::size_t>(index) < curves.size()) {
        const Json& curve = curves[static_cast<std::size_t>(index)];
        for (const Json& point : memberOf(curve, "roc")) {
            if (point.is_array() && point.size() >= 3 && point[0].is_number() && point[1].is_number()) {
                points << widgets::RocPoint{
                    point[2].is_number() ? point[2].get<double>() : 1.0, point[0].get<double>(), point[1].get<double>()};
            }
        }
        for (const Json& one : memberOf(shown->report, "perClass")) {
            if (memberOf(one, "class") == memberOf(curve, "class")) {
                area = numberAt(one, "roc_auc");
            }
        }
    }
    QList<QPointF> precisionRecall;
    if (curves.is_array() && index >= 0 && static_cast<std::size_t>(index) < curves.size()) {
        for (const Json& point : memberOf(curves[static_cast<std::size_t>(index)], "precisionRecall")) {
            if (point.is_array() && point.size() >= 2 && point[0].is_number() && point[1].is_number()) {
                precisionRecall << QPointF(point[0].get<double>(), point[1].get<double>());
            }
        }
    }
    m_precisionRecall->setPoints(precisionRecall);
    m_curve = points;
    m_roc->setCurve(m_rocClass->currentText(), points, area);
    fillThreshold();
}

} // namespace ty::app
