#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/streaming/store_tree.h"
#include "cloud/storage/block_cache.h"
#include "cloud/storage/store_grant.h"
#include "cloud/storage/store_patience.h"
#include "cloud/storage/store_reader.h"
#include "engine/data/data_files.h"

namespace ty::streaming {

struct StoreFilesOptions {
    std::string cacheFolder = cloud::BlockCache::defaultFolder();
    std::uint64_t cacheBytes = cloud::BlockCache::defaultBytes();
    std::function<bool()> isGivenUp;     ///< asked while a store is waited for
    cloud::StorePatience::Notice notice; ///< a store went away or came back; any thread
};

/// The data of a run that lie in stores: addresses that were granted, listed once when they are first asked for, and read
/// through one cache. Any thread.
class StoreFiles final : public engine::DataFiles {
public:
    StoreFiles(std::vector<cloud::StoreGrant> grants, StoreFilesOptions options);
    ~StoreFiles() override;

    Result<engine::DataEntry> look(const std::string& path) const override;
    Result<std::vector<engine::DataEntry>> list(const std::string& folder) const override;
    Result<std::unique_ptr<engine::DataFile>> open(const std::string& path) const override;
    void expect(std::vector<std::string> paths) const override;

    /// Of all stores together.
    cloud::ReadCounters counters() const;
    /// Whether one of the stores is away at the moment.
    bool isWaiting() const;

private:
    struct Place;
    /// Where an address lies, and what of it stands below that place. Errors: NotSignedIn for one that was not granted.
    Result<Place*> placeOf(const std::string& path, std::string& below) const;
    Result<cloud::StoredFile> fileOf(Place& place, const std::string& path, const std::string& below) const;

    StoreFilesOptions m_options;
    mutable cloud::BlockCache m_cache;
    std::vector<std::unique_ptr<Place>> m_places;
    mutable std::mutex m_opening; ///< held while a place is opened and listed, which may take long
    mutable std::mutex m_mutex;   ///< guards which readers there are
};

} // namespace ty::streaming
