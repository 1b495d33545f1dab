#include "engine/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ty::engine {

namespace {

/// From `high` to `low` along half a cosine while `done` goes from 0 to 1.
double cosineBetween(double high, double low, double done)
{
    return low + (high - low) * 0.5 * (1 + std::cos(std::numbers::pi * std::clamp(done, 0.0, 1.0)));
}

} // namespace

Result<ScheduleKind> scheduleKindFromName(const std::string& name)
{
    if (name == "constant") {
        return ScheduleKind::Constant;
    }
    if (name == "step") {
        return ScheduleKind::Step;
    }
    if (name == "cosine") {
        return ScheduleKind::Cosine;
    }
    if (name == "oneCycle") {
        return ScheduleKind::OneCycle;
    }
    if (name == "stepList") {
        return ScheduleKind::StepList;
    }
    if (name == "plateau") {
        return ScheduleKind::Plateau;
    }
    return Error{
        ErrorKind::InvalidInput,
        "unknown schedule \"" + name + "\"; known: constant, step, cosine, oneCycle, stepList, plateau",
        {}};
}

double Schedule::shapeAt(std::int64_t step, std::int64_t totalSteps) const
{
    const auto total = static_cast<double>(std::max<std::int64_t>(totalSteps, 1));
    const auto now = static_cast<double>(step);
    if (kind == ScheduleKind::OneCycle) {
        const double rise = 0.3 * total;
        return now < rise ? cosineBetween(0.04, 1, now / rise) : cosineBetween(1, 1e-4, (now - rise) / (total - rise));
    }
    const double warmSteps = std::floor(warmUp * total);
    if (now < warmSteps) {
        return (now + 1) / (warmSteps + 1);
    }
    switch (kind) {
    case ScheduleKind::Step:
        return now < 0.5 * total ? 1 : now < 0.75 * total ? 0.1 : 0.01;
    case ScheduleKind::Cosine:
        return cosineBetween(1, 0.01, (now - warmSteps) / std::max(1.0, total - warmSteps));
    case ScheduleKind::StepList: {
        double shape = 1;
        for (const Fall& fall : falls) {
            shape *= now >= fall.after * total ? fall.factor : 1;
        }
        return shape;
    }
    default:
        return 1;
    }
}

double PlateauFall::observe(double validationLoss)
{
    if (!m_best || validationLoss < *m_best * (1 - m_settings.threshold)) {
        m_best = validationLoss;
        m_badEpochs = 0;
    } else if (++m_badEpochs > m_settings.patience) {
        m_badEpochs = 0;
        m_factor = std::max(m_settings.smallest, m_factor * m_settings.factor);
    }
    return m_factor;
}

Json PlateauFall::toJson() const
{
    return {{"best", m_best ? Json(*m_best) : Json(nullptr)}, {"badEpochs", m_badEpochs}, {"factor", m_factor}};
}

Result<void> PlateauFall::restore(const Json& json)
{
    TY_TRY(m_badEpochs, jsonField<int>(json, "badEpochs", "plateau"));
    TY_TRY(m_factor, jsonField<double>(json, "factor", "plateau"));
    m_best.reset();
    if (json.contains("best") && !json["best"].is_null()) {
        TY_TRY(m_best, jsonField<double>(json, "best", "plateau"));
    }
    if (m_badEpochs < 0 || !(m_factor > 0 && m_factor <= 1)) {
        return Error{ErrorKind::InvalidInput, "plateau: its counters are not possible", {}};
    }
    return {};
}

double LearningRate::at(std::int64_t step, std::int64_t totalSteps) const
{
    const double shape = m_schedule.shapeAt(step, totalSteps) * m_plateau.factor();
    return m_isChanged ? m_rate * std::min(1.0, shape / m_shape) : m_schedule.peak * shape;
}

void LearningRate::change(double rate, std::int64_t step, std::int64_t totalSteps)
{
    m_isChanged = true;
    m_rate = rate;
    m_shape = m_schedule.shapeAt(step, totalSteps) * m_plateau.factor();
}

void LearningRate::observe(double validationLoss)
{
    if (m_schedule.kind == ScheduleKind::Plateau) {
        m_plateau.observe(validationLoss);
    }
}

Json LearningRate::toJson() const
{
    Json json = m_isChanged ? Json{{"rate", m_rate}, {"shape", m_shape}} : Json(nullptr);
    if (m_schedule.kind == ScheduleKind::Plateau) {
        json["plateau"] = m_plateau.toJson();
    }
    return json;
}

Result<void> LearningRate::restore(const Json& json)
{
    if (m_schedule.kind == ScheduleKind::Plateau && json.contains("plateau")) {
        TY_CHECK(m_plateau.restore(json["plateau"]));
    }
    m_isChanged = json.contains("rate");
    if (m_isChanged) {
        TY_TRY(m_rate, jsonField<double>(json, "rate", "learning rate"));
        TY_TRY(m_shape, jsonField<double>(json, "shape", "learning rate"));
        if (!(m_rate > 0) || !(m_shape > 0)) {
            return Error{ErrorKind::InvalidInput, "learning rate: rate and shape must be above 0", {}};
        }
    }
    return {};
}

} // namespace ty::engine
