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

enum class MarkKind {
    Best,
    Checkpoint,
    LearningRateDrop,
    Edit, ///< a setting was changed while training
    Pause,
    Resume,
    EarlyStop,
    NotANumber
};

/// An event beside a line. `at.value` NaN puts the mark on the lower edge of the plot.
struct ChartMark {
    MarkKind kind = MarkKind::Checkpoint;
    ChartPoint at;
    QString text; ///< shown on hover and in the table, e.g. "loss became NaN at step 412; ..."
    QString actionText = {}; ///< what a click offers, e.g. "Restart from epoch 3 at lr/10"; empty: nothing
};

/// A stretch of the clock, seconds since 1970, in which a run did not train.
struct ClockSpan {
    double begin = 0;
    double end = 0;
    bool operator==(const ClockSpan&) const = default;
};

/// How far the members of a group lie around the point of the same index of their mean line.
struct BandPoint {
    double low = 0;
    double high = 0;
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
    bool isListed = true;         ///< false: not in the legend either while hidden
    bool hasGaps = false; ///< NaN says that nothing was measured then, not that something went wrong: no ⚠
    // What the menu of the line offers besides pinning, copying and hiding.
    bool canOpen = false;
    bool canBranch = false;
    bool canBeBaseline = false;
    /// What a click on a ⚠ offers; %1 becomes the number of whole epochs before it.
    QString badValueAction = {};
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
