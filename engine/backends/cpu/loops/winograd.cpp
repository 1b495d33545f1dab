#include "engine/backends/cpu/loops/winograd.h"

#include <algorithm>

#include "engine/backends/cpu/loops/block_transpose.h"
#include "engine/backends/cpu/loops/winograd_transforms.h"

namespace ty::engine::loops {

namespace {

constexpr int kWindow = 9; ///< places of a window

/// One row of 16 weights: nine of them, 256 floats apart, become 36, `stride` floats apart.
template<typename Kind>
TY_INLINE void weightRow(const float* weight, std::int64_t stride, float* u)
{
    Vec rows[3][kSide];
    TY_UNROLL
    for (int i = 0; i < 3; ++i) {
        const Vec g[3] = {at(weight + (3 * i) * 256), at(weight + (3 * i + 1) * 256), at(weight + (3 * i + 2) * 256)};
        Kind::weight(g, rows[i]);
    }
    TY_UNROLL
    for (int j = 0; j < kSide; ++j) {
        const Vec g[3] = {rows[0][j], rows[1][j], rows[2][j]};
        Vec r[kSide];
        Kind::weight(g, r);
        TY_UNROLL
        for (int i = 0; i < kSide; ++i) {
            at(u + (i * kSide + j) * stride) = r[i];
        }
    }
}

/// Asks for the pixels of a tile's own, `Step` an axis for each of its results, before they are read: what another core has
/// written, or memory alone has, comes later than a few tiles are transformed. They may lie beyond the picture.
/// `x`: 16 channels of one image.
template<int Step, typename T>
TY_INLINE void prefetchTile(const WinogradPicture& picture, const WinogradPlace& place, const T* x)
{
    constexpr int kExtent = static_cast<int>(kWinogradTile) * Step;
    constexpr int kPixelsPerLine = 64 / (static_cast<int>(kLanes) * static_cast<int>(sizeof(T)));
    const T* first = x + (std::int64_t{place.row} * picture.width + place.column) * Step * kLanes;
    for (int i = 0; i < kExtent; ++i) {
        TY_UNROLL
        for (int j = 0; j < kExtent; j += kPixelsPerLine) {
            __builtin_prefetch(first + (i * picture.width + j) * kLanes);
        }
    }
}

// Values by name, so that they live in registers: loops would be unrolled after that is decided.

template<typename Kind, typename T, std::size_t... I>
TY_INLINE void inputOf(
    const T* const (&rows)[Kind::kReach], std::int64_t offset, Vec (&r)[Kind::kSide], std::index_sequence<I...> /*rows*/)
{
    Vec d[Kind::kReach];
    (load(rows[I] + offset, d[I]), ...);
    Kind::input(d, r);
}

template<typename Kind, std::size_t... J>
TY_INLINE void inputOf(
    const Vec (&columns)[Kind::kReach][Kind::kSide], std::int64_t i, Vec (&r)[Kind::kSide], std::index_sequence<J...> /*columns*/)
{
    const Vec d[Kind::kReach] = {columns[J][i]...};
    Kind::input(d, r);
}

template<typename Kind, std::size_t... I>
TY_INLINE void outputOf(
    const float* column, std::int64_t down, Vec (&r)[Kind::kResults], std::index_sequence<I...> /*rows*/)
{
    const Vec d[Kind::kSide] = {at(column + static_cast<std::int64_t>(I) * down)...};
    Kind::output(d, r);
}

template<typename Kind, std::size_t... J>
TY_INLINE void outputOf(
    const Vec (&columns)[Kind::kSide][Kind::kResults], std::int64_t i, Vec (&r)[Kind::kResults], std::index_sequence<J...> /*columns*/)
{
    const Vec d[Kind::kSide] = {columns[J][i]...};
    Kind::output(d, r);
}

template<typename T>
alignas(64) constexpr T kZeros[kStridedSide * kLanes] = {};

/// `x`: 16 channels of one image.
template<typename Kind, typename T>
TY_INLINE void inputTile(
    const WinogradPicture& picture, const WinogradPlace& place, const T* x, std::int64_t stride, float* v)
{
    constexpr int kReach = Kind::kReach;
    const std::int64_t firstRow = place.row * Kind::kInputStep + Kind::kOffset;
    const std::int64_t firstColumn = place.column * Kind::kInputStep + Kind::kOffset;
    const std::int64_t begin = firstColumn < 0 ? 1 : 0;
    const std::int64_t end = std::min<std::int64_t>(kReach, picture.width - firstColumn);
    const T* rows[kReach]; // at column `begin`
    TY_UNROLL
    for (int i = 0; i < kReach; ++i) {
        const std::int64_t row = firstRow + i;
        rows[i] = row >= 0 && row < picture.height ? x + (row * picture.width + firstColumn + begin) * kLanes : kZeros<T>;
    }
    Vec columns[kReach][Kind::kSide]; // by column, then transformed row
    for (std::int64_t j = 0; j < kReach; ++j) {
        if (j < begin || j >= end) {
            TY_UNROLL
            for (int i = 0; i < Kind::kSide; ++i) {
                columns[j][i] = Vec{};
            }
            continue;
        }
        inputOf<Kind>(rows, (j - begin) * kLanes, columns[j], std::make_index_sequence<kReach>());
    }
    for (int i = 0; i < Kind::kSide; ++i) {
        Vec r[Kind::kSide];
        inputOf<Kind>(columns, i, r, std::make_index_sequence<kReach>());
        TY_UNROLL
        for (int j = 0; j < Kind::kSide; ++j) {
            at(v + (i * Kind::kSide + j) * stride) = r[j];
        }
    }
}

template<typename Kind, typename T>
TY_INLINE void inputTiles(
    const WinogradPicture& picture, const WinogradBlock& block, const T* x, float* v)
{
    const std::int64_t channelBlocks = picture.channels / kLanes;
    const std::int64_t plane = picture.height * picture.width * kLanes;
    const std::int64_t stride = picture.channels * block.capacity + kLanes;
    const std::int64_t rounded = (block.count + kWinogradGroup - 1) / kWinogradGroup * kWinogradGroup;
    for (std::int64_t c = 0; c < channelBlocks; ++c) {
        for (std::int64_t tile = 0; tile < block.count; ++tile) {
            const WinogradPlace& place = block.places[tile];
            const T* source = x + (place.image * channelBlocks + c) * plane;
            prefetchTile<Kind::kInputStep>(picture, place, c + 1 < channelBlocks ? source + plane : source);
            inputTile<Kind>(picture, place, source, stride, v + (c * block.capacity + tile) * kLanes);
        }
    }
    for (std::int64_t tile = block.count; tile < rounded; ++tile) {
        for (std::int64_t c = 0; c < channelBlocks; ++c) {
            for (std::int64_t point = 0; point < Kind::kSide * Kind::kSide; ++point) {
                at(v + point * stride + (c * block.capacity + tile) * kLanes) = Vec{};
            }
        }
    }
}

template<typename Kind, bool IsRelu, typename T>
TY_INLINE void outputTile(
    const WinogradPicture& picture,
    const WinogradPlace& place,
    const float* m,
    std::int64_t stride,
    const Vec& bias,
    T* y)
{
    Vec columns[Kind::kSide][Kind::kResults]; // by transformed column, then row
    const std::int64_t down = Kind::kSide * stride;
    for (int j = 0; j < Kind::kSide; ++j) {
        outputOf<Kind>(m + j * stride, down, columns[j], std::make_index_sequence<Kind::kSide>());
    }
    // What a short tile has at infinity is no result and is not used either.
    const std::int64_t firstRow = place.row * Kind::kResultStep;
    const std::int64_t firstColumn = place.column * Kind::kResultStep;
    const std::int64_t height = std::min<std::int64_t>(place.rows * Kind::kResultStep, picture.height - firstRow);
    const std::int64_t width = std::min<std::int64_t>(place.columns * Kind::kResultStep, picture.width - firstColumn);
    T* row = y + (firstRow * picture.width + firstColumn) * kLanes;
    for (std::int64_t i = 0; i < height; ++i, row += picture.width * kLanes) {
        Vec r[Kind::kResults];
        outputOf<Kind>(columns, i, r, std::make_index_sequence<Kind::kSide>());
        TY_UNROLL
        for (int j = 0; j < Kind::kResults; ++j) {
            r[j] += bias;
            if (IsRelu) {
                r[j] = r[j] > 0.0F ? r[j] : Vec{};
            }
            if (j < width) {
                store(r[j], row + j * kLanes);
            }
        }
    }
}

template<typename Kind, typename T>
TY_INLINE void outputTiles(
    const WinogradPicture& picture,
    const WinogradBlock& block,
    const ChannelRange& range,
    const float* m,
    const float* bias,
    bool isRelu,
    T* y)
{
    const std::int64_t channelBlocks = picture.channels / kLanes;
    const std::int64_t plane = picture.height * picture.width * kLanes;
    const std::int64_t stride = range.count * block.capacity + kLanes;
    const std::int64_t firstBlock = range.first / kLanes;
    for (std::int64_t c = 0; c < range.count / kLanes; ++c) {
        for (std::int64_t tile = 0; tile < block.count; ++tile) {
            const WinogradPlace& place = block.places[tile];
            const float* source = m + (c * block.capacity + tile) * kLanes;
            T* target = y + (place.image * channelBlocks + firstBlock + c) * plane;
            const Vec addend = at(bias != nullptr ? bias + range.first + c * kLanes : kZeros<float>);
            if (isRelu) {
                outputTile<Kind, true>(picture, place, source, stride, addend, target);
            } else {
                outputTile<Kind, false>(picture, place, source, stride, addend, target);
            }
        }
    }
}

/// `dy`: 16 channels of one image.
template<typename Kind, typename T>
TY_INLINE void gradTile(
    const WinogradPicture& picture, const WinogradPlace& place, const T* dy, std::int64_t stride, Vec& total, float* w)
{
    const std::int64_t height = std::min<std::int64_t>(place.rows, picture.height - place.row);
    const std::int64_t width = std::min<std::int64_t>(place.columns, picture.width - place.column);
    const T* first = dy + (place.row * picture.width + place.column) * kLanes;
    const T* rows[kResultSide];
    TY_UNROLL
    for (int i = 0; i < kResultSide; ++i) {
        rows[i] = i < height ? first + i * picture.width * kLanes : kZeros<T>;
    }
    Vec columns[kResultSide][Kind::kSide]; // by column, then transformed row
    for (std::int64_t j = 0; j < kResultSide; ++j) {
        if (j >= width) {
            TY_UNROLL
            for (int i = 0; i < Kind::kSide; ++i) {
                columns[j][i] = Vec{};
            }
            continue;
        }
        const std::int64_t offset = j * kLanes;
        Vec d[kResultSide];
        TY_UNROLL
        for (int i = 0; i < kResultSide; ++i) {
            load(rows[i] + offset, d[i]);
        }
        total += (d[0] + d[1]) + (d[2] + d[3]);
        Kind::grad(d, columns[j]);
    }
    for (int i = 0; i < Kind::kSide; ++i) {
        const Vec d[kResultSide] = {columns[0][i], columns[1][i], columns[2][i], columns[3][i]};
        Vec r[Kind::kSide];
        Kind::grad(d, r);
        TY_UNROLL
        for (int j = 0; j < Kind::kSide; ++j) {
            at(w + (i * Kind::kSide + j) * stride) = r[j];
        }
    }
}

template<typename Kind, typename T>
TY_INLINE void gradTiles(
    const WinogradPicture& picture, const WinogradBlock& block, const T* dy, float* total, float* w)
{
    const std::int64_t channelBlocks = picture.channels / kLanes;
    const std::int64_t plane = picture.height * picture.width * kLanes;
    const std::int64_t stride = picture.channels * block.capacity + kLanes;
    for (std::int64_t c = 0; c < channelBlocks; ++c) {
        for (std::int64_t tile = 0; tile < block.count; ++tile) {
            const WinogradPlace& place = block.places[tile];
            const T* source = dy + (place.image * channelBlocks + c) * plane;
            Vec sum = {};
            prefetchTile<1>(picture, place, c + 1 < channelBlocks ? source + plane : source);
            gradTile<Kind>(picture, place, source, stride, sum, w + (c * block.capacity + tile) * kLanes);
            if (total != nullptr) {
                at(total + c * kLanes) += sum;
            }
        }
    }
}

/// The weights of one channel and 16 filters from 36 points of `shares` sums.
template<typename Kind>
TY_INLINE void weightGradRow(
    const float* du, std::int64_t stride, std::int64_t shareStride, int shares, float* target)
{
    Vec columns[kSide][3];
    for (int j = 0; j < kSide; ++j) {
        Vec d[kSide];
        TY_UNROLL
        for (int i = 0; i < kSide; ++i) {
            const float* place = du + (i * kSide + j) * stride;
            d[i] = at(place);
            for (int share = 1; share < shares; ++share) {
                d[i] += at(place + share * shareStride);
            }
        }
        Kind::weightGrad(d, columns[j]);
    }
    TY_UNROLL
    for (int i = 0; i < 3; ++i) {
        const Vec d[kSide] = {
            columns[0][i], columns[1][i], columns[2][i], columns[3][i], columns[4][i], columns[5][i]};
        Vec r[3];
        Kind::weightGrad(d, r);
        TY_UNROLL
        for (int j = 0; j < 3; ++j) {
            at(target + (i * 3 + j) * kLanes * kLanes) = r[j];
        }
    }
}

} // namespace

bool isWinogradWide()
{
#ifdef TY_HAS_CLONES
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"); // x86-64-v4
#else
    return false;
#endif
}

TY_CLONES
void winogradWeights(
    const WinogradWeight& weight,
    bool isStrided,
    const ChannelRange& from,
    const ChannelRange& to,
    std::int64_t begin,
    std::int64_t end,
    float* u)
{
    const std::int64_t stride = from.count * to.count + kLanes;
    const std::int64_t channelBlocks = weight.channels / kLanes;
    const std::int64_t fromBlocks = from.count / kLanes;
    alignas(64) float turned[kWindow * kLanes * kLanes];
    for (std::int64_t pair = begin; pair < end; ++pair) {
        const std::int64_t fromBlock = from.first / kLanes + pair % fromBlocks;
        const std::int64_t toBlock = to.first / kLanes + pair / fromBlocks;
        const std::int64_t place = weight.isTurned ? fromBlock * channelBlocks + toBlock : toBlock * channelBlocks + fromBlock;
        const float* rows = weight.data + place * kWindow * kLanes * kLanes;
        if (weight.isTurned) {
            for (int i = 0; i < kWindow; ++i) {
                transpose(rows + (kWindow - 1 - i) * kLanes * kLanes, kLanes, turned + i * kLanes * kLanes);
            }
            rows = turned;
        }
        float* target = u + pair * kLanes * kLanes;
        // The part that is likely wanted next: the channels behind these.
        const float* next = weight.data
            + (weight.isTurned ? (fromBlock + fromBlocks) * channelBlocks + toBlock
                               : toBlock * channelBlocks + fromBlock + fromBlocks)
                * kWindow * kLanes * kLanes;
        for (int row = 0; row < kLanes; ++row) {
            TY_UNROLL
            for (int i = 0; i < kWindow; ++i) {
                __builtin_prefetch(next + (row * kWindow + i) * kLanes);
            }
            if (isStrided) {
                weightRow<StridedWinograd>(rows + row * kLanes, stride, target + row * kLanes);
            } else {
                weightRow<SameWinograd>(rows + row * kLanes, stride, target + row * kLanes);
            }
        }
    }
}

TY_CLONES
void winogradInput(
    const WinogradPicture& picture, const WinogradBlock& block, const float* x, float* v)
{
    switch (block.kind) {
    case WinogradKind::Same: inputTiles<SameWinograd>(picture, block, x, v); break;
    case WinogradKind::Strided: inputTiles<StridedWinograd>(picture, block, x, v); break;
    case WinogradKind::StridedGrad: inputTiles<StridedGradWinograd>(picture, block, x, v); break;
    }
}

TY_CLONES
void winogradInput(
    const WinogradPicture& picture, const WinogradBlock& block, const BFloat16* x, float* v)
{
    switch (block.kind) {
    case WinogradKind::Same: inputTiles<SameWinograd>(picture, block, x, v); break;
    case WinogradKind::Strided: inputTiles<StridedWinograd>(picture, block, x, v); break;
    case WinogradKind::StridedGrad: inputTiles<StridedGradWinograd>(picture, block, x, v); break;
    }
}

TY_CLONES
void winogradOutput(
    const WinogradPicture& picture,
    const WinogradBlock& block,
    const ChannelRange& range,
    const float* m,
    const float* bias,
    bool isRelu,
    float* y)
{
    switch (block.kind) {
    case WinogradKind::Same: outputTiles<SameWinograd>(picture, block, range, m, bias, isRelu, y); break;
    case WinogradKind::Strided: outputTiles<StridedWinograd>(picture, block, range, m, bias, isRelu, y); break;
    case WinogradKind::StridedGrad: outputTiles<StridedGradWinograd>(picture, block, range, m, bias, isRelu, y); break;
    }
}

TY_CLONES
void winogradOutput(
    const WinogradPicture& picture,
    const WinogradBlock& block,
    const ChannelRange& range,
    const float* m,
    const float* bias,
    bool isRelu,
    BFloat16* y)
{
    switch (block.kind) {
    case WinogradKind::Same: outputTiles<SameWinograd>(picture, block, range, m, bias, isRelu, y); break;
    case WinogradKind::Strided: outputTiles<StridedWinograd>(picture, block, range, m, bias, isRelu, y); break;
    case WinogradKind::StridedGrad: outputTiles<StridedGradWinograd>(picture, block, range, m, bias, isRelu, y); break;
    }
}

TY_CLONES
void winogradGrad(
    const WinogradPicture& picture, const WinogradBlock& block, const float* dy, float* total, float* w)
{
    if (block.kind == WinogradKind::Same) {
        gradTiles<SameWinograd>(picture, block, dy, total, w);
    } else {
        gradTiles<StridedWinograd>(picture, block, dy, total, w);
    }
}

TY_CLONES
void winogradGrad(
    const WinogradPicture& picture, const WinogradBlock& block, const BFloat16* dy, float* total, float* w)
{
    if (block.kind == WinogradKind::Same) {
        gradTiles<SameWinograd>(picture, block, dy, total, w);
    } else {
        gradTiles<StridedWinograd>(picture, block, dy, total, w);
    }
}

TY_CLONES
void winogradWeightGrad(
    const float* du,
    std::int64_t shareStride,
    int shares,
    const WinogradWeightPart& part,
    bool isStrided,
    std::int64_t begin,
    std::int64_t end,
    float* weightGrad)
{
    const std::int64_t stride = part.channels.count * part.filters.count + kLanes;
    const std::int64_t channelBlocks = part.allChannels / kLanes;
    for (std::int64_t row = begin; row < end; ++row) {
        const std::int64_t filterBlock = part.filters.first / kLanes + row / part.channels.count;
        const std::int64_t channel = part.channels.first + row % part.channels.count;
        float* target = weightGrad
            + ((filterBlock * channelBlocks + channel / kLanes) * kWindow * kLanes + channel % kLanes) * kLanes;
        if (isStrided) {
            weightGradRow<StridedWinograd>(du + row * kLanes, stride, shareStride, shares, target);
        } else {
            weightGradRow<SameWinograd>(du + row * kLanes, stride, shareStride, shares, target);
        }
    }
}

} // namespace ty::engine::loops
