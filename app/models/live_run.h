#pragma once

#include <vector>

#include <QString>
#include <QStringList>

#include "app/catalog/records.h"
#include "app/catalog/run_progress.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_events.h"
#include "widgets/run_strip.h"

namespace ty::app {

/// What a batch of events adds to charts.
struct RunNews {
    std::vector<catalog::MetricPoint> points;
    std::vector<catalog::RunMark> marks;
};

/// A run of this session as its events tell it: what the run strip, the banner and the queue show.
/// The same events in the same order give the same LiveRun.
class LiveRun {
public:
    explicit LiveRun(const catalog::RunRecord& known);

    /// Appends to `news` what charts show of the event.
    void apply(const RunEvent& event, RunNews& news);
    /// A process that ended without saying so, or could not be started.
    void fail(const Error& error);
    /// The strip's word between a click and the runner's answer.
    void setPhase(widgets::RunPhase phase);
    void setWaiting(const QString& reason);

    qint64 id() const { return m_id; }
    QString name() const;
    QString folder() const;
    const catalog::RunRecord& record() const { return m_progress.run(); }
    const Json& settings() const { return m_progress.settings(); }
    const widgets::RunStripState& strip() const { return m_strip; }
    /// Why it has not started: "waits for digits-fast-1". Empty unless it waits.
    const QString& waitReason() const { return m_waitReason; }
    /// Fields of the "finished" event; null before.
    const Json& finished() const { return m_finished; }
    /// Of a failed run; an empty message: none.
    const Error& error() const { return m_error; }
    const QStringList& warnings() const { return m_warnings; }
    /// What the "data" event said: samples, classes, inputShape; null before.
    const Json& data() const { return m_data; }
    /// It has a process.
    bool isActive() const;
    /// Finished, Stopped or Failed.
    bool isOver() const;

private:
    bool canGoOn() const;
    void applyStep(const RunEvent& event);
    void takeStepSeconds(const RunEvent& event);
    void applyEpoch(const RunEvent& event);
    void applyState(const std::string& state);
    void applyFinished(const RunEvent& event);
    /// What reading from stores has cost, and whether one is away.
    void applyReading(const RunEvent& event);
    void applyStore(const RunEvent& event);
    void updateShare();

    qint64 m_id = 0;
    catalog::RunProgress m_progress;
    widgets::RunStripState m_strip;
    QString m_waitReason;
    QStringList m_warnings;
    QStringList m_readings;  ///< sentences: of opening the data, and of the first epochs
    QString m_awayHint;      ///< a store that is waited for
    Json m_finished;
    Json m_data;
    Error m_error;
    std::vector<double> m_epochSeconds; ///< of the last few epochs
    std::vector<double> m_stepSeconds;  ///< of the last steps that were told
    double m_epochShare = 0;            ///< epochs done, with the running one's fraction
    int m_patience = 0;                 ///< 0: never stops early
    int m_sinceBest = 0;
};

} // namespace ty::app
