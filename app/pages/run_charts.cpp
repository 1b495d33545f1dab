#include "app/pages/run_charts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/pages/metrics_export.h"
#include "app/pages/restart_run.h"
#include "app/pages/run_charts_parts.h"
#include "app/pages/save_file.h"
#include "app/services/app_context.h"
#include "app/services/catalog_service.h"
#include "app/services/navigation.h"
#include "app/services/notices.h"
#include "app/services/run_service.h"
#include "app/services/settings_service.h"
#include "widgets/chart/chart_group.h"
#include "widgets/chart/chart_snapshot.h"
#include "widgets/chart/line_chart.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using widgets::Better;
using widgets::ChartLine;
using widgets::ChartMark;
using widgets::ChartPoint;
using widgets::LineChart;
using widgets::MarkKind;
using widgets::XKind;

namespace {

constexpr int kTwoColumnsFrom = 860;
constexpr int kPanelHeight = 230;
constexpr int kMostRuns = 50;
constexpr int kRegroupMilliseconds = 250;
constexpr int kAutomaticAxis = -1;
constexpr auto kAxisKey = "charts/xAxis";
const QString kGroupPrefix = QStringLiteral("group/");

} // namespace

QString chartLineId(qint64 runId, const std::string& metric)
{
    return QStringLiteral("%1/%2").arg(runId).arg(QString::fromStdString(metric));
}

bool isGroupLine(const QString& lineId)
{
    return lineId.startsWith(kGroupPrefix);
}

qint64 runOfLine(const QString& lineId)
{
    return lineId.section(QLatin1Char('/'), isGroupLine(lineId) ? 1 : 0, isGroupLine(lineId) ? 1 : 0).toLongLong();
}

RunCharts::RunCharts(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_bar(new QWidget(this))
    , m_xAxis(new QComboBox(this))
    , m_linesChoice(new QComboBox(this))
    , m_scroll(new QScrollArea(this))
    , m_area(new QWidget)
    , m_grid(new QGridLayout(m_area))
    , m_group(new widgets::ChartGroup(this))
    , m_regroupTimer(new QTimer(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(buildBar());
    layout->addWidget(m_scroll, 1);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidget(m_area);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(8);
    m_regroupTimer->setSingleShot(true);
    m_regroupTimer->setInterval(kRegroupMilliseconds);
    connect(m_regroupTimer, &QTimer::timeout, this, &RunCharts::regroup);
    for (const ChartPanelKind& kind : chartPanelKinds()) {
        addPanel(kind);
    }
    applyXAxis();
    connect(&m_context.runs, &RunService::advanced, this, [this](qint64 runId, const RunNews& news) {
        if (const auto found = m_drawn.find(runId); found != m_drawn.end()) {
            add(*found->second, news);
        }
    });
    arrange();
}

RunCharts::~RunCharts() = default;

QWidget* RunCharts::buildBar()
{
    auto* row = new QHBoxLayout(m_bar);
    row->setContentsMargins(0, 0, 0, 0);
    const auto addChoice = [this, row](QComboBox* choice, const QString& name) {
        auto* label = new QLabel(name, m_bar);
        widgets::setTextRole(*label, widgets::TextRole::Muted);
        label->setBuddy(choice);
        choice->setAccessibleName(name);
        row->addWidget(label);
        row->addWidget(choice);
        return label;
    };
    m_xAxis->addItem(tr("Automatic"), kAutomaticAxis);
    m_xAxis->setItemData(0, tr("Epochs for what is measured once an epoch, else steps"), Qt::ToolTipRole);
    m_xAxis->addItem(tr("Step"), static_cast<int>(XKind::Step));
    m_xAxis->addItem(tr("Epoch"), static_cast<int>(XKind::Epoch));
    m_xAxis->addItem(tr("Running time"), static_cast<int>(XKind::Elapsed));
    m_xAxis->addItem(tr("Clock"), static_cast<int>(XKind::WallClock));
    m_xAxis->setObjectName(QStringLiteral("xAxis"));
    addChoice(m_xAxis, tr("X axis"));
    m_linesChoice->addItem(tr("Each run"), static_cast<int>(Lines::Each));
    m_linesChoice->addItem(tr("Mean ± std"), static_cast<int>(Lines::MeanDeviation));
    m_linesChoice->addItem(tr("Mean, 95 % CI"), static_cast<int>(Lines::MeanConfidence));
    m_linesChoice->setToolTip(tr("Runs that differ in nothing but their seed can be drawn as one line"));
    m_linesChoice->setObjectName(QStringLiteral("lines"));
    m_linesLabel = addChoice(m_linesChoice, tr("Lines"));
    row->addStretch(1);
    auto* exports = new QToolButton(m_bar);
    exports->setText(tr("Export"));
    exports->setToolTip(tr("All metrics as CSV; one chart is exported from its own menu"));
    exports->setPopupMode(QToolButton::InstantPopup);
    exports->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(exports);
    buildExportMenu(*menu);
    exports->setMenu(menu);
    row->addWidget(exports);

    const int known = m_xAxis->findData(m_context.settings.value(QLatin1String(kAxisKey), kAutomaticAxis).toInt());
    m_xAxis->setCurrentIndex(std::max(0, known));
    connect(m_xAxis, &QComboBox::currentIndexChanged, this, [this] {
        m_context.settings.setValue(QLatin1String(kAxisKey), m_xAxis->currentData());
        applyXAxis();
    });
    connect(m_linesChoice, &QComboBox::currentIndexChanged, this, [this] {
        setLines(static_cast<Lines>(m_linesChoice->currentData().toInt()));
    });
    return m_bar;
}

void RunCharts::buildExportMenu(QMenu& menu)
{
    connect(menu.addAction(tr("These runs, all metrics (CSV)…")), &QAction::triggered, this, [this] {
        std::vector<qint64> ids;
        for (const Run& run : std::as_const(m_runs)) {
            ids.push_back(run.id);
        }
        if (!ids.empty()) {
            const QString name = m_runs.size() == 1 ? m_runs.first().name : tr("runs");
            askAndSave(
                m_context, this, tr("Export all metrics"), name + QStringLiteral("-metrics.csv"),
                metricsCsvWriter(m_context, std::move(ids)));
        }
    });
    connect(menu.addAction(tr("All runs, all metrics (CSV)…")), &QAction::triggered, this, [this] {
        askAndSave(
            m_context, this, tr("Export all metrics of all runs"), QStringLiteral("all-runs-metrics.csv"),
            metricsCsvWriter(m_context, {}));
    });
}

void RunCharts::addPanel(const ChartPanelKind& kind)
{
    auto panel = std::make_unique<Panel>();
    panel->kind = &kind;
    auto* chart = new LineChart(m_area);
    panel->chart = chart;
    chart->setTitle(chartPanelTitle(kind), chartPanelUnit(kind));
    chart->setAccessibleName(tr("Chart: %1").arg(chartPanelTitle(kind)));
    chart->setEmptyText(tr("The first point comes with the first epoch"));
    chart->setSmoothing(kind.smoothing);
    chart->setLogY(kind.isLogarithmic);
    chart->setMinimumHeight(kPanelHeight);
    chart->setXChoiceVisible(false); // one for the page
    m_group->add(chart);
    connect(chart, &LineChart::lineClicked, this, [this](const QString& id) { emit runClicked(runOfLine(id)); });
    connect(chart, &LineChart::openRequested, this, [this](const QString& id) {
        emit m_context.navigation.runRequested(runOfLine(id));
    });
    connect(chart, &LineChart::baselineRequested, this, [this](const QString& id, bool isOn) {
        setBaseline(isOn ? runOfLine(id) : 0);
    });
    connect(chart, &LineChart::branchRequested, this, [this](const QString& id, const ChartPoint& point) {
        branchFromEpoch(m_context, runOfLine(id), std::max(1, static_cast<int>(point.epoch)));
    });
    connect(chart, &LineChart::markActionRequested, this, [this](const QString& id, const ChartMark& mark) {
        restartAtTenth(m_context, runOfLine(id), static_cast<int>(mark.at.epoch));
    });
    connect(chart, &LineChart::exportRequested, this, [this, chart](widgets::ExportFormat format) {
        exportChart(*chart, format);
    });
    connect(chart, &LineChart::fullScreenRequested, this, [this, raw = panel.get()] {
        setFullScreen(m_enlarged == nullptr ? QString::fromLatin1(raw->kind->key) : QString());
    });
    m_panels.push_back(std::move(panel));
}

void RunCharts::exportChart(LineChart& chart, widgets::ExportFormat format)
{
    if (isReading(chart)) {
        m_waitingExports.push_back({&chart, format});
        m_context.notices.toast(tr("The export begins when every point has been read"));
        return;
    }
    const QString suffix = format == widgets::ExportFormat::Png ? QStringLiteral("png")
        : format == widgets::ExportFormat::Svg                  ? QStringLiteral("svg")
                                                                : QStringLiteral("csv");
    const QString name = chart.title().toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
    askAndSave(
        m_context, this, tr("Export chart"), name + QLatin1Char('.') + suffix,
        [snapshot = chart.snapshot(), format](QIODevice& device, const SaveProgress& progress) -> Result<void> {
            if (!snapshot.write(device, format, progress)) {
                return Error{ErrorKind::Io, "the picture could not be written", {}};
            }
            return {};
        });
}

void RunCharts::clear()
{
    setFullScreen({});
    ++m_grouping;
    m_runs.clear();
    m_drawn.clear();
    m_waitingExports.clear();
    m_baseline = 0;
    for (auto& panel : m_panels) {
        panel->chart->clear();
        panel->isUsed = false;
    }
    arrange();
}

void RunCharts::showRun(const Run& run)
{
    clear();
    m_isOverlay = false;
    m_runs = {run};
    for (auto& panel : m_panels) {
        panel->chart->setFollowing(true);
    }
    load({run});
    arrange();
}

void RunCharts::showRuns(const QList<Run>& runs)
{
    if (!m_isOverlay) {
        clear();
        m_isOverlay = true;
    }
    const ManyChanges changes(*this);
    const QList<Run> wanted = runs.mid(0, kMostRuns);
    for (const Run& old : std::as_const(m_runs)) {
        if (!wanted.contains(old)) {
            removeRun(old.id);
        }
    }
    const bool isBaselineGone = std::none_of(wanted.begin(), wanted.end(), [this](const Run& run) {
        return run.id == m_baseline;
    });
    m_runs = wanted;
    if (isBaselineGone) {
        m_baseline = wanted.size() > 1 ? wanted.first().id : 0;
        emit baselineChanged(m_baseline);
    }
    QList<Run> fresh;
    for (const Run& run : wanted) {
        if (!m_drawn.contains(run.id)) {
            fresh.append(run);
        }
    }
    load(fresh);
    refreshLooks();
    regroupSoon();
    arrange();
}

void RunCharts::removeRun(qint64 runId)
{
    m_drawn.erase(runId);
    for (auto& panel : m_panels) {
        const QStringList ids = panel->chart->lineIds();
        for (const QString& id : ids) {
            if (runOfLine(id) == runId) {
                panel->chart->removeLine(id);
            }
        }
        panel->isUsed = panel->isUsed && !panel->chart->lineIds().isEmpty();
    }
}

void RunCharts::tell(Drawn& run)
{
    const QList<ChartMark>& marks = run.story.marks();
    for (const auto& panel : m_panels) {
        const bool isRate = panel->kind->has("step/learningRate");
        bool isTold = false;
        const auto& metrics = panel->kind->metrics;
        for (auto metric = metrics.rbegin(); metric != metrics.rend(); ++metric) {
            const QString id = chartLineId(run.run.id, *metric);
            if (!panel->chart->lineIds().contains(id)) {
                continue;
            }
            panel->chart->setPauses(id, run.story.pauses());
            const bool isLoss = panel->kind->has("validation/loss") || panel->kind->has("step/loss");
            if (isLoss && !isTold) {
                panel->chart->setMarks(id, marks);
                isTold = true;
            } else if (isRate) {
                QList<ChartMark> ofRate = marks;
                ofRate.removeIf([](const ChartMark& mark) {
                    return mark.kind != MarkKind::LearningRateDrop && mark.kind != MarkKind::Edit;
                });
                panel->chart->setMarks(id, ofRate);
            }
        }
    }
}

RunCharts::Panel* RunCharts::panelOf(const std::string& metric, const Drawn& run) const
{
    for (const auto& panel : m_panels) {
        if (panel->kind->has(metric)) {
            const bool isShown = !m_isOverlay || metric == panel->kind->metrics.back() || !run.hasValidation;
            return isShown ? panel.get() : nullptr;
        }
    }
    return nullptr;
}

QString RunCharts::ensureLine(Panel& panel, const Drawn& run, const std::string& metric)
{
    const QString id = chartLineId(run.run.id, metric);
    panel.isUsed = true;
    if (panel.chart->lineIds().contains(id)) {
        return id;
    }
    const bool isValidation = metric.starts_with("validation/");
    ChartLine line;
    line.id = id;
    line.name = m_isOverlay ? run.run.name : metricPartName(metric);
    line.styleIndex = m_isOverlay ? run.style : isValidation ? 1 : 0;
    line.isSmoothable = metric != "step/learningRate";
    line.better = isValidation ? panel.kind->better : Better::None;
    line.isBaseline = m_isOverlay && run.run.id == m_baseline;
    line.isVisible = line.isListed = !isGrouped();
    line.canOpen = line.canBeBaseline = m_isOverlay;
    line.canBranch = true;
    panel.chart->addLine(line);
    return id;
}

void RunCharts::setBaseline(qint64 runId)
{
    if (runId != m_baseline) {
        m_baseline = runId;
        refreshLooks();
        regroupSoon();
        emit baselineChanged(runId);
    }
}

void RunCharts::refreshLooks()
{
    for (const auto& panel : m_panels) {
        const QStringList ids = panel->chart->lineIds();
        for (const QString& id : ids) {
            ChartLine line = panel->chart->line(id);
            const bool isBaseline = m_isOverlay && runOfLine(id) == m_baseline;
            const bool isGroup = isGroupLine(id);
            if (!isGroup && (line.isBaseline != isBaseline || line.isListed == isGrouped())) {
                line.isBaseline = isBaseline;
                if (line.isListed == isGrouped()) {
                    line.isVisible = line.isListed = !isGrouped();
                }
                panel->chart->addLine(line);
            }
        }
    }
}

void RunCharts::applyXAxis()
{
    const int wanted = m_xAxis->currentData().toInt();
    for (const auto& panel : m_panels) {
        panel->chart->setXKind(wanted == kAutomaticAxis ? panel->kind->x : static_cast<XKind>(wanted));
    }
}

LineChart* RunCharts::panel(const QString& key) const
{
    for (const auto& panel : m_panels) {
        if (key == QLatin1String(panel->kind->key)) {
            return panel->chart;
        }
    }
    return nullptr;
}

int RunCharts::styleOf(qint64 runId) const
{
    const auto found = m_drawn.find(runId);
    return found == m_drawn.end() ? -1 : found->second->style;
}

qsizetype RunCharts::pointCount() const
{
    qsizetype count = 0;
    for (const auto& panel : m_panels) {
        for (const QString& id : panel->chart->lineIds()) {
            count += panel->chart->pointCount(id);
        }
    }
    return count;
}

void RunCharts::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    if ((width() >= kTwoColumnsFrom ? 2 : 1) != m_columns) {
        arrange();
    }
}

void RunCharts::setFullScreen(const QString& key)
{
    if (m_fullScreen != nullptr) {
        m_fullScreen->close(); // its end puts the panel back
        return;
    }
    const auto wanted = std::find_if(m_panels.begin(), m_panels.end(), [&key](const auto& panel) {
        return key == QLatin1String(panel->kind->key);
    });
    if (wanted == m_panels.end()) {
        return;
    }
    m_enlarged = wanted->get();
    LineChart* chart = m_enlarged->chart;
    m_fullScreen = new QDialog(this);
    m_fullScreen->setAttribute(Qt::WA_DeleteOnClose);
    m_fullScreen->setWindowTitle(chart->title());
    auto* layout = new QVBoxLayout(m_fullScreen);
    m_grid->removeWidget(chart);
    layout->addWidget(chart);
    connect(m_fullScreen, &QDialog::finished, this, [this, chart] {
        m_fullScreen = nullptr;
        m_enlarged = nullptr;
        chart->setParent(m_area);
        arrange();
        chart->canvas()->setFocus();
    });
    m_fullScreen->showFullScreen();
    chart->show();
    chart->canvas()->setFocus();
    arrange();
}

void RunCharts::arrange()
{
    m_columns = width() >= kTwoColumnsFrom ? 2 : 1;
    const bool isAnyUsed
        = std::any_of(m_panels.begin(), m_panels.end(), [](const auto& panel) { return panel->isUsed; });
    m_bar->setVisible(isAnyUsed);
    const bool hasLinesChoice = m_isOverlay && m_runs.size() > 1;
    m_linesLabel->setVisible(hasLinesChoice);
    m_linesChoice->setVisible(hasLinesChoice);
    std::vector<Panel*> shown;
    for (auto& panel : m_panels) {
        if (panel.get() == m_enlarged) {
            continue; // it has a window of its own
        }
        // Before the first point the panel that will come first holds its place.
        const bool isWanted = isAnyUsed ? panel->isUsed : panel.get() == m_panels.front().get();
        m_grid->removeWidget(panel->chart);
        panel->chart->setVisible(isWanted);
        if (isWanted) {
            shown.push_back(panel.get());
        }
    }
    const int columns = shown.size() > 1 ? m_columns : 1;
    for (int row = 0; row < m_grid->rowCount(); ++row) {
        m_grid->setRowStretch(row, 0);
    }
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const int place = static_cast<int>(i);
        const bool isLastAlone = i + 1 == shown.size() && place % columns == 0;
        m_grid->addWidget(shown[i]->chart, place / columns, place % columns, 1, isLastAlone ? columns : 1);
        m_grid->setRowStretch(place / columns, 1);
    }
    m_grid->setColumnStretch(0, 1);
    m_grid->setColumnStretch(1, columns == 2 ? 1 : 0);
}

} // namespace ty::app
