#include "engine/train/kept_rows.h"

#include <algorithm>
#include <cassert>
#include <new>
#include <utility>

namespace ty::engine {

namespace {

/// Below it the question to the system costs more than the copy of a row, and with networks of some neurons more than the step.
constexpr std::size_t kLongestMapped = 2048;

enum BlockState : std::uint8_t { kEmpty = 0, kWriting = 1, kReady = 2 };

} // namespace

KeptRows::KeptRows(std::size_t rows, std::size_t rowBytes, std::size_t rowsPerBlock)
    : m_rows(rows)
    , m_rowBytes(rowBytes)
    , m_rowsPerBlock(rowsPerBlock)
    , m_states(std::make_unique<std::atomic<std::uint8_t>[]>((rows + rowsPerBlock - 1) / rowsPerBlock))
{
}

std::unique_ptr<KeptRows>
KeptRows::make(std::size_t rows, std::size_t rowBytes, std::size_t rowsPerBlock, LargePlace place)
{
    assert(rowsPerBlock > 0);
    const std::uint64_t bytes = static_cast<std::uint64_t>(rows) * rowBytes;
    std::unique_ptr<KeptRows> kept(new KeptRows(rows, rowBytes, rowsPerBlock));
    if (place == LargePlace::Memory) {
        kept->m_memory.reset(new (std::nothrow) std::byte[bytes]);
        return kept->m_memory ? std::move(kept) : nullptr;
    }
    if (bytes > scratchBytes()) {
        return nullptr;
    }
    auto file = ScratchFile::create();
    if (!file) {
        return nullptr;
    }
    kept->m_file = std::move(file).value();
    if (bytes > 0 && rowBytes <= kLongestMapped && !kept->m_file->map(bytes)) {
        return nullptr;
    }
    return kept;
}

bool KeptRows::isKept(std::size_t row) const
{
    return stateOf(row).load(std::memory_order_acquire) == kReady;
}

bool KeptRows::read(std::size_t row, std::span<std::byte> into) const
{
    assert(row < m_rows && into.size() == m_rowBytes);
    if (!isKept(row)) {
        return false;
    }
    const std::byte* const rows = m_memory ? m_memory.get() : m_file->mapped().data();
    if (rows != nullptr) {
        std::copy_n(rows + row * m_rowBytes, m_rowBytes, into.begin());
        return true;
    }
    return m_file->read(static_cast<std::uint64_t>(row) * m_rowBytes, into).isOk();
}

std::optional<KeptRows::Block> KeptRows::claim(std::size_t row)
{
    std::uint8_t expected = kEmpty;
    if (!stateOf(row).compare_exchange_strong(expected, kWriting, std::memory_order_acq_rel)) {
        return std::nullopt;
    }
    const std::size_t first = row / m_rowsPerBlock * m_rowsPerBlock;
    return Block{first, std::min(m_rowsPerBlock, m_rows - first)};
}

void KeptRows::keep(const Block& block, std::span<const std::byte> bytes)
{
    assert(bytes.size() == block.rows * m_rowBytes);
    const std::uint64_t offset = static_cast<std::uint64_t>(block.first) * m_rowBytes;
    if (m_memory) {
        std::copy(bytes.begin(), bytes.end(), m_memory.get() + offset);
    } else if (!m_file->write(offset, bytes)) {
        return; // a full disk: the block is never ready, and its rows are made each time
    }
    stateOf(block.first).store(kReady, std::memory_order_release);
}

void KeptRows::giveUp(const Block& block)
{
    stateOf(block.first).store(kEmpty, std::memory_order_release);
}

} // namespace ty::engine
