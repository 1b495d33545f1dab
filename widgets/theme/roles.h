#pragma once

class QFrame;
class QPushButton;
class QString;
class QWidget;

namespace ty::widgets {

enum class TextRole { Title, Heading, Muted, Good, Warn, Bad, Strong, Accent };

/// Look of a label's or tool button's text: size (of the application font), weight and colour, set on the widget itself. No
/// style sheet does it, as one makes Qt visit whole trees of widgets whenever a page is put together.
void setTextRole(QWidget& label, TextRole role);
/// Gives every widget with a role the colours of the palette and the size of the font that the application has now.
void refreshTextRoles();
/// The one button of a page that goes on; filled with the accent.
void makePrimary(QPushButton& button);
/// Raised region with an outline and round corners.
void makeCard(QFrame& frame);
bool isCard(const QWidget* widget);
/// What screen readers say for a control that has no text of its own, and its tooltip.
void setSpoken(QWidget& control, const QString& name);

} // namespace ty::widgets
