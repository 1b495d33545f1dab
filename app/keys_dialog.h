#pragma once

#include <QDialog>

namespace ty::app {

class KeyMap;

/// Ctrl+/: every key of the window and of the charts, as they are now, with a filter.
class KeysDialog : public QDialog {
    Q_OBJECT
public:
    KeysDialog(const KeyMap& keys, QWidget* parent);
};

} // namespace ty::app
