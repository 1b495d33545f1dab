#include <algorithm>
#include <utility>

#include "app/stores/block_writer.h"
#include "app/stores/transfer_persist.h"
#include "cloud/http/request_id.h"
#include "cloud/http/retry.h"
#include "cloud/storage/crc64.h"
#include "cloud/storage/local_store.h"
#include "cloud/storage/store_path.h"

namespace ty::app {

using catalog::TransferItem;
using cloud::Upload;

namespace {

constexpr std::chrono::seconds kFirstWait{1};
constexpr std::chrono::seconds kLongestWait{30};

std::uint64_t sizeOf(const TransferItem& item)
{
    return static_cast<std::uint64_t>(item.bytes);
}

Upload uploadOf(const TransferItem& item)
{
    return {
        item.target, sizeOf(item), static_cast<std::uint64_t>(item.blockBytes), item.token, cloud::contentTypeOf(item.target)};
}

const cloud::LocalStore* localStore(const std::shared_ptr<cloud::Store>& store)
{
    return dynamic_cast<const cloud::LocalStore*>(store.get());
}

} // namespace

/// Of what goes up always, so that the store can keep it; of what comes down where the store tells no quicker sum.
bool TransferRun::wantsMd5(const TransferFile& file) const
{
    const bool isFromHere = localStore(m_from.store) != nullptr;
    return isFromHere != (localStore(m_to.store) != nullptr)
        && (isFromHere || (!file.item().md5.empty() && !file.crc64()));
}

bool TransferRun::wantsCrc64(const TransferFile& file) const
{
    const bool isFromHere = localStore(m_from.store) != nullptr;
    const bool isToHere = localStore(m_to.store) != nullptr;
    return isFromHere ? !isToHere && m_to.store->traits().keepsCrc64 : isToHere && file.crc64().has_value();
}

bool TransferRun::waitForNetwork(const Error& error, int attempt, std::stop_token stop)
{
    {
        const std::lock_guard lock(m_lock);
        ++m_offline;
        m_problem = error.message;
    }
    const auto wait = std::min(kFirstWait * (1 << std::min(attempt, 5)), kLongestWait);
    const bool isAwake = cloud::sleepFor(wait, stop);
    const std::lock_guard lock(m_lock);
    --m_offline;
    return isAwake;
}

/// What would happen to every other file as well.
bool TransferRun::stopsAll(const Error& error) const
{
    return error.kind == ErrorKind::NotSignedIn || error.kind == ErrorKind::DiskFull || error.kind == ErrorKind::Network;
}

void TransferRun::endItem(const TransferItem& item, const char* state, const std::string& checked, const std::string& error)
{
    const std::lock_guard lock(m_lock);
    const bool isFailed = std::string_view(state) == "failed";
    (isFailed ? m_filesFailed : m_filesDone) += 1;
    if (const auto noted = m_catalog.endItem(item.id, state, checked, error); !noted) {
        giveUp(noted.error());
    }
}

void TransferRun::openItem(TransferItem item, std::vector<std::byte>& buffer, std::stop_token stop)
{
    auto sent = [&]() -> Result<std::string> {
        if (item.etag.empty()) { // told anew: it may have changed since it was listed
            TY_TRY(const auto source, persist([&] { return m_from.store->properties(item.source, stop); }, stop));
            item.bytes = static_cast<std::int64_t>(source.bytes.value_or(0));
            item.etag = source.etag;
            item.md5 = source.md5;
        }
        if (m_onlyChanged && item.state == "waiting") {
            TY_TRY(const bool isSame, isSameThere(item, stop));
            if (isSame) {
                return std::string("same");
            }
        }
        if (m_from.store.get() == m_to.store.get() && m_from.store->traits().canCopy) {
            TY_CHECK(persist([&] { return m_to.store->copy(item.source, item.target, m_overwrite, stop); }, stop));
            return std::string("size");
        }
        if (sizeOf(item) <= m_blockBytes && item.state != "open") { // what was begun in blocks ends in blocks
            return sendWhole(item, buffer, stop);
        }
        TY_TRY(const bool isThere, isFinishedBefore(item, stop));
        if (isThere) {
            return howChecked(false);
        }
        TY_TRY(const File file, beginFile(item, stop));
        const std::lock_guard lock(m_lock);
        m_open.push_back(file);
        return std::string();
    }();
    if (sent && !sent->empty()) {
        {
            const std::lock_guard lock(m_lock);
            m_bytesDone += item.bytes;
        }
        endItem(item, *sent == "same" ? "skipped" : "done", *sent == "same" ? std::string() : *sent, {});
        return;
    }
    if (sent) { // a large file; one that had all its blocks already is only to be closed
        File complete;
        {
            const std::lock_guard lock(m_lock);
            for (const File& file : m_open) {
                if (file->item().id == item.id && file->isComplete()) {
                    complete = file;
                }
            }
        }
        if (complete) {
            hashWhatArrived(complete, complete->upload().blocks(), buffer);
            closeIfDone(complete, stop);
        }
        return;
    }
    if (sent.error().kind == ErrorKind::Cancelled) {
        return; // it stays waiting
    }
    if (stopsAll(sent.error())) {
        const std::lock_guard lock(m_lock);
        giveUp(sent.error());
        return;
    }
    endItem(item, "failed", {}, sent.error().message);
}

Result<bool> TransferRun::isSameThere(const TransferItem& item, std::stop_token stop)
{
    const auto there = persist([&] { return m_to.store->properties(item.target, stop); }, stop);
    if (!there) {
        return there.error().kind == ErrorKind::NotFound ? Result<bool>(false) : there.error();
    }
    if (there->isFolder || there->bytes != sizeOf(item)) {
        return false;
    }
    if (!there->md5.empty() && !item.md5.empty()) {
        return there->md5 == item.md5;
    }
    TY_TRY(const auto source, persist([&] { return m_from.store->properties(item.source, stop); }, stop));
    return !source.modified.empty() && source.modified <= there->modified;
}

Result<std::string> TransferRun::sendWhole(const TransferItem& item, std::vector<std::byte>& buffer, std::stop_token stop)
{
    buffer.resize(std::max<std::size_t>(buffer.size(), sizeOf(item)));
    const std::span<std::byte> bytes(buffer.data(), sizeOf(item));
    if (!bytes.empty()) {
        TY_CHECK(persist([&] { return m_from.store->read(item.source, item.etag, 0, bytes, stop); }, stop));
    }
    const std::string md5 = cloud::Md5::of(bytes);
    if (!item.md5.empty() && item.md5 != md5) {
        return Error{ErrorKind::Io, item.source + " arrived damaged: its MD5 is " + md5 + ", the store says " + item.md5, {}};
    }
    const auto written = persist(
        [&] {
            return m_to.store->writeFile(item.target, bytes, md5, cloud::contentTypeOf(item.target), m_overwrite, stop);
        },
        stop);
    if (!written && written.error().kind == ErrorKind::AlreadyExists && holdsAlready(item.target, bytes, stop)) {
        return std::string("same");
    }
    TY_CHECK(written);
    return howChecked(!item.md5.empty());
}

/// Whether the program ended between a file's last step and the note of it.
Result<bool> TransferRun::isFinishedBefore(const TransferItem& item, std::stop_token stop)
{
    // What is overwritten may be there from before: then all is done again.
    const bool mayBe = item.state == "open" && !item.blocks.empty() && m_overwrite == cloud::Overwrite::No
        && std::find(item.blocks.begin(), item.blocks.end(), false) == item.blocks.end();
    return mayBe ? wasFinished(uploadOf(item), stop) : Result<bool>(false);
}

Result<TransferRun::File> TransferRun::beginFile(TransferItem item, std::stop_token stop)
{
    Upload upload = uploadOf(item);
    std::optional<std::uint64_t> crc64;
    bool isFresh = item.state != "open" || item.token.empty() || item.blockBytes == 0;
    if (isFresh && !item.token.empty()) {
        (void)m_to.store->abandonUpload(upload, stop); // it was ended while it began
    }
    if (!isFresh) {
        TY_TRY(const auto source, persist([&] { return m_from.store->properties(item.source, stop); }, stop));
        const auto written = persist([&] { return m_to.store->writtenBlocks(upload, stop); }, stop);
        if (!written && written.error().kind != ErrorKind::NotFound) {
            return written.error();
        }
        isFresh = !written || source.etag != item.etag;
        crc64 = source.crc64;
        if (isFresh && written) {
            (void)m_to.store->abandonUpload(upload, stop); // parts of what the file was before
            item.bytes = static_cast<std::int64_t>(source.bytes.value_or(0));
            item.etag = source.etag;
            item.md5 = source.md5;
        } else if (!isFresh && m_to.store->traits().knowsBlocks) {
            item.blocks = *written;
        }
    }
    if (isFresh && !crc64 && m_from.store->traits().keepsCrc64 && localStore(m_to.store) != nullptr) {
        TY_TRY(const auto source, persist([&] { return m_from.store->properties(item.source, stop); }, stop));
        crc64 = source.etag == item.etag ? source.crc64 : std::nullopt;
    }
    if (isFresh) {
        // Noted before anything of it exists: whatever ends the program now, its part is found and removed.
        item.token = cloud::makeUuid().substr(0, 8);
        item.blockBytes = 0;
        item.blocks.clear();
        {
            const std::lock_guard lock(m_lock);
            TY_CHECK(m_catalog.beginItem(item));
        }
        const Upload wanted{item.target, sizeOf(item), m_blockBytes, item.token, cloud::contentTypeOf(item.target),
                            m_overwrite == cloud::Overwrite::Yes};
        TY_TRY(upload, persist([&] { return m_to.store->beginUpload(wanted, stop); }, stop));
        item.blockBytes = static_cast<std::int64_t>(upload.blockBytes);
        item.token = upload.token;
        item.blocks.assign(upload.blocks(), false);
    }
    auto file = std::make_shared<TransferFile>(item, upload, crc64);
    const std::lock_guard lock(m_lock);
    TY_CHECK(m_catalog.beginItem(item));
    for (std::uint64_t block = 0; block < upload.blocks(); ++block) {
        m_bytesDone += file->blocks()[block] ? static_cast<std::int64_t>(upload.size(block)) : 0;
    }
    return file;
}

/// Whether blocks need not be held whole: they come as a stream, and no MD5 asks for them in their order.
bool TransferRun::bringsInPieces(const TransferFile& file) const
{
    return m_from.store->traits().isStreamed && localStore(m_to.store) != nullptr && !wantsMd5(file);
}

Result<void> TransferRun::pourBlock(
    const TransferFile& file, std::uint64_t block, std::vector<std::byte>& buffer, std::optional<std::uint64_t>& sum,
    std::stop_token stop)
{
    const Upload& upload = file.upload();
    const TransferItem& item = file.item();
    auto& target = dynamic_cast<cloud::LocalStore&>(*m_to.store);
    BlockWriter writer(target, upload, block, wantsCrc64(file), buffer);
    TY_CHECK(persist(
        [&] { return m_from.store->readInto(item.source, item.etag, upload.offset(block), writer.sink(), stop); }, stop));
    TY_CHECK(writer.finish());
    sum = writer.crc64();
    return {};
}

Result<void> TransferRun::carryBlock(
    const TransferFile& file, std::uint64_t block, std::vector<std::byte>& buffer, std::optional<std::uint64_t>& sum,
    std::stop_token stop)
{
    const Upload& upload = file.upload();
    const TransferItem& item = file.item();
    buffer.resize(std::max<std::size_t>(buffer.size(), upload.blockBytes));
    const std::span<std::byte> bytes(buffer.data(), upload.size(block));
    TY_CHECK(persist([&] { return m_from.store->read(item.source, item.etag, upload.offset(block), bytes, stop); }, stop));
    sum = wantsCrc64(file) ? std::optional(cloud::crc64(bytes)) : std::nullopt;
    return persist([&] { return m_to.store->writeBlock(upload, block, bytes, stop); }, stop);
}

void TransferRun::sendBlock(const File& file, std::uint64_t block, std::vector<std::byte>& buffer, std::stop_token stop)
{
    const Upload& upload = file->upload();
    const TransferItem& item = file->item();
    std::optional<std::uint64_t> sum;
    const Result<void> sent = bringsInPieces(*file) ? pourBlock(*file, block, buffer, sum, stop) : carryBlock(*file, block, buffer, sum, stop);
    {
        const std::lock_guard lock(m_lock);
        if (sent) {
            file->arrived(block, sum);
            m_bytesDone += static_cast<std::int64_t>(upload.size(block));
            if (const auto noted = m_catalog.noteBlocks(item.id, file->blocks()); !noted) {
                giveUp(noted.error());
            }
        } else {
            file->giveBack(block);
            if (sent.error().kind != ErrorKind::Cancelled) {
                stopsAll(sent.error()) ? giveUp(sent.error()) : file->fail(sent.error());
            }
        }
    }
    if (sent) {
        hashWhatArrived(file, block, buffer);
    }
    closeIfDone(file, stop);
}

/// A block that has arrived, from the side that is on this computer: `bytes` has its size.
Result<void> TransferRun::readHere(const TransferFile& file, std::uint64_t block, std::span<std::byte> bytes) const
{
    const std::uint64_t offset = file.upload().offset(block);
    if (const auto* target = localStore(m_to.store); target != nullptr) {
        return target->readUnfinished(file.upload(), offset, bytes);
    }
    return m_from.store->read(file.item().source, file.item().etag, offset, bytes, {});
}

/// Carries the MD5 on over the blocks that are there; `buffer` holds `block`, of which it is taken without reading it again.
void TransferRun::hashWhatArrived(const File& file, std::uint64_t block, std::vector<std::byte>& buffer)
{
    if (!wantsMd5(*file)) {
        return;
    }
    const Upload& upload = file->upload();
    std::uint64_t held = block;
    for (;;) {
        std::uint64_t next = 0;
        {
            const std::lock_guard lock(m_lock);
            if (file->isFailed() || !file->takeForHash(next)) {
                return;
            }
        }
        buffer.resize(std::max<std::size_t>(buffer.size(), upload.blockBytes));
        const std::span<std::byte> bytes(buffer.data(), upload.size(next));
        Result<void> read;
        if (next != held) {
            held = next;
            read = readHere(*file, next, bytes);
        }
        if (read) {
            file->hash(bytes);
        }
        const std::lock_guard lock(m_lock);
        file->doneHashing();
        if (!read) {
            file->fail(read.error());
            return;
        }
    }
}

} // namespace ty::app
