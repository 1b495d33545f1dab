#include "app/streaming/store_tree.h"

#include <utility>

#include "cloud/storage/store_path.h"

namespace ty::streaming {

using cloud::StoredFile;
using engine::DataEntry;

namespace {

constexpr std::size_t kMostFiles = 5'000'000;

StoredFile fileOf(const cloud::StoreEntry& entry)
{
    return {entry.path, entry.bytes.value_or(0), entry.etag, entry.md5};
}

DataEntry folderNamed(const std::string& name)
{
    DataEntry entry;
    entry.name = name;
    entry.isFolder = true;
    return entry;
}

} // namespace

DataEntry entryOf(const std::string& name, const StoredFile& file)
{
    DataEntry entry;
    entry.name = name;
    entry.isFile = true;
    entry.bytes = file.bytes;
    entry.version = file.md5.empty() ? file.etag : file.md5;
    return entry;
}

Result<StoreTree> StoreTree::read(cloud::Store& store, cloud::StorePatience& patience, const std::string& root)
{
    StoreTree tree;
    TY_TRY(const auto top, patience.persist([&] { return store.properties(root, {}); }));
    if (!top.isFolder) {
        tree.m_isFile = true;
        tree.m_files.emplace(std::string(), fileOf(top));
        return tree;
    }
    cloud::ListRequest request;
    request.folder = root;
    request.isRecursive = true;
    const std::size_t skipped = root.empty() ? 0 : root.size() + 1;
    do {
        TY_TRY(auto page, patience.persist([&] { return store.list(request, {}); }));
        for (const cloud::StoreEntry& entry : page.entries) {
            // What a store calls its files is others' input.
            if (!entry.isFolder && entry.path.size() > skipped && cloud::checkStorePath(entry.path.substr(skipped))) {
                tree.m_files.emplace(entry.path.substr(skipped), fileOf(entry));
            }
        }
        if (tree.m_files.size() > kMostFiles) {
            return Error{ErrorKind::InvalidInput, "there are more than 5 million files below " + root, "Choose a folder in it."};
        }
        request.marker = std::move(page.next);
    } while (!request.marker.empty());
    return tree;
}

std::optional<DataEntry> StoreTree::look(const std::string& below) const
{
    if (const auto found = m_files.find(below); found != m_files.end()) {
        return entryOf(std::string(cloud::storeName(below)), found->second);
    }
    const auto first = m_files.lower_bound(below + "/");
    const bool isFolder = below.empty() || (first != m_files.end() && first->first.starts_with(below + "/"));
    return isFolder ? std::optional(folderNamed(std::string(cloud::storeName(below)))) : std::nullopt;
}

std::vector<DataEntry> StoreTree::list(const std::string& below) const
{
    const std::string prefix = below.empty() ? std::string() : below + "/";
    std::vector<DataEntry> entries;
    for (auto at = m_files.lower_bound(prefix); at != m_files.end() && at->first.starts_with(prefix);) {
        const auto slash = at->first.find('/', prefix.size());
        const std::string name = at->first.substr(prefix.size(), slash - prefix.size());
        if (slash == std::string::npos) {
            entries.push_back(entryOf(name, at->second));
            ++at;
        } else {
            entries.push_back(folderNamed(name));
            at = m_files.lower_bound(prefix + name + "0"); // the sign after the slash: past all that lies in it
        }
    }
    return entries;
}

const StoredFile* StoreTree::file(const std::string& below) const
{
    const auto found = m_files.find(below);
    return found == m_files.end() ? nullptr : &found->second;
}

} // namespace ty::streaming
