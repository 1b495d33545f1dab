#pragma once

class QFrame;
class QPushButton;
class QString;
class QWidget;

namespace ty::widgets {

enum class TextRole { Title, Heading, Muted, Good, Warn, Bad, Strong, Accent };

/// Look of a label's text; the size follows the application font.
void setTextRole(QWidget& label, TextRole role);
/// The one button of a page that goes on; filled with the accent.
void makePrimary(QPushButton& button);
/// Raised region with an outline and round corners.
void makeCard(QFrame& frame);
/// What screen readers say for a control that has no text of its own, and its tooltip.
void setSpoken(QWidget& control, const QString& name);

} // namespace ty::widgets
