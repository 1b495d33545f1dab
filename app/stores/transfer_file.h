#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/catalog/transfers.h"
#include "cloud/storage/md5.h"
#include "cloud/storage/store.h"

namespace ty::app {

/// One large file of a transfer while its blocks travel: which are on their way, which have arrived, the CRC-64 of each, and the
/// MD5 of those that follow each other from the start. Guarded by its owner's lock, save that read() of the bytes needs none.
class TransferFile {
public:
    /// `item.blocks` says what has arrived before. The sums need a side on this computer to read missed blocks from.
    /// @param crc64  of the whole as the source tells it
    TransferFile(catalog::TransferItem item, cloud::Upload upload, std::optional<std::uint64_t> crc64);

    const catalog::TransferItem& item() const { return m_item; }
    const cloud::Upload& upload() const { return m_upload; }
    const std::vector<bool>& blocks() const { return m_arrived; }

    /// The next block to send, and it counts as on its way. False: none is left, or `inOrder` and one is on its way.
    bool take(std::uint64_t& block, bool inOrder);
    /// @param crc64  of the block; nothing: not summed
    void arrived(std::uint64_t block, std::optional<std::uint64_t> crc64);
    /// It did not arrive; somebody takes it again.
    void giveBack(std::uint64_t block);
    /// No more blocks are handed out.
    void fail(const Error& error);

    bool isFailed() const { return m_isFailed; }
    const Error& error() const { return m_error; }
    bool isComplete() const { return m_left == 0; }
    bool isIdle() const { return m_inFlight == 0; }

    /// Of the source's content; nothing: the source does not tell.
    const std::optional<std::uint64_t>& crc64() const { return m_crc64; }
    /// Of each block that was summed.
    std::vector<std::optional<std::uint64_t>>& blockSums() { return m_blockSums; }

    /// The lowest block that the MD5 has not seen, if it has arrived and nobody else is at it; the caller hash()es it, the
    /// lock let go, and says doneHashing().
    bool takeForHash(std::uint64_t& block);
    void hash(std::span<const std::byte> bytes) { m_md5.add(bytes); }
    void doneHashing();
    bool isBeingHashed() const { return m_isHashing; }
    bool isHashed() const { return m_hashNext == m_arrived.size(); }
    /// Of the whole file, once isHashed().
    std::string finishHash() { return m_md5.finish(); }

private:
    catalog::TransferItem m_item;
    cloud::Upload m_upload;
    std::vector<bool> m_arrived;
    std::vector<bool> m_taken;
    std::uint64_t m_next = 0; ///< no block below it is free
    std::uint64_t m_left = 0;
    int m_inFlight = 0;
    bool m_isFailed = false;
    Error m_error;
    std::optional<std::uint64_t> m_crc64;
    std::vector<std::optional<std::uint64_t>> m_blockSums;
    cloud::Md5 m_md5;
    std::uint64_t m_hashNext = 0;
    bool m_isHashing = false;
};

} // namespace ty::app
