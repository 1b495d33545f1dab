#include "engine/backends/cpu/loops/loss_loops.h"

#include <cmath>

#include "engine/backends/cpu/loops/row_lanes.h"
#include "engine/backends/cpu/loops/vector_math.h"

namespace ty::engine::loops {

namespace {

template<typename T>
TY_INLINE void softmaxGradRow(const T* grad, const T* y, T* dx, std::size_t classes)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < classes; ++i) {
        total += toFloat(grad[i]) * toFloat(y[i]);
    }
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = fromFloat<T>(toFloat(y[i]) * (toFloat(grad[i]) - total));
    }
}

constexpr std::size_t kRows = RowLanes::kRows;

TY_INLINE bool isNarrow(std::size_t classes)
{
    return classes <= RowLanes::kMostColumns;
}

/// Loop(arguments..., classes), made anew for each number of classes that ShuffledRowLanes can have: all loops over the
/// columns are then straight code, and a row of three classes is done before a loop over them would have begun.
template<auto Loop, typename... Arguments>
TY_INLINE auto ofFewClasses(std::size_t classes, Arguments... arguments)
{
    switch (classes) {
    case 2: return Loop(arguments..., 2);
    case 3: return Loop(arguments..., 3);
    default: return Loop(arguments..., 4);
    }
}

#if defined(TY_HAS_CLONES)
#define TY_WIDE __attribute__((target("arch=x86-64-v4")))
/// Whether functions that are TY_WIDE take the rows.
TY_INLINE bool areFew(std::size_t classes)
{
    return classes >= 2 && classes <= ShuffledRowLanes::kMostColumns && __builtin_cpu_supports("x86-64-v4");
}
#else
#define TY_WIDE
TY_INLINE bool areFew(std::size_t /*classes*/)
{
    return false;
}
#endif

template<typename Lanes, typename T>
TY_INLINE void softmaxGradNarrow(const T* grad, const T* y, T* dx, std::size_t rows, std::size_t classes)
{
    Lanes g;
    Lanes result;
    g.load(grad, rows, classes);
    result.load(y, rows, classes);
    float total[kRows] = {};
    for (std::size_t c = 0; c < classes; ++c) {
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            total[l] += g.value[c][l] * result.value[c][l];
        }
    }
    for (std::size_t c = 0; c < classes; ++c) {
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            result.value[c][l] *= g.value[c][l] - total[l];
        }
    }
    result.store(dx, rows, classes);
}

template<typename T>
TY_INLINE void softmaxGradOf(const T* grad, const T* y, T* dx, std::size_t rows, std::size_t classes)
{
    if (isNarrow(classes)) {
        softmaxGradNarrow<RowLanes>(grad, y, dx, rows, classes);
    } else {
        softmaxGradRow(grad, y, dx, classes);
    }
}

/// Makes e^(x - best) of each x, and sums them up for each row.
TY_INLINE void exponentials(RowLanes& x, const float* best, float* total, std::size_t classes)
{
    for (std::size_t c = 0; c < classes; ++c) {
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            x.value[c][l] = fastExp(x.value[c][l] - best[l]);
            total[l] += x.value[c][l];
        }
    }
}

/// What the loss of one row is made of.
struct RowSums {
    float total = 0;    ///< of e^(x - best)
    float distances = 0; ///< of x - best
    float atLabel = 0;  ///< x - best there
};

TY_INLINE double lossOf(const RowSums& sums, double smoothing, std::size_t classes)
{
    const double logTotal = std::log(static_cast<double>(sums.total));
    const double atLabel = logTotal - static_cast<double>(sums.atLabel);
    const double everywhere = logTotal - static_cast<double>(sums.distances) / static_cast<double>(classes);
    return (1.0 - smoothing) * atLabel + smoothing * everywhere;
}

TY_INLINE double crossEntropyRow(const float* logits, std::size_t label, double smoothing, std::size_t classes)
{
    const float best = maximumOf(logits, classes);
    float total = 0;
    float sum = 0;
#pragma omp simd reduction(+ : total, sum)
    for (std::size_t i = 0; i < classes; ++i) {
        total += fastExp(logits[i] - best);
        sum += logits[i] - best;
    }
    return lossOf({total, sum, logits[label] - best}, smoothing, classes);
}

/// Makes of the exponentials in dx, whose sum is `total`, the gradient.
TY_INLINE void finishGradRow(
    std::size_t label, double smoothing, float factor, float total, float* dx, std::size_t classes)
{
    const float scale = factor / total;
    const float everywhere = factor * static_cast<float>(smoothing / static_cast<double>(classes));
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = dx[i] * scale - everywhere;
    }
    dx[label] -= factor * static_cast<float>(1.0 - smoothing);
}

TY_INLINE void crossEntropyGradRow(
    const float* logits, std::size_t label, double smoothing, float factor, float* dx, std::size_t classes)
{
    const float best = maximumOf(logits, classes);
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = fastExp(logits[i] - best);
        total += dx[i];
    }
    finishGradRow(label, smoothing, factor, total, dx, classes);
}

/// Index of the first value that equals `best`; 0 where none does, as all are NaN.
TY_INLINE std::size_t firstOf(const float* values, float best, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        if (values[i] == best) {
            return i;
        }
    }
    return 0;
}

/// As the two before it, in one pass; returns whether the largest stands at the label.
TY_INLINE bool crossEntropyStepRow(
    const float* logits, std::size_t label, double smoothing, float factor, float* dx, double* loss, std::size_t classes)
{
    const float best = maximumOf(logits, classes);
    RowSums sums{0, 0, logits[label] - best};
    // Most rows are wrong at the first look, or right without a look at those behind the label.
    const bool isRight = (logits[label] == best || label == 0) && firstOf(logits, best, classes) == label;
    float total = 0;
    float distances = 0;
#pragma omp simd reduction(+ : total, distances)
    for (std::size_t i = 0; i < classes; ++i) {
        const float distance = logits[i] - best;
        dx[i] = fastExp(distance);
        total += dx[i];
        distances += distance;
    }
    sums.total = total;
    sums.distances = distances;
    *loss = lossOf(sums, smoothing, classes);
    finishGradRow(label, smoothing, factor, total, dx, classes);
    return isRight;
}

/// Labels, or factors, of rows that lie side by side; 0 where there is no row.
struct RowValues {
    alignas(64) float value[kRows];

    TY_INLINE RowValues(const float* values, std::size_t rows)
    {
        Vec some;
        loadFirst(values, static_cast<int>(rows), some);
        at(value) = some;
    }
};

/// Sums of each row's distances to its largest value, and that at its label.
TY_INLINE void distances(
    const RowLanes& x, const float* best, const RowValues& labels, float* atLabel, float* sum, std::size_t classes)
{
    for (std::size_t c = 0; c < classes; ++c) {
        const auto column = static_cast<float>(c);
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            const float distance = x.value[c][l] - best[l];
            atLabel[l] = labels.value[l] == column ? distance : atLabel[l];
            sum[l] += distance;
        }
    }
}

TY_INLINE void writeLosses(
    const float* total, const float* atLabel, const float* sum, double smoothing, double* losses, std::size_t rows, std::size_t classes)
{
    const auto smooth = static_cast<float>(smoothing);
    const auto share = static_cast<float>(smoothing / static_cast<double>(classes));
    float loss[kRows];
#pragma omp simd
    for (std::size_t l = 0; l < kRows; ++l) {
        loss[l] = fastLog(total[l]) - (1.0F - smooth) * atLabel[l] - share * sum[l];
    }
#pragma omp simd
    for (int l = 0; l < static_cast<int>(kRows); ++l) {
        if (l < static_cast<int>(rows)) {
            losses[l] = static_cast<double>(loss[l]);
        }
    }
}

/// Makes of exponentials, whose sums are `total`, the gradient.
TY_INLINE void finishGradients(
    RowLanes& x, const RowValues& labels, const RowValues& factors, const float* total, double smoothing, std::size_t classes)
{
    const auto share = static_cast<float>(smoothing / static_cast<double>(classes));
    const auto rest = static_cast<float>(1.0 - smoothing);
    float each[kRows];
#pragma omp simd
    for (std::size_t l = 0; l < kRows; ++l) {
        each[l] = factors.value[l] / total[l];
    }
    for (std::size_t c = 0; c < classes; ++c) {
        const auto column = static_cast<float>(c);
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            const float target = labels.value[l] == column ? share + rest : share;
            x.value[c][l] = x.value[c][l] * each[l] - factors.value[l] * target;
        }
    }
}

/// Rows whose largest value, the first of equal ones, stands at the label; the place is 0 where all are NaN.
TY_INLINE std::size_t countRight(
    const RowLanes& x, const float* best, const RowValues& labels, std::size_t rows, std::size_t classes)
{
    float place[kRows] = {};
    for (std::size_t c = classes; c-- > 0;) {
        const auto column = static_cast<float>(c);
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            place[l] = x.value[c][l] == best[l] ? column : place[l];
        }
    }
    unsigned count = 0;
#pragma omp simd reduction(+ : count)
    for (int l = 0; l < static_cast<int>(kRows); ++l) {
        count += l < static_cast<int>(rows) && place[l] == labels.value[l] ? 1U : 0U;
    }
    return count;
}

} // namespace

std::size_t rowsAtOnce(std::size_t classes)
{
    return isNarrow(classes) ? kRows : 1;
}

std::size_t largest(const float* values, std::size_t count)
{
    return firstOf(values, maximumOf(values, count), count);
}

TY_CLONES
void softmaxRow(const float* x, float* y, std::size_t classes)
{
    const float best = maximumOf(x, classes);
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < classes; ++i) {
        y[i] = fastExp(x[i] - best);
        total += y[i];
    }
    const float factor = 1.0F / total;
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        y[i] *= factor;
    }
}

namespace {

template<typename Lanes>
TY_INLINE void softmaxNarrow(const float* x, float* y, std::size_t rows, std::size_t classes)
{
    Lanes lanes;
    lanes.load(x, rows, classes);
    float best[kRows];
    lanes.maxima(best, classes);
    float total[kRows] = {};
    exponentials(lanes, best, total, classes);
    float factor[kRows]; // one division a row, as for wide ones
#pragma omp simd
    for (std::size_t l = 0; l < kRows; ++l) {
        factor[l] = 1.0F / total[l];
    }
    for (std::size_t c = 0; c < classes; ++c) {
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            lanes.value[c][l] *= factor[l];
        }
    }
    lanes.store(y, rows, classes);
}

TY_WIDE void softmaxFew(const float* x, float* y, std::size_t rows, std::size_t classes)
{
    ofFewClasses<softmaxNarrow<ShuffledRowLanes>>(classes, x, y, rows);
}

TY_WIDE void softmaxGradFew(const float* grad, const float* y, float* dx, std::size_t rows, std::size_t classes)
{
    ofFewClasses<softmaxGradNarrow<ShuffledRowLanes, float>>(classes, grad, y, dx, rows);
}

} // namespace

TY_CLONES
void softmaxRows(const float* x, float* y, std::size_t rows, std::size_t classes)
{
    if (areFew(classes)) {
        softmaxFew(x, y, rows, classes);
    } else if (isNarrow(classes)) {
        softmaxNarrow<RowLanes>(x, y, rows, classes);
    } else {
        softmaxRow(x, y, classes);
    }
}

TY_CLONES
void softmaxGradRows(const float* grad, const float* y, float* dx, std::size_t rows, std::size_t classes)
{
    if (areFew(classes)) {
        softmaxGradFew(grad, y, dx, rows, classes);
    } else {
        softmaxGradOf(grad, y, dx, rows, classes);
    }
}

TY_CLONES
void softmaxGradRows(const BFloat16* grad, const BFloat16* y, BFloat16* dx, std::size_t rows, std::size_t classes)
{
    softmaxGradOf(grad, y, dx, rows, classes);
}

TY_CLONES
void crossEntropyRows(
    const float* logits, const float* labels, double smoothing, double* losses, std::size_t rows, std::size_t classes)
{
    if (!isNarrow(classes)) {
        losses[0] = crossEntropyRow(logits, static_cast<std::size_t>(labels[0]), smoothing, classes);
        return;
    }
    RowLanes lanes;
    lanes.load(logits, rows, classes);
    float best[kRows];
    lanes.maxima(best, classes);
    float atLabel[kRows] = {};
    float sum[kRows] = {};
    distances(lanes, best, RowValues(labels, rows), atLabel, sum, classes);
    float total[kRows] = {};
    exponentials(lanes, best, total, classes);
    writeLosses(total, atLabel, sum, smoothing, losses, rows, classes);
}

TY_CLONES
void crossEntropyGradRows(
    const float* logits,
    const float* labels,
    double smoothing,
    const float* factors,
    float* dx,
    std::size_t rows,
    std::size_t classes)
{
    if (!isNarrow(classes)) {
        crossEntropyGradRow(logits, static_cast<std::size_t>(labels[0]), smoothing, factors[0], dx, classes);
        return;
    }
    RowLanes lanes;
    lanes.load(logits, rows, classes);
    float best[kRows];
    lanes.maxima(best, classes);
    float total[kRows] = {};
    exponentials(lanes, best, total, classes);
    finishGradients(lanes, RowValues(labels, rows), RowValues(factors, rows), total, smoothing, classes);
    lanes.store(dx, rows, classes);
}

namespace {

template<typename Lanes>
TY_INLINE std::size_t crossEntropyStepNarrow(
    const float* logits,
    const float* labels,
    double smoothing,
    const float* factors,
    float* dx,
    double* losses,
    std::size_t rows,
    std::size_t classes)
{
    Lanes lanes;
    lanes.load(logits, rows, classes);
    const RowValues label(labels, rows);
    float best[kRows];
    lanes.maxima(best, classes);
    const std::size_t right = countRight(lanes, best, label, rows, classes);
    float atLabel[kRows] = {};
    float sum[kRows] = {};
    distances(lanes, best, label, atLabel, sum, classes);
    float total[kRows] = {};
    exponentials(lanes, best, total, classes);
    writeLosses(total, atLabel, sum, smoothing, losses, rows, classes);
    finishGradients(lanes, label, RowValues(factors, rows), total, smoothing, classes);
    lanes.store(dx, rows, classes);
    return right;
}

TY_WIDE std::size_t crossEntropyStepFew(
    const float* logits,
    const float* labels,
    double smoothing,
    const float* factors,
    float* dx,
    double* losses,
    std::size_t rows,
    std::size_t classes)
{
    return ofFewClasses<crossEntropyStepNarrow<ShuffledRowLanes>>(classes, logits, labels, smoothing, factors, dx, losses, rows);
}

} // namespace

TY_CLONES
std::size_t crossEntropyStepRows(
    const float* logits,
    const float* labels,
    double smoothing,
    const float* factors,
    float* dx,
    double* losses,
    std::size_t rows,
    std::size_t classes)
{
    if (areFew(classes)) {
        return crossEntropyStepFew(logits, labels, smoothing, factors, dx, losses, rows, classes);
    }
    if (!isNarrow(classes)) {
        const auto label = static_cast<std::size_t>(labels[0]);
        return crossEntropyStepRow(logits, label, smoothing, factors[0], dx, losses, classes) ? 1 : 0;
    }
    return crossEntropyStepNarrow<RowLanes>(logits, labels, smoothing, factors, dx, losses, rows, classes);
}

TY_CLONES
std::size_t countLargest(const float* values, const float* labels, std::size_t rows, std::size_t classes)
{
    if (!isNarrow(classes)) {
        return largest(values, classes) == static_cast<std::size_t>(labels[0]) ? 1 : 0;
    }
    RowLanes lanes;
    lanes.load(values, rows, classes);
    float best[kRows];
    lanes.maxima(best, classes);
    return countRight(lanes, best, RowValues(labels, rows), rows, classes);
}

} // namespace ty::engine::loops
