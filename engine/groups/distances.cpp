#include "engine/groups/distances.h"

#include <algorithm>

#include "engine/base/processor_clones.h"

namespace ty::engine {

namespace {

// The attributes stand behind the name: clang heeds `aligned` there alone.
using Lanes __attribute__((vector_size(64), aligned(4), may_alias)) = float;
constexpr std::size_t kTile = 4; ///< rows and points at once: their sums stay in registers

inline const Lanes& lanesAt(const float* from)
{
    return *reinterpret_cast<const Lanes*>(from);
}

/// Products of `Rows` rows with `Points` points, each `stride` apart.
template<std::size_t Rows, std::size_t Points>
inline void tile(const float* rows, const float* points, std::size_t stride, float* into, std::size_t intoStride)
{
    Lanes sums[Rows][Points] = {};
    for (std::size_t at = 0; at < stride; at += DenseRows::kLanes) {
        for (std::size_t r = 0; r < Rows; ++r) {
            for (std::size_t p = 0; p < Points; ++p) {
                sums[r][p] += lanesAt(rows + r * stride + at) * lanesAt(points + p * stride + at);
            }
        }
    }
    for (std::size_t r = 0; r < Rows; ++r) {
        for (std::size_t p = 0; p < Points; ++p) {
            float sum = 0;
            for (std::size_t lane = 0; lane < DenseRows::kLanes; ++lane) {
                sum += sums[r][p][lane];
            }
            into[r * intoStride + p] = sum;
        }
    }
}

TY_FOR_EACH_PROCESSOR
void products(
    const float* rows, std::size_t count, const float* points, std::size_t pointCount, std::size_t stride, float* into)
{
    std::size_t p = 0;
    for (; p + kTile <= pointCount; p += kTile) { // points outside: a few of them meet all rows while they are near
        std::size_t r = 0;
        for (; r + kTile <= count; r += kTile) {
            tile<kTile, kTile>(rows + r * stride, points + p * stride, stride, into + r * pointCount + p, pointCount);
        }
        for (; r < count; ++r) {
            tile<1, kTile>(rows + r * stride, points + p * stride, stride, into + r * pointCount + p, pointCount);
        }
    }
    for (; p < pointCount; ++p) {
        for (std::size_t r = 0; r < count; ++r) {
            tile<1, 1>(rows + r * stride, points + p * stride, stride, into + r * pointCount + p, pointCount);
        }
    }
}

} // namespace

std::vector<float> squaredLengths(const DenseRows& rows)
{
    std::vector<float> lengths(rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const float* const row = rows.data() + i * rows.stride();
        products(row, 1, row, 1, rows.stride(), &lengths[i]);
    }
    return lengths;
}

void squaredDistances(
    const DenseRows& rows, std::span<const float> rowLengths, std::size_t first, std::size_t count, const DenseRows& points,
    std::span<const float> pointLengths, std::span<float> into)
{
    const std::size_t width = points.rows();
    products(rows.data() + first * rows.stride(), count, points.data(), width, rows.stride(), into.data());
    for (std::size_t r = 0; r < count; ++r) {
        const float length = rowLengths[first + r];
        float* const line = into.data() + r * width;
        for (std::size_t p = 0; p < width; ++p) {
            line[p] = std::max(0.0F, length + pointLengths[p] - 2 * line[p]);
        }
    }
}

} // namespace ty::engine
