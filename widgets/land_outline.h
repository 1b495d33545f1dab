#pragma once

#include <vector>

#include <QPointF>

namespace ty::widgets {

/// The continents and larger islands as polygons of (longitude, latitude) in degrees: rough, drawn by hand, good for a map of a
/// hand's size.
const std::vector<std::vector<QPointF>>& landOutline();

} // namespace ty::widgets
