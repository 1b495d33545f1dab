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

template<typename T>
TY_INLINE void softmaxGradOf(const T* grad, const T* y, T* dx, std::size_t rows, std::size_t classes)
{
    if (!isNarrow(classes)) {
        softmaxGradRow(grad, y, dx, classes);
        return;
    }
    RowLanes g;
    RowLanes result;
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
    const double logTotal = std::log(static_cast<double>(total));
    const double atLabel = logTotal - static_cast<double>(logits[label] - best);
    const double everywhere = logTotal - static_cast<double>(sum) / static_cast<double>(classes);
    return (1.0 - smoothing) * atLabel + smoothing * everywhere;
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
    const float scale = factor / total;
    const float everywhere = factor * static_cast<float>(smoothing / static_cast<double>(classes));
#pragma omp simd
    for (std::size_t i = 0; i < classes; ++i) {
        dx[i] = dx[i] * scale - everywhere;
    }
    dx[label] -= factor * static_cast<float>(1.0 - smoothing);
}

} // namespace

std::size_t rowsAtOnce(std::size_t classes)
{
    return isNarrow(classes) ? kRows : 1;
}

std::size_t largest(const float* values, std::size_t count)
{
    const float best = maximumOf(values, count);
    for (std::size_t i = 0; i < count; ++i) {
        if (values[i] == best) {
            return i;
        }
    }
    return 0; // all are NaN
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

TY_CLONES
void softmaxRows(const float* x, float* y, std::size_t rows, std::size_t classes)
{
    if (!isNarrow(classes)) {
        softmaxRow(x, y, classes);
        return;
    }
    RowLanes lanes;
    lanes.load(x, rows, classes);
    float best[kRows];
    lanes.maxima(best, classes);
    float total[kRows] = {};
    exponentials(lanes, best, total, classes);
    for (std::size_t c = 0; c < classes; ++c) {
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            lanes.value[c][l] /= total[l];
        }
    }
    lanes.store(y, rows, classes);
}

TY_CLONES
void softmaxGradRows(const float* grad, const float* y, float* dx, std::size_t rows, std::size_t classes)
{
    softmaxGradOf(grad, y, dx, rows, classes);
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
    float label[kRows] = {};
    for (std::size_t r = 0; r < rows; ++r) {
        label[r] = labels[r];
    }
    float best[kRows];
    lanes.maxima(best, classes);
    float atLabel[kRows] = {};
    float sum[kRows] = {};
    for (std::size_t c = 0; c < classes; ++c) {
        const auto column = static_cast<float>(c);
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            const float distance = lanes.value[c][l] - best[l];
            atLabel[l] = label[l] == column ? distance : atLabel[l];
            sum[l] += distance;
        }
    }
    float total[kRows] = {};
    exponentials(lanes, best, total, classes);
    const auto smooth = static_cast<float>(smoothing);
    const auto share = static_cast<float>(smoothing / static_cast<double>(classes));
    float loss[kRows];
#pragma omp simd
    for (std::size_t l = 0; l < kRows; ++l) {
        loss[l] = fastLog(total[l]) - (1.0F - smooth) * atLabel[l] - share * sum[l];
    }
    for (std::size_t r = 0; r < rows; ++r) {
        losses[r] = static_cast<double>(loss[r]);
    }
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
    float label[kRows] = {};
    float factor[kRows] = {};
    for (std::size_t r = 0; r < rows; ++r) {
        label[r] = labels[r];
        factor[r] = factors[r];
    }
    float best[kRows];
    lanes.maxima(best, classes);
    float total[kRows] = {};
    exponentials(lanes, best, total, classes);
    const auto share = static_cast<float>(smoothing / static_cast<double>(classes));
    const auto rest = static_cast<float>(1.0 - smoothing);
    for (std::size_t c = 0; c < classes; ++c) {
        const auto column = static_cast<float>(c);
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            const float target = label[l] == column ? share + rest : share;
            lanes.value[c][l] = factor[l] * (lanes.value[c][l] / total[l] - target);
        }
    }
    lanes.store(dx, rows, classes);
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
    float place[kRows] = {}; // 0 where all are NaN
    for (std::size_t c = classes; c-- > 0;) {
        const auto column = static_cast<float>(c);
#pragma omp simd
        for (std::size_t l = 0; l < kRows; ++l) {
            place[l] = lanes.value[c][l] == best[l] ? column : place[l];
        }
    }
    std::size_t count = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        count += place[r] == labels[r] ? 1 : 0;
    }
    return count;
}

} // namespace ty::engine::loops
