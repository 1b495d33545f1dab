// What a person asks of the runs of a RunService.
#include <algorithm>
#include <utility>

#include <QMetaObject>
#include <QPointer>

#include "app/catalog/catalog.h"
#include "app/services/catalog_service.h"
#include "app/services/run_service.h"
#include "app/services/run_service_entry.h"
#include "app/services/run_watcher.h"

namespace ty::app {

using catalog::Catalog;
using catalog::RunRecord;
using catalog::RunState;
using widgets::RunPhase;

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
    goOn(runId, {});
}

void RunService::extend(qint64 runId, int epochs)
{
    if (Entry* found = entry(runId); found != nullptr && found->run.isActive()) {
        set(runId, QStringLiteral("epochs"), epochs);
        return;
    }
    if (std::find(m_queue.begin(), m_queue.end(), runId) != m_queue.end()) {
        emit commandFailed(runId, tr("The run waits for its turn; extend it once it trains."));
        return;
    }
    goOn(runId, {QStringLiteral("--set"), QStringLiteral("epochs=%1").arg(epochs)});
}

void RunService::goOn(qint64 runId, const QStringList& moreArguments)
{
    m_catalog.call(
        this, [runId](Catalog& catalog) { return catalog.run(runId); },
        [this, runId, moreArguments](Result<RunRecord> record) {
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
            track(record.value()).moreArguments = QStringList{QStringLiteral("--resume")} + moreArguments;
            enqueue(runId);
        });
}

void RunService::branchFrom(
    qint64 runId, const BranchPoint& point, const BranchChanges& changes, QObject* receiver, Started then)
{
    flush(runId); // the newest checkpoint shall be known
    m_catalog.change(
        CatalogService::Runs, this,
        [runId, point, changes](Catalog& catalog) { return makeBranch(catalog, runId, point, changes); },
        [this, guard = QPointer<QObject>(receiver), then = std::move(then)](const Result<RunRecord>& created) {
            begin(created, guard, then);
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

} // namespace ty::app
