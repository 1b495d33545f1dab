#include "engine/backends/cpu/loops/strassen.h"

#include <algorithm>
#include <limits>

#include "engine/backends/cpu/loops/block_transpose.h"
#include "engine/backends/cpu/loops/outer_product.h"

namespace ty::engine::loops {

namespace {

constexpr std::int64_t kBlockFloats = kLanes * kLanes;
constexpr int kRows = static_cast<int>(kStrassenRows);
constexpr int kColumns = static_cast<int>(kStrassenColumnBlocks);
constexpr int kChannels = 8; ///< of a weight's gradient, summed at once

/// The quarters of the result, in the order in which they are done.
enum Quarter { Quarter11, Quarter12, Quarter22, Quarter21 };

template<int Rows, typename Visit>
TY_INLINE void visitSums(const Visit& visit)
{
    TY_UNROLL
    for (int r = 0; r < Rows; ++r) {
        TY_UNROLL
        for (int b = 0; b < kColumns; ++b) {
            visit(r, b);
        }
    }
}

template<int Rows>
using Sums = Vec[Rows][kColumns];

/// Rows x (16 Columns) floats, {Columns, Rows, 16}.
template<int Rows>
struct Tile {
    static constexpr std::int64_t kStride = Rows * kLanes;
    alignas(64) float sums[kColumns * kStride];
};

/// Where the sums of a product start from and where they go.
struct SumsPlace {
    const float* start = nullptr;  ///< a tile that they are added to, or null
    const float* second = nullptr; ///< a further one, or null
    float* sums = nullptr;
    std::int64_t stride = 0;               ///< floats from one block of columns to the next
    const std::int64_t* offsets = nullptr; ///< of the rows
    // What lies in these, like the sums: added to them; clears them where it is not above 0.
    const float* addend = nullptr;
    const float* mask = nullptr;
    const float* bias = nullptr; ///< of the columns, added to each row
    std::int64_t biasStride = 0;
    bool isRelu = false;
};

template<int Rows>
TY_INLINE void beginSums(const SumsPlace& place, Sums<Rows>& sums)
{
    constexpr std::int64_t kStride = Tile<Rows>::kStride;
    visitSums<Rows>([&](int r, int b) {
        sums[r][b] = place.start == nullptr ? Vec{} : at(place.start + b * kStride + r * kLanes);
    });
    if (place.second != nullptr) {
        visitSums<Rows>([&](int r, int b) { sums[r][b] += at(place.second + b * kStride + r * kLanes); });
    }
}

/// sums plus what is added, cleared where the mask is not above 0; the mask wants an addend and no bias.
template<int Rows>
TY_INLINE void endSums(const SumsPlace& place, const Sums<Rows>& sums)
{
    const auto offsetOf = [&](int r, int b) { return b * place.stride + place.offsets[r]; };
    if (place.mask != nullptr) {
        visitSums<Rows>([&](int r, int b) {
            const Vec value = sums[r][b] + at(place.addend + offsetOf(r, b));
            at(place.sums + offsetOf(r, b)) = at(place.mask + offsetOf(r, b)) > 0.0F ? value : Vec{};
        });
    } else if (place.bias != nullptr || place.isRelu) {
        Vec shift[kColumns] = {};
        if (place.bias != nullptr) {
            shift[0] = at(place.bias);
            shift[1] = at(place.bias + place.biasStride);
        }
        const Vec floor = place.isRelu ? Vec{} : Vec{} - std::numeric_limits<float>::infinity();
        visitSums<Rows>([&](int r, int b) {
            Vec value = sums[r][b] + shift[b];
            if (place.addend != nullptr) {
                value += at(place.addend + offsetOf(r, b));
            }
            at(place.sums + offsetOf(r, b)) = value < floor ? floor : value;
        });
    } else if (place.addend != nullptr) {
        visitSums<Rows>([&](int r, int b) {
            at(place.sums + offsetOf(r, b)) = sums[r][b] + at(place.addend + offsetOf(r, b));
        });
    } else {
        visitSums<Rows>([&](int r, int b) { at(place.sums + offsetOf(r, b)) = sums[r][b]; });
    }
}

/// Where a tile's results go, by quarter.
struct TileTarget {
    float* quarters[4] = {};
    const std::int64_t* offsets = nullptr;
    std::int64_t blockStride = 0;
    // Like the quarters, or null: see SumsPlace.
    const float* addends[4] = {};
    const float* masks[4] = {};
    const float* biases[4] = {};
    std::int64_t biasStride = 0;
    bool isRelu = false;
};

constexpr std::int64_t kTileOffsets[kRows] = {0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208};

/// Calls run(product, where its sums go, the quarter that is written soon) for the seven products of a tile: U1 = P1,
/// C11 = U1 + P2, U2 = U1 + P6, P5, C12 = U2 + P5 + P3, U3 = U2 + P7, C22 = U3 + P5, C21 = U3 - P4.
template<int Rows, typename Run>
TY_INLINE void runProducts(const TileTarget& target, const Run& run)
{
    Tile<Rows> u;
    Tile<Rows> p;
    const auto kept = [](const float* start, Tile<Rows>& tile) {
        return SumsPlace{start, nullptr, tile.sums, Tile<Rows>::kStride, kTileOffsets, nullptr, nullptr, nullptr, 0, false};
    };
    const auto result = [&](const float* second, Quarter quarter) {
        return SumsPlace{
            u.sums,
            second,
            target.quarters[quarter],
            target.blockStride,
            target.offsets,
            target.addends[quarter],
            target.masks[quarter],
            target.biases[quarter],
            target.biasStride,
            target.isRelu};
    };
    run(0, kept(nullptr, u), Quarter11);
    run(1, result(nullptr, Quarter11), Quarter11);
    run(2, kept(u.sums, u), Quarter12);
    run(3, kept(nullptr, p), Quarter22);
    run(4, result(p.sums, Quarter12), Quarter22);
    run(5, kept(u.sums, u), Quarter21);
    Sums<Rows> sums;
    beginSums<Rows>(result(p.sums, Quarter22), sums);
    endSums<Rows>(result(p.sums, Quarter22), sums);
    run(6, result(nullptr, Quarter21), Quarter21);
}

/// One of the seven products of pairs and a weight.
struct Product {
    const float* values = nullptr; ///< of the first block of channels
    std::int64_t stride = 0;       ///< floats to the next
    const float* weights = nullptr;
    std::int64_t columnStride = 0;
    std::int64_t blocks = 0;
    const float* expected = nullptr; ///< a quarter that is fetched meanwhile, because it is written soon; or null
    const float* expectedAddend = nullptr;
    const float* expectedMask = nullptr;
    const std::int64_t* expectedOffsets = nullptr;
    std::int64_t expectedStride = 0;
    std::int64_t lines = 0; ///< of it, beside each block
    std::int64_t steps = 0; ///< of the split that is done beside each block
    // Lines of each block of the weight that is wanted next, so many floats on, which are fetched meanwhile.
    std::int64_t nextWeights = 0;
    std::int64_t firstLine = 0;
    std::int64_t endLine = 0;
};

TY_CLONES
void multiplyTile(const Product& product, const SumsPlace& place, PairSplit& next)
{
    Sums<kRows> sums;
    beginSums<kRows>(place, sums);
    const float* values = product.values;
    const float* weights = product.weights;
    const std::int64_t columnStride = product.columnStride;
    for (std::int64_t block = 0; block < product.blocks; ++block) {
        TY_ROLLED
        for (std::int64_t i = std::min(product.steps, next.left()); i > 0; --i) {
            next.step();
        }
        const std::int64_t lines = std::min((block + 1) * product.lines, kStrassenColumnBlocks * kStrassenRows);
        TY_ROLLED
        for (std::int64_t i = block * product.lines; i < lines; ++i) {
            const bool isSecond = i >= kStrassenRows;
            const std::int64_t offset = (isSecond ? product.expectedStride : 0)
                + product.expectedOffsets[isSecond ? i - kStrassenRows : i];
            __builtin_prefetch(product.expected + offset, 1);
            if (product.expectedAddend != nullptr) {
                __builtin_prefetch(product.expectedAddend + offset);
            }
            if (product.expectedMask != nullptr) {
                __builtin_prefetch(product.expectedMask + offset);
            }
        }
        TY_ROLLED
        for (std::int64_t i = product.firstLine; i < product.endLine; ++i) {
            const float* line = weights + product.nextWeights + i * kLanes;
            __builtin_prefetch(line, 0, 2);
            __builtin_prefetch(line + columnStride, 0, 2);
        }
        const float* again = disguised(values);
        TY_UNROLL
        for (int c = 0; c < kLanes; ++c) {
            const Vec row[kColumns] = {at(weights + c * kLanes), at(weights + columnStride + c * kLanes)};
            addOuterProduct<kRows / 2>(values + c, again + c, kLanes, row, sums);
        }
        values += product.stride;
        weights += kBlockFloats;
    }
    endSums<kRows>(place, sums);
}

/// kRows pairs from `first` on times a panel of the weight.
TY_INLINE void multiplyPairs(
    const SplitPairs& pairs,
    std::int64_t first,
    const SplitWeight& weight,
    std::int64_t panel,
    const TileTarget& target,
    Product product,
    PairSplit& next)
{
    product.columnStride = weight.columnStride;
    product.blocks = pairs.pixels.halfBlocks;
    product.expectedOffsets = target.offsets;
    product.expectedStride = target.blockStride;
    runProducts<kRows>(target, [&](std::int64_t index, const SumsPlace& place, Quarter expected) {
        const bool isExpected = index == 0 || index == 2 || index == 3 || index == 5;
        product.values = pairs.operand(index, first);
        product.stride = pairs.blockStrideOf(index);
        product.weights = weight.planes + index * weight.planeStride + panel * kColumns * weight.columnStride;
        product.expected = target.quarters[expected];
        product.expectedAddend = target.addends[expected];
        product.expectedMask = target.masks[expected];
        product.lines = isExpected ? (kColumns * kRows + product.blocks - 1) / product.blocks : 0;
        multiplyTile(product, place, next);
    });
}

/// One of the seven products of x turned and dy.
struct WeightProduct {
    const float* values = nullptr; ///< of x, the first pair's first channel
    const float* grads = nullptr;
    std::int64_t gradStride = 0; ///< floats to the next block of filters
    std::int64_t pairs = 0;
    // Some pairs of dy that is wanted next, so many floats on, which are fetched meanwhile.
    std::int64_t nextGrads = 0;
    std::int64_t firstNext = 0;
    std::int64_t endNext = 0;
    const float* expected = nullptr; ///< sums that are added to soon and fetched meanwhile, or null
    const std::int64_t* expectedOffsets = nullptr;
    std::int64_t expectedStride = 0;
};

TY_CLONES
void multiplyWeightTile(const WeightProduct& product, const SumsPlace& place, SplitsBeside& beside)
{
    Sums<kChannels> sums;
    beginSums<kChannels>(place, sums);
    const std::int64_t stride = product.gradStride;
    const std::int64_t steps = (product.pairs + kPairsBetweenSteps - 1) / kPairsBetweenSteps;
    for (std::int64_t first = 0; first < product.pairs; first += kPairsBetweenSteps) {
        TY_ROLLED
        for (std::int64_t i = std::min(beside.channelSteps, beside.channels.left()); i > 0; --i) {
            beside.channels.step();
        }
        TY_ROLLED
        for (std::int64_t i = std::min(beside.filterSteps, beside.filters.left()); i > 0; --i) {
            beside.filters.step();
        }
        const std::int64_t step = first / kPairsBetweenSteps;
        const std::int64_t nextCount = (product.endNext - product.firstNext + steps - 1) / steps;
        const std::int64_t nextBegin = product.firstNext + step * nextCount;
        const std::int64_t nextEnd = std::min(product.endNext, nextBegin + nextCount);
        TY_ROLLED
        for (std::int64_t i = nextBegin; i < nextEnd; ++i) {
            const float* line = product.grads + product.nextGrads + i * kLanes;
            __builtin_prefetch(line, 0, 2);
            __builtin_prefetch(line + stride, 0, 2);
        }
        if (product.expected != nullptr) {
            const std::int64_t rows = (kChannels + steps - 1) / steps;
            const std::int64_t rowEnd = std::min<std::int64_t>(kChannels, (step + 1) * rows);
            TY_ROLLED
            for (std::int64_t row = step * rows; row < rowEnd; ++row) {
                const float* line = product.expected + product.expectedOffsets[row];
                __builtin_prefetch(line, 1);
                __builtin_prefetch(line + product.expectedStride, 1);
            }
        }
        const float* values = product.values + first * kLanes;
        const float* grads = product.grads + first * kLanes;
        const float* end = values + std::min(kPairsBetweenSteps, product.pairs - first) * kLanes;
        const float* again = disguised(values);
        TY_UNROLL_BY_4
        for (; values != end; values += kLanes, again += kLanes, grads += kLanes) {
            const Vec row[kColumns] = {at(grads), at(grads + stride)};
            addOuterProduct<kChannels / 2>(values, again, 1, row, sums);
        }
    }
    endSums<kChannels>(place, sums);
}

/// The 16 rows of a block of the seven planes that splitWeight has.
TY_INLINE void
splitWeightBlock(const float* const (&quarters)[4], std::int64_t rowStride, std::int64_t planeStride, float* planes)
{
    for (std::int64_t row = 0; row < kLanes; ++row) {
        const Vec q11 = at(quarters[0] + row * rowStride);
        const Vec q12 = at(quarters[1] + row * rowStride);
        const Vec q21 = at(quarters[2] + row * rowStride);
        const Vec q22 = at(quarters[3] + row * rowStride);
        const Vec difference = q12 - q11;
        const Vec rest = q22 - difference;
        float* place = planes + row * kLanes;
        at(place) = q11;
        at(place + planeStride) = q21;
        at(place + 2 * planeStride) = rest;
        at(place + 3 * planeStride) = difference;
        at(place + 4 * planeStride) = q22;
        at(place + 5 * planeStride) = q22 - q12;
        at(place + 6 * planeStride) = q21 - rest;
    }
}

} // namespace

TY_CLONES
void finishSplit(PairSplit& split)
{
    while (split.left() > 0) {
        split.step();
    }
}

StrassenWeight StrassenWeight::ofConvolution(
    const float* data, std::int64_t filters, std::int64_t channels, bool isTurned)
{
    const std::int64_t filterBlocks = filters / kLanes;
    const std::int64_t channelBlocks = channels / kLanes;
    StrassenWeight weight;
    weight.data = data;
    weight.isTurned = isTurned;
    weight.halfFrom = (isTurned ? filterBlocks : channelBlocks) / 2;
    weight.halfTo = (isTurned ? channelBlocks : filterBlocks) / 2;
    weight.fromStride = isTurned ? channelBlocks * kBlockFloats : kBlockFloats;
    weight.toStride = isTurned ? kBlockFloats : channelBlocks * kBlockFloats;
    weight.fromHalf = weight.halfFrom * weight.fromStride;
    weight.toHalf = weight.halfTo * weight.toStride;
    return weight;
}

StrassenWeight StrassenWeight::ofMatrix(
    const float* data, std::int64_t from, std::int64_t to, std::int64_t rowStride, bool isTurned)
{
    StrassenWeight weight;
    weight.data = data;
    weight.isTurned = isTurned;
    weight.halfFrom = from / (2 * kLanes);
    weight.halfTo = to / (2 * kLanes);
    weight.fromHalf = isTurned ? kLanes : kLanes * rowStride;
    weight.toHalf = isTurned ? kLanes * rowStride : kLanes;
    weight.fromStride = 2 * weight.fromHalf;
    weight.toStride = 2 * weight.toHalf;
    weight.rowStride = rowStride;
    return weight;
}

std::int64_t splitWeightFloats(std::int64_t halfFrom, std::int64_t count)
{
    return kStrassenProducts * SplitWeight::in(nullptr, halfFrom, count).planeStride;
}

TY_CLONES
SplitWeight splitWeight(
    const StrassenWeight& weight,
    std::int64_t begin,
    std::int64_t end,
    std::int64_t origin,
    std::int64_t count,
    float* planes)
{
    const SplitWeight split = SplitWeight::in(planes, weight.halfFrom, count);
    alignas(64) float turned[4][kBlockFloats];
    for (std::int64_t to = begin; to < end; ++to) {
        for (std::int64_t from = 0; from < weight.halfFrom; ++from) {
            const float* source = weight.data + from * weight.fromStride + to * weight.toStride;
            const float* quarters[4] = {
                source, source + weight.toHalf, source + weight.fromHalf, source + weight.fromHalf + weight.toHalf};
            float* place = planes + (to - origin) * split.columnStride + from * kBlockFloats;
            if (!weight.isTurned) {
                splitWeightBlock(quarters, weight.rowStride, split.planeStride, place);
                continue;
            }
            for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
                transpose(quarters[quarter], weight.rowStride, turned[quarter]);
                quarters[quarter] = turned[quarter];
            }
            splitWeightBlock(quarters, kLanes, split.planeStride, place);
        }
    }
    return split;
}

TY_CLONES
void strassenMultiply(
    const SplitPairs& pairs,
    const SplitWeight& weight,
    std::int64_t panels,
    const PairTarget& y,
    PairSplit& next,
    const float* nextWeights)
{
    const std::int64_t tiles = (pairs.pixels.count + kRows - 1) / kRows;
    const std::int64_t blocks = kStrassenProducts * pairs.pixels.halfBlocks * tiles * panels;
    Product product;
    product.steps = (next.left() + blocks - 1) / blocks;
    for (std::int64_t panel = 0; panel < panels; ++panel) {
        const std::int64_t panelStride = kColumns * weight.columnStride;
        product.nextWeights = panel + 1 < panels || nextWeights == nullptr
            ? panelStride
            : nextWeights - (weight.planes + panel * panelStride);
        for (std::int64_t first = 0; first < pairs.pixels.count; first += kRows) {
            float* data = y.data + panel * kColumns * y.blockStride;
            TileTarget target;
            for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
                const bool isRight = quarter == Quarter12 || quarter == Quarter22;
                const bool isBelow = quarter == Quarter21 || quarter == Quarter22;
                target.quarters[quarter] = data + (isRight ? y.halfStride : 0) + (isBelow ? y.other : 0);
                const std::int64_t offset = target.quarters[quarter] - y.data;
                target.addends[quarter] = y.addend != nullptr ? y.addend + offset : nullptr;
                target.masks[quarter] = y.mask != nullptr ? y.mask + offset : nullptr;
                target.biases[quarter] = y.bias != nullptr
                    ? y.bias + panel * kColumns * y.biasStride + (isRight ? y.biasHalf : 0)
                    : nullptr;
            }
            target.biasStride = y.biasStride;
            target.isRelu = y.isRelu;
            target.offsets = y.offsets + first;
            target.blockStride = y.blockStride;
            if (nextWeights != nullptr) {
                product.firstLine = kLanes * (first / kRows) / tiles;
                product.endLine = kLanes * (first / kRows + 1) / tiles;
            }
            if (first + kRows <= pairs.pixels.count) {
                multiplyPairs(pairs, first, weight, panel, target, product, next);
                continue;
            }
            // The last rows, fewer: all are multiplied, what there is of them is copied.
            alignas(64) float results[4][kColumns][kRows * kLanes];
            std::int64_t offsets[kRows];
            TileTarget local;
            for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
                local.quarters[quarter] = results[quarter][0];
            }
            for (std::int64_t r = 0; r < kRows; ++r) {
                offsets[r] = r * kLanes;
            }
            local.offsets = offsets;
            local.blockStride = kRows * kLanes;
            multiplyPairs(pairs, first, weight, panel, local, product, next);
            for (std::int64_t quarter = 0; quarter < 4; ++quarter) {
                for (std::int64_t b = 0; b < kColumns; ++b) {
                    for (std::int64_t r = 0; r < pairs.pixels.count - first; ++r) {
                        const std::int64_t offset = b * y.blockStride + target.offsets[r];
                        Vec value = at(results[quarter][b] + r * kLanes);
                        if (y.addend != nullptr) {
                            value += at(target.addends[quarter] + offset);
                        }
                        if (y.bias != nullptr) {
                            value += at(target.biases[quarter] + b * y.biasStride);
                        }
                        if (y.mask != nullptr) {
                            value = at(target.masks[quarter] + offset) > 0.0F ? value : Vec{};
                        }
                        if (y.isRelu) {
                            value = value > 0.0F ? value : Vec{};
                        }
                        at(target.quarters[quarter] + offset) = value;
                    }
                }
            }
        }
    }
    finishSplit(next);
}

void strassenWeightProduct(
    const SplitPairs& x, const SplitPairs& dy, const StrassenPart& part, bool isFirst, SplitsBeside& beside, const float* nextPlanes)
{
    std::int64_t offsets[kChannels];
    for (std::int64_t channel = 0; channel < kChannels; ++channel) {
        offsets[channel] = channel * part.rowStride;
    }
    const std::int64_t groups = x.pixels.halfBlocks * kLanes / kChannels;
    WeightProduct product;
    product.pairs = x.pixels.count;
    product.nextGrads = nextPlanes != nullptr ? nextPlanes - dy.planes : 0;
    product.expectedOffsets = offsets;
    product.expectedStride = part.filterStride;
    for (std::int64_t group = 0; group < groups; ++group) {
        if (nextPlanes != nullptr) {
            product.firstNext = product.pairs * group / groups;
            product.endNext = product.pairs * (group + 1) / groups;
        }
        float* data = part.data + group / 2 * part.channelStride + group % 2 * kChannels * part.rowStride;
        TileTarget target;
        target.quarters[Quarter11] = data;
        target.quarters[Quarter12] = data + part.filterHalf;
        target.quarters[Quarter21] = data + part.channelHalf;
        target.quarters[Quarter22] = data + part.channelHalf + part.filterHalf;
        target.offsets = offsets;
        target.blockStride = part.filterStride;
        if (!isFirst) {
            std::copy(target.quarters, target.quarters + 4, target.addends);
        }
        runProducts<kChannels>(target, [&](std::int64_t index, const SumsPlace& place, Quarter expected) {
            const bool isExpected = index == 0 || index == 2 || index == 3 || index == 5;
            product.expected = isExpected && !isFirst ? target.quarters[expected] : nullptr;
            product.values = x.operand(index, 0) + group / 2 * x.blockStrideOf(index) + group % 2 * kChannels;
            product.grads = dy.operand(index, 0);
            product.gradStride = dy.blockStrideOf(index);
            multiplyWeightTile(product, place, beside);
        });
    }
    finishSplit(beside.filters);
}

} // namespace ty::engine::loops
