#include "app/stores/block_writer.h"

#include <algorithm>

#include "cloud/storage/crc64.h"

namespace ty::app {

namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10; // one for each stream stays in the second-level cache

} // namespace

BlockWriter::BlockWriter(
    cloud::LocalStore& target, const cloud::Upload& upload, std::uint64_t block, bool isSummed, std::vector<std::byte>& pieces)
    : m_target(target)
    , m_upload(upload)
    , m_block(block)
    , m_pieces(pieces)
    , m_sum(isSummed ? std::optional<std::uint64_t>(0) : std::nullopt)
{
    m_pieces.resize(std::max(m_pieces.size(), kPiece));
}

cloud::BodySink BlockWriter::sink()
{
    return {m_upload.size(m_block), [this](std::size_t before, std::span<const std::byte> bytes) { return take(before, bytes); }};
}

Result<void> BlockWriter::take(std::size_t before, std::span<const std::byte> bytes)
{
    if (before == 0) { // the first try, or one more
        m_held = 0;
        m_written = 0;
        m_sum = m_sum ? std::optional<std::uint64_t>(0) : std::nullopt;
    }
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), kPiece - m_held);
        std::copy_n(bytes.begin(), count, m_pieces.begin() + static_cast<std::ptrdiff_t>(m_held));
        m_held += count;
        bytes = bytes.subspan(count);
        if (m_held == kPiece) {
            TY_CHECK(finish());
        }
    }
    return {};
}

Result<void> BlockWriter::finish()
{
    const std::span<const std::byte> held(m_pieces.data(), m_held);
    if (m_sum) {
        m_sum = cloud::crc64(held, *m_sum);
    }
    TY_CHECK(m_target.writeUnfinished(m_upload, m_upload.offset(m_block) + m_written, held));
    m_written += m_held;
    m_held = 0;
    return {};
}

} // namespace ty::app
