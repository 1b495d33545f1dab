#pragma once

#include <cstddef>

#include <QList>
#include <QPointF>
#include <QString>

#include "widgets/chart/chart_types.h"

class QPainter;
class QRectF;

namespace ty::widgets {

class ChartScene;
struct ChartGeometry;
struct ThemeColors;

struct ReadoutRow {
    std::size_t line = 0;
    ChartPoint point;
    double smoothed = 0; ///< NaN where the line is not smoothed
    double toBest = 0;   ///< value minus best; NaN where there is no best
    bool hasBand = false;
    BandPoint band; ///< around the mean of a group
    QPointF pixel;
    double distance = 0; ///< from the pointer, in logical pixels
};

struct Readout {
    QList<ReadoutRow> rows; ///< nearest first
    QString markText;       ///< of the mark under the pointer
    bool isEmpty() const { return rows.isEmpty(); }
};

/// The real point of each visible line that is nearest to `pointer`; where several share a few
/// pixels, the one nearest in height too, so that a spike can be read.
Readout readoutAt(const ChartScene& scene, const ChartGeometry& geometry, const QPointF& pointer);

/// Crosshair, rings around the points, and the table beside the pointer.
void paintReadout(
    QPainter& painter,
    const Readout& readout,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors);

} // namespace ty::widgets
