#include <algorithm>

#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>
#include <QWidget>

#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"
#include "widgets/theme/style_shapes.h"
#include "widgets/theme/workbench_style.h"

namespace ty::widgets {

namespace {

void drawCard(const QStyleOption& option, QPainter& painter)
{
    const Theme theme = themeOf(option.palette);
    const ThemeColors& c = colorsOf(theme);
    const bool isHighContrast = theme == Theme::HighContrastBlack || theme == Theme::HighContrastWhite;
    drawBox(painter, option.rect, c.surface, isHighContrast ? c.line : c.divider, 8, false, c.focus);
}

void drawComboBox(
    const WorkbenchStyle& style,
    const QStyleOptionComboBox& option,
    QPainter& painter,
    const QWidget* widget)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    const bool isEnabled = option.state & QStyle::State_Enabled;
    QColor fill = isEnabled ? c.surface : c.window;
    if (isEnabled && !option.editable && (option.state & QStyle::State_MouseOver)) {
        fill = c.raised;
    }
    drawBox(
        painter, option.rect, fill, isEnabled ? c.line : c.divider, 5, showsFocus(option), c.focus);
    const QRect arrow =
        style.subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxArrow, widget);
    drawChevron(
        painter,
        QRectF(arrow).adjusted(4, 4, -4, -4),
        ChevronDirection::Down,
        isEnabled ? c.text : c.mutedText);
}

void drawSpinBox(
    const WorkbenchStyle& style,
    const QStyleOptionSpinBox& option,
    QPainter& painter,
    const QWidget* widget)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    const bool isEnabled = option.state & QStyle::State_Enabled;
    drawBox(
        painter,
        option.rect,
        isEnabled ? c.surface : c.window,
        isEnabled ? c.line : c.divider,
        5,
        showsFocus(option),
        c.focus);
    if (option.buttonSymbols == QAbstractSpinBox::NoButtons) {
        return;
    }
    const auto drawStep = [&](QStyle::SubControl part, ChevronDirection direction, bool canStep) {
        const QRectF area(style.subControlRect(QStyle::CC_SpinBox, &option, part, widget));
        const bool isHot = canStep && (option.activeSubControls & part);
        if (isHot) {
            painter.fillRect(area.adjusted(1, 2, -2, -1), c.raised);
        }
        drawChevron(
            painter, area.adjusted(3, 3, -4, -3), direction, canStep ? c.text : c.mutedText);
    };
    drawStep(
        QStyle::SC_SpinBoxUp,
        ChevronDirection::Up,
        isEnabled && (option.stepEnabled & QAbstractSpinBox::StepUpEnabled));
    drawStep(
        QStyle::SC_SpinBoxDown,
        ChevronDirection::Down,
        isEnabled && (option.stepEnabled & QAbstractSpinBox::StepDownEnabled));
}

void drawSlider(
    const WorkbenchStyle& style,
    const QStyleOptionSlider& option,
    QPainter& painter,
    const QWidget* widget)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const QRectF handle(
        style.subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, widget));
    const bool isHorizontal = option.orientation == Qt::Horizontal;
    QRectF groove(option.rect);
    if (isHorizontal) {
        groove = QRectF(groove.left() + 4, groove.center().y() - 2, groove.width() - 8, 4);
    } else {
        groove = QRectF(groove.center().x() - 2, groove.top() + 4, 4, groove.height() - 8);
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(c.line);
    painter.drawRoundedRect(groove, 2, 2);
    QRectF done = groove;
    const bool isReversed = option.upsideDown;
    if (isHorizontal) {
        isReversed ? done.setLeft(handle.center().x()) : done.setRight(handle.center().x());
    } else {
        isReversed ? done.setTop(handle.center().y()) : done.setBottom(handle.center().y());
    }
    const QColor ink = isEnabled ? c.accent : c.mutedText;
    painter.setBrush(ink);
    painter.drawRoundedRect(done, 2, 2);
    const double radius = std::min(handle.width(), handle.height()) / 2 - 3;
    painter.setBrush(c.surface);
    painter.setPen(QPen(ink, 2));
    painter.drawEllipse(handle.center(), radius, radius);
    if (showsFocus(option)) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(c.focus, 2));
        painter.drawEllipse(handle.center(), radius + 2.5, radius + 2.5);
    }
    painter.restore();
}

void drawScrollBar(
    const WorkbenchStyle& style,
    const QStyleOptionSlider& option,
    QPainter& painter,
    const QWidget* widget)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    painter.fillRect(option.rect, mixed(c.window, c.surface, 0.5));
    QRectF bar(
        style.subControlRect(QStyle::CC_ScrollBar, &option, QStyle::SC_ScrollBarSlider, widget));
    bar.adjust(3, 3, -3, -3);
    const bool isHot = option.state & (QStyle::State_MouseOver | QStyle::State_Sunken);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(isHot ? c.mutedText : c.line);
    const double radius = std::min(bar.width(), bar.height()) / 2;
    painter.drawRoundedRect(bar, radius, radius);
    painter.restore();
}

void drawProgress(const QStyleOptionProgressBar& option, QPainter& painter)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    QRectF groove(option.rect);
    const double height = std::min(groove.height(), 10.0);
    groove = QRectF(groove.left(), groove.center().y() - height / 2, groove.width(), height);
    drawBox(painter, groove, c.raised, c.line, height / 2, false, c.focus);
    QRectF done = groove.adjusted(1.5, 1.5, -1.5, -1.5);
    const int span = option.maximum - option.minimum;
    if (span > 0) {
        const double part =
            std::clamp((option.progress - option.minimum) / static_cast<double>(span), 0.0, 1.0);
        if (part <= 0) {
            return;
        }
        const double width = std::max(done.height(), done.width() * part);
        const bool isRightToLeft = option.direction == Qt::RightToLeft;
        isRightToLeft != option.invertedAppearance ? done.setLeft(done.right() - width)
                                                   : done.setWidth(width);
    } else {
        done.setWidth(done.width() / 3); // unknown: the words beside it say that it is busy
        done.moveCenter(groove.center());
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(c.accent);
    painter.drawRoundedRect(done, done.height() / 2, done.height() / 2);
    painter.restore();
}

void drawTab(const QStyleOptionTab& option, QPainter& painter)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    const bool isSelected = option.state & QStyle::State_Selected;
    const QRect r = option.rect;
    if (!isSelected && (option.state & QStyle::State_MouseOver)) {
        painter.fillRect(r, c.raised);
    }
    if (isSelected) {
        const bool isVertical =
            option.shape == QTabBar::RoundedWest || option.shape == QTabBar::RoundedEast;
        const bool isSouth = option.shape == QTabBar::RoundedSouth;
        const QRect mark = isVertical ? QRect(r.left(), r.top(), 3, r.height())
                           : isSouth  ? QRect(r.left(), r.top(), r.width(), 3)
                                      : QRect(r.left(), r.bottom() - 2, r.width(), 3);
        painter.fillRect(mark, c.accent);
    }
}

void drawHeader(const QStyleOptionHeader& option, QPainter& painter)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    const bool isHot = option.state & QStyle::State_MouseOver;
    painter.fillRect(option.rect, isHot ? c.raised : c.window);
    painter.setPen(c.divider);
    painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    const bool isLast = option.position == QStyleOptionHeader::End ||
                        option.position == QStyleOptionHeader::OnlyOneSection;
    if (option.orientation == Qt::Vertical || !isLast) {
        painter.drawLine(
            option.rect.topRight() + QPoint(0, 4), option.rect.bottomRight() - QPoint(0, 4));
    }
}

} // namespace

void WorkbenchStyle::drawControl(
    ControlElement element,
    const QStyleOption* option,
    QPainter* painter,
    const QWidget* widget) const
{
    switch (element) {
    case CE_ShapedFrame:
        if (isCard(widget)) {
            drawCard(*option, *painter);
            return;
        }
        QProxyStyle::drawControl(element, option, painter, widget);
        return;
    case CE_DockWidgetTitle: {
        painter->save();
        QFont font = painter->font();
        font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        QProxyStyle::drawControl(element, option, painter, widget);
        painter->restore();
        return;
    }
    case CE_ProgressBarGroove:
    case CE_ProgressBarLabel:
        return;
    case CE_ProgressBarContents:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
            drawProgress(*bar, *painter);
        }
        return;
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            drawTab(*tab, *painter);
        }
        return;
    case CE_HeaderSection:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            drawHeader(*header, *painter);
        }
        return;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, colorsOf(themeOf(option->palette)).window);
        return;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            QStyleOptionButton copy = *button;
            if (widget && widget->property("primary").toBool() && (option->state & State_Enabled)) {
                const ThemeColors& c = colorsOf(themeOf(option->palette));
                copy.palette.setColor(QPalette::ButtonText, c.accentText);
            }
            QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        return;
    case CE_Splitter: {
        const ThemeColors& c = colorsOf(themeOf(option->palette));
        const bool isHot = option->state & State_MouseOver;
        const bool isFocused = widget && widget->hasFocus();
        const QRectF area(option->rect);
        const bool isTall = area.height() > area.width();
        QRectF grip(0, 0, isTall ? 3 : 36, isTall ? 36 : 3);
        grip.moveCenter(area.center());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(isFocused ? c.focus : isHot ? c.accent : c.line);
        painter->drawRoundedRect(grip, 1.5, 1.5);
        painter->restore();
        return;
    }
    default:
        QProxyStyle::drawControl(element, option, painter, widget);
    }
}

void WorkbenchStyle::drawComplexControl(
    ComplexControl control,
    const QStyleOptionComplex* option,
    QPainter* painter,
    const QWidget* widget) const
{
    switch (control) {
    case CC_ComboBox:
        if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            drawComboBox(*this, *box, *painter, widget);
        }
        return;
    case CC_SpinBox:
        if (const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option)) {
            drawSpinBox(*this, *box, *painter, widget);
        }
        return;
    case CC_Slider:
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            drawSlider(*this, *slider, *painter, widget);
        }
        return;
    case CC_ScrollBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            drawScrollBar(*this, *bar, *painter, widget);
        }
        return;
    case CC_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            QStyleOptionToolButton copy = *button;
            if (!(copy.features & QStyleOptionToolButton::MenuButtonPopup)) {
                // Fusion's arrow would lie on the icon; words get one of their own.
                copy.features &=
                    ~QStyleOptionToolButton::ToolButtonFeatures(QStyleOptionToolButton::HasMenu);
            }
            if (hasMenuChevron(*button)) {
                const QRect arrow = QStyle::visualRect(
                    option->direction,
                    option->rect,
                    QRect(
                        option->rect.right() - 16, option->rect.top(), 12, option->rect.height()));
                drawPrimitive(PE_PanelButtonTool, option, painter, widget);
                drawChevron(
                    *painter, arrow, ChevronDirection::Down, option->palette.buttonText().color());
                copy.rect = QStyle::visualRect(
                    option->direction, option->rect, option->rect.adjusted(0, 0, -14, 0));
                drawControl(CE_ToolButtonLabel, &copy, painter, widget);
                return;
            }
            QProxyStyle::drawComplexControl(control, &copy, painter, widget);
        }
        return;
    default:
        QProxyStyle::drawComplexControl(control, option, painter, widget);
    }
}

} // namespace ty::widgets
