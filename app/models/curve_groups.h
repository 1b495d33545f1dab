#pragma once

#include <vector>

#include "widgets/chart/chart_types.h"

namespace ty::app {

/// How far around the mean a band reaches.
enum class BandKind {
    Deviation,   ///< one standard deviation of the runs (n - 1)
    Confidence95 ///< where the true mean lies with 95 %: Student's t for few runs
};

/// Mean of some runs of one metric, with its band.
struct GroupCurve {
    std::vector<widgets::ChartPoint> mean; ///< at every step that any of them has
    std::vector<widgets::BandPoint> band;  ///< NaN where fewer than two runs reach
};

/// Curves are compared at equal steps, in between by straight lines; a curve counts from its first
/// to its last step. What a resume did again counts as done again; values that are not finite are
/// left out. Epoch and running time are the mean of those that are there; clock times mean nothing.
GroupCurve meanCurve(const std::vector<std::vector<widgets::ChartPoint>>& curves, BandKind kind);

/// Two-sided 95 % point of Student's t with that many degrees of freedom, >= 1.
double studentFactor(int degrees);

} // namespace ty::app
