#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::engine {

enum class ScheduleKind { Constant, Step, Cosine, OneCycle, StepList, Plateau };

/// "constant", "step", "cosine", "oneCycle", "stepList", "plateau". Errors: InvalidInput listing the known names.
Result<ScheduleKind> scheduleKindFromName(const std::string& name);

/// How the schedule Plateau falls. As PyTorch's ReduceLROnPlateau with its relative threshold.
struct PlateauSettings {
    double factor = 0.1;     ///< in (0, 1)
    int patience = 10;       ///< epochs without improvement that are borne
    double threshold = 1e-4; ///< an improvement is a loss below best (1 - threshold)
    double smallest = 1e-4;  ///< part of the peak below which it never falls
};

/// The learning rate of each step, as a function of how much of the training is done. Warm-up rises in a line to the
/// peak; then
///   Constant  stays there
///   Step      falls to a tenth at one half and to a hundredth at three quarters of the training
///   Cosine    falls along half a cosine to a hundredth of the peak, without restarts
///   OneCycle  rises along half a cosine from 4 % of the peak for 30 % of the training, then falls along another to a
///             ten-thousandth of it (its own warm-up; warmUp is not asked)
///   StepList  is multiplied by each factor from its place on
///   Plateau   falls by a factor whenever the validation loss has not become better for some epochs: see PlateauFall
/// Sources: of the warm-up Goyal et al. (2017), section 2.2; Step He et al., Deep residual learning (2016), section 4.2; Cosine
/// Loshchilov, Hutter, SGDR (2017); OneCycle Smith, Topin (2017).
struct Schedule {
    ScheduleKind kind = ScheduleKind::Cosine;
    double peak = 1e-3;   ///< learning rate, above 0
    double warmUp = 0.05; ///< part of all steps, in [0, 1)
    struct Fall {
        double after = 0;   ///< part of the training, in [0, 1)
        double factor = 1;  ///< in (0, 1]
    };
    std::vector<Fall> falls = {}; ///< of StepList
    PlateauSettings plateau = {}; ///< of Plateau

    /// Factor in (0, 1] of the peak for step `step` (0-based) of `totalSteps`.
    double shapeAt(std::int64_t step, std::int64_t totalSteps) const;
};

/// Watches a validation loss and says by how much the learning rate falls.
class PlateauFall {
public:
    PlateauFall() = default;
    explicit PlateauFall(const PlateauSettings& settings) : m_settings(settings) {}

    /// After each epoch. Gives the factor of the peak from now on, in [smallest, 1].
    double observe(double validationLoss);
    double factor() const { return m_factor; }

    Json toJson() const;
    Result<void> restore(const Json& json);

private:
    PlateauSettings m_settings;
    std::optional<double> m_best;
    int m_badEpochs = 0;
    double m_factor = 1;
};

/// A schedule that a person can take over: from a live change on, the rate is the given one and from there follows
/// the schedule's fall, never above what was asked for.
class LearningRate {
public:
    explicit LearningRate(const Schedule& schedule) : m_schedule(schedule), m_plateau(schedule.plateau) {}

    double at(std::int64_t step, std::int64_t totalSteps) const;
    void change(double rate, std::int64_t step, std::int64_t totalSteps);
    /// Tells a Plateau schedule of an epoch's validation loss; others do not listen.
    void observe(double validationLoss);

    Json toJson() const; ///< the live change and the plateau's falls; the schedule comes from the settings
    Result<void> restore(const Json& json);

private:
    Schedule m_schedule;
    PlateauFall m_plateau;
    bool m_isChanged = false;
    double m_rate = 0;
    double m_shape = 1; ///< of the schedule when it was changed
};

} // namespace ty::engine
