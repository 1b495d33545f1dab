#include "app/pages/run_charts.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/pages/save_bytes.h"
#include "app/services/app_context.h"
#include "app/services/catalog_service.h"
#include "app/services/run_service.h"
#include "widgets/chart/chart_group.h"
#include "widgets/chart/line_chart.h"

namespace ty::app {

using widgets::Better;
using widgets::ChartLine;
using widgets::ChartMark;
using widgets::LineChart;
using widgets::MarkKind;
using widgets::XKind;

namespace {

constexpr int kTwoColumnsFrom = 860;
constexpr int kPanelHeight = 230;
constexpr int kMostRuns = 50;

struct PanelKind {
    const char* key;
    const char* title;
    const char* unit;
    std::vector<std::string> metrics; ///< the last one alone is overlaid
    XKind x;
    Better better;
    double smoothing;
};

const std::vector<PanelKind>& panelKinds()
{
    static const std::vector<PanelKind> kKinds{
        {"loss", QT_TR_NOOP("Loss"), "", {"training/loss", "validation/loss"}, XKind::Epoch, Better::Lower, 0},
        {"accuracy", QT_TR_NOOP("Accuracy"), "", {"training/accuracy", "validation/accuracy"}, XKind::Epoch,
         Better::Higher, 0},
        {"mae", QT_TR_NOOP("Mean absolute error"), "", {"training/mae", "validation/mae"}, XKind::Epoch,
         Better::Lower, 0},
        {"r2", QT_TR_NOOP("R²"), "", {"training/r2", "validation/r2"}, XKind::Epoch, Better::Higher, 0},
        {"steps", QT_TR_NOOP("Loss of each step"), "", {"step/loss"}, XKind::Step, Better::None, 0.6},
        {"rate", QT_TR_NOOP("Learning rate"), "", {"step/learningRate"}, XKind::Step, Better::None, 0},
        {"speed", QT_TR_NOOP("Throughput"), QT_TR_NOOP("samples/s"), {"step/samplesPerSecond"}, XKind::Step,
         Better::None, 0.6},
    };
    return kKinds;
}

std::vector<std::string> allMetrics()
{
    std::vector<std::string> all;
    for (const PanelKind& kind : panelKinds()) {
        all.insert(all.end(), kind.metrics.begin(), kind.metrics.end());
    }
    return all;
}

QString lineId(qint64 runId, const std::string& metric)
{
    return QStringLiteral("%1/%2").arg(runId).arg(QString::fromStdString(metric));
}

} // namespace

struct RunCharts::Panel {
    const PanelKind* kind = nullptr;
    LineChart* chart = nullptr;
    bool isUsed = false;
};

struct RunCharts::Drawn {
    Run run;
    int style = 0;
    bool isLoaded = false;
    bool hasValidation = false;
    std::uint64_t lastSeq = 0;
    std::vector<RunNews> waiting; ///< came while the history was being read
};

RunCharts::RunCharts(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_scroll(new QScrollArea(this))
    , m_area(new QWidget)
    , m_grid(new QGridLayout(m_area))
    , m_epochGroup(new widgets::ChartGroup(this))
    , m_stepGroup(new widgets::ChartGroup(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_scroll);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidget(m_area);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(8);

    for (const PanelKind& kind : panelKinds()) {
        auto panel = std::make_unique<Panel>();
        panel->kind = &kind;
        auto* chart = new LineChart(m_area);
        panel->chart = chart;
        chart->setTitle(tr(kind.title), *kind.unit != 0 ? tr(kind.unit) : QString());
        chart->setAccessibleName(tr("Chart: %1").arg(tr(kind.title)));
        chart->setEmptyText(tr("The first point comes with the first epoch"));
        chart->setXKind(kind.x);
        chart->setSmoothing(kind.smoothing);
        chart->setMinimumHeight(kPanelHeight);
        (kind.x == XKind::Epoch ? m_epochGroup : m_stepGroup)->add(chart);
        connect(chart, &LineChart::lineClicked, this, [this](const QString& id) {
            emit runClicked(id.section(QLatin1Char('/'), 0, 0).toLongLong());
        });
        connect(chart, &LineChart::exportRequested, this, [this, chart](widgets::ExportFormat format) {
            const QString suffix = format == widgets::ExportFormat::Png ? QStringLiteral("png")
                : format == widgets::ExportFormat::Svg                  ? QStringLiteral("svg")
                                                                        : QStringLiteral("csv");
            saveBytes(
                this, m_context.notices, tr("Export chart"),
                chart->title().toLower().replace(QLatin1Char(' '), QLatin1Char('-')) + QLatin1Char('.') + suffix,
                [chart, format] { return chart->exportBytes(format); });
        });
        connect(chart, &LineChart::fullScreenRequested, this, [this, raw = panel.get()] {
            m_enlarged = m_enlarged == nullptr ? raw : nullptr;
            arrange();
        });
        m_panels.push_back(std::move(panel));
    }
    connect(&m_context.runs, &RunService::advanced, this, [this](qint64 runId, const RunNews& news) {
        if (const auto found = m_drawn.find(runId); found != m_drawn.end()) {
            add(*found->second, news);
        }
    });
    arrange();
}

RunCharts::~RunCharts() = default;

void RunCharts::clear()
{
    m_runs.clear();
    m_drawn.clear();
    m_enlarged = nullptr;
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
    load(run);
    arrange();
}

void RunCharts::showRuns(const QList<Run>& runs)
{
    if (!m_isOverlay) {
        clear();
        m_isOverlay = true;
    }
    const QList<Run> wanted = runs.mid(0, kMostRuns);
    for (const Run& old : std::as_const(m_runs)) {
        if (!wanted.contains(old)) {
            removeRun(old.id);
        }
    }
    m_runs = wanted;
    for (const Run& run : wanted) {
        if (!m_drawn.contains(run.id)) {
            load(run);
        }
    }
    arrange();
}

void RunCharts::removeRun(qint64 runId)
{
    m_drawn.erase(runId);
    const QString prefix = QStringLiteral("%1/").arg(runId);
    for (auto& panel : m_panels) {
        const QStringList ids = panel->chart->lineIds();
        for (const QString& id : ids) {
            if (id.startsWith(prefix)) {
                panel->chart->removeLine(id);
            }
        }
        panel->isUsed = panel->isUsed && !panel->chart->lineIds().isEmpty();
    }
}

void RunCharts::load(const Run& run)
{
    auto drawn = std::make_unique<Drawn>();
    drawn->run = run;
    // The smallest style that no shown run has, so that a run keeps its colour while others come and go.
    std::vector<int> taken;
    for (const auto& [id, other] : m_drawn) {
        taken.push_back(other->style);
    }
    while (std::find(taken.begin(), taken.end(), drawn->style) != taken.end()) {
        ++drawn->style;
    }
    m_drawn[run.id] = std::move(drawn);
    m_context.runs.flush(run.id);
    m_context.catalog.call(
        this, [id = run.id](catalog::Catalog& catalog) { return RunCurves::load(catalog, id, allMetrics()); },
        [this](Result<RunCurves> curves) {
            if (curves) {
                place(curves.value());
            }
        });
}

void RunCharts::place(const RunCurves& curves)
{
    const auto found = m_drawn.find(curves.runId);
    if (found == m_drawn.end() || found->second->isLoaded) {
        return;
    }
    Drawn& run = *found->second;
    run.isLoaded = true;
    run.lastSeq = curves.lastSeq;
    run.hasValidation = curves.lines.contains("validation/loss");
    for (const auto& [metric, points] : curves.lines) {
        if (Panel* panel = panelOf(metric, run)) {
            panel->chart->setPoints(ensureLine(*panel, run, metric), points);
        }
    }
    for (const catalog::RunMark& item : curves.marks) {
        mark(run, item);
    }
    for (const RunNews& news : std::exchange(run.waiting, {})) {
        add(run, news);
    }
    arrange();
}

void RunCharts::add(Drawn& run, const RunNews& news)
{
    if (!run.isLoaded) {
        run.waiting.push_back(news);
        return;
    }
    const bool wasEmpty = pointCount() == 0;
    // Points of one metric go to its chart together.
    std::map<std::string, std::vector<widgets::ChartPoint>> fresh;
    std::uint64_t lastSeq = run.lastSeq;
    for (const catalog::MetricPoint& point : news.points) {
        if (point.seq > run.lastSeq) {
            fresh[point.metric].push_back(chartPointOf(point));
            lastSeq = std::max(lastSeq, point.seq);
        }
    }
    run.hasValidation = run.hasValidation || fresh.contains("validation/loss");
    bool isNewPanel = false;
    for (const auto& [metric, points] : fresh) {
        if (Panel* panel = panelOf(metric, run)) {
            isNewPanel = isNewPanel || !panel->isUsed;
            panel->chart->append(ensureLine(*panel, run, metric), points);
        }
    }
    for (const catalog::RunMark& item : news.marks) {
        if (item.seq > run.lastSeq) {
            mark(run, item);
            lastSeq = std::max(lastSeq, item.seq);
        }
    }
    run.lastSeq = lastSeq;
    if (isNewPanel) {
        arrange();
    }
    if (wasEmpty && pointCount() > 0) {
        emit firstPointDrawn(run.run.id);
    }
}

RunCharts::Panel* RunCharts::panelOf(const std::string& metric, const Drawn& run) const
{
    for (const auto& panel : m_panels) {
        const auto& metrics = panel->kind->metrics;
        if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) {
            continue;
        }
        const bool isShown = !m_isOverlay || metric == metrics.back() || !run.hasValidation;
        return isShown ? panel.get() : nullptr;
    }
    return nullptr;
}

QString RunCharts::ensureLine(Panel& panel, const Drawn& run, const std::string& metric)
{
    const QString id = lineId(run.run.id, metric);
    panel.isUsed = true;
    if (panel.chart->lineIds().contains(id)) {
        return id;
    }
    const QString part = QString::fromStdString(metric).section(QLatin1Char('/'), 0, 0);
    const QString partName = part == QLatin1String("training") ? tr("training")
        : part == QLatin1String("validation")                  ? tr("validation")
                                                               : tr("each step");
    ChartLine line;
    line.id = id;
    line.name = m_isOverlay ? run.run.name : partName;
    line.styleIndex = m_isOverlay ? run.style : part == QLatin1String("validation") ? 1 : 0;
    line.isSmoothable = metric != "step/learningRate";
    line.better = part == QLatin1String("validation") ? panel.kind->better : Better::None;
    panel.chart->addLine(line);
    return id;
}

void RunCharts::mark(const Drawn& run, const catalog::RunMark& item)
{
    ChartMark mark;
    const auto textOf = [&item](const char* key) { return item.fields.value(key, std::string()); };
    if (item.kind == "checkpoint") {
        const std::string reason = textOf("reason");
        if (reason == "epoch" || reason == "interval") {
            return; // one an epoch says nothing
        }
        mark.kind = MarkKind::Checkpoint;
        mark.text = tr("checkpoint (%1)").arg(QString::fromStdString(reason));
    } else if (item.kind == "state" && textOf("state") == "paused") {
        mark.kind = MarkKind::Pause;
        mark.text = tr("paused");
    } else if (item.kind == "started" && item.fields.contains("resumedFrom")) {
        mark.kind = MarkKind::Resume;
        mark.text = tr("resumed from a checkpoint");
    } else if (item.kind == "set") {
        mark.kind = MarkKind::LearningRateDrop;
        const QString name = QString::fromStdString(textOf("name"));
        mark.text = tr("%1 set to %2").arg(
            name == QLatin1String("learningRate") ? tr("learning rate") : name,
            item.fields.contains("value") ? settingText(item.fields.at("value")) : QString());
    } else if (item.kind == "finished" && textOf("outcome") == "early-stop") {
        mark.kind = MarkKind::EarlyStop;
        mark.text = tr("stopped early: no gain any more");
    } else {
        return;
    }
    mark.at = {item.step, item.epoch, item.elapsed, item.wall, std::numeric_limits<double>::quiet_NaN()};
    for (const std::string metric : {"validation/loss", "training/loss", "step/loss"}) {
        if (Panel* panel = panelOf(metric, run)) {
            const QString id = lineId(run.run.id, metric);
            if (panel->chart->lineIds().contains(id)) {
                panel->chart->addMark(id, mark);
                return;
            }
        }
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

void RunCharts::arrange()
{
    m_columns = width() >= kTwoColumnsFrom ? 2 : 1;
    const bool isAnyUsed = std::any_of(m_panels.begin(), m_panels.end(), [](const auto& panel) { return panel->isUsed; });
    std::vector<Panel*> shown;
    for (auto& panel : m_panels) {
        const std::string key = panel->kind->key;
        // Before the first point the panel that will come first holds its place.
        const bool isWanted = m_enlarged != nullptr ? panel.get() == m_enlarged
            : isAnyUsed                             ? panel->isUsed
                                                    : key == "loss";
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
