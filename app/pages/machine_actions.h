#pragma once

#include <optional>

#include <QList>
#include <QObject>
#include <QStringList>

#include "app/models/machine_row.h"

class QAction;
class QMenu;
class QWidget;

namespace ty::app {

struct AppContext;
class MachineService;

/// What can be done to a machine: for the toolbar, the context menu, the keys and the palette alike. Each action is enabled
/// as the machine's state allows.
class MachineActions : public QObject {
    Q_OBJECT
public:
    /// Keys work within `page`, which also carries the questions.
    MachineActions(AppContext& context, MachineService& machines, QWidget* page);

    /// The machine they mean; nothing: none.
    void setMachine(const std::optional<MachineRow>& machine);

    QAction* create() const { return m_create; }
    QAction* start() const { return m_start; }
    QAction* stop() const { return m_stop; }
    QAction* powerOff() const { return m_powerOff; }
    QAction* restart() const { return m_restart; }
    QAction* resize() const { return m_resize; }
    QAction* capture() const { return m_capture; }
    QAction* terminal() const { return m_terminal; }
    QAction* copySsh() const { return m_copySsh; }
    QAction* copyAddress() const { return m_copyAddress; }
    QAction* remove() const { return m_remove; }
    /// All but create(), in the order of a menu.
    QList<QAction*> forMachine() const;
    /// All, with "Connect" as a submenu. `parent` owns it.
    QMenu* makeMenu(QWidget* parent) const;

signals:
    void createRequested();

private:
    void act(const char* verb);
    void askForSizes();
    /// Reads how to come in on a worker; then opens a terminal, or copies the command.
    enum class Way { Terminal, Copy };
    void reach(Way way);

    AppContext& m_context;
    MachineService& m_machines;
    QWidget* m_page;
    std::optional<MachineRow> m_machine;
    QAction* m_create;
    QAction* m_start;
    QAction* m_stop;
    QAction* m_powerOff;
    QAction* m_restart;
    QAction* m_resize;
    QAction* m_capture;
    QAction* m_terminal;
    QAction* m_copySsh;
    QAction* m_copyAddress;
    QAction* m_remove;
};

} // namespace ty::app
