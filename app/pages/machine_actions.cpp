#include "app/pages/machine_actions.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QWidget>

#include "app/models/machine_command.h"
#include "app/pages/capture_dialog.h"
#include "app/pages/machine_connect.h"
#include "app/pages/machine_questions.h"
#include "app/pages/resize_dialog.h"
#include "app/pages/tags_dialog.h"
#include "app/services/all_services.h"
#include "app/services/machine_service.h"

namespace ty::app {

MachineActions::MachineActions(AppContext& context, MachineService& machines, QWidget* page)
    : QObject(page)
    , m_context(context)
    , m_machines(machines)
    , m_page(page)
    , m_connect(new MachineConnect(context, machines, page))
{
    m_create = add(tr("Create machine…"), {}, [this] { emit createRequested(); });
    m_start = add(tr("Start"), {}, [this] { act(QStringLiteral("start"), &MachineAbilities::canStart); });
    m_stop = add(tr("Stop"), {}, [this] { act(QStringLiteral("deallocate"), &MachineAbilities::canStop); });
    m_stop->setToolTip(tr("Stop and give the processors back: only disks and address cost"));
    const auto asked = [this](bool MachineAbilities::*can, const char* verb, auto ask) {
        const auto chosen = which(can);
        ask(chosen, m_page, [this, chosen, verb = QString::fromLatin1(verb)] {
            for (const MachineRow& machine : chosen) {
                m_machines.act(machine, verb);
            }
        });
    };
    m_powerOff = add(tr("Power off, keep reserved…"), {}, [asked] {
        asked(&MachineAbilities::canPowerOff, "powerOff", askToPowerOff);
    });
    m_restart = add(tr("Restart…"), {}, [asked] { asked(&MachineAbilities::canRestart, "restart", askToRestart); });
    m_redeploy = add(tr("Redeploy…"), {}, [asked] { asked(&MachineAbilities::canRestart, "redeploy", askToRedeploy); });
    m_redeploy->setToolTip(tr("Move to another host: for a machine that does not answer, or a host that is to be repaired"));
    m_resize = add(tr("Resize…"), {}, [this] { (new ResizeDialog(m_machines, m_chosen.front(), m_page))->ask(); });
    m_tags = add(tr("Tags…"), {}, [this] {
        (new TagsDialog(m_machines, which(&MachineAbilities::canTag), m_page))->ask();
    });
    m_capture = add(tr("Capture…"), {}, [this] {
        (new CaptureDialog(m_machines, m_chosen.front(), m_page))->ask();
    });
    m_duplicate = add(tr("Duplicate…"), QKeySequence(Qt::CTRL | Qt::Key_D), [this] {
        emit duplicateRequested(m_chosen.front());
    });
    m_copyTrainyard = addCopy(tr("Copy as trainyard command"), false);
    m_copyProviders = addCopy(tr("Copy as az or gcloud command"), true);
    m_remove = add(tr("Delete…"), QKeySequence(Qt::Key_Delete), [this] {
        const auto chosen = which(&MachineAbilities::canDelete);
        askToDelete(chosen, m_page, [this, chosen] {
            for (const MachineRow& machine : chosen) {
                m_machines.remove(machine);
            }
        });
    });
    setMachines({});
}

QAction* MachineActions::add(const QString& text, const QKeySequence& keys, std::function<void()> run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, std::move(run));
    m_page->addAction(action);
    return action;
}

QAction* MachineActions::addCopy(const QString& text, bool isProviders)
{
    QAction* action = add(text, {}, [this, isProviders] {
        const cloud::MachineRequest& request = *m_chosen.front().request;
        const bool isOpen = std::find(request.allowedFrom.begin(), request.allowedFrom.end(), "0.0.0.0/0")
            != request.allowedFrom.end();
        QApplication::clipboard()->setText(isProviders ? providerCommand(request) : trainyardCommand(request, isOpen));
        m_context.notices.toast(tr("The command is in the clipboard."));
    });
    action->setToolTip(tr("The command line that makes a machine like this one"));
    return action;
}

std::vector<MachineRow> MachineActions::which(bool MachineAbilities::*can) const
{
    std::vector<MachineRow> machines;
    std::copy_if(m_chosen.begin(), m_chosen.end(), std::back_inserter(machines), [&](const MachineRow& machine) {
        return abilitiesOf(machine).*can;
    });
    return machines;
}

void MachineActions::act(const QString& verb, bool MachineAbilities::*can)
{
    for (const MachineRow& machine : which(can)) {
        m_machines.act(machine, verb);
    }
}

void MachineActions::enable(QAction* action, bool MachineAbilities::*can, bool isForMany)
{
    const bool isCounted = isForMany || m_chosen.size() == 1;
    action->setEnabled(isCounted && std::any_of(m_chosen.begin(), m_chosen.end(), [&](const MachineRow& machine) {
        return abilitiesOf(machine).*can;
    }));
}

void MachineActions::setMachines(std::vector<MachineRow> machines)
{
    m_chosen = std::move(machines);
    const bool isWasted = !m_chosen.empty() && std::all_of(m_chosen.begin(), m_chosen.end(), [](const MachineRow& machine) {
        return machine.info.state == cloud::MachineState::StoppedBilled;
    });
    m_stop->setText(isWasted ? tr("Release now") : tr("Stop"));
    enable(m_start, &MachineAbilities::canStart, true);
    enable(m_stop, &MachineAbilities::canStop, true);
    enable(m_powerOff, &MachineAbilities::canPowerOff, true);
    enable(m_restart, &MachineAbilities::canRestart, true);
    enable(m_redeploy, &MachineAbilities::canRestart, true);
    enable(m_tags, &MachineAbilities::canTag, true);
    enable(m_remove, &MachineAbilities::canDelete, true);
    enable(m_resize, &MachineAbilities::canResize, false);
    enable(m_capture, &MachineAbilities::canCapture, false);
    const bool isOne = m_chosen.size() == 1;
    m_duplicate->setEnabled(isOne);
    m_copyTrainyard->setEnabled(isOne && m_chosen.front().request.has_value());
    m_copyProviders->setEnabled(m_copyTrainyard->isEnabled());
    m_connect->setMachine(isOne ? std::optional<MachineRow>(m_chosen.front()) : std::nullopt);
}

QList<QAction*> MachineActions::forMachine() const
{
    QList<QAction*> all{m_start, m_stop, m_powerOff, m_restart, m_redeploy, m_resize, m_tags, m_capture, m_duplicate,
                        m_copyTrainyard, m_copyProviders};
    return all + m_connect->all() + QList<QAction*>{m_remove};
}

void MachineActions::addMoreTo(QMenu& menu) const
{
    menu.addActions({m_resize, m_tags, m_capture});
    menu.addSeparator();
    menu.addActions({m_duplicate, m_copyTrainyard, m_copyProviders});
    menu.addSeparator();
    menu.addAction(m_remove);
}

QMenu* MachineActions::makeMoreMenu(QWidget* parent) const
{
    auto* menu = new QMenu(parent);
    menu->setToolTipsVisible(true);
    menu->addActions({m_restart, m_redeploy});
    menu->addSeparator();
    addMoreTo(*menu);
    return menu;
}

QMenu* MachineActions::makeMenu(QWidget* parent) const
{
    auto* menu = new QMenu(parent);
    menu->setToolTipsVisible(true);
    menu->addActions({m_start, m_stop, m_powerOff, m_restart, m_redeploy});
    menu->addSeparator();
    menu->addMenu(tr("Connect"))->addActions(m_connect->all());
    menu->addSeparator();
    addMoreTo(*menu);
    return menu;
}

} // namespace ty::app
