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
    return Error{
        ErrorKind::InvalidInput, "unknown schedule \"" + name + "\"; known: constant, step, cosine, oneCycle", {}};
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
    default:
        return 1;
    }
}

double LearningRate::at(std::int64_t step, std::int64_t totalSteps) const
{
    const double shape = m_schedule.shapeAt(step, totalSteps);
    return m_isChanged ? m_rate * std::min(1.0, shape / m_shape) : m_schedule.peak * shape;
}

void LearningRate::change(double rate, std::int64_t step, std::int64_t totalSteps)
{
    m_isChanged = true;
    m_rate = rate;
    m_shape = m_schedule.shapeAt(step, totalSteps);
}

Json LearningRate::toJson() const
{
    return m_isChanged ? Json{{"rate", m_rate}, {"shape", m_shape}} : Json(nullptr);
}

Result<void> LearningRate::restore(const Json& json)
{
    m_isChanged = !json.is_null();
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
