#pragma once

#include <QDialog>
#include <QList>

class QAction;

namespace ty::app {

/// Ctrl+/: every key of the window and of the charts, with a filter.
class KeysDialog : public QDialog {
    Q_OBJECT
public:
    KeysDialog(const QList<QAction*>& actions, QWidget* parent);
};

} // namespace ty::app
