#include "app/pages/machine_charts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <QComboBox>
#include <QDateTime>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/provisioning/metrics_reader.h"
#include "app/services/settings_service.h"
#include "widgets/chart/chart_group.h"
#include "widgets/chart/line_chart.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

using widgets::ChartPoint;
using widgets::LineChart;

constexpr auto kPeriodKey = "compute/metricPeriod";
constexpr int kSoonMs = 15'000;  // while minutes are drawn
constexpr int kLaterMs = 60'000; // while longer intervals are
constexpr int kLeastWidth = 300;
constexpr int kLeastHeight = 150;
constexpr double kMega = 1e6;

QString periodText(const char* name)
{
    const QString short_ = QString::fromLatin1(name);
    const int count = short_.chopped(1).toInt();
    return short_.endsWith(QLatin1Char('d')) ? MachineCharts::tr("%n day(s)", nullptr, count)
                                             : MachineCharts::tr("%n hour(s)", nullptr, count);
}

std::vector<ChartPoint> pointsOf(
    const cloud::MachineMetrics& metrics, std::optional<double> cloud::MetricSample::*quantity, double unit)
{
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    std::vector<ChartPoint> points;
    points.reserve(metrics.samples.size());
    for (const cloud::MetricSample& sample : metrics.samples) {
        ChartPoint point;
        point.step = static_cast<double>(points.size());
        point.epoch = kNone;
        point.elapsedSeconds = kNone;
        point.wallSeconds = static_cast<double>(sample.time);
        point.value = (sample.*quantity).value_or(kNone * unit) / unit;
        points.push_back(point);
    }
    return points;
}

void addLine(LineChart& chart, const char* id, const QString& name, int style)
{
    widgets::ChartLine line;
    line.id = QString::fromLatin1(id);
    line.name = name;
    line.styleIndex = style;
    line.isSmoothable = false;
    line.hasGaps = true;
    chart.addLine(line);
}

QString intervalText(std::int64_t seconds)
{
    constexpr std::int64_t kMinute = 60;
    constexpr std::int64_t kHour = 3600;
    return seconds >= kHour ? MachineCharts::tr("%n hour(s)", nullptr, static_cast<int>(seconds / kHour))
                            : MachineCharts::tr("%n minute(s)", nullptr, static_cast<int>(seconds / kMinute));
}

} // namespace

MachineCharts::MachineCharts(MachineService& service, SettingsService& settings, QWidget* parent)
    : MachinePanel(service, parent)
    , m_settings(settings)
    , m_period(new QComboBox(this))
    , m_again(new QToolButton(this))
    , m_state(new QLabel(this))
    , m_sheet(new QWidget)
    , m_grid(new QGridLayout(m_sheet))
    , m_timer(new QTimer(this))
    , m_group(new widgets::ChartGroup(this))
    , m_cpu(addChart(tr("Processors"), tr("%")))
    , m_network(addChart(tr("Network"), tr("MB/s")))
    , m_disk(addChart(tr("Disks"), tr("MB/s")))
{
    m_cpu->setYIncluded({0, 100});
    m_network->setYIncluded({0, 0.1});
    m_disk->setYIncluded({0, 0.1});
    addLine(*m_cpu, "mean", tr("mean"), 0);
    addLine(*m_cpu, "peak", tr("peak"), 1);
    addLine(*m_network, "in", tr("in"), 0);
    addLine(*m_network, "out", tr("out"), 1);
    addLine(*m_disk, "read", tr("read"), 0);
    addLine(*m_disk, "write", tr("written"), 1);

    auto* label = new QLabel(tr("&Period"), this);
    label->setBuddy(m_period);
    m_period->setAccessibleName(tr("Period of the charts"));
    const QString kept = settings.value(QLatin1String(kPeriodKey), QStringLiteral("1h")).toString();
    for (const cloud::MetricPeriod& each : cloud::kMetricPeriods) {
        m_period->addItem(periodText(each.name), QString::fromLatin1(each.name));
        if (kept == QLatin1String(each.name)) {
            m_period->setCurrentIndex(m_period->count() - 1);
        }
    }
    connect(m_period, &QComboBox::currentIndexChanged, this, [this] {
        m_settings.setValue(QLatin1String(kPeriodKey), m_period->currentData());
        for (LineChart* chart : m_charts) {
            chart->setFollowing(true);
        }
        reload();
    });
    m_again->setText(tr("Refresh"));
    m_again->setToolTip(tr("Read again what was measured"));
    m_again->setFocusPolicy(Qt::TabFocus);
    connect(m_again, &QToolButton::clicked, this, [this] { reload(); });
    m_state->setTextFormat(Qt::PlainText);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, 4, 0, 0);
    bar->addWidget(label);
    bar->addWidget(m_period);
    bar->addWidget(m_again);
    bar->addWidget(m_state, 1);

    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_sheet);
    m_grid->setContentsMargins(0, 0, 0, 0);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(bar);
    column->addWidget(scroll, 1);
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, [this] { reload(); });
    arrange();
}

LineChart* MachineCharts::addChart(const QString& title, const QString& unit)
{
    auto* chart = new LineChart(m_sheet);
    chart->setTitle(title, unit);
    chart->setXKind(widgets::XKind::WallClock);
    chart->setXChoiceVisible(false);
    chart->setMinimumHeight(kLeastHeight);
    m_group->add(chart);
    m_charts.push_back(chart);
    return chart;
}

cloud::MetricPeriod MachineCharts::period() const
{
    return cloud::kMetricPeriods.at(static_cast<std::size_t>(std::max(0, m_period->currentIndex())));
}

void MachineCharts::forget()
{
    m_metrics = {};
    m_isAsking = false;
    for (LineChart* chart : m_charts) {
        chart->setFollowing(true);
    }
    draw();
    tell({});
}

void MachineCharts::refreshFacts()
{
    if (machine().isComing) {
        tell(tr("The machine is being made; its first measurements come a minute after it runs."));
    }
}

void MachineCharts::load()
{
    if (m_isAsking) {
        return;
    }
    m_isAsking = true;
    if (m_metrics.samples.empty()) {
        tell(tr("Reading…"));
    }
    ask<cloud::MachineMetrics>(
        [info = machine().info, asked = period()](CloudSession& session, std::stop_token stop) {
            return readMetrics(session, info, asked, stop);
        },
        [this, asked = period().span](Result<cloud::MachineMetrics> metrics) {
            m_isAsking = false;
            if (asked != period().span) {
                reload(); // another period was chosen meanwhile
                return;
            }
            m_timer->start(asked <= std::chrono::hours(6) ? kSoonMs : kLaterMs);
            if (!metrics) {
                const Error& error = metrics.error();
                tell(tr("Not measured: %1. %2").arg(QString::fromStdString(error.message), QString::fromStdString(error.advice)), true);
                return;
            }
            m_metrics = std::move(metrics).value();
            draw();
        });
}

void MachineCharts::draw()
{
    const bool isEmpty = m_metrics.isEmpty();
    const cloud::MachineMetrics none;
    const cloud::MachineMetrics& shown = isEmpty ? none : m_metrics;
    using Sample = cloud::MetricSample;
    m_cpu->setPoints(QStringLiteral("mean"), pointsOf(shown, &Sample::cpuPercent, 1.0));
    m_cpu->setPoints(QStringLiteral("peak"), pointsOf(shown, &Sample::cpuPeak, 1.0));
    m_network->setPoints(QStringLiteral("in"), pointsOf(shown, &Sample::networkIn, kMega));
    m_network->setPoints(QStringLiteral("out"), pointsOf(shown, &Sample::networkOut, kMega));
    m_disk->setPoints(QStringLiteral("read"), pointsOf(shown, &Sample::diskRead, kMega));
    m_disk->setPoints(QStringLiteral("write"), pointsOf(shown, &Sample::diskWrite, kMega));
    for (LineChart* chart : m_charts) {
        chart->setEmptyText(tr("Nothing was measured in this time"));
    }
    if (isEmpty) {
        tell(
            m_metrics.samples.empty() ? QString()
                                      : tr("Nothing was measured in this time: it was off, or has only just started."));
        return;
    }
    const auto last = std::find_if(
        m_metrics.samples.rbegin(), m_metrics.samples.rend(), [](const Sample& sample) { return !sample.isGap(); });
    tell(tr("Measured by the cloud's host until %1; a point is %2. Memory and GPU are not seen from there.")
             .arg(
                 QDateTime::fromSecsSinceEpoch(last->time).toString(QStringLiteral("HH:mm")),
                 intervalText(m_metrics.intervalSeconds)));
}

void MachineCharts::tell(const QString& text, bool isBad)
{
    m_state->setText(text);
    m_state->setToolTip(text);
    widgets::setTextRole(*m_state, isBad ? widgets::TextRole::Bad : widgets::TextRole::Muted);
}

void MachineCharts::arrange()
{
    const int columns = std::clamp(width() / kLeastWidth, 1, static_cast<int>(m_charts.size()));
    for (std::size_t i = 0; i < m_charts.size(); ++i) {
        const int place = static_cast<int>(i);
        m_grid->addWidget(m_charts[i], place / columns, place % columns);
    }
    for (int column = 0; column < static_cast<int>(m_charts.size()); ++column) {
        m_grid->setColumnStretch(column, column < columns ? 1 : 0);
    }
}

void MachineCharts::resizeEvent(QResizeEvent* event)
{
    MachinePanel::resizeEvent(event);
    arrange();
}

void MachineCharts::hideEvent(QHideEvent* event)
{
    MachinePanel::hideEvent(event);
    m_timer->stop();
    reload(); // when it is seen again
}

} // namespace ty::app
