#include "app/streaming/store_files.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "cloud/storage/store_opening.h"
#include "cloud/storage/store_path.h"

namespace ty::streaming {

using cloud::StoredFile;
using cloud::StoreReader;
using engine::DataEntry;

/// One granted address, and what was found there.
struct StoreFiles::Place {
    explicit Place(cloud::StoreGrant granted) : grant(std::move(granted)) {}

    cloud::StoreGrant grant;
    cloud::OpenedStore opened; ///< null: not asked for yet
    std::unique_ptr<cloud::StorePatience> patience;
    std::optional<StoreTree> tree;
    std::unique_ptr<StoreReader> reader; ///< last: its threads end before what they use
};

namespace {

class StoredDataFile final : public engine::DataFile {
public:
    StoredDataFile(StoreReader& reader, StoredFile file)
        : m_reader(reader)
        , m_file(std::move(file))
    {
    }

    std::uint64_t bytes() const override { return m_file.bytes; }

    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override
    {
        std::size_t done = 0;
        while (done < into.size() && offset + done < m_file.bytes) {
            const std::uint64_t at = offset + done;
            const std::uint64_t index = at / StoreReader::kBlockBytes;
            if (!m_block || index != m_index) {
                // Who reads on after a block, or has begun at its end, reads the file.
                if (m_block && index == m_index + 1) {
                    m_reader.expectAfter(m_file, index);
                }
                TY_TRY(m_block, m_reader.block(m_file, index));
                m_index = index;
            }
            const auto start = static_cast<std::size_t>(at - index * StoreReader::kBlockBytes);
            const std::size_t size = std::min(into.size() - done, m_block->size() - start);
            std::memcpy(into.data() + done, m_block->data() + start, size);
            done += size;
        }
        return done;
    }

private:
    StoreReader& m_reader;
    const StoredFile m_file;
    StoreReader::Block m_block; ///< the one read last
    std::uint64_t m_index = 0;
};

Error notGranted(const std::string& path)
{
    return Error{
        ErrorKind::NotSignedIn, path + " lies in a store that this program was not told the way to",
        "Train with the program trainyard, which knows your stores, or copy the data here."};
}

} // namespace

StoreFiles::StoreFiles(std::vector<cloud::StoreGrant> grants, StoreFilesOptions options)
    : m_options(std::move(options))
    , m_cache(m_options.cacheFolder, m_options.cacheBytes)
{
    for (auto& grant : grants) {
        m_places.push_back(std::make_unique<Place>(std::move(grant)));
    }
}

StoreFiles::~StoreFiles()
{
    for (const auto& place : m_places) {
        if (place->patience) {
            place->patience->end(); // nobody may ask any more; what is fetched ahead must not hold us up
        }
    }
}

Result<StoreFiles::Place*> StoreFiles::placeOf(const std::string& path, std::string& below) const
{
    Place* found = nullptr;
    for (const auto& place : m_places) {
        const std::string& name = place->grant.name;
        const bool isBelow = path.starts_with(name)
            && (path.size() == name.size() || path[name.size()] == '/' || name.ends_with('/') || name.ends_with(':'));
        if (isBelow && (found == nullptr || name.size() > found->grant.name.size())) {
            found = place.get();
        }
    }
    if (found == nullptr) {
        return notGranted(path);
    }
    below = cloud::trimmedPath(path.substr(found->grant.name.size()));
    const std::lock_guard opening(m_opening);
    if (!found->opened.store) {
        TY_TRY(auto opened, cloud::openStore(found->grant.address));
        opened.path = cloud::trimmedPath(opened.path);
        const std::lock_guard lock(m_mutex);
        found->patience =
            std::make_unique<cloud::StorePatience>(opened.store->title(), m_options.isGivenUp, m_options.notice);
        found->reader = std::make_unique<StoreReader>(
            *opened.store, found->grant.address.endpoint + found->grant.address.uri(), m_cache, *found->patience);
        found->opened = std::move(opened);
    }
    if (!found->tree) {
        TY_TRY(found->tree, StoreTree::read(*found->opened.store, *found->patience, found->opened.path));
    }
    return found;
}

Result<StoredFile> StoreFiles::fileOf(Place& place, const std::string& path, const std::string& below) const
{
    const StoredFile* file = place.tree->file(below);
    if (file == nullptr) {
        return Error{ErrorKind::NotFound, "there is no file " + path, {}};
    }
    return *file;
}

Result<DataEntry> StoreFiles::look(const std::string& path) const
{
    std::string below;
    TY_TRY(Place* const place, placeOf(path, below));
    auto entry = place->tree->look(below);
    if (!entry) {
        return Error{ErrorKind::NotFound, path + " does not exist", {}};
    }
    return std::move(*entry);
}

Result<std::vector<DataEntry>> StoreFiles::list(const std::string& folder) const
{
    std::string below;
    TY_TRY(Place* const place, placeOf(folder, below));
    return place->tree->list(below);
}

Result<std::unique_ptr<engine::DataFile>> StoreFiles::open(const std::string& path) const
{
    std::string below;
    TY_TRY(Place* const place, placeOf(path, below));
    TY_TRY(auto file, fileOf(*place, path, below));
    return std::unique_ptr<engine::DataFile>(std::make_unique<StoredDataFile>(*place->reader, std::move(file)));
}

void StoreFiles::expect(std::vector<std::string> paths) const
{
    std::map<Place*, std::vector<StoredFile>> wanted;
    for (const std::string& path : paths) {
        std::string below;
        const auto place = placeOf(path, below);
        const StoredFile* const file = place ? (*place)->tree->file(below) : nullptr;
        if (file != nullptr) {
            wanted[*place].push_back(*file);
        }
    }
    for (auto& [place, files] : wanted) {
        place->reader->expect(std::move(files));
    }
}

cloud::ReadCounters StoreFiles::counters() const
{
    cloud::ReadCounters all;
    const std::lock_guard lock(m_mutex);
    for (const auto& place : m_places) {
        if (place->reader) {
            const cloud::ReadCounters one = place->reader->counters();
            all.storeBytes += one.storeBytes;
            all.cacheBytes += one.cacheBytes;
            all.seconds += one.seconds;
        }
    }
    return all;
}

bool StoreFiles::isWaiting() const
{
    const std::lock_guard lock(m_mutex);
    return std::any_of(m_places.begin(), m_places.end(), [](const auto& place) {
        return place->patience && place->patience->isWaiting();
    });
}

} // namespace ty::streaming
