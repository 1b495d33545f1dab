#include "app/stores/store_removal.h"

#include <utility>
#include <vector>

namespace ty::app {

namespace {

Result<void> removeFolder(cloud::Store& store, const std::string& path, std::int64_t& removed, std::stop_token stop)
{
    // All pages first: a list that is read while its entries go may pass some over.
    std::vector<cloud::StoreEntry> entries;
    cloud::ListRequest request;
    request.folder = path;
    do {
        TY_TRY(cloud::ListPage page, store.list(request, stop));
        entries.insert(entries.end(), std::make_move_iterator(page.entries.begin()), std::make_move_iterator(page.entries.end()));
        request.marker = page.next;
    } while (!request.marker.empty());
    for (const cloud::StoreEntry& entry : entries) {
        if (entry.isFolder) {
            TY_CHECK(removeFolder(store, entry.path, removed, stop));
        } else {
            TY_CHECK(store.remove(entry.path, stop));
            ++removed;
        }
    }
    if (store.traits().hasFolders) {
        TY_CHECK(store.remove(path, stop));
        ++removed;
    }
    return {};
}

} // namespace

Result<std::int64_t> removeBelow(cloud::Store& store, const std::string& path, std::stop_token stop)
{
    TY_TRY(const cloud::StoreEntry entry, store.properties(path, stop));
    std::int64_t removed = 0;
    if (entry.isFolder) {
        TY_CHECK(removeFolder(store, path, removed, stop));
    } else {
        TY_CHECK(store.remove(path, stop));
        removed = 1;
    }
    return removed;
}

} // namespace ty::app
