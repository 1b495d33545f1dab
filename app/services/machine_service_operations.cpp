// What is done to machines: each operation on a worker, with a row in Activity.
#include <utility>

#include "app/provisioning/cloud_session.h"
#include "app/provisioning/ssh_config.h"
#include "app/services/activity_service.h"
#include "app/services/machine_service.h"

namespace ty::app {

namespace {

/// The operation's name in Activity, and what the machine is said to be doing meanwhile.
std::pair<QString, QString> wordsFor(const QString& verb)
{
    if (verb == QLatin1String("start")) {
        return {MachineService::tr("Start machine"), MachineService::tr("Starting")};
    }
    if (verb == QLatin1String("deallocate")) {
        return {MachineService::tr("Stop machine"), MachineService::tr("Stopping")};
    }
    if (verb == QLatin1String("powerOff")) {
        return {MachineService::tr("Power off machine"), MachineService::tr("Powering off")};
    }
    if (verb == QLatin1String("redeploy")) {
        return {MachineService::tr("Redeploy machine"), MachineService::tr("Redeploying")};
    }
    return {MachineService::tr("Restart machine"), MachineService::tr("Restarting")};
}

QString stageText(const cloud::JournalNote& note)
{
    return MachineService::tr("%1/%2 %3").arg(note.step + 1).arg(note.steps).arg(QString::fromStdString(note.stage));
}

double shareOf(const cloud::JournalNote& note)
{
    return note.steps > 0 ? static_cast<double>(note.step) / note.steps : -1.0;
}

} // namespace

void MachineService::create(const cloud::MachineRequest& request)
{
    cloud::MachineInfo machine;
    machine.name = request.name;
    machine.group = request.group;
    operate(
        {tr("Create machine"), tr("Creating")}, machine,
        [request](MachineOperations& machines, std::stop_token stop) { return machines.create(request, stop); }, request);
}

void MachineService::act(const cloud::MachineInfo& machine, const QString& verb)
{
    operate(wordsFor(verb), machine, [machine, verb = verb.toStdString()](MachineOperations& machines, std::stop_token stop) {
        return machines.act(machine, verb, stop);
    });
}

void MachineService::resize(const cloud::MachineInfo& machine, const QString& size)
{
    operate(
        {tr("Resize machine"), tr("Resizing")}, machine,
        [machine, size = size.toStdString()](MachineOperations& machines, std::stop_token stop) {
            return machines.resize(machine, size, stop);
        });
}

void MachineService::retag(const cloud::MachineInfo& machine, const cloud::TextMap& tags)
{
    operate({tr("Tag machine"), tr("Tagging")}, machine, [machine, tags](MachineOperations& machines, std::stop_token stop) {
        return machines.retag(machine, tags, stop);
    });
}

void MachineService::capture(const cloud::MachineInfo& machine, const QString& image, Source after)
{
    operate(
        {tr("Capture machine"), tr("Capturing")}, machine,
        [machine, image = image.toStdString(), after](
            MachineOperations& machines, std::stop_token stop) -> Result<OperationReport> {
            TY_TRY(auto report, machines.capture(machine, image, stop));
            if (after == Source::Delete && report.outcome == cloud::Outcome::Done) {
                return machines.remove(machine, stop); // an operation of its own: it fails without taking the image back
            }
            return report;
        });
}

void MachineService::remove(const cloud::MachineInfo& machine)
{
    operate(
        {tr("Delete machine"), tr("Deleting")}, machine,
        [machine](MachineOperations& machines, std::stop_token stop) -> Result<OperationReport> {
            TY_TRY(auto report, machines.remove(machine, stop));
            if (report.outcome == cloud::Outcome::Done && !sshFolder().empty()) {
                (void)SshConfig(sshFolder()).remove(machine.name); // what is left there harms nobody
            }
            return report;
        });
}

void MachineService::perform(
    const std::pair<QString, QString>& words, const QString& target, bool isMade, Operate run)
{
    cloud::MachineInfo named;
    named.name = target.toStdString();
    operate(words, named, std::move(run), {}, isMade);
}

void MachineService::operate(
    const std::pair<QString, QString>& words, const cloud::MachineInfo& machine, Operate run,
    std::optional<cloud::MachineRequest> coming, bool mayBeTakenBack)
{
    const QString name = QString::fromStdString(machine.name);
    // Only what is being made can be taken back; the rest is soon over, and half of it would help nobody.
    const int activity = m_activity.begin(words.first, name, coming.has_value() || mayBeTakenBack);
    MachineRow row;
    row.info = machine;
    Work work;
    work.account = m_account;
    work.key = row.key();
    work.words = words.second;
    work.stage = words.second;
    work.coming = std::move(coming);
    const auto isCancelled = work.isCancelled;
    m_work[activity] = std::move(work);
    compose();
    const QString what = tr("%1 of %2 did not succeed.").arg(words.first, name);
    m_workers.start(
        m_account.toStdString(),
        [this, activity, what, isCancelled, run = std::move(run)](CloudSession& session, std::stop_token stop) {
            MachineOperations::Hooks hooks;
            hooks.isCancelled = [isCancelled] { return isCancelled->load(); };
            hooks.watch = [this, activity](const cloud::JournalNote& note) {
                m_workers.post([this, activity, note] { onNote(activity, note); });
            };
            session.machines().setHooks(std::move(hooks));
            const auto report = run(session.machines(), stop);
            m_workers.post([this, activity, what, report] { onOperated(activity, what, report); });
        },
        [this, activity, what](const Error& error) { onOperated(activity, what, error); });
}

void MachineService::onNote(int activity, const cloud::JournalNote& note)
{
    m_activity.update(activity, stageText(note), shareOf(note));
    if (const auto found = m_work.find(activity); found != m_work.end()) {
        Work& work = found->second;
        const QString words = note.direction == cloud::Direction::Undo ? tr("Taking back") : work.words;
        work.stage = tr("%1 %2/%3").arg(words).arg(note.step + 1).arg(note.steps);
        compose();
    }
}

void MachineService::onOperated(int activity, const QString& what, const Result<OperationReport>& report)
{
    const auto found = m_work.find(activity);
    const bool isCancelled = found != m_work.end() && found->second.isCancelled->load();
    if (found != m_work.end()) {
        m_work.erase(found);
    }
    if (!report) {
        m_activity.finish(activity, OperationState::Failed, QString::fromStdString(report.error().message));
        compose();
        refresh();
        emit refused(what, report.error());
        return;
    }
    const bool isDone = report->outcome == cloud::Outcome::Done;
    m_activity.finish(
        activity,
        isDone        ? OperationState::Done
        : isCancelled ? OperationState::Cancelled
                      : OperationState::Failed,
        QString::fromStdString(report->error));
    compose();
    refresh();
    OperationReport told = *report;
    if (isCancelled && told.outcome == cloud::Outcome::Undone) {
        told.error.clear(); // no failure: it was asked for
    }
    emit ended(told);
}

void MachineService::takeUp(const QString& account)
{
    if (!m_takenUp.insert(account).second) {
        return;
    }
    const auto activity = std::make_shared<int>(0); // of the GUI thread
    m_workers.start(
        account.toStdString(),
        [this, account, activity](CloudSession& session, std::stop_token stop) {
            const auto count = session.machines().openCount();
            if (count && *count == 0) {
                return;
            }
            m_workers.post([this, account, activity] {
                *activity = m_activity.begin(tr("Go on with what was interrupted"), account, false);
            });
            MachineOperations::Hooks hooks;
            hooks.watch = [this, activity](const cloud::JournalNote& note) {
                m_workers.post([this, activity, note] { m_activity.update(*activity, stageText(note), shareOf(note)); });
            };
            session.machines().setHooks(std::move(hooks));
            const auto reports = session.machines().takeUp(stop);
            m_workers.post([this, activity, reports] { onTakenUp(*activity, reports); });
        },
        // The list of that account fails likewise and says why; the next try is then another one.
        [this, account](const Error&) { m_takenUp.erase(account); });
}

void MachineService::onTakenUp(int activity, const Result<std::vector<OperationReport>>& reports)
{
    if (!reports) {
        m_activity.finish(activity, OperationState::Failed, QString::fromStdString(reports.error().message));
        emit refused(tr("What was interrupted cannot go on now."), reports.error());
        return;
    }
    m_activity.finish(activity, OperationState::Done);
    for (const OperationReport& report : *reports) {
        emit ended(report);
    }
    refresh();
}

} // namespace ty::app
