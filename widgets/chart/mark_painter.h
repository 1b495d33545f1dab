#pragma once

#include <vector>

#include <QPointF>

#include "widgets/chart/chart_scene.h"

class QPainter;

namespace ty::widgets {

struct ChartGeometry;
struct ThemeColors;

/// Where a mark is drawn.
struct MarkSpot {
    PlacedMark placed;
    QPointF center;
    double radius = 0;
    bool hasRule = false; ///< a dashed line through the plot
};

/// The marks within the plot. Those without a value stand on its lower edge, one above the other
/// where they would meet.
std::vector<MarkSpot> markSpots(const ChartScene& scene, const ChartGeometry& geometry);
/// Index of the mark under `at`; -1: none.
int markAt(const std::vector<MarkSpot>& spots, const QPointF& at);
void paintMarks(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors);

/// Ring and text of each pinned value.
void paintPins(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors);

/// A hatched band with ‖ where the X axis leaves a pause out.
void paintCuts(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors);
/// e.g. "‖ nothing ran for 3 h 12 min"; empty: no cut at that pixel.
QString cutTextAt(const ChartScene& scene, const ChartGeometry& geometry, double pixel);

} // namespace ty::widgets
