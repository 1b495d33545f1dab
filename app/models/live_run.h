#pragma once

#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_events.h"
#include "widgets/run_strip.h"

namespace ty::app {

/// A run of this session as its events tell it: what the run strip, the banner and the queue show.
/// A value; the same events in the same order give the same LiveRun.
struct LiveRun {
    qint64 id = 0;
    qint64 datasetId = 0; ///< 0: unknown
    QString name;
    QString folder;
    QString task; ///< "classification", "regression"; empty before the data has been read
    QString waitReason; ///< why it has not started: "waits for digits-fast-1"
    widgets::RunStripState strip;
    Json finished; ///< fields of the "finished" event; null before
    Error error;   ///< of a Failed run; an empty message: none
    QStringList warnings;
    int bestEpoch = 0;
    double startedSeconds = 0; ///< Unix time of this session's start
    double pausedSeconds = 0;  ///< in this session
    double pausedSince = 0;    ///< Unix time; 0: not paused
    double earlierSeconds = 0; ///< running time of the sessions before this one

    void apply(const RunEvent& event);
    bool isActive() const;
    /// Finished, Stopped or Failed.
    bool isOver() const;
    /// Running seconds up to a moment of this session, pauses excluded.
    double elapsedAt(double unixSeconds) const;
};

/// Seconds since 1970 of an event's time; 0 if it cannot be read.
double unixSecondsOf(const std::string& utcText);

} // namespace ty::app
