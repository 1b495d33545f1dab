#pragma once

#include <functional>
#include <optional>

#include <QList>
#include <QObject>

#include "app/models/machine_row.h"
#include "engine/base/result.h"

class QAction;
class QWidget;

namespace ty::app {

struct AppContext;
struct MachineAccess;
class MachineService;

/// The ways into a machine: a terminal, its files, the ssh command, an entry of the SSH configuration, an editor. Each first reads, on
/// a worker, how to come in with the host keys that the provider vouches for.
class MachineConnect : public QObject {
    Q_OBJECT
public:
    /// Keys work within `page`, which also carries the question.
    MachineConnect(AppContext& context, MachineService& machines, QWidget* page);

    void setMachine(const std::optional<MachineRow>& machine);

    QAction* terminal() const { return m_terminal; }
    QAction* files() const { return m_files; }
    QAction* copySsh() const { return m_copySsh; }
    QAction* sshConfig() const { return m_sshConfig; }
    QAction* editor() const { return m_editor; }
    QAction* copyAddress() const { return m_copyAddress; }
    /// In the order of a menu.
    QList<QAction*> all() const;

private:
    void reach(std::function<void(const MachineAccess&)> then);
    void openTerminalTo(const MachineAccess& access);
    /// Asks, then writes the entry and goes on with `then`; at once when the entry is there already.
    void withConfig(const MachineAccess& access, std::function<void()> then);
    void askToWrite(const MachineAccess& access, std::function<void()> then);
    void showFiles(const MachineAccess& access);
    void openEditor(const MachineAccess& access);

    AppContext& m_context;
    MachineService& m_machines;
    QWidget* m_page;
    std::optional<MachineRow> m_machine;
    QAction* m_terminal;
    QAction* m_files;
    QAction* m_copySsh;
    QAction* m_sshConfig;
    QAction* m_editor;
    QAction* m_copyAddress;
};

} // namespace ty::app
