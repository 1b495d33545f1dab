#include <algorithm>

#include <fmt/format.h>

#include "app/stores/transfer_persist.h"
#include "cloud/storage/crc64.h"

namespace ty::app {

using catalog::TransferItem;
using cloud::Upload;

/// Ends a file of which nothing is on its way any more; the thread that finds it so does it.
void TransferRun::closeIfDone(const File& file, std::stop_token stop)
{
    {
        const std::lock_guard lock(m_lock);
        const bool isComplete = file->isComplete() && (!wantsMd5(*file) || file->isHashed());
        const bool isOver = file->isFailed() ? file->isIdle() && !file->isBeingHashed() : isComplete;
        const auto place = std::find(m_open.begin(), m_open.end(), file);
        if (!isOver || place == m_open.end()) {
            return;
        }
        m_open.erase(place);
        ++m_opening; // not finished yet
    }
    auto ended = file->isFailed() ? Result<std::string>(file->error()) : finishFile(*file, stop);
    if (ended) {
        endItem(file->item(), "done", *ended, {});
    } else if (stopsAll(ended.error())) {
        const std::lock_guard lock(m_lock);
        giveUp(ended.error());
    } else if (ended.error().kind != ErrorKind::Cancelled) {
        // In this order: of an open file whose part is gone and whose blocks are all there wasFinished() believes the target.
        endItem(file->item(), "failed", {}, ended.error().message);
        (void)m_to.store->abandonUpload(file->upload(), stop);
    }
    const std::lock_guard lock(m_lock);
    --m_opening;
    noteChange();
}

Result<std::string> TransferRun::finishFile(TransferFile& file, std::stop_token stop)
{
    const TransferItem& item = file.item();
    const std::string md5 = wantsMd5(file) && file.isHashed() && !file.blocks().empty() ? file.finishHash() : std::string();
    if (!md5.empty() && !item.md5.empty() && md5 != item.md5) {
        return Error{ErrorKind::Io, item.source + " arrived damaged: its MD5 is " + md5 + ", the store says " + item.md5, {}};
    }
    TY_TRY(const std::optional<std::uint64_t> crc64, sumOf(file, stop));
    if (crc64 && file.crc64() && *crc64 != *file.crc64()) {
        return Error{ErrorKind::Io,
                     fmt::format("{} arrived damaged: its CRC-64 is {:016x}, the store says {:016x}", item.source, *crc64, *file.crc64()),
                     {}};
    }
    const cloud::ContentSums sums(md5, crc64);
    const auto written = persist([&] { return m_to.store->finishUpload(file.upload(), sums, m_overwrite, stop); }, stop);
    if (!written) {
        const bool mayBeThere = written.error().kind != ErrorKind::Cancelled;
        const auto isThere = mayBeThere ? wasFinished(file.upload(), stop) : Result<bool>(false); // its answer was lost
        if (!isThere || !*isThere) {
            return written.error();
        }
    }
    if (written && written->bytes && *written->bytes != file.upload().bytes) {
        return Error{ErrorKind::Io, item.target + " has another size than " + item.source, {}};
    }
    return crc64 && file.crc64() ? "crc64" : howChecked(!md5.empty() && !item.md5.empty());
}

/// The CRC-64 of a complete file, of those of its blocks; what an earlier start of the transfer has brought is read here. Nothing
/// where it is not wanted.
Result<std::optional<std::uint64_t>> TransferRun::sumOf(TransferFile& file, const std::stop_token& stop)
{
    if (!wantsCrc64(file)) {
        return std::optional<std::uint64_t>();
    }
    const Upload& upload = file.upload();
    std::vector<std::byte> bytes;
    std::uint64_t whole = cloud::crc64({});
    for (std::uint64_t block = 0; block < upload.blocks(); ++block) {
        std::optional<std::uint64_t>& sum = file.blockSums()[block];
        if (!sum) {
            if (stop.stop_requested()) {
                return Error{ErrorKind::Cancelled, "stopped", {}}; // all blocks are noted; the next start sums them
            }
            bytes.resize(upload.size(block));
            TY_CHECK(readHere(file, block, bytes));
            sum = cloud::crc64(bytes);
        }
        whole = cloud::crc64Joined(whole, *sum, upload.size(block));
    }
    return std::optional(whole);
}

/// Whether the last step of writing a file was done though nobody heard of it: its part is gone and the whole is there.
/// Where the store knows the blocks, finishing twice does no harm and it is not asked.
Result<bool> TransferRun::wasFinished(const Upload& upload, std::stop_token stop)
{
    if (m_to.store->traits().knowsBlocks) {
        return false;
    }
    const auto part = persist([&] { return m_to.store->writtenBlocks(upload, stop); }, stop);
    if (part || part.error().kind != ErrorKind::NotFound) {
        return part ? Result<bool>(false) : part.error();
    }
    const auto whole = persist([&] { return m_to.store->properties(upload.path, stop); }, stop);
    if (!whole && whole.error().kind != ErrorKind::NotFound) {
        return whole.error();
    }
    return whole && !whole->isFolder && whole->bytes == upload.bytes;
}

/// Whether the target is exactly `bytes` already, from an earlier start of this transfer or from elsewhere.
bool TransferRun::holdsAlready(const std::string& target, std::span<const std::byte> bytes, std::stop_token stop)
{
    const auto there = persist([&] { return m_to.store->properties(target, stop); }, stop);
    if (!there || there->isFolder || there->bytes != bytes.size()) {
        return false;
    }
    std::vector<std::byte> held(bytes.size());
    return held.empty()
        || (persist([&] { return m_to.store->read(target, there->etag, 0, held, stop); }, stop)
            && std::equal(held.begin(), held.end(), bytes.begin()));
}

std::string TransferRun::howChecked(bool isCompared) const
{
    return isCompared ? "md5" : m_to.store->traits().checksBlocks ? "blocks" : "size";
}

} // namespace ty::app
