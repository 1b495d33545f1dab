#pragma once

#include <cstddef>
#include <vector>

#include <QString>

#include "widgets/chart/chart_types.h"

class QPainter;

namespace ty::widgets {

class ChartScene;
struct ChartGeometry;
struct ThemeColors;

/// What one line does between the two fobs: the real points nearest to them.
struct RangeRow {
    std::size_t line = 0;
    ChartPoint start;
    ChartPoint end;
    double change = 0; ///< end minus start
    double slope = 0;  ///< change for each unit of the X axis; NaN if both are one place
};

/// One row for each visible line with points; empty while the scene has no fobs.
std::vector<RangeRow> rangeRows(const ChartScene& scene);
/// The rows as a small table in rich text, at most `limit` of them; every number is also in it as
/// plain text, for who listens.
QString rangeHtml(const ChartScene& scene, const ThemeColors& colors, std::size_t limit);

/// Which fob a pixel grabs: 0 or 1; -1: none.
int fobAt(const ChartScene& scene, const ChartGeometry& geometry, double pixel);
void paintFobs(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors);

} // namespace ty::widgets
