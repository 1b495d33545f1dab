#pragma once

class QString;
class QWidget;

namespace ty::app {

/// A field with its label before it as one piece, so that a line of fields breaks between pieces.
/// @param text   with the field's mnemonic: "&Rows"
/// @param after  behind the field, in the same piece; may be null
QWidget* labelledField(QWidget* parent, const QString& text, QWidget* field, QWidget* after = nullptr);

} // namespace ty::app
