#include "widgets/chart/line_chart.h"

#include <algorithm>
#include <utility>

#include <QHeaderView>
#include <QMenu>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "widgets/chart/chart_snapshot.h"
#include "widgets/chart/line_chart_parts.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

LineChart::LineChart(QWidget* parent)
    : QFrame(parent)
    , m_parts(std::make_unique<Parts>())
{
    makeCard(*this);
    Parts& p = *m_parts;
    p.canvas = new ChartCanvas(this);
    p.model = new ChartTableModel(p.scene(), this);
    p.legend = new ChartLegend(p.scene(), this);
    p.table = new QTableView(this);
    p.table->setModel(p.model);
    p.table->horizontalHeader()->setStretchLastSection(true);
    setUpRows(*p.table, tr("Points of the chart"));
    p.stack = new QStackedWidget(this);
    p.stack->addWidget(p.canvas);
    p.stack->addWidget(p.table);
    p.notes = new QLabel(this);
    p.notes->setWordWrap(true);
    p.notes->hide();
    setTextRole(*p.notes, TextRole::Warn);
    p.range = new QLabel(this);
    p.range->setTextFormat(Qt::RichText);
    p.range->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    p.range->setAccessibleName(tr("Between the two handles"));
    p.range->hide();
    p.table->installEventFilter(this);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 8, 6);
    layout->setSpacing(4);
    buildHeader();
    layout->addWidget(p.legend);
    layout->addWidget(p.stack, 1);
    layout->addWidget(p.range);
    layout->addWidget(p.notes);
    buildMenu();

    connect(p.legend, &ChartLegend::visibilityWanted, this, &LineChart::setLineVisible);
    connect(p.legend, &ChartLegend::onlyWanted, this, [this](const QString& id) {
        for (const QString& other : lineIds()) {
            setLineVisible(other, other == id);
        }
    });
    connect(p.canvas, &ChartCanvas::refreshed, this, &LineChart::refreshLegend);
    connect(p.canvas, &ChartCanvas::lineClicked, this, &LineChart::lineClicked);
    connect(p.canvas, &ChartCanvas::viewChanged, this, [this](bool isLinked) {
        emit xRangeChanged(xRange(), isLinked);
    });
    connect(p.canvas, &ChartCanvas::followingChanged, this, [this](bool isOn) {
        refreshToggles();
        emit followingChanged(isOn);
    });
    connect(p.canvas, &ChartCanvas::menuRequested, this, [this](const QPoint& at) {
        m_parts->menu->popup(at);
    });
    connect(p.canvas, &ChartCanvas::keyCommand, this, &LineChart::runKey);
    connect(p.canvas, &ChartCanvas::lineMenuRequested, this, &LineChart::showLineMenu);
    connect(p.canvas, &ChartCanvas::markClicked, this, &LineChart::showMarkMenu);
    connect(p.canvas, &ChartCanvas::rangeChanged, this, [this] {
        refreshToggles();
        refreshRange();
    });
    connect(p.legend, &ChartLegend::menuWanted, this, [this](const QString& id, const QPoint& at) {
        const SceneLine* line = m_parts->scene().find(id);
        const auto last = line ? line->data().lastLive() : std::nullopt;
        if (last) {
            showLineMenu(id, line->data().at(*last), at);
        }
    });
    refreshToggles();
    refreshLegend();
}

LineChart::~LineChart() = default;

void LineChart::refreshLegend()
{
    Parts& p = *m_parts;
    const ChartScene& scene = p.scene();
    p.legend->sync();
    if (isTableVisible()) {
        p.scene().prepare();
        p.model->sync();
    }
    refreshRange();
    QStringList notes;
    if (const std::size_t count = scene.isLogX ? scene.withoutPlaceCount() : 0; count > 0) {
        notes.append(tr(
            "⚠ %n point(s) at 0 or below have no place on a logarithmic X axis",
            nullptr,
            static_cast<int>(count)));
    }
    if (const std::size_t count = scene.notPositiveCount(); scene.isLogY && count > 0) {
        notes.append(
            tr("⚠ %n value(s) ≤ 0 have no place on a logarithmic axis",
               nullptr,
               static_cast<int>(count)));
        constexpr int kListed = 20;
        const QString list = scene.notPositiveTexts(kListed).join(QLatin1Char('\n'));
        p.notes->setToolTip(list);
        p.notes->setAccessibleDescription(list);
    } else {
        p.notes->setToolTip({});
    }
    if (scene.areOutliersClipped) {
        notes.append(tr("Outliers may lie outside the picture (O shows them)"));
    }
    p.notes->setText(notes.join(QStringLiteral(" · ")));
    p.notes->setVisible(!notes.isEmpty());
    const QString summary = spokenSummary();
    p.canvas->setAccessibleName(tr("%1 chart").arg(scene.title));
    p.canvas->setAccessibleDescription(summary);
    setAccessibleName(scene.title);
    setAccessibleDescription(summary);
}

void LineChart::setTitle(const QString& title, const QString& unit)
{
    m_parts->scene().title = title;
    m_parts->scene().unit = unit;
    m_parts->title->setText(unit.isEmpty() ? title : tr("%1 (%2)").arg(title, unit));
    refreshLegend();
}

QString LineChart::title() const
{
    return m_parts->scene().title;
}

void LineChart::setEmptyText(const QString& text)
{
    m_parts->scene().emptyText = text;
    refreshLegend();
    m_parts->canvas->update();
}

void LineChart::setEpochName(const QString& name)
{
    if (m_parts->scene().epochName != name) {
        m_parts->scene().epochName = name;
        m_parts->canvas->update();
    }
}

void LineChart::addLine(const ChartLine& line)
{
    ChartScene& scene = m_parts->scene();
    SceneLine* existing = scene.find(line.id);
    if (!existing) {
        existing = &scene.lines.emplace_back();
    }
    const int before = existing->look.styleIndex;
    existing->look = line;
    if (line.styleIndex < 0) {
        existing->look.styleIndex = before >= 0 ? before : scene.freeStyle();
    }
    m_parts->canvas->noteSettings();
    refreshHead();
}

void LineChart::beginChanges()
{
    m_parts->canvas->beginChanges();
}

void LineChart::endChanges()
{
    m_parts->canvas->endChanges();
}

void LineChart::followInTable()
{
    if (isTableVisible()) {
        m_parts->model->sync();
    } else {
        m_parts->model->release();
    }
}

void LineChart::removeLine(const QString& id)
{
    std::erase_if(m_parts->scene().lines, [&](const auto& line) { return line.look.id == id; });
    m_parts->scene().pins.removeIf([&](const ChartPin& pin) { return pin.id == id; });
    followInTable();
    m_parts->canvas->noteSettings();
}

void LineChart::clear()
{
    m_parts->scene().lines.clear();
    m_parts->scene().pins.clear();
    m_parts->canvas->setRangeShown(false);
    followInTable();
    m_parts->canvas->setFollowing(true);
    m_parts->canvas->noteSettings();
}

QStringList LineChart::lineIds() const
{
    QStringList ids;
    for (const auto& line : m_parts->scene().lines) {
        ids.append(line.look.id);
    }
    return ids;
}

ChartLine LineChart::line(const QString& id) const
{
    const SceneLine* line = m_parts->scene().find(id);
    return line ? line->look : ChartLine{};
}

void LineChart::setLineVisible(const QString& id, bool isVisible)
{
    SceneLine* line = m_parts->scene().find(id);
    if (line && line->look.isVisible != isVisible) {
        line->look.isVisible = isVisible;
        m_parts->canvas->noteSettings();
    }
}

bool LineChart::isLineVisible(const QString& id) const
{
    const SceneLine* line = m_parts->scene().find(id);
    return line && line->look.isVisible;
}

void LineChart::append(const QString& id, const ChartPoint& point)
{
    append(id, std::span(&point, 1));
}

void LineChart::append(const QString& id, std::span<const ChartPoint> points)
{
    if (SceneLine* line = m_parts->scene().find(id)) {
        line->edit().append(points);
        m_parts->canvas->noteData();
    }
}

void LineChart::setPoints(const QString& id, std::span<const ChartPoint> points)
{
    SeriesData series;
    series.append(points);
    setData(id, std::move(series));
}

void LineChart::setData(const QString& id, SeriesData series)
{
    if (SceneLine* line = m_parts->scene().find(id)) {
        line->setData(std::move(series));
        if (line->data().size() > 0) {
            m_parts->canvas->noteData();
        } else {
            m_parts->canvas->noteSettings();
        }
        followInTable();
    }
}

qsizetype LineChart::pointCount(const QString& id) const
{
    const SceneLine* line = m_parts->scene().find(id);
    return line ? static_cast<qsizetype>(line->data().size()) : 0;
}

void LineChart::setMarks(const QString& id, const QList<ChartMark>& marks)
{
    if (SceneLine* line = m_parts->scene().find(id)) {
        line->marks = marks;
        m_parts->canvas->noteData();
    }
}

void LineChart::addMark(const QString& id, const ChartMark& mark)
{
    if (SceneLine* line = m_parts->scene().find(id)) {
        line->marks.append(mark);
        m_parts->canvas->noteData();
    }
}

void LineChart::setPauses(const QString& id, const QList<ClockSpan>& pauses)
{
    if (SceneLine* line = m_parts->scene().find(id); line && line->pauses != pauses) {
        line->pauses = pauses;
        m_parts->canvas->noteData();
    }
}

void LineChart::setBand(const QString& id, std::vector<BandPoint> band)
{
    if (SceneLine* line = m_parts->scene().find(id)) {
        line->band = std::move(band);
        m_parts->canvas->noteData();
    }
}

std::vector<ChartPoint> LineChart::points(const QString& id) const
{
    const SceneLine* line = m_parts->scene().find(id);
    return line ? line->data().points() : std::vector<ChartPoint>{};
}

void LineChart::setYIncluded(const ChartRange& range)
{
    m_parts->scene().yIncluded = range;
    m_parts->canvas->noteSettings();
}

void LineChart::setXKind(XKind kind)
{
    if (kind == xKind()) {
        return;
    }
    const bool hadRange = isRangeShown();
    m_parts->canvas->setRangeShown(false);
    m_parts->scene().xKind = kind;
    m_parts->canvas->setFollowing(true); // a range of another axis means nothing
    m_parts->canvas->noteSettings();
    m_parts->canvas->setRangeShown(hadRange);
    refreshToggles();
    emit xKindChanged(kind);
}

XKind LineChart::xKind() const
{
    return m_parts->scene().xKind;
}

void LineChart::setSmoothing(double weight)
{
    weight = std::clamp(weight, 0.0, kLargestSmoothing);
    if (weight > 0) {
        m_parts->lastSmoothing = weight;
    }
    if (weight != smoothing()) {
        m_parts->scene().smoothing = weight;
        m_parts->canvas->noteSettings();
    }
    refreshToggles();
}

double LineChart::smoothing() const
{
    return m_parts->scene().smoothing;
}

void LineChart::setLogX(bool isOn)
{
    m_parts->canvas->setLogX(isOn);
    refreshToggles();
}

void LineChart::setLogY(bool isOn)
{
    m_parts->canvas->setLogY(isOn);
    refreshToggles();
}

void LineChart::setOutliersClipped(bool isOn)
{
    ChartScene& scene = m_parts->scene();
    scene.areOutliersClipped = isOn;
    scene.y.range = scene.fittedY(scene.x.range);
    m_parts->canvas->noteSettings();
    refreshToggles();
}

void LineChart::setGridVisible(bool isOn)
{
    m_parts->scene().isGridVisible = isOn;
    m_parts->canvas->noteSettings();
    refreshToggles();
}

bool LineChart::isLogX() const
{
    return m_parts->scene().isLogX;
}

bool LineChart::isLogY() const
{
    return m_parts->scene().isLogY;
}

bool LineChart::areOutliersClipped() const
{
    return m_parts->scene().areOutliersClipped;
}

bool LineChart::isGridVisible() const
{
    return m_parts->scene().isGridVisible;
}

bool LineChart::isFollowing() const
{
    return m_parts->canvas->isFollowing();
}

void LineChart::setFollowing(bool isOn)
{
    m_parts->canvas->setFollowing(isOn);
}

void LineChart::setDrawingPaused(bool isPaused)
{
    m_parts->canvas->setPaused(isPaused);
}

bool LineChart::isDrawingPaused() const
{
    return m_parts->canvas->isPaused();
}

ChartRange LineChart::xRange() const
{
    return m_parts->scene().x.range;
}

ChartRange LineChart::yRange() const
{
    return m_parts->scene().y.range;
}

void LineChart::setXRange(const ChartRange& range)
{
    m_parts->canvas->setView(range, yRange(), ChartCanvas::Link::Alone, ChartCanvas::Remember::No);
}

void LineChart::fit()
{
    m_parts->canvas->fit();
}

void LineChart::zoomBack()
{
    m_parts->canvas->zoomBack();
}

void LineChart::setRangeShown(bool isShown)
{
    m_parts->canvas->setRangeShown(isShown);
}

bool LineChart::isRangeShown() const
{
    return m_parts->canvas->isRangeShown();
}

void LineChart::setPinned(const QString& id, const ChartPoint& point, bool isPinned)
{
    auto& pins = m_parts->scene().pins;
    pins.removeIf([&](const ChartPin& pin) { return pin.id == id && pin.point.step == point.step; });
    if (isPinned) {
        pins.append({id, point});
    }
    m_parts->canvas->noteSettings();
    refreshToggles();
}

bool LineChart::isPinned(const QString& id, const ChartPoint& point) const
{
    const auto& pins = m_parts->scene().pins;
    return std::any_of(pins.begin(), pins.end(), [&](const ChartPin& pin) {
        return pin.id == id && pin.point.step == point.step;
    });
}

void LineChart::setTableVisible(bool isVisible)
{
    const bool hadFocus = m_parts->stack->currentWidget()->hasFocus();
    m_parts->stack->setCurrentIndex(isVisible ? 1 : 0);
    if (isVisible) {
        m_parts->scene().prepare();
        m_parts->model->sync();
        m_parts->table->resizeColumnsToContents();
    } else {
        m_parts->model->release();
    }
    if (hadFocus) {
        m_parts->stack->currentWidget()->setFocus();
    }
    refreshToggles();
}

bool LineChart::isTableVisible() const
{
    return m_parts->stack->currentIndex() == 1;
}

QAbstractItemModel* LineChart::tableModel() const
{
    m_parts->scene().prepare();
    m_parts->model->sync();
    return m_parts->model;
}

QString LineChart::spokenSummary() const
{
    return m_parts->scene().spokenSummary();
}

QWidget* LineChart::canvas() const
{
    return m_parts->canvas;
}

} // namespace ty::widgets
