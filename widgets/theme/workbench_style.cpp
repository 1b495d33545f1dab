#include "widgets/theme/workbench_style.h"

#include <algorithm>

#include <QAbstractItemView>
#include <QApplication>
#include <QHeaderView>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QStyleOption>
#include <QTableView>

#include "widgets/theme/palette.h"
#include "widgets/theme/style_shapes.h"

namespace ty::widgets {

namespace {

constexpr double kRadius = 5;
constexpr int kCellMargin = 6;

void drawPushButton(const QStyleOption& option, QPainter& painter, const QWidget* widget)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(&option);
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isFlat = button && (button->features & QStyleOptionButton::Flat);
    const bool isPrimary = isEnabled && widget && widget->property("primary").toBool();
    QColor fill = isPrimary ? c.accent : isFlat ? QColor(Qt::transparent) : c.surface;
    const bool isChosen = (option.state & QStyle::State_On) && !isPrimary;
    if (isChosen && !(option.state & QStyle::State_Sunken)) {
        fill = mixed(c.surface, c.accent, 0.22);
    } else if (option.state & (QStyle::State_Sunken | QStyle::State_On)) {
        fill = isPrimary ? mixed(c.accent, c.text, 0.25) : mixed(c.raised, c.text, 0.12);
    } else if (isEnabled && (option.state & QStyle::State_MouseOver)) {
        fill = isPrimary ? mixed(c.accent, c.text, 0.12) : c.raised;
    }
    QColor outline = isPrimary || isChosen ? c.accent : isEnabled ? c.line : c.divider;
    if (isFlat) {
        outline = Qt::transparent;
    }
    const bool isFocused = showsFocus(option);
    drawBox(painter, option.rect, fill, outline, kRadius, isFocused, c.focus);
    if (isFocused && isPrimary) {
        // The ring has the accent's hue; a gap tells it from the fill.
        drawBox(
            painter,
            QRectF(option.rect).adjusted(2, 2, -2, -2),
            Qt::transparent,
            c.accentText,
            kRadius - 1,
            false,
            c.focus);
    }
}

void drawToolButtonPanel(const QStyleOption& option, QPainter& painter, const QWidget* widget)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    QColor fill(Qt::transparent);
    QColor outline(Qt::transparent);
    // A section heading is checkable too, but its arrow alone says that it is open.
    const bool isHeading = widget && widget->property("heading").toBool();
    if ((option.state & QStyle::State_On) && !isHeading) {
        fill = mixed(c.surface, c.accent, 0.22);
        outline = c.accent;
    }
    if (option.state & QStyle::State_Sunken) {
        fill = mixed(c.raised, c.text, 0.12);
    } else if (
        (option.state & QStyle::State_MouseOver) && (option.state & QStyle::State_Enabled) &&
        (isHeading || !(option.state & QStyle::State_On))) {
        fill = c.raised;
    }
    drawBox(painter, option.rect, fill, outline, kRadius, showsFocus(option), c.focus);
}

void drawCheckBox(const QStyleOption& option, QPainter& painter, bool isRound)
{
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    const bool isEnabled = option.state & QStyle::State_Enabled;
    const bool isOn = option.state & QStyle::State_On;
    const bool isPartial = option.state & QStyle::State_NoChange;
    const QColor ink = isEnabled ? c.accent : c.mutedText;
    const double side = std::min(option.rect.width(), option.rect.height());
    QRectF box(0, 0, side, side);
    box.moveCenter(QRectF(option.rect).center());
    const QColor fill = (isOn || isPartial) ? ink : c.surface;
    drawBox(
        painter,
        box,
        fill,
        (isOn || isPartial) ? ink : (isEnabled ? c.line : c.divider),
        isRound ? side / 2 : 3,
        false,
        c.focus);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor mark = isEnabled ? c.accentText : c.surface;
    if (isOn && isRound) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(mark);
        painter.drawEllipse(box.center(), side * 0.2, side * 0.2);
    } else if (isOn || isPartial) {
        painter.setPen(
            QPen(mark, std::max(1.6, side / 8), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(Qt::NoBrush);
        QPainterPath path;
        if (isPartial) {
            path.moveTo(box.left() + side * 0.28, box.center().y());
            path.lineTo(box.right() - side * 0.28, box.center().y());
        } else {
            path.moveTo(box.left() + side * 0.24, box.top() + side * 0.52);
            path.lineTo(box.left() + side * 0.43, box.top() + side * 0.70);
            path.lineTo(box.left() + side * 0.76, box.top() + side * 0.32);
        }
        painter.drawPath(path);
    }
    painter.restore();
}

void drawItemPanel(const QStyleOption& option, QPainter& painter, const QWidget* widget)
{
    const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(&option);
    if (!item) {
        return;
    }
    const ThemeColors& c = colorsOf(themeOf(option.palette));
    if (item->backgroundBrush.style() != Qt::NoBrush) {
        painter.fillRect(option.rect, item->backgroundBrush);
    }
    if (option.state & QStyle::State_Selected) {
        const bool isActive = option.state & QStyle::State_Active;
        painter.fillRect(
            option.rect,
            option.palette.brush(
                isActive ? QPalette::Active : QPalette::Inactive, QPalette::Highlight));
    } else if ((option.state & QStyle::State_MouseOver) && widget) {
        painter.fillRect(option.rect, mixed(c.surface, c.raised, 0.6));
    }
}

} // namespace

bool hasMenuChevron(const QStyleOptionToolButton& button)
{
    return (button.features & QStyleOptionToolButton::HasMenu) &&
           !(button.features & QStyleOptionToolButton::MenuButtonPopup) &&
           button.toolButtonStyle != Qt::ToolButtonIconOnly && !button.text.isEmpty();
}

QRect WorkbenchStyle::subElementRect(
    SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    QRect rect = QProxyStyle::subElementRect(element, option, widget);
    if (element == SE_LineEditContents) {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame && frame->lineWidth > 0) {
            rect.adjust(5, 0, -5, 0);
        }
    }
    return rect;
}

QRect WorkbenchStyle::subControlRect(
    ComplexControl control,
    const QStyleOptionComplex* option,
    SubControl part,
    const QWidget* widget) const
{
    QRect rect = QProxyStyle::subControlRect(control, option, part, widget);
    if (control == CC_ComboBox && part == SC_ComboBoxEditField) {
        // Words begin where those of a line edit do.
        rect = option->direction == Qt::RightToLeft ? rect.adjusted(0, 0, -4, 0)
                                                    : rect.adjusted(4, 0, 0, 0);
    }
    return rect;
}

WorkbenchStyle::WorkbenchStyle()
    : QProxyStyle(QStringLiteral("Fusion"))
{
}

void WorkbenchStyle::drawPrimitive(
    PrimitiveElement element,
    const QStyleOption* option,
    QPainter* painter,
    const QWidget* widget) const
{
    const ThemeColors& c = colorsOf(themeOf(option->palette));
    switch (element) {
    case PE_PanelButtonCommand:
        drawPushButton(*option, *painter, widget);
        return;
    case PE_FrameDefaultButton:
        return;
    case PE_PanelButtonTool:
        drawToolButtonPanel(*option, *painter, widget);
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheckBox(*option, *painter, false);
        return;
    case PE_IndicatorRadioButton:
        drawCheckBox(*option, *painter, true);
        return;
    case PE_FrameFocusRect: {
        const bool isOnSelection = option->state & State_Selected;
        drawBox(
            *painter,
            option->rect,
            Qt::transparent,
            Qt::transparent,
            3,
            true,
            isOnSelection ? c.accentText : c.focus);
        return;
    }
    case PE_PanelLineEdit: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame && frame->lineWidth <= 0) {
            painter->fillRect(option->rect, option->palette.base());
            return;
        }
        const bool isEnabled = option->state & State_Enabled;
        drawBox(
            *painter,
            option->rect,
            isEnabled ? c.surface : c.window,
            isEnabled ? c.line : c.divider,
            kRadius,
            showsFocus(*option),
            c.focus);
        return;
    }
    case PE_FrameLineEdit:
    case PE_FrameTabBarBase:
    case PE_FrameStatusBarItem:
        return;
    case PE_PanelStatusBar:
        painter->fillRect(option->rect, c.window);
        painter->setPen(c.divider);
        painter->drawLine(option->rect.topLeft(), option->rect.topRight());
        return;
    case PE_PanelTipLabel:
        painter->fillRect(option->rect, c.raised);
        painter->setPen(c.line);
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_IndicatorDockWidgetResizeHandle:
        painter->fillRect(option->rect, option->state & State_MouseOver ? c.line : c.divider);
        return;
    case PE_FrameTabWidget:
        painter->setPen(c.divider);
        painter->drawLine(option->rect.topLeft(), option->rect.topRight());
        return;
    case PE_Frame: {
        const auto* view = qobject_cast<const QAbstractItemView*>(widget);
        const bool isFocused = view && view->hasFocus();
        drawBox(*painter, option->rect, Qt::transparent, c.divider, 4, isFocused, c.focus);
        return;
    }
    case PE_PanelItemViewItem:
        drawItemPanel(*option, *painter, widget);
        return;
    case PE_IndicatorArrowUp:
        drawChevron(
            *painter, option->rect, ChevronDirection::Up, option->palette.buttonText().color());
        return;
    case PE_IndicatorArrowDown:
        drawChevron(
            *painter, option->rect, ChevronDirection::Down, option->palette.buttonText().color());
        return;
    case PE_IndicatorArrowLeft:
        drawChevron(
            *painter, option->rect, ChevronDirection::Left, option->palette.buttonText().color());
        return;
    case PE_IndicatorArrowRight:
        drawChevron(
            *painter, option->rect, ChevronDirection::Right, option->palette.buttonText().color());
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void WorkbenchStyle::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (auto* header = qobject_cast<QHeaderView*>(widget); header && header->orientation() == Qt::Horizontal) {
        header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        header->setHighlightSections(false);
    }
}

int WorkbenchStyle::pixelMetric(
    PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_FocusFrameHMargin:
        // Also the room beside a cell's text: a number on the right must not touch the next column's word.
        return qobject_cast<const QTableView*>(widget) ? kCellMargin : 2;
    case PM_FocusFrameVMargin:
        return 2;
    case PM_HeaderMargin:
        return kCellMargin + 1; // as the delegate adds one
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: {
        // With the font, so that the box stays beside large text.
        const int height = widget ? widget->fontMetrics().height() : 16;
        return std::max(16, height);
    }
    case PM_ButtonIconSize:
    case PM_SmallIconSize:
    case PM_LineEditIconSize:
        return std::max(16, QFontMetrics(QApplication::font()).height());
    case PM_DockWidgetSeparatorExtent:
        return 4;
    case PM_ToolTipLabelFrameWidth:
        return 5;
    case PM_SplitterWidth:
        return 7;
    case PM_ScrollBarExtent:
        return 13;
    case PM_DefaultFrameWidth:
        return 2;
    case PM_SliderThickness:
    case PM_SliderLength:
        return 18;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int WorkbenchStyle::styleHint(
    StyleHint hint,
    const QStyleOption* option,
    const QWidget* widget,
    QStyleHintReturn* result) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_DialogButtonBox_ButtonsHaveIcons: // the desktop's icons would not follow our palette
        return 0;
    case SH_ComboBox_Popup:
        return 0; // a list under the box, not over it
    case SH_Slider_AbsoluteSetButtons:
        return Qt::LeftButton;
    default:
        return QProxyStyle::styleHint(hint, option, widget, result);
    }
}

QSize WorkbenchStyle::sizeFromContents(
    ContentsType type,
    const QStyleOption* option,
    const QSize& contents,
    const QWidget* widget) const
{
    QSize size = QProxyStyle::sizeFromContents(type, option, contents, widget);
    const int comfortable = option->fontMetrics.height() + 12;
    switch (type) {
    case CT_PushButton:
        size.rwidth() += 10;
        size.setHeight(std::max(size.height(), comfortable));
        return size;
    case CT_ComboBox:
        size.rwidth() += 10;
        size.setHeight(std::max(size.height(), comfortable));
        return size;
    case CT_LineEdit:
    case CT_SpinBox:
        size.setHeight(std::max(size.height(), comfortable));
        return size;
    case CT_ToolButton: {
        const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        if (button && hasMenuChevron(*button)) {
            size.rwidth() += 14;
        }
        return size;
    }
    case CT_ItemViewItem:
        size.setHeight(std::max(size.height(), option->fontMetrics.height() + 8));
        return size;
    default:
        return size;
    }
}

} // namespace ty::widgets
