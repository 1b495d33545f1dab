// The header, the menu and the keys around a chart's picture.
#include <algorithm>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QSignalBlocker>
#include <QSlider>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/chart/line_chart_parts.h"
#include "widgets/chart/range_readout.h"
#include "widgets/glyphs.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::widgets {

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
    connect(
        p.slider, &QSlider::valueChanged, this, [this](int value) { setSmoothing(value / 100.0); });
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
    p.pause =
        addToggle(tr("Pause drawing"), tr("Space"), [this](bool isOn) { setDrawingPaused(isOn); });
    p.menu->addSeparator();
    p.logY = addToggle(tr("Logarithmic Y"), tr("L"), [this](bool isOn) { setLogY(isOn); });
    p.logX = addToggle(tr("Logarithmic X"), tr("Shift+L"), [this](bool isOn) { setLogX(isOn); });
    p.outliers =
        addToggle(tr("Clip outliers"), tr("O"), [this](bool isOn) { setOutliersClipped(isOn); });
    p.grid = addToggle(tr("Grid"), tr("G"), [this](bool isOn) { setGridVisible(isOn); });
    p.tableAction = addToggle(tr("Table"), tr("T"), [this](bool isOn) { setTableVisible(isOn); });
    p.menu->addSeparator();
    p.rangeAction =
        addToggle(tr("Compare two places"), tr("R"), [this](bool isOn) { setRangeShown(isOn); });
    p.unpinAll = add(tr("Remove all pins"), {}, [this] {
        m_parts->scene().pins.clear();
        m_parts->canvas->noteSettings();
        refreshToggles();
    });
    p.menu->addSeparator();
    add(tr("Export PNG…"), {}, [this] { emit exportRequested(ExportFormat::Png); });
    add(tr("Export SVG…"), {}, [this] { emit exportRequested(ExportFormat::Svg); });
    add(tr("Export CSV…"), {}, [this] { emit exportRequested(ExportFormat::Csv); });
    add(tr("Copy as table"), tr("Ctrl+C"), [this] { copyTable(); });
    p.menu->addSeparator();
    add(tr("Full screen"), tr("F"), [this] { emit fullScreenRequested(); });
    connect(p.menu, &QMenu::aboutToShow, this, &LineChart::refreshToggles);
}

void LineChart::runKey(int key, Qt::KeyboardModifiers modifiers)
{
    switch (key) {
    case Qt::Key_L:
        modifiers& Qt::ShiftModifier ? setLogX(!isLogX()) : setLogY(!isLogY());
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
    case Qt::Key_R:
        setRangeShown(!isRangeShown());
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

bool LineChart::eventFilter(QObject* watched, QEvent* event)
{
    // The table stands where the picture was: the keys that lead back and on work there too.
    if (watched == m_parts->table && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isPlain = !(key->modifiers() & ~Qt::KeyboardModifiers(Qt::KeypadModifier));
        switch (key->key()) {
        case Qt::Key_T:
        case Qt::Key_F:
        case Qt::Key_BracketLeft:
        case Qt::Key_BracketRight:
            if (isPlain) {
                runKey(key->key(), key->modifiers());
                return true;
            }
            break;
        default:
            break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void LineChart::refreshRange()
{
    constexpr std::size_t kRows = 5;
    Parts& p = *m_parts;
    const QString text = rangeHtml(p.scene(), colorsFor(*this), kRows);
    if (p.range->text() != text) {
        p.range->setText(text);
        p.range->setToolTip(rangeHtml(p.scene(), colorsFor(*this), 50));
    }
    p.range->setVisible(!text.isEmpty());
}

void LineChart::showLineMenu(const QString& id, const ChartPoint& point, const QPoint& at)
{
    const SceneLine* line = m_parts->scene().find(id);
    if (!line) {
        return;
    }
    const ChartLine look = line->look;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("lineMenu"));
    const auto add = [&](const QString& text, const char* name, auto&& slot) {
        QAction* action = menu->addAction(text);
        action->setObjectName(QLatin1String(name));
        connect(action, &QAction::triggered, this, slot);
        return action;
    };
    menu->addSection(tr("%1: %2").arg(look.name, valueText(point.value)));
    const bool isPinnedNow = isPinned(id, point);
    add(isPinnedNow ? tr("Unpin this value") : tr("Pin this value"), "pin",
        [this, id, point, isPinnedNow] { setPinned(id, point, !isPinnedNow); });
    if (look.canOpen) {
        add(tr("Open run"), "open", [this, id] { emit openRequested(id); });
    }
    add(tr("Copy name"), "copyName",
        [name = look.name] { QApplication::clipboard()->setText(name); });
    if (look.canBranch) {
        add(tr("Branch from the nearest checkpoint"), "branch",
            [this, id, point] { emit branchRequested(id, point); });
    }
    if (look.canBeBaseline) {
        QAction* baseline = add(tr("Baseline (dashed)"), "baseline", [this, id](bool isOn) {
            emit baselineRequested(id, isOn);
        });
        baseline->setCheckable(true);
        baseline->setChecked(look.isBaseline);
    }
    menu->addSeparator();
    add(look.isVisible ? tr("Hide") : tr("Show"), "hide",
        [this, id, isVisible = look.isVisible] { setLineVisible(id, !isVisible); });
    add(tr("Show alone"), "alone", [this, id] {
        for (const QString& other : lineIds()) {
            setLineVisible(other, other == id);
        }
    });
    menu->popup(at);
}

void LineChart::showMarkMenu(const QString& id, const ChartMark& mark, const QPoint& at)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("markMenu"));
    menu->addSection(mark.text);
    connect(menu->addAction(mark.actionText), &QAction::triggered, this, [this, id, mark] {
        emit markActionRequested(id, mark);
    });
    menu->popup(at);
}

void LineChart::setXChoiceVisible(bool isVisible)
{
    m_parts->xChoice->setVisible(isVisible);
}

void LineChart::copyTable() const
{
    QApplication::clipboard()->setText(chartTabText(m_parts->scene()));
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
    p.rangeAction->setChecked(isRangeShown());
    p.unpinAll->setEnabled(!scene.pins.isEmpty());
    const QSignalBlocker sliderBlocker(p.slider);
    const QSignalBlocker spinBlocker(p.spin);
    p.slider->setValue(static_cast<int>(scene.smoothing * 100 + 0.5));
    p.spin->setValue(scene.smoothing);
    p.xChoice->setCurrentIndex(p.xChoice->findData(static_cast<int>(scene.xKind)));
}

void LineChart::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    refreshHead();
}

void LineChart::refreshHead()
{
    // In a narrow panel the title matters more; S still smooths.
    const Parts& p = *m_parts;
    const int needed = p.title->sizeHint().width() + p.smoothingBox->sizeHint().width() +
                       (p.xChoice->isHidden() ? 0 : p.xChoice->sizeHint().width()) + p.tableButton->sizeHint().width() +
                       p.menuButton->sizeHint().width() + 50;
    const auto& lines = p.scene().lines;
    const bool isOfUse = lines.empty() || std::any_of(lines.begin(), lines.end(), [](const SceneLine& line) {
        return line.look.isSmoothable;
    });
    p.smoothingBox->setVisible(isOfUse && width() >= needed);
}

} // namespace ty::widgets
