#include "widgets/theme/roles.h"

#include <array>
#include <optional>

#include <QApplication>
#include <QFont>
#include <QFrame>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>

#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr char kRole[] = "textRole";

/// What a role changes of the text around it.
struct TextLook {
    double scale = 1; ///< of the application font's size
    bool isStrong = false;
    QColor ThemeColors::* color = nullptr; ///< none: that of the text around it
    bool operator==(const TextLook&) const = default;
    bool hasFont() const { return scale != 1 || isStrong; }
};

TextLook lookOf(TextRole role, const QWidget& widget)
{
    switch (role) {
    case TextRole::Title:
        return {.scale = 1.5, .isStrong = true};
    case TextRole::Heading:
        return {.scale = 1.12, .isStrong = true};
    case TextRole::Strong:
        return {.isStrong = true};
    case TextRole::Muted:
        return {.color = &ThemeColors::mutedText};
    case TextRole::Good:
        return {.color = &ThemeColors::good};
    case TextRole::Warn:
        return {.color = &ThemeColors::warn};
    case TextRole::Accent:
        return {.color = &ThemeColors::accent};
    case TextRole::Bad:
        return {.isStrong = qobject_cast<const QToolButton*>(&widget) != nullptr, .color = &ThemeColors::bad};
    }
    return {};
}

std::optional<TextRole> roleOf(const QWidget& widget)
{
    const QVariant role = widget.property(kRole);
    return role.isValid() ? std::optional(static_cast<TextRole>(role.toInt())) : std::nullopt;
}

void wear(QWidget& widget, const TextLook& look)
{
    QFont font;
    if (look.isStrong) {
        font.setWeight(QFont::DemiBold);
    }
    if (look.scale != 1) {
        const QFont base = QApplication::font(&widget);
        base.pointSizeF() > 0 ? font.setPointSizeF(look.scale * base.pointSizeF())
                              : font.setPixelSize(qRound(look.scale * base.pixelSize()));
    }
    widget.setFont(font);
}

void paint(QWidget& widget, const TextLook& look)
{
    QPalette palette;
    if (look.color != nullptr) {
        const QColor color = colorsFor(widget).*look.color;
        palette.setColor(QPalette::WindowText, color);
        palette.setColor(QPalette::ButtonText, color);
    }
    widget.setPalette(palette);
}

void setLook(QWidget& widget, const char* property)
{
    if (!widget.property(property).toBool()) {
        widget.setProperty(property, true);
        widget.update();
    }
}

} // namespace

void setTextRole(QWidget& label, TextRole role)
{
    const auto old = roleOf(label);
    if (old == role) {
        return;
    }
    const TextLook before = old ? lookOf(*old, label) : TextLook{};
    const TextLook look = lookOf(role, label);
    label.setProperty(kRole, static_cast<int>(role));
    if (look.hasFont() || before.hasFont()) {
        wear(label, look);
    }
    if (look.color != before.color) {
        paint(label, look);
    }
}

void refreshTextRoles()
{
    for (QWidget* widget : QApplication::allWidgets()) {
        if (const auto role = roleOf(*widget)) {
            const TextLook look = lookOf(*role, *widget);
            if (look.scale != 1) {
                wear(*widget, look);
            }
            if (look.color != nullptr) {
                paint(*widget, look);
            }
        }
    }
}

void makePrimary(QPushButton& button)
{
    setLook(button, "primary");
}

void makeCard(QFrame& frame)
{
    frame.setFrameShape(QFrame::NoFrame);
    setLook(frame, "card");
}

bool isCard(const QWidget* widget)
{
    return widget != nullptr && widget->property("card").toBool();
}

void setSpoken(QWidget& control, const QString& name)
{
    control.setAccessibleName(name);
    if (control.toolTip().isEmpty()) {
        control.setToolTip(name);
    }
}

} // namespace ty::widgets
