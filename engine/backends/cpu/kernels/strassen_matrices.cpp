#include "engine/backends/cpu/kernels/strassen_matrices.h"

#include <algorithm>

#include "engine/backends/cpu/kernels/scratch_room.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

using loops::kStrassenColumnBlocks;
using loops::kStrassenRows;
using loops::PairRole;
using loops::PairSplit;
using loops::SplitPairs;

// Blocks of 16 columns belong to the halves in turns: what a kernel reads of a row lies together.
constexpr std::int64_t kOneHalf = 16;
constexpr std::int64_t kBothHalves = 2 * kOneHalf;

std::int64_t piecesOf(std::int64_t count, std::int64_t most)
{
    return (count + most - 1) / most;
}

/// Pairs of neighbouring rows of a matrix: `count` at `offsets`, of `blocks` blocks of each half; `ahead`: floats to what is
/// fetched meanwhile.
SplitPairs splitRows(
    PairRole role,
    const float* data,
    std::int64_t row,
    const std::int64_t* offsets,
    std::int64_t count,
    std::int64_t blocks,
    std::int64_t capacity,
    float* planes,
    std::int64_t ahead)
{
    return {{data, offsets, count, row, kBothHalves, kOneHalf, blocks}, role, true, capacity, planes, ahead};
}

} // namespace

StrassenProduct::StrassenProduct(const Shape& shape, int threads)
    : m_shape(shape), m_threads(threads), m_blocks(shape.inner / kBothHalves)
{
    // So many pairs of rows that two times their sums take about half of a core's own cache.
    constexpr std::int64_t kMostBlocks = 8;
    constexpr std::int64_t kMostTiles = 4;
    m_chunks = piecesOf(m_blocks, kMostBlocks);
    const std::int64_t atOnce = piecesOf(m_blocks, m_chunks);
    const std::int64_t tiles = piecesOf(shape.rows / 2, kStrassenRows);
    m_shares = static_cast<int>(std::min<std::int64_t>(threads, tiles));
    m_pairsAtOnce = std::min(kMostTiles, tiles) * kStrassenRows;

    ScratchRoom room;
    for (std::int64_t chunk = 0; chunk < m_chunks; ++chunk) {
        m_weights.push_back(room.take(loops::splitWeightFloats(chunkBlocks(chunk), shape.columns / kBothHalves)));
    }
    m_perShareBegin = room.floats();
    for (int slot = 0; slot < 2; ++slot) {
        m_planes[slot] = room.take(SplitPairs::floats(atOnce, m_pairsAtOnce, true));
        m_offsets[slot] = room.takeIndices(2 * m_pairsAtOnce);
    }
    m_perShare = room.floats() - m_perShareBegin;
}

void StrassenProduct::splitChunk(float* scratch, const float* b, std::int64_t chunk, std::int64_t begin, std::int64_t end) const
{
    const std::int64_t first = chunkBegin(chunk) * kBothHalves;
    const auto weight = loops::StrassenWeight::ofMatrix(
        b + (m_shape.isBTurned ? first : first * m_shape.bRow),
        chunkBlocks(chunk) * kBothHalves,
        m_shape.columns,
        m_shape.bRow,
        m_shape.isBTurned);
    loops::splitWeight(weight, begin, end, 0, weight.halfTo, scratch + m_weights[static_cast<std::size_t>(chunk)]);
}

SplitPairs StrassenProduct::pairsOf(const Operands& operands, const Piece& piece, std::int64_t* offsets, float* planes) const
{
    constexpr std::int64_t kBlocksAhead = 2;
    std::int64_t* targets = offsets + m_pairsAtOnce;
    for (std::int64_t i = 0; i < piece.pairs; ++i) {
        offsets[i] = (piece.firstPair + i) * 2 * m_shape.aRow;
        targets[i] = (piece.firstPair + i) * 2 * m_shape.cRow;
    }
    return splitRows(
        PairRole::Rows,
        operands.a + chunkBegin(piece.chunk) * kBothHalves,
        m_shape.aRow,
        offsets,
        piece.pairs,
        chunkBlocks(piece.chunk),
        m_pairsAtOnce,
        planes,
        kBlocksAhead * kBothHalves);
}

void StrassenProduct::runShare(const Operands& operands, SharedUnits& tiles, int share, float* scratch) const
{
    float* own = scratch + share * m_perShare;
    const std::int64_t panels = m_shape.columns / (kBothHalves * kStrassenColumnBlocks);
    // All chunks of some pairs, then those of the next ones; no pairs are left when their number is 0.
    const auto after = [&](Piece piece) {
        if (piece.pairs > 0 && ++piece.chunk < m_chunks) {
            return piece;
        }
        const UnitRange range = tiles.take(share, m_pairsAtOnce / kStrassenRows);
        const std::int64_t first = range.begin * kStrassenRows;
        return Piece{first, std::min(range.count * kStrassenRows, m_shape.rows / 2 - first), 0};
    };
    const auto pairsAt = [&](const Piece& some, int slot) {
        return some.pairs <= 0
            ? SplitPairs()
            : pairsOf(operands, some, reinterpret_cast<std::int64_t*>(own + m_offsets[slot]), own + m_planes[slot]);
    };
    // Two pieces in turns: the next one is split while this one is multiplied.
    Piece piece = after(Piece());
    SplitPairs now = pairsAt(piece, 0);
    PairSplit begun(now);
    finishSplit(begun);
    for (int slot = 0; piece.pairs > 0; slot = 1 - slot) {
        const Piece following = after(piece);
        const SplitPairs later = pairsAt(following, 1 - slot);
        PairSplit next(later);
        loops::PairTarget target;
        target.data = operands.c;
        target.offsets = reinterpret_cast<std::int64_t*>(own + m_offsets[slot]) + m_pairsAtOnce;
        target.other = m_shape.cRow;
        target.blockStride = kBothHalves;
        target.halfStride = kOneHalf;
        target.addend = piece.chunk > 0 || m_shape.isAdded ? operands.c : nullptr;
        if (piece.chunk == m_chunks - 1) {
            target.bias = operands.bias;
            target.biasStride = kBothHalves;
            target.biasHalf = kOneHalf;
            target.isRelu = m_shape.isRelu;
        }
        const float* nextWeights = scratch + m_weights[static_cast<std::size_t>(following.chunk)];
        const auto weight = loops::SplitWeight::in(
            scratch + m_weights[static_cast<std::size_t>(piece.chunk)],
            chunkBlocks(piece.chunk),
            m_shape.columns / kBothHalves);
        loops::strassenMultiply(now, weight, panels, target, next, nextWeights);
        piece = following;
        now = later;
    }
}

void StrassenProduct::run(float* scratch, const float* a, const float* b, const float* bias, float* c) const
{
    const std::int64_t blocks = m_shape.columns / kBothHalves;
    parallelRanges(m_threads, m_chunks * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; i = (i / blocks + 1) * blocks) {
            splitChunk(scratch, b, i / blocks, i % blocks, std::min(end - i / blocks * blocks, blocks));
        }
    });
    SharedUnits tiles(piecesOf(m_shape.rows / 2, kStrassenRows), m_shares);
    parallelShares(m_shares, [&](int share) { runShare({a, bias, c}, tiles, share, scratch); });
}

StrassenTurnedProduct::StrassenTurnedProduct(const Shape& shape, int threads)
    : m_shape(shape), m_threads(threads), m_pairs(shape.rows / 2), m_blocks(shape.channels / kBothHalves)
{
    constexpr std::int64_t kMostBlocks = 4;
    constexpr std::int64_t kMostPairs = 112;
    m_groups = piecesOf(m_blocks, kMostBlocks);
    m_pieces = piecesOf(m_pairs, kMostPairs);
    // Some panels at once, whose sums a core's own cache keeps from piece to piece; enough parts for threads to share them
    // out, and not so few panels that splitting the rows beside them counts.
    constexpr std::int64_t kPartsOfThread = 8;
    constexpr std::int64_t kFewestPanels = 8;
    const std::int64_t mostSpans = std::max<std::int64_t>(1, panels() / kFewestPanels);
    m_spans = std::clamp<std::int64_t>(piecesOf(kPartsOfThread * threads, m_groups), 1, mostSpans);
    m_shares = static_cast<int>(std::min<std::int64_t>(threads, m_groups * m_spans));
    const std::int64_t atOnce = piecesOf(m_pairs, m_pieces);
    m_perPiece = SplitPairs::floats(shape.columns / kBothHalves, atOnce, true);

    ScratchRoom room;
    m_offsets[0] = room.takeIndices(m_pairs);
    m_offsets[1] = room.takeIndices(m_pairs);
    m_splits = room.take(m_pieces * m_perPiece);
    m_perShareBegin = room.floats();
    for (std::int64_t& planes : m_planes) {
        planes = room.take(SplitPairs::floats(piecesOf(m_blocks, m_groups), atOnce, true));
    }
    m_perShare = room.floats() - m_perShareBegin;
}

SplitPairs StrassenTurnedProduct::columnsOf(
    const Operands& operands, std::int64_t piece, const std::int64_t* offsets, float* planes) const
{
    constexpr std::int64_t kPairsAhead = 4;
    return splitRows(
        PairRole::Columns,
        operands.b,
        m_shape.bRow,
        offsets + pieceBegin(piece),
        pieceBegin(piece + 1) - pieceBegin(piece),
        m_shape.columns / kBothHalves,
        piecesOf(m_pairs, m_pieces),
        planes,
        kPairsAhead * 2 * m_shape.bRow);
}

void StrassenTurnedProduct::runShare(const Operands& operands, SharedUnits& parts, int share, float* scratch) const
{
    constexpr std::int64_t kPairsAhead = 8;
    const auto* aOffsets = reinterpret_cast<std::int64_t*>(scratch + m_offsets[0]);
    const auto* bOffsets = reinterpret_cast<std::int64_t*>(scratch + m_offsets[1]);
    float* own = scratch + share * m_perShare;
    /// A group of channels and a span of panels, and a piece of rows; none when `part` is negative.
    struct Place {
        std::int64_t part = -1;
        std::int64_t piece = 0;
    };
    const auto after = [&](Place place) {
        if (place.part >= 0 && ++place.piece < m_pieces) {
            return place;
        }
        const UnitRange next = parts.take(share, 1);
        return next.count > 0 ? Place{next.begin, 0} : Place();
    };
    const auto rowsOf = [&](const Place& place, int slot) {
        const std::int64_t group = place.part / m_spans;
        return place.part < 0 ? SplitPairs()
                              : splitRows(
                                    PairRole::TurnedRows,
                                    operands.a + groupBegin(group) * kBothHalves,
                                    m_shape.aRow,
                                    aOffsets + pieceBegin(place.piece),
                                    pieceBegin(place.piece + 1) - pieceBegin(place.piece),
                                    groupBegin(group + 1) - groupBegin(group),
                                    piecesOf(m_pairs, m_pieces),
                                    own + m_planes[slot],
                                    kPairsAhead * 2 * m_shape.aRow);
    };
    const auto columnsFrom = [&](const Place& place, std::int64_t panel) {
        SplitPairs columns = columnsOf(operands, place.piece, bOffsets, scratch + m_splits + splitBegin(place.piece));
        columns.planes += panel * kStrassenColumnBlocks * columns.capacity * 16;
        return columns;
    };
    Place place = after(Place());
    SplitPairs rows = rowsOf(place, 0);
    PairSplit first(rows);
    finishSplit(first);
    for (int slot = 0; place.part >= 0; slot = 1 - slot) {
        const std::int64_t channel = groupBegin(place.part / m_spans);
        const std::int64_t begin = spanBegin(place.part % m_spans);
        const std::int64_t end = spanBegin(place.part % m_spans + 1);
        const Place following = after(place);
        const SplitPairs later = rowsOf(following, 1 - slot);
        loops::SplitsBeside beside;
        beside.channels = PairSplit(later);
        const std::int64_t products = loops::kStrassenProducts * rows.pixels.halfBlocks * 2 * (end - begin);
        const std::int64_t places = products * piecesOf(rows.pixels.count, loops::kPairsBetweenSteps);
        beside.channelSteps = piecesOf(beside.channels.left(), places);
        for (std::int64_t panel = begin; panel < end; ++panel) {
            loops::StrassenPart target;
            target.data = operands.c + channel * kBothHalves * m_shape.cRow + panel * kStrassenColumnBlocks * kBothHalves;
            target.rowStride = m_shape.cRow;
            target.channelStride = kBothHalves * m_shape.cRow;
            target.channelHalf = kOneHalf * m_shape.cRow;
            target.filterStride = kBothHalves;
            target.filterHalf = kOneHalf;
            const float* nextPlanes = nullptr;
            if (panel + 1 < end) {
                nextPlanes = columnsFrom(place, panel + 1).planes;
            } else if (following.part >= 0) {
                nextPlanes = columnsFrom(following, spanBegin(following.part % m_spans)).planes;
            }
            loops::strassenWeightProduct(
                rows, columnsFrom(place, panel), target, place.piece == 0 && !m_shape.isAdded, beside, nextPlanes);
        }
        finishSplit(beside.channels);
        place = following;
        rows = later;
    }
}

void StrassenTurnedProduct::run(float* scratch, const float* a, const float* b, float* c) const
{
    const Operands operands{a, b, c};
    auto* aOffsets = reinterpret_cast<std::int64_t*>(scratch + m_offsets[0]);
    auto* bOffsets = reinterpret_cast<std::int64_t*>(scratch + m_offsets[1]);
    for (std::int64_t pair = 0; pair < m_pairs; ++pair) {
        aOffsets[pair] = pair * 2 * m_shape.aRow;
        bOffsets[pair] = pair * 2 * m_shape.bRow;
    }
    parallelRanges(m_threads, m_pieces, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t piece = begin; piece < end; ++piece) {
            PairSplit split(columnsOf(operands, piece, bOffsets, scratch + m_splits + splitBegin(piece)));
            finishSplit(split);
        }
    });
    SharedUnits parts(m_groups * m_spans, m_shares);
    parallelShares(m_shares, [&](int share) { runShare(operands, parts, share, scratch); });
}

} // namespace ty::engine::kernels
