#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <QObject>
#include <QString>

#include "engine/base/result.h"
#include "engine/base/run_events.h"

class QTimer;

namespace ty::app {

/// Reads the complete lines of a growing file. What stands behind the last newline is read again next time, so that
/// a torn line which its writer cuts off and writes anew is never seen in two halves.
class LineFollower {
public:
    explicit LineFollower(QString path) : m_path(std::move(path)) {}
    LineFollower(const LineFollower&) = delete;
    LineFollower& operator=(const LineFollower&) = delete;
    ~LineFollower();

    /// New lines without their newlines, oldest first, a part of a long history at a time; empty: nothing new.
    std::vector<std::string> next();

private:
    QString m_path;
    int m_file = -1;
    std::int64_t m_offset = 0;
};

/// Follows the folders of runs whose runner works: reads new lines of events.jsonl, notices the end of the process
/// and writes commands into the FIFO. Lives on a worker thread of its own; timers run only while there is a run.
class RunWatcher : public QObject {
    Q_OBJECT
public:
    explicit RunWatcher(QObject* parent = nullptr);
    ~RunWatcher() override;

    /// The FIFO that the runner of this folder reads commands from.
    static QString commandFile(const QString& folder);
    /// What the runner wrote to its standard error.
    static QString wordsFile(const QString& folder);
    /// Makes the FIFO, or takes the one that is there. Any thread.
    static Result<void> ensureCommandFile(const QString& folder);

    /// @param pid  of a runner that is no child of ours, its end is looked for; 0: announceEnd() will tell
    void watch(qint64 runId, const QString& folder, qint64 pid);
    /// The process of the run has ended: reads the rest, then gone().
    void announceEnd(qint64 runId);
    void send(qint64 runId, const std::string& line);

signals:
    void eventsRead(qint64 runId, const std::vector<ty::RunEvent>& events);
    /// After the last event. `lastWords`: end of what the runner wrote to its standard error.
    void gone(qint64 runId, const QString& lastWords);
    void sendFailed(qint64 runId, const QString& message);

private:
    struct Watched;
    void poll();
    void read(qint64 runId, Watched& watched);
    void deliver(qint64 runId, Watched& watched);
    void end(qint64 runId);

    std::map<qint64, std::unique_ptr<Watched>> m_watched;
    QTimer* m_timer;
};

} // namespace ty::app
