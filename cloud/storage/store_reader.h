#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "cloud/storage/block_cache.h"
#include "cloud/storage/store.h"
#include "cloud/storage/store_patience.h"

namespace ty::cloud {

/// A file as the listing of its store showed it.
struct StoredFile {
    std::string path; ///< in the store
    std::uint64_t bytes = 0;
    std::string etag;
    std::string md5; ///< empty: the store does not tell
};

/// What reading has cost so far.
struct ReadCounters {
    std::uint64_t storeBytes = 0; ///< that somebody waited for and the store gave
    std::uint64_t cacheBytes = 0; ///< likewise, from this computer's disk
    double seconds = 0;           ///< in which at least one thread waited for bytes
};

/// Reads files of a store in blocks: from the cache, else from the store by several streams, ahead of what was announced, and
/// then into the cache. A store that is away is waited for. Any thread.
class StoreReader {
public:
    using Block = std::shared_ptr<const std::string>;
    static constexpr std::uint64_t kBlockBytes = std::uint64_t{4} << 20;

    /// @param store     outlives this, as the next two do
    /// @param identity  of the store, for what it does not tell a checksum of: "az://research/images"
    StoreReader(Store& store, std::string identity, BlockCache& cache, StorePatience& patience);
    ~StoreReader();
    StoreReader(const StoreReader&) = delete;
    StoreReader& operator=(const StoreReader&) = delete;

    static std::uint64_t blocksOf(const StoredFile& file) { return (file.bytes + kBlockBytes - 1) / kBlockBytes; }
    /// Errors: those of Store::read(); Conflict when the file was changed; Cancelled.
    Result<Block> block(const StoredFile& file, std::uint64_t index);
    /// These files will be read whole, in this order. The newest word counts.
    void expect(std::vector<StoredFile> files);
    /// A file is read from its beginning to its end: what follows `index` will be wanted.
    void expectAfter(const StoredFile& file, std::uint64_t index);

    ReadCounters counters() const;

private:
    struct Wanted {
        StoredFile file;
        std::uint64_t index = 0;
    };
    struct Loaded {
        Block block;
        bool isFromStore = false;
    };
    std::string keyOf(const StoredFile& file, std::uint64_t index) const;
    /// Not under the lock.
    Result<Loaded> load(const StoredFile& file, std::uint64_t index, const std::string& key);
    void fetchAhead(const std::stop_token& stop);
    void startStreams();
    void noteRead(const std::string& key, const Loaded& loaded);

    Store& m_store;
    const std::string m_identity;
    BlockCache& m_cache;
    StorePatience& m_patience;

    mutable std::mutex m_mutex; ///< guards all below
    std::condition_variable_any m_changed;
    std::deque<Wanted> m_wanted;
    std::map<std::string, Loaded> m_ready; ///< fetched and not yet asked for, by key
    std::uint64_t m_readyBytes = 0;
    std::set<std::string> m_loading; ///< keys that somebody is at
    std::set<std::string> m_ahead;   ///< keys that were fetched ahead and nobody has asked for yet
    std::deque<std::pair<std::string, Block>> m_recent; ///< read last: the beginning of a file is looked at several times
    ReadCounters m_counters;
    int m_waiting = 0; ///< threads in block()
    std::chrono::steady_clock::time_point m_waitingSince;
    std::stop_source m_ending;
    std::vector<std::jthread> m_streams; ///< last: they end before what they use
};

} // namespace ty::cloud
