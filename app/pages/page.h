#pragma once

#include <QString>
#include <QWidget>

class QAbstractItemView;
class QAction;
class QMimeData;

namespace ty::app {

/// One page of the rail. Made when it is first shown (start-up makes Home alone), kept afterwards.
class Page : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;

    /// The button at the top right of the window; null: none.
    virtual QAction* primaryAction() { return nullptr; }
    /// What Ctrl+Enter does. Differs from primaryAction() where the page has a button of its own for it.
    virtual QAction* enterAction() { return primaryAction(); }
    /// More actions of the page for its menu and for the palette (Ctrl+K).
    virtual QList<QAction*> pageActions() { return {}; }
    /// What the Inspector dock shows while the page is in front; null: nothing. Owned by the page until shown.
    virtual QWidget* inspector() { return nullptr; }
    /// The list whose current row the Inspector dock describes where inspector() is null; null: none.
    virtual QAbstractItemView* inspectedView() { return nullptr; }
    /// Ctrl+F: the filter line of the page; Ctrl+L: its path line.
    virtual void focusFilter() {}
    virtual void focusPath() {}
    /// F5. Lists are live, so seldom needed.
    virtual void refresh() {}

signals:
    /// primaryAction(), pageActions() or inspector() have changed.
    void actionsChanged();
};

} // namespace ty::app
