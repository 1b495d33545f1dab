#include "app/pages/machine_actions.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QProcess>
#include <QStandardPaths>
#include <QWidget>

#include "app/models/machine_command.h"
#include "app/pages/machine_questions.h"
#include "app/provisioning/cloud_session.h"
#include "app/provisioning/machine_access.h"
#include "app/services/all_services.h"
#include "app/services/machine_service.h"

namespace ty::app {

namespace {

/// A terminal that is installed, with what stands before the command; empty: none.
QStringList terminalCommand()
{
    const QStringList words[] = {
        {QStringLiteral("x-terminal-emulator"), QStringLiteral("-e")},
        {QStringLiteral("gnome-terminal"), QStringLiteral("--")},
        {QStringLiteral("konsole"), QStringLiteral("-e")},
        {QStringLiteral("xfce4-terminal"), QStringLiteral("-x")},
        {QStringLiteral("xterm"), QStringLiteral("-e")}};
    for (const QStringList& command : words) {
        if (!QStandardPaths::findExecutable(command.front()).isEmpty()) {
            return command;
        }
    }
    return {};
}

} // namespace

MachineActions::MachineActions(AppContext& context, MachineService& machines, QWidget* page)
    : QObject(page), m_context(context), m_machines(machines), m_page(page)
{
    const auto add = [this](const QString& text, const QKeySequence& keys, auto run) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        m_page->addAction(action);
        return action;
    };
    m_create = add(tr("Create machine…"), {}, [this] { emit createRequested(); });
    m_start = add(tr("Start"), {}, [this] { act("start"); });
    m_stop = add(tr("Stop"), {}, [this] { act("deallocate"); });
    m_stop->setToolTip(tr("Stop and give the processors back: only disks and address cost"));
    m_powerOff = add(tr("Power off, keep reserved…"), {}, [this] {
        askToPowerOff(*m_machine, m_page, [this, info = m_machine->info] { m_machines.act(info, QStringLiteral("powerOff")); });
    });
    m_restart = add(tr("Restart…"), {}, [this] {
        askToRestart(*m_machine, m_page, [this, info = m_machine->info] { m_machines.act(info, QStringLiteral("restart")); });
    });
    m_resize = add(tr("Resize…"), {}, [this] { askForSizes(); });
    m_capture = add(tr("Capture…"), {}, [this] {
        askToCapture(*m_machine, m_page, [this, info = m_machine->info](const QString& image) {
            m_machines.capture(info, image);
        });
    });
    m_terminal = add(tr("Open a terminal"), QKeySequence(Qt::CTRL | Qt::Key_T), [this] { reach(Way::Terminal); });
    m_copySsh = add(tr("Copy ssh command"), {}, [this] { reach(Way::Copy); });
    m_copyAddress = add(tr("Copy public IP"), {}, [this] {
        QApplication::clipboard()->setText(QString::fromStdString(m_machine->info.publicAddress));
        m_context.notices.toast(tr("%1 is in the clipboard.").arg(QString::fromStdString(m_machine->info.publicAddress)));
    });
    m_remove = add(tr("Delete machine…"), QKeySequence(Qt::Key_Delete), [this] {
        askToDelete(*m_machine, m_page, [this, info = m_machine->info] { m_machines.remove(info); });
    });
    setMachine({});
}

void MachineActions::setMachine(const std::optional<MachineRow>& machine)
{
    m_machine = machine;
    const MachineAbilities abilities = machine ? abilitiesOf(*machine) : MachineAbilities();
    m_start->setEnabled(abilities.canStart);
    m_stop->setEnabled(abilities.canStop);
    m_powerOff->setEnabled(abilities.canPowerOff);
    m_restart->setEnabled(abilities.canRestart);
    m_resize->setEnabled(abilities.canResize);
    m_capture->setEnabled(abilities.canCapture);
    m_terminal->setEnabled(abilities.canConnect);
    m_copySsh->setEnabled(abilities.canConnect);
    m_copyAddress->setEnabled(machine && !machine->info.publicAddress.empty());
    m_remove->setEnabled(abilities.canDelete);
}

QList<QAction*> MachineActions::forMachine() const
{
    return {m_start,    m_stop,    m_powerOff,    m_restart, m_resize, m_capture,
            m_terminal, m_copySsh, m_copyAddress, m_remove};
}

QMenu* MachineActions::makeMenu(QWidget* parent) const
{
    auto* menu = new QMenu(parent);
    menu->addActions({m_start, m_stop, m_powerOff, m_restart});
    menu->addSeparator();
    menu->addMenu(tr("Connect"))->addActions({m_terminal, m_copySsh, m_copyAddress});
    menu->addSeparator();
    menu->addActions({m_resize, m_capture});
    menu->addSeparator();
    menu->addAction(m_remove);
    return menu;
}

void MachineActions::act(const char* verb)
{
    m_machines.act(m_machine->info, QString::fromLatin1(verb));
}

void MachineActions::askForSizes()
{
    const cloud::MachineInfo info = m_machine->info;
    askToResize(*m_machine, {}, m_page, [this, info](const QString& size) { m_machines.resize(info, size); });
}

void MachineActions::reach(Way way)
{
    const cloud::MachineInfo info = m_machine->info;
    m_machines.ask<MachineAccess>(
        this,
        [info, paths = m_context.paths](CloudSession& session, std::stop_token stop) {
            return reachMachine(session.connection(), paths, info, stop);
        },
        [this, way, name = QString::fromStdString(info.name)](Result<MachineAccess> access) {
            if (!access) {
                m_context.notices.error(tr("There is no way into %1 yet.").arg(name), access.error());
                return;
            }
            QStringList command = terminalCommand();
            if (way == Way::Copy || command.isEmpty()) {
                QApplication::clipboard()->setText(shellLine(access->sshCommand));
                m_context.notices.toast(
                    way == Way::Copy ? tr("The ssh command for %1 is in the clipboard.").arg(name)
                                     : tr("No terminal was found; the ssh command is in the clipboard instead."));
                return;
            }
            for (const std::string& word : access->sshCommand) {
                command << QString::fromStdString(word);
            }
            QProcess::startDetached(command.takeFirst(), command);
        });
}

} // namespace ty::app
