#pragma once

#include <cstdint>
#include <vector>

#include "engine/backends/cpu/loops/strassen.h"
#include "engine/backends/cpu/shared_units.h"

namespace ty::engine::kernels {

/// c {rows, columns} = or += a {rows, inner} b {inner, columns} (+ bias, relu) by loops/strassen.h, for matrices in the order
/// of their rows. Rows are even, `inner` is a multiple of 32, `columns` one of 64. Threads share the rows; b is split once
/// for all. The same bits for any number of threads. Its scratch is the caller's: many may run, one after the other.
class StrassenProduct {
public:
    struct Shape {
        std::int64_t rows = 2;
        std::int64_t inner = 32;
        std::int64_t columns = 64;
        // Floats from one row to the next.
        std::int64_t aRow = 32;
        std::int64_t bRow = 64;
        std::int64_t cRow = 64;
        bool isBTurned = false; ///< b comes as {columns, inner}
        bool isAdded = false;   ///< to what c holds
        bool isRelu = false;
    };

    StrassenProduct(const Shape& shape, int threads);

    std::int64_t scratchFloats() const { return m_perShareBegin + m_shares * m_perShare; }
    /// `bias` {columns} may be null.
    void run(float* scratch, const float* a, const float* b, const float* bias, float* c) const;

private:
    struct Operands {
        const float* a = nullptr;
        const float* bias = nullptr;
        float* c = nullptr;
    };
    /// Some pairs of rows and some columns of a, by blocks.
    struct Piece {
        std::int64_t firstPair = 0;
        std::int64_t pairs = 0;
        std::int64_t chunk = 0;
    };
    std::int64_t chunkBegin(std::int64_t chunk) const { return m_blocks * chunk / m_chunks; }
    std::int64_t chunkBlocks(std::int64_t chunk) const { return chunkBegin(chunk + 1) - chunkBegin(chunk); }
    loops::SplitPairs pairsOf(const Operands& operands, const Piece& piece, std::int64_t* offsets, float* planes) const;
    /// Blocks [begin, end) of the results of each half.
    void splitChunk(float* scratch, const float* b, std::int64_t chunk, std::int64_t begin, std::int64_t end) const;
    void runShare(const Operands& operands, SharedUnits& tiles, int share, float* scratch) const;

    Shape m_shape;
    int m_threads = 1;
    int m_shares = 1;
    std::int64_t m_blocks = 1; ///< of each half of what is summed
    std::int64_t m_chunks = 1; ///< that these are summed in
    std::int64_t m_pairsAtOnce = 1;
    std::vector<std::int64_t> m_weights; ///< where each chunk's planes of b begin
    std::int64_t m_planes[2] = {};
    std::int64_t m_offsets[2] = {};
    std::int64_t m_perShareBegin = 0;
    std::int64_t m_perShare = 0;
};

/// c {channels, columns} = or += a {rows, channels} turned, times b {rows, columns}: the gradient of a weight. Rows are
/// even, `channels` is a multiple of 32, `columns` one of 64. Threads share groups of channels and spans of columns; b is
/// split once for all. The same bits for any number of threads.
class StrassenTurnedProduct {
public:
    struct Shape {
        std::int64_t rows = 2;
        std::int64_t channels = 32;
        std::int64_t columns = 64;
        std::int64_t aRow = 32;
        std::int64_t bRow = 64;
        std::int64_t cRow = 64;
        bool isAdded = false;
    };

    StrassenTurnedProduct(const Shape& shape, int threads);

    std::int64_t scratchFloats() const { return m_perShareBegin + m_shares * m_perShare; }
    void run(float* scratch, const float* a, const float* b, float* c) const;

private:
    struct Operands {
        const float* a = nullptr;
        const float* b = nullptr;
        float* c = nullptr;
    };
    std::int64_t groupBegin(std::int64_t group) const { return m_blocks * group / m_groups; }
    std::int64_t pieceBegin(std::int64_t piece) const { return m_pairs * piece / m_pieces; }
    /// Planes of all b, in pieces of rows: where a piece's begin.
    std::int64_t splitBegin(std::int64_t piece) const { return piece * m_perPiece; }
    loops::SplitPairs columnsOf(const Operands& operands, std::int64_t piece, const std::int64_t* offsets, float* planes) const;
    std::int64_t panels() const { return m_shape.columns / (2 * 16 * loops::kStrassenColumnBlocks); }
    std::int64_t spanBegin(std::int64_t span) const { return panels() * span / m_spans; }
    void runShare(const Operands& operands, SharedUnits& parts, int share, float* scratch) const;

    Shape m_shape;
    int m_threads = 1;
    int m_shares = 1;
    std::int64_t m_pairs = 1;
    std::int64_t m_blocks = 1;   ///< of each half of the channels
    std::int64_t m_groups = 1;   ///< of blocks that are split at once
    std::int64_t m_pieces = 1;   ///< of rows that are summed at once
    std::int64_t m_spans = 1;    ///< of panels, which threads share beside the groups
    std::int64_t m_perPiece = 0; ///< floats of b's planes
    std::int64_t m_offsets[2] = {};
    std::int64_t m_splits = 0;
    std::int64_t m_planes[2] = {};
    std::int64_t m_perShareBegin = 0;
    std::int64_t m_perShare = 0;
};

} // namespace ty::engine::kernels
