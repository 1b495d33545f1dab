#pragma once

#include <limits>

#include <QList>
#include <QMetaType>
#include <QString>

namespace ty::widgets {

/// What the X axis counts. WallClock is seconds since 1970-01-01 UTC, shown in local time.
enum class XKind { Step, Epoch, Elapsed, WallClock };

/// Which end of a metric is the better one; None for learning rates and throughput.
enum class Better { None, Lower, Higher };

/// One recorded value with its place on every X axis. Unknown places are NaN; the value may be
/// NaN or infinite and is then marked instead of drawn.
struct ChartPoint {
    double step = 0;
    double epoch = 0;                                              ///< fractions allowed
    double elapsedSeconds = 0;                                     ///< running time, without pauses
    double wallSeconds = std::numeric_limits<double>::quiet_NaN(); ///< Unix time
    double value = 0;
};

enum class MarkKind { Best, Checkpoint, LearningRateDrop, Pause, Resume, EarlyStop, NotANumber };

/// An event beside a line. `at.value` NaN puts the mark on the lower edge of the plot.
struct ChartMark {
    MarkKind kind = MarkKind::Checkpoint;
    ChartPoint at;
    QString text; ///< shown on hover and in the table, e.g. "loss became NaN at step 412; ..."
};

/// A line to draw. Colour, dash and marker follow from `styleIndex`.
struct ChartLine {
    QString id;
    QString name;             ///< e.g. "validation", "digits-fast-1 · validation"
    int styleIndex = -1;      ///< -1: the next free one
    bool isBaseline = false;  ///< drawn dashed
    bool isSmoothable = true; ///< false for learning rates
    bool isVisible = true;
    Better better = Better::None; ///< decides the ★ and "Δ to best"
};

enum class ExportFormat { Png, Svg, Csv };

/// Visible range in axis units (not logarithms).
struct ChartRange {
    double low = 0;
    double high = 1;
    bool operator==(const ChartRange&) const = default;
};

} // namespace ty::widgets

Q_DECLARE_METATYPE(ty::widgets::ChartRange)
