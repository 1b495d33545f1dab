#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/records.h"
#include "engine/base/run_events.h"

namespace ty::catalog {

/// Seconds since 1970 of a "2026-11-21T08:15:30.123Z" text; NaN if it is none.
double secondsOfTime(const std::string& time);

struct MetricPoint {
    std::string metric;
    std::uint64_t seq = 0;
    int session = 0;
    double step = kUnknown;
    double epoch = kUnknown;
    double elapsed = kUnknown;
    double wall = kUnknown;
    double value = kUnknown;
};

/// What the events of a run, applied in order from the first, say about it. Knows no database.
class RunProgress {
public:
    /// `known`: identity and what the person added; everything that events tell is forgotten and learned again.
    explicit RunProgress(RunRecord known);

    /// Appends the points that the event carries, and its mark if charts show one.
    void apply(const RunEvent& event, std::vector<MetricPoint>& points, std::vector<RunMark>& marks);

    const RunRecord& run() const { return m_run; }
    /// Complete settings from the plan; null before.
    const Json& settings() const { return m_settings; }
    int checkpoints() const { return m_checkpoints; }
    std::uint64_t lastSeq() const { return m_lastSeq; }

private:
    void applyStarted(const RunEvent& event);
    void applyStep(const RunEvent& event, std::vector<MetricPoint>& points);
    void applyEpoch(const RunEvent& event, std::vector<MetricPoint>& points);
    void applyState(const RunEvent& event);
    void applyFinished(const RunEvent& event, std::vector<MetricPoint>& points);
    void applyFailed(const RunEvent& event);
    double elapsedAt(double wall) const;
    MetricPoint pointAt(const RunEvent& event) const;
    static void addPoint(
        std::vector<MetricPoint>& points, const MetricPoint& at, const std::string& metric, const Json& object,
        const char* key);

    RunRecord m_run;
    Json m_settings;
    int m_checkpoints = 0;
    std::uint64_t m_lastSeq = 0;
    int m_session = -1;
    double m_step = 0;
    double m_epoch = 0;
    double m_wall = kUnknown;
    // Running time: m_base seconds had passed when the clock showed m_origin; it stands still since m_pausedAt.
    double m_base = 0;
    double m_origin = kUnknown;
    std::optional<double> m_pausedAt;
    std::map<double, double> m_elapsedOfStep; ///< at checkpoints: where a resumed run goes on
};

} // namespace ty::catalog
