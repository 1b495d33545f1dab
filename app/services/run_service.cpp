#include "app/services/run_service.h"

#include <algorithm>
#include <utility>

#include <QMetaObject>
#include <QPointer>
#include <QProcess>
#include <QThread>
#include <QTimer>

#include "app/catalog/catalog.h"
#include "app/catalog/event_ingest.h"
#include "app/services/catalog_service.h"
#include "app/services/log_service.h"
#include "app/services/run_service_entry.h"
#include "app/services/run_watcher.h"

namespace ty::app {

using catalog::Catalog;
using catalog::RunRecord;
using catalog::RunState;
using widgets::RunPhase;

namespace {

constexpr int kFlushMilliseconds = 250;

Result<void> ingestNewEvents(Catalog& catalog, IngestSlot& slot, qint64 runId, const std::string& folder)
{
    if (!slot.ingest) {
        slot.ingest = std::make_unique<catalog::EventIngest>(catalog, runId);
    }
    return slot.ingest->replay(RunFolder{folder}.eventsFile());
}

} // namespace

RunService::RunService(CatalogService& catalog, LogService& log, StoreService* stores, QObject* parent)
    : QObject(parent)
    , m_catalog(catalog)
    , m_log(log)
    , m_stores(stores)
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
        [this, guard = QPointer<QObject>(receiver), then = std::move(then)](const Result<RunRecord>& created) {
            begin(created, guard, then);
        });
}

void RunService::begin(const Result<RunRecord>& created, const QPointer<QObject>& receiver, const Started& then)
{
    if (created) {
        track(created.value());
    }
    // Told first: who shows the run shall see its first event.
    if (receiver) {
        then(created);
    }
    if (created) {
        enqueue(created.value().id);
    }
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
