#pragma once

#include <QDialog>
#include <QString>
#include <QStringList>

namespace ty::app {

struct AppContext;

/// Shown over the window when the catalog could not be read at the start: what happened, what has been done about it,
/// and the choice between a backup, what is rebuilt from the run folders, and another day.
class CatalogProblem : public QDialog {
    Q_OBJECT
public:
    /// @param movedTo  where the damaged file is now
    /// @param backups  newest first; may be empty
    CatalogProblem(const QString& why, const QString& movedTo, const QStringList& backups, QWidget* parent = nullptr);

    /// Opens such a dialog over `window` whenever the catalog turns out to be damaged, and does what is chosen.
    static void watch(AppContext& context, QWidget& window);

signals:
    void restoreRequested(const QString& backup);
    void quitRequested();
};

} // namespace ty::app
