#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/base/large_vector.h"
#include "engine/base/scratch_file.h"

namespace ty::engine {

/// Rows of one length that are made when they are first asked for and then kept, in memory or in a scratch file. Rows are
/// kept in blocks of neighbours, a block at a time, so that a file is not written row by row. Any thread.
class KeptRows {
public:
    /// Nothing if there is no room for them.
    static std::unique_ptr<KeptRows> make(std::size_t rows, std::size_t rowBytes, std::size_t rowsPerBlock, LargePlace place);

    /// Copies a row; false if it is not kept, or cannot be read any more.
    bool read(std::size_t row, std::span<std::byte> into) const;

    bool isKept(std::size_t row) const;

    struct Block {
        std::size_t first = 0; ///< row
        std::size_t rows = 0;
    };
    /// The block of a row, if it is neither kept nor somebody at work on it. The caller then owes keep() or giveUp().
    std::optional<Block> claim(std::size_t row);
    /// @param bytes  of all rows of the block
    void keep(const Block& block, std::span<const std::byte> bytes);
    void giveUp(const Block& block);

    std::uint64_t memoryBytes() const { return m_memory ? m_rows * m_rowBytes : 0; }

private:
    KeptRows(std::size_t rows, std::size_t rowBytes, std::size_t rowsPerBlock);
    std::atomic<std::uint8_t>& stateOf(std::size_t row) const { return m_states[row / m_rowsPerBlock]; }

    std::size_t m_rows;
    std::size_t m_rowBytes;
    std::size_t m_rowsPerBlock;
    std::unique_ptr<std::atomic<std::uint8_t>[]> m_states; ///< one a block: empty, being written, ready
    std::unique_ptr<std::byte[]> m_memory;
    std::optional<ScratchFile> m_file; ///< in place of m_memory; short rows are mapped
};

} // namespace ty::engine
