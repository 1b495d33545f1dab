#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cloud/http/body_sink.h"
#include "cloud/storage/local_store.h"

namespace ty::app {

/// Brings one block of a file that is being written here to its place while it comes, in pieces that fit the processor's
/// caches, and sums them.
class BlockWriter {
public:
    /// @param pieces  kept between blocks, for its memory
    BlockWriter(
        cloud::LocalStore& target, const cloud::Upload& upload, std::uint64_t block, bool isSummed, std::vector<std::byte>& pieces);

    /// What a store reads into; this object has to be kept meanwhile. Errors: those of writing a file.
    cloud::BodySink sink();
    /// Writes what is left, once the sink has got all.
    Result<void> finish();
    /// Of the block after finish(), if it is summed.
    std::optional<std::uint64_t> crc64() const { return m_sum; }

private:
    Result<void> take(std::size_t before, std::span<const std::byte> bytes);

    cloud::LocalStore& m_target;
    const cloud::Upload& m_upload;
    const std::uint64_t m_block;
    std::vector<std::byte>& m_pieces;
    std::size_t m_held = 0;    ///< bytes in m_pieces
    std::size_t m_written = 0; ///< bytes of the block before them
    std::optional<std::uint64_t> m_sum;
};

} // namespace ty::app
