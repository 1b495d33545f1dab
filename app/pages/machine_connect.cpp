#include "app/pages/machine_connect.h"

#include <array>
#include <utility>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QStandardPaths>
#include <QWidget>

#include "app/models/machine_command.h"
#include "app/pages/question_dialog.h"
#include "app/provisioning/cloud_session.h"
#include "app/provisioning/machine_access.h"
#include "app/provisioning/ssh_config.h"
#include "app/services/all_services.h"
#include "app/services/machine_service.h"
#include "app/services/terminal.h"

namespace ty::app {

namespace {

/// Editors that go through SSH by themselves; both take VS Code's words.
QString installedEditor()
{
    for (const char* program : {"code", "codium", "code-insiders", "cursor"}) {
        if (!QStandardPaths::findExecutable(QString::fromLatin1(program)).isEmpty()) {
            return QString::fromLatin1(program);
        }
    }
    return {};
}

} // namespace

MachineConnect::MachineConnect(AppContext& context, MachineService& machines, QWidget* page)
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
    m_terminal = add(tr("Open a terminal"), QKeySequence(Qt::CTRL | Qt::Key_T), [this] {
        reach([this](const MachineAccess& access) { openTerminalTo(access); });
    });
    m_files = add(tr("Browse its files"), {}, [this] {
        reach([this](const MachineAccess& access) { showFiles(access); });
    });
    m_files->setToolTip(tr("On the Data page, by SFTP: to look at, upload, download and train on"));
    m_copySsh = add(tr("Copy ssh command"), {}, [this] {
        reach([this](const MachineAccess& access) {
            QApplication::clipboard()->setText(shellLine(access.sshCommand));
            m_context.notices.toast(
                tr("The ssh command for %1 is in the clipboard.").arg(QString::fromStdString(access.target.machine)));
        });
    });
    m_sshConfig = add(tr("Add to SSH configuration…"), {}, [this] {
        reach([this](const MachineAccess& access) {
            withConfig(access, [this, name = QString::fromStdString(access.target.machine)] {
                m_context.notices.toast(tr("Now \"ssh %1\" goes there.").arg(name));
            });
        });
    });
    m_editor = add(tr("Open in VS Code…"), {}, [this] {
        reach([this](const MachineAccess& access) { withConfig(access, [this, access] { openEditor(access); }); });
    });
    m_copyAddress = add(tr("Copy public IP"), {}, [this] {
        const QString address = QString::fromStdString(m_machine->info.publicAddress);
        QApplication::clipboard()->setText(address);
        m_context.notices.toast(tr("%1 is in the clipboard.").arg(address));
    });
    setMachine({});
}

void MachineConnect::setMachine(const std::optional<MachineRow>& machine)
{
    m_machine = machine;
    const bool canConnect = machine && abilitiesOf(*machine).canConnect;
    for (QAction* action : {m_terminal, m_files, m_copySsh, m_sshConfig, m_editor}) {
        action->setEnabled(canConnect);
    }
    m_copyAddress->setEnabled(machine && !machine->info.publicAddress.empty());
}

QList<QAction*> MachineConnect::all() const
{
    return {m_terminal, m_files, m_copySsh, m_sshConfig, m_editor, m_copyAddress};
}

void MachineConnect::reach(std::function<void(const MachineAccess&)> then)
{
    const cloud::MachineInfo info = m_machine->info;
    m_machines.askIn<MachineAccess>(
        m_machine->account, this,
        [info, paths = m_context.paths](CloudSession& session, std::stop_token stop) {
            return reachMachine(session.provider(), paths, info, stop);
        },
        [this, then = std::move(then), name = QString::fromStdString(info.name)](Result<MachineAccess> access) {
            if (access) {
                then(*access);
            } else {
                m_context.notices.error(tr("There is no way into %1 yet.").arg(name), access.error());
            }
        });
}

void MachineConnect::openTerminalTo(const MachineAccess& access)
{
    // On a worker: who starts a program waits until the disk has brought it.
    m_machines.ask<bool>(
        this, [command = access.sshCommand](CloudSession&, std::stop_token) -> Result<bool> { return openTerminal(command); },
        [this, command = access.sshCommand](const Result<bool>& isOpen) {
            if (!isOpen || !*isOpen) {
                QApplication::clipboard()->setText(shellLine(command));
                m_context.notices.toast(tr("No terminal was found; the ssh command is in the clipboard instead."));
            }
        });
}

void MachineConnect::showFiles(const MachineAccess& access)
{
    m_context.stores.addMachine(
        access.target, this, [this, name = QString::fromStdString(access.target.machine)](const Result<QString>& store) {
            if (store) {
                emit m_context.navigation.storeRequested(*store);
            } else {
                m_context.notices.error(tr("The files of %1 cannot be shown.").arg(name), store.error());
            }
        });
}

void MachineConnect::withConfig(const MachineAccess& access, std::function<void()> then)
{
    const QString name = QString::fromStdString(access.target.machine);
    if (sshFolder().empty()) {
        m_context.notices.error(
            tr("%1 cannot be added to the SSH configuration.").arg(name), {ErrorKind::NotFound, "HOME is not set", {}});
        return;
    }
    m_machines.ask<bool>(
        this,
        [access](CloudSession&, std::stop_token) { return SshConfig(sshFolder()).holds(sshConfigEntry(access)); },
        [this, access, then = std::move(then)](const Result<bool>& isThere) {
            if (isThere && *isThere) {
                then();
            } else {
                askToWrite(access, then);
            }
        });
}

void MachineConnect::askToWrite(const MachineAccess& access, std::function<void()> then)
{
    const QString name = QString::fromStdString(access.target.machine);
    const SshConfig config(sshFolder());
    auto* question = new QuestionDialog(tr("Add %1 to your SSH configuration?").arg(name), tr("Add %1").arg(name), m_page);
    question->addText(tr("This goes into %1:").arg(QString::fromStdString(config.ownFile())));
    auto* text = new QPlainTextEdit(QString::fromStdString(sshConfigEntry(access)), question);
    text->setReadOnly(true);
    text->setTabChangesFocus(true);
    text->setMinimumHeight(text->fontMetrics().lineSpacing() * 12);
    question->addField(tr("&Entry"), text);
    question->addText(tr("and this line to the top of your own file, unless it is there: %1. Both go again when %2 is deleted "
                         "here, but for the line.")
                          .arg(QString::fromStdString(config.includeLine()), name));
    connect(question, &QDialog::accepted, this, [this, access, name, then = std::move(then)] {
        m_machines.ask<bool>(
            this,
            [access](CloudSession&, std::stop_token) -> Result<bool> {
                TY_CHECK(SshConfig(sshFolder()).write(access.target.machine, sshConfigEntry(access)));
                return true;
            },
            [this, name, then](const Result<bool>& written) {
                if (written) {
                    then();
                } else {
                    m_context.notices.error(tr("%1 was not added to the SSH configuration.").arg(name), written.error());
                }
            });
    });
    question->ask();
}

void MachineConnect::openEditor(const MachineAccess& access)
{
    const QString name = QString::fromStdString(access.target.machine);
    const QString home = QStringLiteral("/home/") + QString::fromStdString(access.target.user);
    const QString remote = QStringLiteral("ssh-remote+") + name;
    m_machines.ask<bool>(
        this,
        [remote, home](CloudSession&, std::stop_token) -> Result<bool> {
            const QString editor = installedEditor();
            return !editor.isEmpty() && QProcess::startDetached(editor, {QStringLiteral("--remote"), remote, home});
        },
        [this, name, remote, home](const Result<bool>& isOpen) {
            if (!isOpen || !*isOpen) {
                QApplication::clipboard()->setText(QStringLiteral("vscode://vscode-remote/") + remote + home);
                m_context.notices.toast(tr("VS Code was not found here; its address for %1 is in the clipboard.").arg(name));
            }
        });
}

} // namespace ty::app
