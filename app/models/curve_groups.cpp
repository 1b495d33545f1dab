#include "app/models/curve_groups.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace ty::app {

using widgets::ChartPoint;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// In order of steps, one point a step, the last word of each.
std::vector<ChartPoint> lastWords(const std::vector<ChartPoint>& points)
{
    std::vector<ChartPoint> kept;
    kept.reserve(points.size());
    for (const ChartPoint& point : points) {
        while (!kept.empty() && kept.back().step >= point.step) {
            kept.pop_back();
        }
        if (std::isfinite(point.value)) {
            kept.push_back(point);
        }
    }
    return kept;
}

/// Walks along one curve as steps rise.
class Cursor {
public:
    explicit Cursor(std::vector<ChartPoint> points)
        : m_points(std::move(points))
    {
    }

    const std::vector<ChartPoint>& points() const { return m_points; }

    /// False where the curve has not begun or is over.
    bool at(double step, ChartPoint& out)
    {
        if (m_points.empty() || step < m_points.front().step || step > m_points.back().step) {
            return false;
        }
        while (m_index + 1 < m_points.size() && m_points[m_index + 1].step <= step) {
            ++m_index;
        }
        const ChartPoint& before = m_points[m_index];
        out = before;
        if (before.step == step || m_index + 1 == m_points.size()) {
            return true;
        }
        const ChartPoint& after = m_points[m_index + 1];
        const double part = (step - before.step) / (after.step - before.step);
        out.epoch = std::lerp(before.epoch, after.epoch, part);
        out.elapsedSeconds = std::lerp(before.elapsedSeconds, after.elapsedSeconds, part);
        out.value = std::lerp(before.value, after.value, part);
        return true;
    }

private:
    std::vector<ChartPoint> m_points;
    std::size_t m_index = 0;
};

} // namespace

double studentFactor(int degrees)
{
    // Abramowitz and Stegun, Handbook of Mathematical Functions (1964), table 26.10, 0.975.
    static constexpr std::array<double, 30> kTable{
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120,  2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    constexpr double kNormal = 1.96;
    const auto row = static_cast<std::size_t>(std::max(1, degrees)) - 1;
    // Beyond the table the difference to the normal distribution falls as 1 / degrees.
    return row < kTable.size() ? kTable[row] : kNormal + (kTable.back() - kNormal) * 30.0 / degrees;
}

GroupCurve meanCurve(const std::vector<std::vector<ChartPoint>>& curves, BandKind kind)
{
    std::vector<Cursor> cursors;
    std::vector<double> steps;
    for (const auto& curve : curves) {
        cursors.emplace_back(lastWords(curve));
        for (const ChartPoint& point : cursors.back().points()) {
            steps.push_back(point.step);
        }
    }
    std::sort(steps.begin(), steps.end());
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());

    GroupCurve group;
    group.mean.reserve(steps.size());
    group.band.reserve(steps.size());
    for (const double step : steps) {
        // Welford's sums: no cancellation where runs hardly differ.
        int count = 0;
        double squares = 0;
        ChartPoint mean{step, 0, 0, kNaN, 0};
        for (Cursor& cursor : cursors) {
            ChartPoint point;
            if (!cursor.at(step, point)) {
                continue;
            }
            ++count;
            const double away = point.value - mean.value;
            mean.value += away / count;
            squares += away * (point.value - mean.value);
            mean.epoch += (point.epoch - mean.epoch) / count;
            mean.elapsedSeconds += (point.elapsedSeconds - mean.elapsedSeconds) / count;
        }
        group.mean.push_back(mean);
        if (count < 2) {
            group.band.push_back({kNaN, kNaN});
            continue;
        }
        const double deviation = std::sqrt(squares / (count - 1));
        const double reach
            = kind == BandKind::Deviation ? deviation : studentFactor(count - 1) * deviation / std::sqrt(count);
        group.band.push_back({mean.value - reach, mean.value + reach});
    }
    return group;
}

} // namespace ty::app
