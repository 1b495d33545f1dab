#include "cloud/storage/store_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ty::cloud {

namespace {

constexpr std::uint64_t kAheadBytes = std::uint64_t{64} << 20; ///< fetched and not asked for yet
constexpr std::size_t kRecent = 3;                             ///< blocks that stay in memory after they were read
constexpr std::uint64_t kAheadBlocks = 8;                      ///< of a file that is read from its beginning

} // namespace

StoreReader::StoreReader(Store& store, std::string identity, BlockCache& cache, StorePatience& patience)
    : m_store(store)
    , m_identity(std::move(identity))
    , m_cache(cache)
    , m_patience(patience)
{
}

StoreReader::~StoreReader()
{
    m_ending.request_stop();
    for (auto& stream : m_streams) {
        stream.request_stop();
    }
    m_changed.notify_all();
}

/// The same content has the same key wherever it lies, if the store tells a checksum; else path and etag stand for it.
std::string StoreReader::keyOf(const StoredFile& file, std::uint64_t index) const
{
    const std::string content = file.md5.empty() ? fmt::format("etag\n{}\n{}\n{}", m_identity, file.path, file.etag)
                                                 : "md5\n" + file.md5;
    return BlockCache::keyOf(fmt::format("{}\n{}\n{}\n{}", content, file.bytes, kBlockBytes, index));
}

Result<StoreReader::Loaded> StoreReader::load(const StoredFile& file, std::uint64_t index, const std::string& key)
{
    const std::uint64_t offset = index * kBlockBytes;
    const auto size = static_cast<std::size_t>(std::min(kBlockBytes, file.bytes - offset));
    if (auto found = m_cache.find(key); found && found->size() == size) {
        return Loaded{std::make_shared<const std::string>(std::move(*found)), false};
    }
    std::string bytes(size, '\0');
    const auto into = std::as_writable_bytes(std::span(bytes.data(), bytes.size()));
    auto read = m_patience.persist([&] { return m_store.read(file.path, file.etag, offset, into, m_ending.get_token()); });
    if (!read && read.error().kind == ErrorKind::Conflict) {
        return Error{
            ErrorKind::Conflict, file.path + " was changed in the store since the data were opened",
            "Start the run again: it reads the data as they are now."};
    }
    TY_CHECK(read);
    (void)m_cache.keep(key, bytes); // without room it is read again
    return Loaded{std::make_shared<const std::string>(std::move(bytes)), true};
}

void StoreReader::noteRead(const std::string& key, const Loaded& loaded)
{
    if (m_recent.size() == kRecent) {
        m_recent.pop_front();
    }
    m_recent.emplace_back(key, loaded.block);
    (loaded.isFromStore ? m_counters.storeBytes : m_counters.cacheBytes) += loaded.block->size();
}

Result<StoreReader::Block> StoreReader::block(const StoredFile& file, std::uint64_t index)
{
    const std::string key = keyOf(file, index);
    std::unique_lock lock(m_mutex);
    if (m_waiting++ == 0) {
        m_waitingSince = std::chrono::steady_clock::now();
    }
    const auto leave = [&] { // the lock is held
        if (--m_waiting == 0) {
            m_counters.seconds +=
                std::chrono::duration<double>(std::chrono::steady_clock::now() - m_waitingSince).count();
        }
        m_changed.notify_all(); // there is room to fetch ahead again
    };
    m_changed.wait(lock, [&] { return !m_loading.contains(key); });
    for (const auto& [known, block] : m_recent) {
        if (known == key) {
            leave();
            return block;
        }
    }
    if (const auto ready = m_ready.find(key); ready != m_ready.end()) {
        Loaded loaded = std::move(ready->second);
        m_ready.erase(ready);
        m_ahead.erase(key);
        m_readyBytes -= loaded.block->size();
        noteRead(key, loaded);
        leave();
        return loaded.block;
    }
    m_loading.insert(key);
    lock.unlock();
    auto loaded = load(file, index, key);
    lock.lock();
    m_loading.erase(key);
    if (loaded) {
        loaded->isFromStore = m_ahead.erase(key) > 0 || loaded->isFromStore;
        noteRead(key, *loaded);
    }
    leave();
    return loaded ? Result<Block>(loaded->block) : Result<Block>(loaded.error());
}

void StoreReader::expect(std::vector<StoredFile> files)
{
    const std::lock_guard lock(m_mutex);
    m_wanted.clear();
    m_ready.clear(); // it is on the disk
    m_readyBytes = 0;
    for (StoredFile& file : files) {
        const std::uint64_t blocks = blocksOf(file);
        for (std::uint64_t index = 0; index + 1 < blocks; ++index) {
            m_wanted.push_back({file, index});
        }
        if (blocks > 0) {
            m_wanted.push_back({std::move(file), blocks - 1});
        }
    }
    startStreams();
}

void StoreReader::expectAfter(const StoredFile& file, std::uint64_t index)
{
    const std::uint64_t end = std::min(blocksOf(file), index + 1 + kAheadBlocks);
    const std::lock_guard lock(m_mutex);
    for (std::uint64_t next = index + 1; next < end; ++next) {
        const bool isWanted = std::any_of(m_wanted.begin(), m_wanted.end(), [&](const Wanted& wanted) {
            return wanted.index == next && wanted.file.path == file.path;
        });
        if (!isWanted) {
            m_wanted.push_back({file, next});
        }
    }
    startStreams();
}

void StoreReader::startStreams()
{
    if (m_streams.empty() && !m_wanted.empty()) {
        const int streams = std::clamp(m_store.traits().streams, 1, 16);
        for (int i = 0; i < streams; ++i) {
            m_streams.emplace_back([this](const std::stop_token& stop) { fetchAhead(stop); });
        }
    }
    m_changed.notify_all();
}

void StoreReader::fetchAhead(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        const bool isWork = m_changed.wait(lock, stop, [&] { return !m_wanted.empty() && m_readyBytes < kAheadBytes; });
        if (!isWork || stop.stop_requested()) {
            return;
        }
        const Wanted wanted = std::move(m_wanted.front());
        m_wanted.pop_front();
        const std::string key = keyOf(wanted.file, wanted.index);
        if (m_loading.contains(key) || m_ready.contains(key)) {
            continue;
        }
        m_loading.insert(key);
        lock.unlock();
        const bool isThere = m_cache.has(key);
        const auto loaded = isThere ? Result<Loaded>(Loaded{}) : load(wanted.file, wanted.index, key);
        lock.lock();
        m_loading.erase(key);
        if (loaded && !isThere) {
            m_readyBytes += loaded->block->size();
            m_ready.emplace(key, *loaded);
            if (loaded->isFromStore) {
                m_ahead.insert(key);
            }
        }
        m_changed.notify_all(); // an error is for who asks for that block
    }
}

ReadCounters StoreReader::counters() const
{
    const std::lock_guard lock(m_mutex);
    ReadCounters counters = m_counters;
    if (m_waiting > 0) {
        counters.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - m_waitingSince).count();
    }
    return counters;
}

} // namespace ty::cloud
