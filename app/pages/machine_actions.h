#pragma once

#include <functional>
#include <vector>

#include <QList>
#include <QObject>

#include "app/models/machine_row.h"

class QAction;
class QMenu;
class QWidget;

namespace ty::app {

struct AppContext;
class MachineConnect;
class MachineService;

/// What can be done to machines: for the toolbar, the context menu, the keys and the palette alike. Each action is enabled
/// as the states allow; those that several machines can share (start, stop, tags, delete ...) mean all that are selected.
class MachineActions : public QObject {
    Q_OBJECT
public:
    /// Keys work within `page`, which also carries the questions.
    MachineActions(AppContext& context, MachineService& machines, QWidget* page);

    /// The machines they mean.
    void setMachines(std::vector<MachineRow> machines);

    QAction* create() const { return m_create; }
    QAction* start() const { return m_start; }
    QAction* stop() const { return m_stop; }
    QAction* powerOff() const { return m_powerOff; }
    QAction* restart() const { return m_restart; }
    QAction* redeploy() const { return m_redeploy; }
    QAction* resize() const { return m_resize; }
    QAction* tags() const { return m_tags; }
    QAction* capture() const { return m_capture; }
    QAction* duplicate() const { return m_duplicate; }
    QAction* remove() const { return m_remove; }
    MachineConnect& connection() const { return *m_connect; }
    /// All but create(), in the order of a menu.
    QList<QAction*> forMachine() const;
    /// What does not stand on buttons of its own, in groups. `parent` owns it.
    QMenu* makeMoreMenu(QWidget* parent) const;
    /// All, with "Connect" as a submenu. `parent` owns it.
    QMenu* makeMenu(QWidget* parent) const;

signals:
    void createRequested();
    /// Another machine like this one is wanted.
    void duplicateRequested(const ty::app::MachineRow& machine);

private:
    QAction* add(const QString& text, const QKeySequence& keys, std::function<void()> run);
    QAction* addCopy(const QString& text, bool isProviders);
    std::vector<MachineRow> which(bool MachineAbilities::*can) const;
    void act(const QString& verb, bool MachineAbilities::*can);
    void enable(QAction* action, bool MachineAbilities::*can, bool isForMany);
    void addMoreTo(QMenu& menu) const;

    AppContext& m_context;
    MachineService& m_machines;
    QWidget* m_page;
    MachineConnect* m_connect;
    std::vector<MachineRow> m_chosen;
    QAction* m_create;
    QAction* m_start;
    QAction* m_stop;
    QAction* m_powerOff;
    QAction* m_restart;
    QAction* m_redeploy;
    QAction* m_resize;
    QAction* m_tags;
    QAction* m_capture;
    QAction* m_duplicate;
    QAction* m_copyTrainyard;
    QAction* m_copyProviders; ///< az or gcloud
    QAction* m_remove;
};

} // namespace ty::app
