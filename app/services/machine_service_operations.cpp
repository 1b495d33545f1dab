// What is done to machines: each operation on a worker, with a row in Activity.
#include <algorithm>
#include <utility>

#include <QDateTime>

#include "app/provisioning/cloud_session.h"
#include "app/provisioning/leftover_reader.h"
#include "app/provisioning/operation_keys.h"
#include "app/provisioning/ssh_config.h"
#include "app/services/activity_extras.h"
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

/// The same for what the journal calls an operation.
std::pair<QString, QString> wordsForKind(const std::string& kind)
{
    if (kind == "create") {
        return {MachineService::tr("Create machine"), MachineService::tr("Creating")};
    }
    if (kind == "delete") {
        return {MachineService::tr("Delete machine"), MachineService::tr("Deleting")};
    }
    if (kind == "resize") {
        return {MachineService::tr("Resize machine"), MachineService::tr("Resizing")};
    }
    if (kind == "capture") {
        return {MachineService::tr("Capture machine"), MachineService::tr("Capturing")};
    }
    if (kind == "tag") {
        return {MachineService::tr("Tag machine"), MachineService::tr("Tagging")};
    }
    if (kind == kCreateStorage) {
        return {MachineService::tr("Create storage account"), MachineService::tr("Creating")};
    }
    if (kind == kDeleteStorage) {
        return {MachineService::tr("Delete storage account"), MachineService::tr("Deleting")};
    }
    if (kind == "clean") {
        return {MachineService::tr("Delete leftovers"), MachineService::tr("Deleting leftovers")};
    }
    return wordsFor(
        kind == "stop"          ? QStringLiteral("deallocate")
            : kind == "power off" ? QStringLiteral("powerOff")
                                  : QString::fromStdString(kind));
}

QString detailsOf(const OperationReport& report)
{
    return MachineService::tr("Journal entry %1 (%2): %3\n%4")
        .arg(
            QString::number(report.id), QString::fromStdString(report.kind), QLatin1String(cloud::outcomeName(report.outcome)),
            QString::fromStdString(report.error));
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
        wordsForKind("create"), m_account, machine,
        [request](MachineOperations& machines, std::stop_token stop) { return machines.create(request, stop); }, request);
}

void MachineService::act(const MachineRow& machine, const QString& verb)
{
    actIn(machine.account, machine.info, verb);
}

void MachineService::actIn(const QString& account, const cloud::MachineInfo& machine, const QString& verb)
{
    operate(
        wordsFor(verb), account, machine, [machine, verb = verb.toStdString()](MachineOperations& machines, std::stop_token stop) {
            return machines.act(machine, verb, stop);
        });
}

void MachineService::resize(const MachineRow& machine, const QString& size)
{
    operate(
        wordsForKind("resize"), machine.account, machine.info,
        [info = machine.info, size = size.toStdString()](MachineOperations& machines, std::stop_token stop) {
            return machines.resize(info, size, stop);
        });
}

void MachineService::retag(const MachineRow& machine, const cloud::TextMap& tags)
{
    operate(
        wordsForKind("tag"), machine.account, machine.info,
        [info = machine.info, tags](MachineOperations& machines, std::stop_token stop) {
            return machines.retag(info, tags, stop);
        });
}

void MachineService::capture(const MachineRow& machine, const CaptureOrder& order, Source after)
{
    operate(
        wordsForKind("capture"), machine.account, machine.info,
        [info = machine.info, order, after](MachineOperations& machines, std::stop_token stop) -> Result<OperationReport> {
            TY_TRY(auto report, machines.capture(info, order, stop));
            if (after == Source::Delete && report.outcome == cloud::Outcome::Done) {
                return machines.remove(info, stop); // an operation of its own: it fails without taking the image back
            }
            return report;
        });
}

void MachineService::remove(const MachineRow& machine)
{
    operate(
        wordsForKind("delete"), machine.account, machine.info,
        [info = machine.info](MachineOperations& machines, std::stop_token stop) -> Result<OperationReport> {
            TY_TRY(auto report, machines.remove(info, stop));
            if (report.outcome == cloud::Outcome::Done && !sshFolder().empty()) {
                (void)SshConfig(sshFolder()).remove(info.name); // what is left there harms nobody
            }
            return report;
        });
}

void MachineService::perform(
    const std::pair<QString, QString>& words, const QString& target, bool isMade, Operate run, const QString& account)
{
    cloud::MachineInfo named;
    named.name = target.toStdString();
    operate(words, account.isEmpty() ? m_account : account, named, std::move(run), {}, isMade);
}

void MachineService::clean(const std::vector<cloud::Leftover>& leftovers)
{
    for (const auto& group : byMark(leftovers)) {
        cloud::MachineInfo machine; // which is gone
        machine.name = group.front().machine;
        machine.group = group.front().group;
        operate(wordsForKind("clean"), m_account, machine, [group](MachineOperations& machines, std::stop_token stop) {
            return machines.clean(group, stop);
        });
    }
}

void MachineService::operate(
    const std::pair<QString, QString>& words, const QString& account, const cloud::MachineInfo& machine, Operate run,
    std::optional<cloud::MachineRequest> coming, bool mayBeTakenBack)
{
    Job job;
    job.account = account;
    job.name = QString::fromStdString(machine.name);
    MachineRow row;
    row.account = account;
    row.info = machine;
    job.key = row.key();
    job.title = words.first;
    job.words = words.second;
    job.run = std::move(run);
    job.coming = std::move(coming);
    // Only what is being made can be taken back; the rest is soon over, and half of it would help nobody.
    const int activity = m_activity.begin(job.title, job.name, job.coming.has_value() || mayBeTakenBack);
    m_jobs[activity] = std::move(job);
    perform(activity);
}

void MachineService::goOnWith(const std::vector<OpenOperation>& open, bool isStart)
{
    int count = 0;
    QString first;
    for (const OpenOperation& operation : open) {
        const QString account = QString::fromStdString(operation.account);
        const QString name = QString::fromStdString(operation.machine);
        const auto known = std::find_if(m_jobs.begin(), m_jobs.end(), [&](const auto& each) {
            return each.second.operation == operation.id || (each.second.account == account && each.second.name == name);
        });
        int activity = 0;
        if (known != m_jobs.end()) {
            if (m_work.contains(known->first)) {
                continue; // on its way
            }
            activity = known->first;
            known->second.operation = operation.id;
        } else {
            const auto words = wordsForKind(operation.kind);
            Job job;
            job.account = account;
            job.name = name;
            MachineRow row;
            row.account = account;
            row.info.name = operation.machine;
            row.info.group = operation.group;
            job.key = row.key();
            job.title = words.first;
            job.words = words.second;
            job.operation = operation.id;
            job.coming = operation.request;
            activity = m_activity.begin(job.title, job.name, operation.request.has_value() && !operation.isUndoing);
            m_jobs[activity] = std::move(job);
            ++count;
            first = first.isEmpty() ? tr("%1 %2").arg(words.first, name) : first;
        }
        if (operation.steps > 0) {
            cloud::JournalNote note;
            note.step = operation.step;
            note.steps = operation.steps;
            note.stage = operation.stage;
            m_activity.update(activity, stageText(note), shareOf(note));
        }
        perform(activity);
    }
    if (isStart && count > 0) {
        emit wentOn(count, first);
    }
}

void MachineService::perform(int activity)
{
    const Job& job = m_jobs.at(activity);
    Work work;
    work.account = job.account;
    work.key = job.key;
    work.words = job.words;
    work.stage = job.words;
    work.coming = job.coming;
    const auto isCancelled = work.isCancelled;
    m_work[activity] = std::move(work);
    compose();
    m_workers.start(
        job.account.toStdString(),
        [this, activity, isCancelled, job](CloudSession& session, std::stop_token stop) {
            MachineOperations::Hooks hooks;
            hooks.isCancelled = [isCancelled] { return isCancelled->load(); };
            hooks.watch = [this, activity](const cloud::JournalNote& note) {
                m_workers.post([this, activity, note] { onNote(activity, note); });
            };
            session.machines().setHooks(std::move(hooks));
            const auto report = carryOut(job, session, stop);
            m_workers.post([this, activity, report] { onPerformed(activity, report); });
        },
        [this, activity](const Error& error) { onPerformed(activity, error); });
}

/// On a worker. Nothing: another program goes on with it.
Result<std::optional<OperationReport>> MachineService::carryOut(const Job& job, CloudSession& session, std::stop_token stop)
{
    std::int64_t operation = job.operation;
    if (operation == 0 && job.isAgain) {
        TY_TRY(const auto open, session.operations().openOnes());
        const auto left = std::find_if(open.begin(), open.end(), [&](const catalog::OperationRecord& record) {
            return record.target == job.name.toStdString()
                && record.request.value("account", std::string()) == job.account.toStdString();
        });
        operation = left == open.end() ? 0 : left->id;
    }
    if (operation != 0) {
        return session.machines().takeUp(operation, std::move(stop));
    }
    TY_TRY(OperationReport report, job.run(session.machines(), std::move(stop)));
    return std::optional<OperationReport>(std::move(report));
}

void MachineService::onNote(int activity, const cloud::JournalNote& note)
{
    m_activity.update(activity, stageText(note), shareOf(note));
    if (const auto job = m_jobs.find(activity); job != m_jobs.end()) {
        job->second.isNoted = true;
    }
    if (const auto found = m_work.find(activity); found != m_work.end()) {
        Work& work = found->second;
        const QString words = note.direction == cloud::Direction::Undo ? tr("Taking back") : work.words;
        work.stage = tr("%1 %2/%3").arg(words).arg(note.step + 1).arg(note.steps);
        compose();
    }
}

void MachineService::onPerformed(int activity, const Result<std::optional<OperationReport>>& report)
{
    const auto found = m_work.find(activity);
    const bool isCancelled = found != m_work.end() && found->second.isCancelled->load();
    if (found != m_work.end()) {
        m_work.erase(found);
    }
    if (!report) {
        onWaits(activity, report.error());
    } else if (!*report) {
        m_activity.update(activity, tr("another Trainyard goes on with it"), -1);
        m_activity.finish(activity, OperationState::Done);
        m_jobs.erase(activity);
    } else {
        OperationReport told = **report;
        const bool isDone = told.outcome == cloud::Outcome::Done;
        m_activity.finish(
            activity,
            isDone        ? OperationState::Done
            : isCancelled ? OperationState::Cancelled
                          : OperationState::Failed,
            QString::fromStdString(told.error));
        if (isCancelled && told.outcome == cloud::Outcome::Undone) {
            told.error.clear(); // no failure: it was asked for
        }
        Job& job = m_jobs.at(activity);
        if (isDone && job.coming && (job.coming->idleMinutes || job.coming->hardLimitHours)) {
            emit created(job.account, job.name);
        }
        if (isDone || isCancelled || !job.run) {
            offerRetry(activity, detailsOf(told), {});
            m_jobs.erase(activity);
        } else {
            job.operation = 0; // that one has ended; another try is another one
            job.isAgain = true;
            offerRetry(activity, detailsOf(told), [this, activity] { doAgain(activity); });
        }
        emit ended(told, activity);
    }
    compose();
    readAgain(); // unless nobody looks: no cloud is asked for nothing
}

void MachineService::doAgain(int activity)
{
    Job job = std::move(m_jobs.at(activity));
    m_jobs.erase(activity);
    job.isTold = false;
    const int row = m_activity.begin(job.title, job.name, job.coming.has_value());
    m_jobs[row] = std::move(job);
    perform(row);
}

void MachineService::offerRetry(int activity, const QString& details, std::function<void()> again)
{
    if (ActivityExtras* extras = ActivityExtras::of(m_activity)) {
        extras->setDetails(activity, details);
        if (again) {
            extras->offerRetry(activity, std::move(again));
        }
    }
}

/// It did not begin, or waits in the journal.
void MachineService::onWaits(int activity, const Error& error)
{
    const QString message = QString::fromStdString(error.message);
    const QString details = tr("%1\n%2\nCode: %3\nTime: %4")
                                .arg(
                                    message, QString::fromStdString(error.advice), QLatin1String(errorKindName(error.kind)),
                                    QDateTime::currentDateTime().toString(Qt::ISODate));
    Job& job = m_jobs.at(activity);
    job.isAgain = true;
    const bool isInJournal = job.operation != 0 || job.isNoted;
    const bool mayPass = error.kind == ErrorKind::Network || error.kind == ErrorKind::NotSignedIn || error.kind == ErrorKind::Busy;
    if (isInJournal && mayPass) {
        // It keeps its place, and is tried again by itself or when the person presses Retry.
        m_activity.update(activity, tr("waits: %1").arg(message), -1);
        offerRetry(activity, details, [this, activity] {
            if (!m_work.contains(activity)) {
                perform(activity);
            }
        });
    } else {
        m_activity.finish(activity, OperationState::Failed, message);
        offerRetry(activity, details, [this, activity] { doAgain(activity); });
    }
    // Once is enough to say so.
    if (!std::exchange(job.isTold, true)) {
        emit refused(tr("%1 of %2 did not succeed.").arg(job.title, job.name), error, activity);
    }
}

} // namespace ty::app
