#include "widgets/chart/line_chart.h"

#include <algorithm>

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QImage>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QSlider>
#include <QStackedWidget>
#include <QSvgGenerator>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/chart/chart_canvas.h"
#include "widgets/chart/chart_legend.h"
#include "widgets/chart/chart_table_model.h"
#include "widgets/elided_label.h"
#include "widgets/glyphs.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

namespace {

constexpr double kLargestSmoothing = 0.999;
constexpr double kUsualSmoothing = 0.6;

} // namespace

struct LineChart::Parts {
    ChartCanvas* canvas = nullptr;
    ChartTableModel* model = nullptr;
    QTableView* table = nullptr;
    QStackedWidget* stack = nullptr;
    ChartLegend* legend = nullptr;
    ElidedLabel* title = nullptr;
    QLabel* notes = nullptr;
    QWidget* smoothingBox = nullptr;
    QSlider* slider = nullptr;
    QDoubleSpinBox* spin = nullptr;
    QComboBox* xChoice = nullptr;
    QToolButton* tableButton = nullptr;
    QToolButton* menuButton = nullptr;
    QMenu* menu = nullptr;
    QAction* follow = nullptr;
    QAction* pause = nullptr;
    QAction* logY = nullptr;
    QAction* logX = nullptr;
    QAction* outliers = nullptr;
    QAction* grid = nullptr;
    QAction* tableAction = nullptr;
    double lastSmoothing = kUsualSmoothing;

    ChartScene& scene() const { return canvas->scene(); }
};

LineChart::LineChart(QWidget* parent) : QFrame(parent), m_parts(std::make_unique<Parts>())
{
    makeCard(*this);
    Parts& p = *m_parts;
    p.canvas = new ChartCanvas(this);
    p.model = new ChartTableModel(p.scene(), this);
    p.legend = new ChartLegend(p.scene(), this);
    p.table = new QTableView(this);
    p.table->setModel(p.model);
    p.table->setSelectionBehavior(QAbstractItemView::SelectRows);
    p.table->setAlternatingRowColors(true);
    p.table->setShowGrid(false);
    p.table->verticalHeader()->hide();
    p.table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    p.table->horizontalHeader()->setStretchLastSection(true);
    p.table->setAccessibleName(tr("Points of the chart"));
    p.stack = new QStackedWidget(this);
    p.stack->addWidget(p.canvas);
    p.stack->addWidget(p.table);
    p.notes = new QLabel(this);
    p.notes->setWordWrap(true);
    p.notes->hide();
    setTextRole(*p.notes, TextRole::Warn);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 8, 6);
    layout->setSpacing(4);
    buildHeader();
    layout->addWidget(p.legend);
    layout->addWidget(p.stack, 1);
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
    connect(p.canvas, &ChartCanvas::viewChanged, this, [this](bool isLinked) { emit xRangeChanged(xRange(), isLinked); });
    connect(p.canvas, &ChartCanvas::followingChanged, this, [this](bool isOn) {
        refreshToggles();
        emit followingChanged(isOn);
    });
    connect(p.canvas, &ChartCanvas::menuRequested, this, [this](const QPoint& at) { m_parts->menu->popup(at); });
    connect(p.canvas, &ChartCanvas::keyCommand, this, &LineChart::runKey);
    refreshToggles();
    refreshLegend();
}

LineChart::~LineChart() = default;

void LineChart::buildHeader()
{
    Parts& p = *m_parts;
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    p.title = new ElidedLabel({}, this);
    setTextRole(*p.title, TextRole::Heading);
    row->addWidget(p.title, 1);

    p.smoothingBox = new QWidget(this);
    auto* smoothingRow = new QHBoxLayout(p.smoothingBox);
    smoothingRow->setContentsMargins(0, 0, 0, 0);
    smoothingRow->setSpacing(4);
    auto* smoothingLabel = new QLabel(tr("Smooth"), p.smoothingBox);
    setTextRole(*smoothingLabel, TextRole::Muted);
    p.slider = new QSlider(Qt::Horizontal, p.smoothingBox);
    p.slider->setRange(0, 99);
    p.slider->setFixedWidth(84);
    setSpoken(*p.slider, tr("Smoothing"));
    p.spin = new QDoubleSpinBox(p.smoothingBox);
    p.spin->setRange(0, kLargestSmoothing);
    p.spin->setDecimals(3);
    p.spin->setSingleStep(0.01);
    p.spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    p.spin->setAlignment(Qt::AlignRight);
    p.spin->setFixedWidth(p.spin->fontMetrics().horizontalAdvance(QStringLiteral("0.999")) + 22);
    setSpoken(*p.spin, tr("Smoothing weight, 0 to 0.999"));
    smoothingLabel->setBuddy(p.spin);
    smoothingRow->addWidget(smoothingLabel);
    smoothingRow->addWidget(p.slider);
    smoothingRow->addWidget(p.spin);
    row->addWidget(p.smoothingBox);
    connect(p.slider, &QSlider::valueChanged, this, [this](int value) { setSmoothing(value / 100.0); });
    connect(p.spin, &QDoubleSpinBox::valueChanged, this, &LineChart::setSmoothing);

    p.xChoice = new QComboBox(this);
    p.xChoice->addItem(tr("Step"), static_cast<int>(XKind::Step));
    p.xChoice->addItem(tr("Epoch"), static_cast<int>(XKind::Epoch));
    p.xChoice->addItem(tr("Running time"), static_cast<int>(XKind::Elapsed));
    p.xChoice->addItem(tr("Clock"), static_cast<int>(XKind::WallClock));
    setSpoken(*p.xChoice, tr("Horizontal axis"));
    row->addWidget(p.xChoice);
    connect(p.xChoice, &QComboBox::activated, this, [this](int index) {
        setXKind(static_cast<XKind>(m_parts->xChoice->itemData(index).toInt()));
    });

    p.tableButton = new QToolButton(this);
    p.tableButton->setAutoRaise(true);
    p.tableButton->setCheckable(true);
    p.tableButton->setIcon(glyphIcon(Glyph::Table));
    p.tableButton->setToolTip(tr("Show the points as a table (T)"));
    p.tableButton->setAccessibleName(tr("Show as table"));
    connect(p.tableButton, &QToolButton::clicked, this, &LineChart::setTableVisible);
    row->addWidget(p.tableButton);

    p.menuButton = new QToolButton(this);
    p.menuButton->setAutoRaise(true);
    p.menuButton->setIcon(glyphIcon(Glyph::Menu));
    p.menuButton->setPopupMode(QToolButton::InstantPopup);
    setSpoken(*p.menuButton, tr("Chart menu"));
    row->addWidget(p.menuButton);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
}

void LineChart::buildMenu()
{
    Parts& p = *m_parts;
    p.menu = new QMenu(this);
    p.menuButton->setMenu(p.menu);
    // The keys work in the canvas only; here they are shown, as text after a tab.
    const auto add = [&](const QString& text, const QString& key, auto&& slot) {
        QAction* action = p.menu->addAction(key.isEmpty() ? text : text + QLatin1Char('\t') + key);
        connect(action, &QAction::triggered, this, slot);
        return action;
    };
    const auto addToggle = [&](const QString& text, const QString& key, auto&& slot) {
        QAction* action = add(text, key, slot);
        action->setCheckable(true);
        return action;
    };
    add(tr("Fit"), tr("Home"), [this] { fit(); });
    add(tr("Previous zoom"), tr("Backspace"), [this] { zoomBack(); });
    p.follow = addToggle(tr("Follow new points"), {}, [this](bool isOn) { setFollowing(isOn); });
    p.pause = addToggle(tr("Pause drawing"), tr("Space"), [this](bool isOn) { setDrawingPaused(isOn); });
    p.menu->addSeparator();
    p.logY = addToggle(tr("Logarithmic Y"), tr("L"), [this](bool isOn) { setLogY(isOn); });
    p.logX = addToggle(tr("Logarithmic X"), tr("Shift+L"), [this](bool isOn) { setLogX(isOn); });
    p.outliers = addToggle(tr("Clip outliers"), tr("O"), [this](bool isOn) { setOutliersClipped(isOn); });
    p.grid = addToggle(tr("Grid"), tr("G"), [this](bool isOn) { setGridVisible(isOn); });
    p.tableAction = addToggle(tr("Table"), tr("T"), [this](bool isOn) { setTableVisible(isOn); });
    p.menu->addSeparator();
    add(tr("Copy as table"), tr("Ctrl+C"), [this] { copyTable(); });
    add(tr("Export PNG…"), {}, [this] { emit exportRequested(ExportFormat::Png); });
    add(tr("Export SVG…"), {}, [this] { emit exportRequested(ExportFormat::Svg); });
    add(tr("Export CSV…"), {}, [this] { emit exportRequested(ExportFormat::Csv); });
    p.menu->addSeparator();
    add(tr("Full screen"), tr("F"), [this] { emit fullScreenRequested(); });
    connect(p.menu, &QMenu::aboutToShow, this, &LineChart::refreshToggles);
}

void LineChart::runKey(int key, Qt::KeyboardModifiers modifiers)
{
    switch (key) {
    case Qt::Key_L:
        modifiers & Qt::ShiftModifier ? setLogX(!isLogX()) : setLogY(!isLogY());
        return;
    case Qt::Key_S:
        setSmoothing(smoothing() > 0 ? 0 : m_parts->lastSmoothing);
        return;
    case Qt::Key_O:
        setOutliersClipped(!areOutliersClipped());
        return;
    case Qt::Key_G:
        setGridVisible(!isGridVisible());
        return;
    case Qt::Key_T:
        setTableVisible(!isTableVisible());
        return;
    case Qt::Key_F:
        emit fullScreenRequested();
        return;
    case Qt::Key_BracketLeft:
        emit previousPanelRequested();
        return;
    case Qt::Key_BracketRight:
        emit nextPanelRequested();
        return;
    case Qt::Key_Copy:
        copyTable();
        return;
    default:
        return;
    }
}

void LineChart::copyTable() const
{
    QApplication::clipboard()->setText(chartTabText(m_parts->scene()));
}

void LineChart::refreshLegend()
{
    Parts& p = *m_parts;
    const ChartScene& scene = p.scene();
    p.legend->sync();
    if (isTableVisible()) {
        p.scene().prepare();
        p.model->sync();
    }
    QStringList notes;
    if (const std::size_t count = scene.notPositiveCount(); scene.isLogY && count > 0) {
        notes.append(tr("⚠ %n value(s) ≤ 0 have no place on a logarithmic axis", nullptr, static_cast<int>(count)));
        p.notes->setToolTip(scene.notPositiveTexts(20).join(QLatin1Char('\n')));
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

void LineChart::refreshToggles()
{
    Parts& p = *m_parts;
    const ChartScene& scene = p.scene();
    p.follow->setChecked(isFollowing());
    p.pause->setChecked(isDrawingPaused());
    p.logY->setChecked(scene.isLogY);
    p.logX->setChecked(scene.isLogX);
    p.outliers->setChecked(scene.areOutliersClipped);
    p.grid->setChecked(scene.isGridVisible);
    p.tableAction->setChecked(isTableVisible());
    p.tableButton->setChecked(isTableVisible());
    const QSignalBlocker sliderBlocker(p.slider);
    const QSignalBlocker spinBlocker(p.spin);
    p.slider->setValue(static_cast<int>(scene.smoothing * 100 + 0.5));
    p.spin->setValue(scene.smoothing);
    p.xChoice->setCurrentIndex(p.xChoice->findData(static_cast<int>(scene.xKind)));
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

void LineChart::addLine(const ChartLine& line)
{
    ChartScene& scene = m_parts->scene();
    SceneLine* existing = scene.find(line.id);
    if (!existing) {
        scene.lines.push_back(std::make_unique<SceneLine>());
        existing = scene.lines.back().get();
    }
    const int before = existing->look.styleIndex;
    existing->look = line;
    if (line.styleIndex < 0) {
        existing->look.styleIndex = before >= 0 ? before : scene.freeStyle();
    }
    m_parts->canvas->noteSettings();
}

void LineChart::removeLine(const QString& id)
{
    std::erase_if(m_parts->scene().lines, [&](const auto& line) { return line->look.id == id; });
    m_parts->model->sync();
    m_parts->canvas->noteSettings();
}

void LineChart::clear()
{
    m_parts->scene().lines.clear();
    m_parts->model->sync();
    m_parts->canvas->setFollowing(true);
    m_parts->canvas->noteSettings();
}

QStringList LineChart::lineIds() const
{
    QStringList ids;
    for (const auto& line : m_parts->scene().lines) {
        ids.append(line->look.id);
    }
    return ids;
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
        line->data.append(points);
        m_parts->canvas->noteData();
    }
}

void LineChart::setPoints(const QString& id, std::span<const ChartPoint> points)
{
    if (SceneLine* line = m_parts->scene().find(id)) {
        line->data.clear();
        line->data.append(points);
        if (line->data.size() > 0) {
            m_parts->canvas->noteData();
        } else {
            m_parts->canvas->noteSettings();
        }
        m_parts->model->sync();
    }
}

qsizetype LineChart::pointCount(const QString& id) const
{
    const SceneLine* line = m_parts->scene().find(id);
    return line ? static_cast<qsizetype>(line->data.size()) : 0;
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

void LineChart::setXKind(XKind kind)
{
    if (kind == xKind()) {
        return;
    }
    m_parts->scene().xKind = kind;
    m_parts->canvas->setFollowing(true); // a range of another axis means nothing
    m_parts->canvas->noteSettings();
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

void LineChart::setTableVisible(bool isVisible)
{
    const bool hadFocus = m_parts->stack->currentWidget()->hasFocus();
    m_parts->stack->setCurrentIndex(isVisible ? 1 : 0);
    if (isVisible) {
        m_parts->scene().prepare();
        m_parts->model->sync();
        m_parts->table->resizeColumnsToContents();
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

QImage LineChart::renderImage(const QSize& size, double pixelRatio) const
{
    ChartScene& scene = m_parts->scene();
    scene.prepare();
    QImage image(size * pixelRatio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(pixelRatio);
    QPainter painter(&image);
    painter.setFont(font());
    const ChartGeometry geometry = chartGeometry(scene, QSizeF(size), font());
    paintChart(painter, scene, geometry, colorsFor(*this), pixelRatio, PaintTarget::Screen);
    return image;
}

QByteArray LineChart::toSvg(const QSize& size) const
{
    ChartScene& scene = m_parts->scene();
    scene.prepare();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(scene.title);
    generator.setDescription(scene.spokenSummary());
    QPainter painter(&generator);
    painter.setFont(font());
    const ChartGeometry geometry = chartGeometry(scene, QSizeF(size), font());
    paintChart(painter, scene, geometry, colorsFor(*this), 1, PaintTarget::Vector);
    painter.end();
    return bytes;
}

QString LineChart::toCsv() const
{
    return chartCsv(m_parts->scene());
}

QByteArray LineChart::exportBytes(ExportFormat format) const
{
    const QSize size = m_parts->canvas->size().expandedTo({640, 360});
    switch (format) {
    case ExportFormat::Png: {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        renderImage(size).save(&buffer, "PNG");
        return bytes;
    }
    case ExportFormat::Svg:
        return toSvg(size);
    case ExportFormat::Csv:
        return toCsv().toUtf8();
    }
    return {};
}

QWidget* LineChart::canvas() const
{
    return m_parts->canvas;
}

void LineChart::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    // In a narrow panel the title matters more; S still smooths.
    const Parts& p = *m_parts;
    const int needed = p.title->sizeHint().width() + p.smoothingBox->sizeHint().width() +
                       p.xChoice->sizeHint().width() + p.tableButton->sizeHint().width() +
                       p.menuButton->sizeHint().width() + 50;
    p.smoothingBox->setVisible(width() >= needed);
}

} // namespace ty::widgets
