#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>

#include "engine/train/fit_control.h"

namespace ty::engine {

/// What a person wants of many fits, one after the other: "finish" lets the present fit come to its end and begins no other,
/// "stop" ends it at once. Pausing holds the fit that runs. On the training thread.
class StudyControl final : public FitControl {
public:
    using Clock = std::chrono::steady_clock;

    /// @param deadline  of the whole study: no fit begins after it, and one that runs is given up
    explicit StudyControl(FitControl& person, std::optional<Clock::time_point> deadline = {});

    std::optional<RunCommand> nextCommand(bool isBlocking) override;
    bool isStopRequested() const override;

    /// Asked between two fits. Takes waiting commands.
    bool mayBegin();
    /// Gives up the fit that runs and nothing else: a poor setting. Undone by mayBegin().
    void giveUpFit() { m_isFitGivenUp = true; }
    bool isFitGivenUp() const { return m_isFitGivenUp; }
    /// "completed", "finished-now", "stopped", "out-of-time".
    const char* outcome() const;

private:
    bool isOutOfTime() const { return m_deadline && Clock::now() >= *m_deadline; }

    FitControl& m_person;
    std::optional<Clock::time_point> m_deadline;
    bool m_isFinishing = false;
    std::atomic<bool> m_isStopped = false;    ///< asked for by any thread of a fit
    bool m_isLate = false;
    std::atomic<bool> m_isFitGivenUp = false; ///< likewise
};

} // namespace ty::engine
