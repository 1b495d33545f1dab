#pragma once

#include "widgets/chart/chart_painter.h"

namespace ty::widgets {

/// Paints the visible lines of a scene: old tails dimmed, raw at 25 % under a smoothed line.
void paintLines(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors,
    double pixelRatio,
    PaintTarget target);

} // namespace ty::widgets
