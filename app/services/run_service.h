#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include <QObject>
#include <QPointer>
#include <QString>
#include <QStringList>

#include "app/catalog/records.h"
#include "app/models/live_run.h"
#include "app/services/run_branch.h"
#include "cloud/secrets/secret.h"
#include "engine/base/result.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"

class QThread;
class QTimer;

namespace ty::app {

class CatalogService;
class LogService;
class RunWatcher;
class StoreService;

/// Local runs: starts `trainyard-run`, follows its events, files them in the catalog, passes commands on.
///
/// A run does not depend on the window. The runner writes events.jsonl and reads commands from a FIFO in its
/// folder; both are followed from outside, so a run that this window started and one that an earlier window left
/// behind are the same thing here. One run trains at a time; others wait in the order in which they were added.
/// Lives on the GUI thread; nothing here waits.
class RunService : public QObject {
    Q_OBJECT
public:
    using Started = std::function<void(Result<catalog::RunRecord>)>;

    /// @param stores  for data that lie in stores; null: there are none
    RunService(CatalogService& catalog, LogService& log, StoreService* stores = nullptr, QObject* parent = nullptr);
    /// Runs that still go on are left to go on.
    ~RunService() override;

    void setRunnerProgram(const QString& program) { m_program = program; }

    /// Once the catalog is open: follows runs that still go on, and queues again those that waited.
    void reattach();

    /// A new run in the catalog, started at once or queued behind others; then its record, or why not.
    void start(const RunSpec& spec, qint64 datasetId, QObject* receiver, Started then);
    /// A new run that begins with weights which `runId` had, running or not, and differs from it by `changes`;
    /// started or queued like any other. "Restart from epoch 3 at a tenth of the rate":
    /// branchFrom(run, {.epoch = 3}, {.learningRateFactor = 0.1}, this, ...).
    void branchFrom(
        qint64 runId, const BranchPoint& point, const BranchChanges& changes, QObject* receiver, Started then);
    /// Takes a waiting run out of the queue; it becomes Stopped.
    void removeFromQueue(qint64 runId);

    void pause(qint64 runId);
    /// Of a paused run; one that was interrupted, stopped or failed goes on from its last checkpoint.
    void resume(qint64 runId);
    /// Trains until `epochs` are done in all: of an active run by a live change; one that has ended goes on exactly
    /// where it stopped, with the optimizer and the order of samples it had.
    void extend(qint64 runId, int epochs);
    void finishNow(qint64 runId);
    void stop(qint64 runId);
    void snapshot(qint64 runId);
    /// A live change; `name`: "learningRate", "epochs", "patience".
    void set(qint64 runId, const QString& name, double value);
    /// Stops every active run (each writes a checkpoint), then emits allStopped(). For "Pause and close".
    void stopAll();

    /// Null: not a run of this session.
    const LiveRun* live(qint64 runId) const;
    /// Active first, then waiting ones in their order.
    std::vector<qint64> activeRuns() const;
    int runningCount() const;
    int queuedCount() const;
    /// Files what has arrived, so that a catalog call made after this sees it.
    void flush(qint64 runId);

signals:
    /// In order, in batches; also the history of a run that was taken up again.
    void advanced(qint64 runId, const ty::app::RunNews& news);
    void liveChanged(qint64 runId);
    /// The process has ended and the catalog holds everything, the model included.
    void runEnded(qint64 runId);
    /// The number of running or waiting runs has changed.
    void activityChanged();
    void commandFailed(qint64 runId, const QString& message);
    void allStopped();

private:
    struct Entry;
    Entry* entry(qint64 runId) const;
    Entry& track(const catalog::RunRecord& record);
    /// Tells `receiver` of a new run, and lets it wait for its turn.
    void begin(const Result<catalog::RunRecord>& created, const QPointer<QObject>& receiver, const Started& then);
    /// A run that has ended goes on from its last checkpoint.
    void goOn(qint64 runId, const QStringList& moreArguments);
    void enqueue(qint64 runId);
    void startNext();
    void launch(Entry& entry);
    /// The second step, with what opens the stores.
    void spawn(qint64 runId, const Result<cloud::Secret>& grants);
    void watch(Entry& entry, qint64 pid);
    void onEvents(qint64 runId, const std::vector<RunEvent>& events);
    void onGone(qint64 runId, const QString& lastWords);
    void conclude(Entry& entry, catalog::RunState state, const Error& error);
    void send(qint64 runId, RunCommand command, widgets::RunPhase phase);
    void updateWaiting();

    CatalogService& m_catalog;
    LogService& m_log;
    StoreService* m_stores;
    QString m_program; ///< trainyard-run
    std::unique_ptr<QThread> m_watchThread;
    RunWatcher* m_watcher; ///< lives on m_watchThread
    QTimer* m_flushTimer;
    std::map<qint64, std::unique_ptr<Entry>> m_entries;
    std::vector<qint64> m_queue; ///< ids that wait, the first is next
    bool m_isStoppingAll = false;
};

} // namespace ty::app
