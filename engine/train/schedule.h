#pragma once

#include <cstdint>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::engine {

enum class ScheduleKind { Constant, Step, Cosine, OneCycle };

/// "constant", "step", "cosine", "oneCycle". Errors: InvalidInput listing the known names.
Result<ScheduleKind> scheduleKindFromName(const std::string& name);

/// The learning rate of each step, as a function of how much of the training is done. Warm-up rises in a line to the
/// peak; then
///   Constant  stays there
///   Step      falls to a tenth at one half and to a hundredth at three quarters of the training
///   Cosine    falls along half a cosine to a hundredth of the peak
///   OneCycle  rises along a cosine for 30 % of the training, then falls to almost nothing (its own warm-up)
struct Schedule {
    ScheduleKind kind = ScheduleKind::Cosine;
    double peak = 1e-3;
    double warmUp = 0.05; ///< part of all steps, in [0, 1)

    /// Factor in (0, 1] of the peak for step `step` (0-based) of `totalSteps`.
    double shapeAt(std::int64_t step, std::int64_t totalSteps) const;
};

/// A schedule that a person can take over: from a live change on, the rate is the given one and from there follows
/// the schedule's fall, never above what was asked for.
class LearningRate {
public:
    explicit LearningRate(const Schedule& schedule) : m_schedule(schedule) {}

    double at(std::int64_t step, std::int64_t totalSteps) const;
    void change(double rate, std::int64_t step, std::int64_t totalSteps);

    Json toJson() const; ///< the live change alone; the schedule comes from the settings
    Result<void> restore(const Json& json);

private:
    Schedule m_schedule;
    bool m_isChanged = false;
    double m_rate = 0;
    double m_shape = 1; ///< of the schedule when it was changed
};

} // namespace ty::engine
