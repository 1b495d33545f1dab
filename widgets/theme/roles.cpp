#include "widgets/theme/roles.h"

#include <QFrame>
#include <QPushButton>
#include <QString>
#include <QStyle>
#include <QWidget>

namespace ty::widgets {

namespace {

const char* nameOf(TextRole role)
{
    switch (role) {
    case TextRole::Title:
        return "title";
    case TextRole::Heading:
        return "heading";
    case TextRole::Muted:
        return "muted";
    case TextRole::Good:
        return "good";
    case TextRole::Warn:
        return "warn";
    case TextRole::Bad:
        return "bad";
    case TextRole::Strong:
        return "strong";
    case TextRole::Accent:
        return "accent";
    }
    return "";
}

void setLook(QWidget& widget, const char* property, const QVariant& value)
{
    if (widget.property(property) == value) {
        return;
    }
    widget.setProperty(property, value);
    // The style sheet selects by property, which it reads only when polishing.
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
    widget.update();
}

} // namespace

void setTextRole(QWidget& label, TextRole role)
{
    setLook(label, "textRole", QString::fromLatin1(nameOf(role)));
}

void makePrimary(QPushButton& button)
{
    setLook(button, "primary", true);
}

void makeCard(QFrame& frame)
{
    frame.setFrameShape(QFrame::NoFrame);
    setLook(frame, "card", true);
}

void setSpoken(QWidget& control, const QString& name)
{
    control.setAccessibleName(name);
    if (control.toolTip().isEmpty()) {
        control.setToolTip(name);
    }
}

} // namespace ty::widgets
