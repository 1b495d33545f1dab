#include "app/services/run_service.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <QFile>
#include <QMetaObject>
#include <QPointer>
#include <QProcess>
#include <QThread>
#include <QTimer>

#include "app/catalog/catalog.h"
#include "app/catalog/event_ingest.h"
#include "app/services/catalog_service.h"
#include "app/services/log_service.h"
#include "app/services/run_watcher.h"
#include "app/services/runner_error.h"

namespace ty::app {

using catalog::Catalog;
using catalog::RunRecord;
using catalog::RunState;
using widgets::RunPhase;

namespace {

constexpr int kFlushMilliseconds = 250;

/// The run's event ingest; made, used and dropped on the catalog's thread.
struct IngestSlot {
    std::unique_ptr<catalog::EventIngest> ingest;
};

Result<void> ingestNewEvents(Catalog& catalog, IngestSlot& slot, qint64 runId, const std::string& folder)
{
    if (!slot.ingest) {
        slot.ingest = std::make_unique<catalog::EventIngest>(catalog, runId);
    }
    return slot.ingest->replay(RunFolder{folder}.eventsFile());
}

/// Why a runner ended that did not say so itself.
Error endWithoutWords(QProcess::ExitStatus status, int code, const QString& lastWords)
{
    if (status == QProcess::CrashExit) {
        const QString how = code == SIGKILL
            ? RunService::tr("The training process was killed. The system may have run out of memory.")
            : RunService::tr("The training process crashed (signal %1).").arg(code);
        return {ErrorKind::Internal, how.toStdString(),
                RunService::tr("Nothing up to the last checkpoint is lost: press Resume. If it happens again, use a "
                               "smaller batch.")
                    .toStdString()};
    }
    if (lastWords.isEmpty()) {
        return {ErrorKind::Internal, RunService::tr("The training process ended without a word.").toStdString(), {}};
    }
    return runnerError({}, lastWords.toStdString());
}

} // namespace

struct RunService::Entry {
    explicit Entry(const RunRecord& record)
        : run(record)
        , folder(record.folder)
    {
    }

    LiveRun run;
    std::string folder;
    QProcess* process = nullptr; ///< null: started by an earlier window
    std::shared_ptr<IngestSlot> ingest = std::make_shared<IngestSlot>();
    QProcess::ExitStatus exitStatus = QProcess::NormalExit;
    int exitCode = 0;
    std::string launchedAt;  ///< UTC; empty: by an earlier window
    bool isBusy = false;     ///< from its launch until its process has ended
    bool isResuming = false; ///< to be launched with --resume
    bool isDirty = false;    ///< events have come that the catalog may not have
};

RunService::RunService(CatalogService& catalog, LogService& log, QObject* parent)
    : QObject(parent)
    , m_catalog(catalog)
    , m_log(log)
    , m_watchThread(std::make_unique<QThread>())
    , m_watcher(new RunWatcher)
    , m_flushTimer(new QTimer(this))
{
    qRegisterMetaType<std::vector<ty::RunEvent>>();
    m_watchThread->setObjectName(QStringLiteral("run watcher"));
    m_watcher->moveToThread(m_watchThread.get());
    connect(m_watchThread.get(), &QThread::finished, m_watcher, &QObject::deleteLater);
    connect(m_watcher, &RunWatcher::eventsRead, this, &RunService::onEvents);
    connect(m_watcher, &RunWatcher::gone, this, &RunService::onGone);
    connect(m_watcher, &RunWatcher::sendFailed, this, &RunService::commandFailed);
    m_watchThread->start();
    m_flushTimer->setInterval(kFlushMilliseconds);
    connect(m_flushTimer, &QTimer::timeout, this, [this] {
        bool isAnyActive = false;
        for (const auto& [id, entry] : m_entries) {
            flush(id);
            isAnyActive = isAnyActive || entry->isBusy;
        }
        if (!isAnyActive) {
            m_flushTimer->stop();
        }
    });
}

RunService::~RunService()
{
    m_watchThread->quit();
    m_watchThread->wait(); // its work is one poll long
    for (auto& [id, entry] : m_entries) {
        if (entry->process != nullptr && entry->process->state() != QProcess::NotRunning) {
            // A QProcess that is destroyed kills its child; this child shall train on without the window.
            entry->process->disconnect();
            entry->process->setParent(nullptr);
        }
    }
}

void RunService::reattach()
{
    m_catalog.call(
        this, [](Catalog& catalog) { return catalog.runs(); },
        [this](Result<std::vector<RunRecord>> runs) {
            if (!runs) {
                return;
            }
            std::vector<RunRecord> waiting;
            for (const RunRecord& record : runs.value()) {
                if (catalog::isActive(record.state) && record.pid > 0 && entry(record.id) == nullptr) {
                    Entry& found = track(record);
                    found.isBusy = true;
                    found.run.setPhase(RunPhase::Starting);
                    watch(found, record.pid);
                } else if (record.state == RunState::Queued && entry(record.id) == nullptr) {
                    waiting.push_back(record);
                }
            }
            std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
            for (const RunRecord& record : waiting) {
                track(record);
                enqueue(record.id);
            }
            emit activityChanged();
        });
}

void RunService::start(const RunSpec& spec, qint64 datasetId, QObject* receiver, Started then)
{
    m_catalog.change(
        CatalogService::Runs, this,
        [spec, datasetId](Catalog& catalog) -> Result<RunRecord> {
            TY_TRY(const Json project, catalog.setting("currentProject", 0)); // as chosen in the top bar
            return catalog.createRun(spec, datasetId, project.is_number_integer() ? project.get<std::int64_t>() : 0);
        },
        [this, guard = QPointer<QObject>(receiver), then = std::move(then)](Result<RunRecord> created) {
            if (created) {
                track(created.value());
                // Told first: who shows the run shall see its first event.
                if (guard) {
                    then(created);
                }
                enqueue(created.value().id);
            } else if (guard) {
                then(created);
            }
        });
}

RunService::Entry* RunService::entry(qint64 runId) const
{
    const auto found = m_entries.find(runId);
    return found == m_entries.end() ? nullptr : found->second.get();
}

RunService::Entry& RunService::track(const RunRecord& record)
{
    auto& slot = m_entries[record.id];
    slot = std::make_unique<Entry>(record);
    return *slot;
}

void RunService::enqueue(qint64 runId)
{
    m_queue.push_back(runId);
    startNext();
    updateWaiting();
    emit activityChanged();
}

void RunService::startNext()
{
    if (m_isStoppingAll || m_queue.empty() || runningCount() > 0) {
        return;
    }
    const qint64 next = m_queue.front();
    m_queue.erase(m_queue.begin());
    if (Entry* waiting = entry(next)) {
        launch(*waiting);
    }
    updateWaiting();
    emit activityChanged();
}

void RunService::updateWaiting()
{
    const auto running = std::find_if(m_entries.begin(), m_entries.end(), [](const auto& item) {
        return item.second->isBusy;
    });
    for (std::size_t place = 0; place < m_queue.size(); ++place) {
        Entry* waiting = entry(m_queue[place]);
        if (waiting == nullptr) {
            continue;
        }
        const QString before = place > 0 ? entry(m_queue[place - 1])->run.name()
                                         : running != m_entries.end() ? running->second->run.name() : QString();
        waiting->run.setWaiting(
            before.isEmpty() ? tr("starts in a moment")
                             : tr("waits for %1 (this computer trains one run at a time)").arg(before));
        emit liveChanged(m_queue[place]);
    }
}

void RunService::launch(Entry& entry)
{
    const qint64 runId = entry.run.id();
    const QString folder = QString::fromStdString(entry.folder);
    entry.isBusy = true;
    entry.launchedAt = utcNow();
    entry.run.setPhase(RunPhase::Starting);
    emit liveChanged(runId);

    // The FIFO is made beside the database's work: disks may be slow.
    m_catalog.call(
        this,
        [folder](Catalog&) { return RunWatcher::ensureCommandFile(folder); },
        [this, runId, folder](Result<void> pipeMade) {
            Entry* starting = this->entry(runId);
            if (starting == nullptr) {
                return;
            }
            if (!pipeMade) {
                conclude(*starting, RunState::Failed, pipeMade.error());
                return;
            }
            auto* process = new QProcess(this);
            starting->process = process;
            process->setProgram(m_program);
            QStringList arguments{
                QStringLiteral("train"), QString::fromStdString(RunFolder{folder.toStdString()}.specFile()),
                QStringLiteral("--out"), folder, QStringLiteral("--events"), QStringLiteral("jsonl")};
            if (starting->isResuming) {
                arguments << QStringLiteral("--resume");
            }
            process->setArguments(arguments);
            process->setWorkingDirectory(folder);
            // The same lines are in events.jsonl; nothing of the runner hangs on a pipe to this window.
            process->setStandardOutputFile(QProcess::nullDevice());
            process->setStandardErrorFile(RunWatcher::wordsFile(folder));
            const QByteArray pipe = QFile::encodeName(RunWatcher::commandFile(folder));
            process->setChildProcessModifier([pipe] {
                // Opened for both directions: it neither waits for a writer nor ends when a window closes.
                const int commands = open(pipe.constData(), O_RDWR);
                if (commands >= 0) {
                    dup2(commands, STDIN_FILENO);
                    close(commands);
                }
                setsid(); // Ctrl+C in the terminal that started the window is not meant for the run
            });
            connect(process, &QProcess::errorOccurred, this, [this, runId, process](QProcess::ProcessError error) {
                if (error == QProcess::FailedToStart) {
                    if (Entry* failed = this->entry(runId)) {
                        conclude(
                            *failed, RunState::Failed,
                            {ErrorKind::NotFound, process->errorString().toStdString(),
                             tr("Install Trainyard again: its program trainyard-run does not start.").toStdString()});
                    }
                }
            });
            connect(
                process, &QProcess::finished, this, [this, runId](int code, QProcess::ExitStatus status) {
                    if (Entry* ended = this->entry(runId)) {
                        ended->exitCode = code;
                        ended->exitStatus = status;
                        QMetaObject::invokeMethod(
                            m_watcher, [watcher = m_watcher, runId] { watcher->announceEnd(runId); });
                    }
                });
            watch(*starting, 0);
            process->start(QIODevice::ReadOnly);
        });
}

void RunService::watch(Entry& entry, qint64 pid)
{
    QMetaObject::invokeMethod(
        m_watcher, [watcher = m_watcher, runId = entry.run.id(), folder = QString::fromStdString(entry.folder), pid] {
            watcher->watch(runId, folder, pid);
        });
    m_flushTimer->start();
}

void RunService::onEvents(qint64 runId, const std::vector<RunEvent>& events)
{
    Entry* found = entry(runId);
    if (found == nullptr) {
        return;
    }
    RunNews news;
    bool isEpochOver = false;
    for (const RunEvent& event : events) {
        found->run.apply(event, news);
        isEpochOver = isEpochOver || event.type == "epoch" || event.type == "finished" || event.type == "failed"
            || event.type == "started";
        if (event.type == "warning" || event.type == "failed") {
            const char* key = event.type == "warning" ? "text" : "message";
            m_log.append(
                event.type == "warning" ? LogLevel::Warning : LogLevel::Error, found->run.name(),
                QString::fromStdString(event.fields.value(key, std::string())));
        }
    }
    if (!events.empty() && events.back().time < found->launchedAt) {
        found->run.setPhase(RunPhase::Starting); // so far only what the sessions before this one have told
    }
    found->isDirty = true;
    emit advanced(runId, news);
    emit liveChanged(runId);
    if (isEpochOver) {
        flush(runId);
    }
}

void RunService::flush(qint64 runId)
{
    Entry* found = entry(runId);
    if (found == nullptr || !found->isDirty) {
        return;
    }
    found->isDirty = false;
    m_catalog.change(
        CatalogService::Runs, this,
        [slot = found->ingest, runId, folder = found->folder](Catalog& catalog) {
            return ingestNewEvents(catalog, *slot, runId, folder);
        },
        [this, name = found->run.name()](Result<void> filed) {
            if (!filed) {
                m_log.append(LogLevel::Error, name, QString::fromStdString(filed.error().message));
            }
        });
}

void RunService::onGone(qint64 runId, const QString& lastWords)
{
    Entry* found = entry(runId);
    if (found == nullptr) {
        return;
    }
    if (found->run.isOver()) {
        conclude(*found, found->run.record().state, {});
        return;
    }
    const bool isKilled = found->process == nullptr || found->exitStatus == QProcess::CrashExit;
    const Error error = found->process == nullptr
        ? Error{ErrorKind::Internal, tr("The training process ended without a word.").toStdString(),
                tr("Nothing up to the last checkpoint is lost: press Resume.").toStdString()}
        : endWithoutWords(found->exitStatus, found->exitCode, lastWords);
    conclude(*found, isKilled ? RunState::Interrupted : RunState::Failed, error);
}

void RunService::conclude(Entry& entry, RunState state, const Error& error)
{
    const qint64 runId = entry.run.id();
    const bool isUnexpected = !error.message.empty();
    entry.isBusy = false;
    if (isUnexpected) {
        entry.run.fail(error);
        m_log.append(LogLevel::Error, entry.run.name(), QString::fromStdString(error.message));
    }
    if (entry.process != nullptr) {
        entry.process->deleteLater();
        entry.process = nullptr;
    }
    entry.isDirty = false;
    m_catalog.change(
        CatalogService::Runs | CatalogService::Models, this,
        [slot = entry.ingest, runId, folder = entry.folder, state, error, isUnexpected](Catalog& catalog) -> Result<void> {
            const Result<void> filed = ingestNewEvents(catalog, *slot, runId, folder);
            slot->ingest.reset();
            TY_CHECK(filed);
            if (isUnexpected) {
                TY_CHECK(catalog.setRunState(runId, state, error));
            }
            TY_TRY(const RunRecord record, catalog.run(runId));
            if (record.hasModel) {
                TY_CHECK(catalog.registerModelOfRun(runId));
            }
            return catalog.measureRun(runId);
        },
        [this, runId, name = entry.run.name()](Result<void> filed) {
            if (!filed) {
                m_log.append(LogLevel::Error, name, QString::fromStdString(filed.error().message));
            }
            emit runEnded(runId);
        });
    emit liveChanged(runId);
    startNext();
    updateWaiting();
    emit activityChanged();
    if (m_isStoppingAll && runningCount() == 0) {
        m_isStoppingAll = false;
        emit allStopped();
    }
}

void RunService::send(qint64 runId, RunCommand command, RunPhase phase)
{
    Entry* found = entry(runId);
    if (found == nullptr || !found->run.isActive()) {
        emit commandFailed(runId, tr("The run has already ended."));
        return;
    }
    if (phase != RunPhase::Idle) {
        found->run.setPhase(phase);
        emit liveChanged(runId);
    }
    QMetaObject::invokeMethod(m_watcher, [watcher = m_watcher, runId, line = command.toLine()] {
        watcher->send(runId, line);
    });
}

void RunService::pause(qint64 runId)
{
    send(runId, {"pause", Json::object()}, RunPhase::Pausing);
}

void RunService::resume(qint64 runId)
{
    if (Entry* found = entry(runId); found != nullptr && found->run.isActive()) {
        send(runId, {"resume", Json::object()}, RunPhase::Idle);
        return;
    }
    if (std::find(m_queue.begin(), m_queue.end(), runId) != m_queue.end()) {
        return;
    }
    m_catalog.call(
        this, [runId](Catalog& catalog) { return catalog.run(runId); },
        [this, runId](Result<RunRecord> record) {
            if (!record) {
                emit commandFailed(runId, QString::fromStdString(record.error().message));
                return;
            }
            if (!record.value().isResumable) {
                emit commandFailed(runId, tr("This run has no checkpoint to go on from."));
                return;
            }
            if (const Entry* known = entry(runId); known != nullptr && known->isBusy) {
                return;
            }
            track(record.value()).isResuming = true;
            enqueue(runId);
        });
}

void RunService::removeFromQueue(qint64 runId)
{
    if (std::erase(m_queue, runId) == 0) {
        return;
    }
    m_entries.erase(runId);
    m_catalog.change(
        CatalogService::Runs, this,
        [runId](Catalog& catalog) { return catalog.setRunState(runId, RunState::Stopped); },
        [this, runId](Result<void> changed) {
            if (!changed) {
                emit commandFailed(runId, QString::fromStdString(changed.error().message));
            }
        });
    updateWaiting();
    emit activityChanged();
}

void RunService::finishNow(qint64 runId)
{
    send(runId, {"finish", Json::object()}, RunPhase::Finishing);
}

void RunService::stop(qint64 runId)
{
    if (std::find(m_queue.begin(), m_queue.end(), runId) != m_queue.end()) {
        removeFromQueue(runId);
        return;
    }
    send(runId, {"stop", Json::object()}, RunPhase::Stopping);
}

void RunService::snapshot(qint64 runId)
{
    send(runId, {"snapshot", Json::object()}, RunPhase::Idle);
}

void RunService::set(qint64 runId, const QString& name, double value)
{
    const bool isCount = name != QLatin1String("learningRate");
    const Json number = isCount ? Json(static_cast<std::int64_t>(value)) : Json(value);
    send(runId, {"set", Json{{"name", name.toStdString()}, {"value", number}}}, RunPhase::Idle);
}

void RunService::stopAll()
{
    if (runningCount() == 0) {
        QMetaObject::invokeMethod(this, &RunService::allStopped, Qt::QueuedConnection);
        return;
    }
    m_isStoppingAll = true;
    for (const auto& [id, entry] : m_entries) {
        if (entry->isBusy) {
            stop(id);
        }
    }
}

const LiveRun* RunService::live(qint64 runId) const
{
    const Entry* found = entry(runId);
    return found == nullptr ? nullptr : &found->run;
}

std::vector<qint64> RunService::activeRuns() const
{
    std::vector<qint64> ids;
    for (const auto& [id, entry] : m_entries) {
        if (entry->isBusy) {
            ids.push_back(id);
        }
    }
    ids.insert(ids.end(), m_queue.begin(), m_queue.end());
    return ids;
}

int RunService::runningCount() const
{
    return static_cast<int>(
        std::count_if(m_entries.begin(), m_entries.end(), [](const auto& item) { return item.second->isBusy; }));
}

int RunService::queuedCount() const
{
    return static_cast<int>(m_queue.size());
}

} // namespace ty::app
