#pragma once

#include <vector>

#include <QList>
#include <QString>

#include "widgets/chart/chart_types.h"

namespace ty::widgets {

/// A stretch that an axis leaves out but for a narrow band: a pause on the wall clock.
struct AxisCut {
    double low = 0;
    double high = 0;
    bool operator==(const AxisCut&) const = default;
};

/// Maps axis units to [0, 1] along the axis.
struct AxisScale {
    ChartRange range;
    bool isLog = false;
    std::vector<AxisCut> cuts{}; ///< rising and apart; a logarithmic axis has none
    double cutWidth = 0;       ///< what is left of each cut, in axis units

    double toUnit(double value) const;
    double fromUnit(double part) const;
    /// `value` less what cuts below it take out, and back.
    double pressed(double value) const;
    double unpressed(double value) const;
    /// The cut that lies wholly between two values, low < high; null: none does.
    const AxisCut* cutBetween(double low, double high) const;
    /// Part of the axis between two places in [0, 1], as a range.
    ChartRange part(double low, double high) const { return {fromUnit(low), fromUnit(high)}; }
};

struct AxisTick {
    double value = 0;
    QString label; ///< empty: a minor line only
};

/// Round places for about `wanted` labels: 1, 2 or 5 times a power of ten; decades on a
/// logarithmic axis; minutes, hours and days for times.
QList<AxisTick> numberTicks(const AxisScale& scale, int wanted);
QList<AxisTick> durationTicks(const AxisScale& scale, int wanted);
QList<AxisTick> clockTicks(const AxisScale& scale, int wanted);
QList<AxisTick> ticksFor(XKind kind, const AxisScale& scale, int wanted);

/// "0.0213", "1.2e-7", "12,345.7": enough digits to tell values apart, in the locale.
QString valueText(double value);
/// Place on an X axis as text, e.g. "412", "7.5", "1 min 40 s", "21.11. 14:37:05".
QString placeText(XKind kind, double value);
QString axisTitle(XKind kind);
/// "1 min 40 s", "2 h 05 min", "350 ms".
QString secondsText(double seconds);

} // namespace ty::widgets
