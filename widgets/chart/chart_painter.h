#pragma once

#include <QRectF>

class QFont;
class QPainter;

namespace ty::widgets {

class ChartScene;
struct ThemeColors;

/// Where things are inside a chart, in logical pixels.
struct ChartGeometry {
    QRectF plot;
    QRectF whole;

    double toX(const ChartScene& scene, double value) const;
    double toY(const ChartScene& scene, double value) const;
    double fromX(const ChartScene& scene, double pixel) const;
    double fromY(const ChartScene& scene, double pixel) const;
};

enum class PaintTarget {
    Screen, ///< may blend lines column by column
    Vector, ///< paths only
};

ChartGeometry chartGeometry(const ChartScene& scene, const QSizeF& size, const QFont& font);

/// Paints grid, axes, lines and marks. ChartScene::prepare() must have run.
/// @param pixelRatio  columns of dense lines per logical pixel
void paintChart(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors,
    double pixelRatio,
    PaintTarget target);

} // namespace ty::widgets
