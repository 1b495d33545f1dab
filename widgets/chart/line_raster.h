#pragma once

#include <span>

#include <QColor>
#include <QList>

class QImage;

namespace ty::widgets {

/// What a line covers in one pixel column, in device pixels, top <= bottom.
struct RasterColumn {
    int x = 0;
    double top = 0;
    double bottom = 0;
};

/// Blends a line given column by column into an image, with soft upper and lower ends.
///
/// A general path stroker takes seconds for fifty lines of four points a column; a line that
/// only moves right needs no more than one vertical run a column.
/// @param image      Format_ARGB32_Premultiplied
/// @param thickness  device pixels
/// @param dashOffset  device pixels, so that lines of one dash do not line up
/// @param dash       lengths in device pixels, on and off in turn; empty: solid
void rasterLine(
    QImage& image,
    std::span<const RasterColumn> columns,
    const QColor& color,
    double thickness,
    const QList<double>& dash,
    double dashOffset = 0);

} // namespace ty::widgets
