#include "app/stores/transfer_persist.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "cloud/storage/local_store.h"
#include "cloud/storage/store_path.h"
#include "engine/base/folder_lock.h"

namespace ty::app {

using catalog::TransferItem;
using catalog::TransferRecord;
using cloud::StoreEntry;

namespace {

constexpr int kRefill = 256;                            // items fetched from the catalog at once
constexpr std::chrono::milliseconds kLookAround{1000}; // how soon an order from another program is seen

} // namespace

TransferRun::TransferRun(
    catalog::Transfers& catalog, std::int64_t transfer, TransferEnd from, TransferEnd to, std::string lockFile,
    TransferOptions options)
    : m_catalog(catalog)
    , m_transfer(transfer)
    , m_from(std::move(from))
    , m_to(std::move(to))
    , m_lockFile(std::move(lockFile))
    , m_options(std::move(options))
{
}

TransferRun::~TransferRun() = default;

Result<TransferRecord> TransferRun::run(std::stop_token stop)
{
    TY_TRY(const FolderLock held, FolderLock::acquire(m_lockFile));
    TY_TRY(const TransferRecord record, m_catalog.summarise(m_transfer, 0));
    m_overwrite = record.overwrite == "no" ? cloud::Overwrite::No : cloud::Overwrite::Yes;
    m_onlyChanged = record.overwrite == "changed";
    m_isListed = record.isListed;
    m_files = record.files;
    m_filesDone = record.filesDone + record.filesSkipped;
    m_filesFailed = record.filesFailed;
    m_bytes = record.bytes;
    m_bytesDone = record.bytesDone;
    const cloud::StoreTraits source = m_from.store->traits();
    const cloud::StoreTraits target = m_to.store->traits();
    m_blockBytes = m_to.store.get() == m_from.store.get() ? source.blockBytes : std::max(source.blockBytes, target.blockBytes);
    if (m_options.blockBytes > 0) {
        m_blockBytes = m_options.blockBytes;
    }
    TY_CHECK(m_catalog.setState(m_transfer, "running", {}));

    const auto began = std::chrono::steady_clock::now();
    const std::stop_callback forward(stop, [this] { m_stop.request_stop(); });
    {
        std::vector<std::jthread> threads;
        if (!m_isListed) {
            threads.emplace_back([this] { listSource(m_stop.get_token()); });
        }
        const int streams = std::clamp(std::min({m_options.streams, source.streams, target.streams}), 1, 64);
        std::vector<std::jthread> workers;
        int running = streams;
        for (int i = 0; i < streams; ++i) {
            workers.emplace_back([this, &running] {
                work(m_stop.get_token());
                const std::lock_guard lock(m_lock);
                --running;
                m_wake.notify_all();
            });
        }
        auto lookAround = began;
        Lock lock(m_lock);
        while (!m_wake.wait_for(lock, m_options.progressEvery, [&] { return running == 0; })) {
            const auto now = std::chrono::steady_clock::now();
            if (now - lookAround > kLookAround) {
                lookAround = now;
                if (isStopped()) {
                    m_stop.request_stop();
                    m_wake.notify_all();
                }
            }
            lock.unlock();
            report(m_stop.stop_requested() ? "pausing" : "copying");
            lock.lock();
        }
        m_stop.request_stop(); // of a listing that has failed to end
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    TY_TRY(TransferRecord after, m_catalog.summarise(m_transfer, took.count()));
    const bool isOver = after.isListed && after.filesDone + after.filesFailed + after.filesSkipped == after.files;
    std::string state = m_isGivenUp || !isOver ? "paused" : after.filesFailed > 0 ? "failed" : "done";
    if (after.state == "cancelled") {
        state = after.state;
    }
    TY_CHECK(m_catalog.setState(m_transfer, state, m_isGivenUp ? m_reason.message : std::string()));
    report("");
    if (m_isGivenUp) {
        return m_reason;
    }
    return m_catalog.transfer(m_transfer);
}

/// Whether another program wants it to stop. The lock is held.
bool TransferRun::isStopped()
{
    const auto state = m_catalog.stateOf(m_transfer);
    return state && *state != "running";
}

void TransferRun::giveUp(const Error& error)
{
    if (!m_isGivenUp) {
        m_isGivenUp = true;
        m_reason = error;
    }
    m_stop.request_stop();
    noteChange();
}

/// The lock is held.
void TransferRun::noteChange()
{
    ++m_changes;
    m_wake.notify_all();
}

void TransferRun::listSource(std::stop_token stop)
{
    auto done = listPages(stop);
    const std::lock_guard lock(m_lock);
    if (done) {
        done = m_catalog.setListed(m_transfer);
    }
    if (done) {
        m_isListed = true;
    } else if (done.error().kind != ErrorKind::Cancelled) {
        giveUp(done.error());
    }
    noteChange();
}

Result<void> TransferRun::listPages(std::stop_token stop)
{
    TY_TRY(const StoreEntry source, persist([&] { return m_from.store->properties(m_from.path, stop); }, stop));
    cloud::ListRequest request;
    request.folder = m_from.path;
    request.isRecursive = true;
    for (;;) {
        std::vector<TransferItem> items;
        std::string next;
        if (source.isFolder) {
            TY_TRY(cloud::ListPage page, persist([&] { return m_from.store->list(request, stop); }, stop));
            items = itemsOf(page.entries);
            next = std::move(page.next);
        } else {
            items = itemsOf({source});
        }
        {
            const std::lock_guard lock(m_lock);
            TY_CHECK(m_catalog.addItems(m_transfer, items));
            TY_TRY(const TransferRecord known, m_catalog.summarise(m_transfer, 0));
            m_files = known.files;
            m_bytes = known.bytes;
            m_filesFailed = known.filesFailed; // names that are refused
            noteChange();
        }
        if (next.empty()) {
            return {};
        }
        request.marker = std::move(next);
    }
}

std::vector<TransferItem> TransferRun::itemsOf(const std::vector<StoreEntry>& entries) const
{
    std::vector<TransferItem> items;
    for (const StoreEntry& entry : entries) {
        TransferItem item;
        item.source = entry.path;
        const bool isWhole = entry.path == m_from.path;
        const std::size_t start = m_from.path.empty() || isWhole ? 0 : m_from.path.size() + 1;
        const std::string below = isWhole ? std::string() : entry.path.substr(start);
        item.target = cloud::joinStorePath(m_to.path, below);
        item.bytes = static_cast<std::int64_t>(entry.bytes.value_or(0));
        item.etag = entry.etag;
        item.md5 = entry.md5;
        // Only what comes from a store is others' input; it is judged without the folder that the person named.
        if (const auto fine = isWhole ? Result<void>() : cloud::checkStorePath(below); !fine) {
            item.state = "failed";
            item.error = fine.error().message;
        }
        items.push_back(std::move(item));
    }
    return items;
}

Result<void> TransferRun::refill()
{
    TY_TRY(auto items, m_catalog.unfinishedItems(m_transfer, m_lastItem, kRefill));
    for (auto& item : items) {
        m_lastItem = item.id;
        m_waiting.push_back(std::move(item));
    }
    return {};
}

TransferRun::Task TransferRun::nextTask()
{
    Task task;
    if (m_stop.stop_requested()) {
        task.work = Work::Finished;
        return task;
    }
    const bool inOrder = !m_to.store->traits().takesBlocksInAnyOrder;
    for (const File& file : m_open) {
        if (file->take(task.block, inOrder)) {
            task.work = Work::Block;
            task.file = file;
            return task;
        }
    }
    const auto busy = m_open.size() + static_cast<std::size_t>(m_opening);
    if (busy < 2 * static_cast<std::size_t>(m_options.streams)) {
        if (m_waiting.empty()) {
            if (const auto filled = refill(); !filled) {
                giveUp(filled.error());
                task.work = Work::Finished;
                return task;
            }
        }
        if (!m_waiting.empty()) {
            task.work = Work::Open;
            task.item = std::move(m_waiting.front());
            m_waiting.pop_front();
            ++m_opening;
            return task;
        }
    }
    task.work = m_isListed && busy == 0 && m_waiting.empty() ? Work::Finished : Work::Wait;
    return task;
}

void TransferRun::work(std::stop_token stop)
{
    std::vector<std::byte> buffer;
    for (;;) {
        Task task;
        {
            Lock lock(m_lock);
            task = nextTask();
            if (task.work == Work::Finished) {
                m_wake.notify_all();
                return;
            }
            if (task.work == Work::Wait) {
                // No longer than that, since another program may have changed the list; anything here wakes it at once.
                m_wake.wait_for(lock, stop, std::chrono::milliseconds(500), [this, seen = m_changes] { return m_changes != seen; });
                continue;
            }
        }
        if (task.work == Work::Block) {
            sendBlock(task.file, task.block, buffer, stop);
        } else {
            openItem(std::move(task.item), buffer, stop);
            const std::lock_guard lock(m_lock);
            --m_opening;
        }
        const std::lock_guard lock(m_lock);
        noteChange();
    }
}

TransferProgress TransferRun::progress(const char* stage)
{
    TransferProgress progress;
    const std::lock_guard lock(m_lock);
    m_speed.note(std::chrono::steady_clock::now(), m_bytesDone);
    progress.isListed = m_isListed;
    progress.files = m_files;
    progress.filesDone = m_filesDone;
    progress.filesFailed = m_filesFailed;
    progress.bytes = m_bytes;
    progress.bytesDone = m_bytesDone;
    progress.bytesPerSecond = m_speed.bytesPerSecond();
    progress.problem = m_offline > 0 ? m_problem : std::string();
    progress.stage = m_offline > 0 ? "waiting for the network" : m_files == 0 ? "listing" : stage;
    if (m_isListed && progress.bytesPerSecond > 0) {
        progress.secondsLeft = static_cast<double>(m_bytes - m_bytesDone) / progress.bytesPerSecond;
    }
    return progress;
}

void TransferRun::report(const char* stage)
{
    if (m_options.onProgress) {
        m_options.onProgress(progress(stage));
    }
}

} // namespace ty::app
