#include "app/stores/store_restoring.h"

#include <vector>

#include "cloud/storage/store_path.h"

namespace ty::app {

namespace {

/// The file itself, or what lies below the folder, as far as it is deleted.
Result<std::vector<std::string>> deletedBelow(cloud::Store& store, const std::string& path, std::stop_token stop)
{
    std::vector<std::string> deleted;
    // A deleted file is found by its name in its folder, as no question about it alone is answered.
    for (const bool isFolderAsked : {false, true}) {
        cloud::ListRequest request;
        request.withDeleted = true;
        request.isRecursive = isFolderAsked;
        request.folder = isFolderAsked ? path : std::string(cloud::storeFolder(path));
        request.prefix = isFolderAsked ? std::string() : std::string(cloud::storeName(path));
        if (!isFolderAsked && request.folder.empty()) {
            continue; // a container, which is no file
        }
        do {
            TY_TRY(const cloud::ListPage page, store.list(request, stop));
            for (const cloud::StoreEntry& entry : page.entries) {
                if (entry.isDeleted && (isFolderAsked || entry.path == path)) {
                    deleted.push_back(entry.path);
                }
            }
            request.marker = page.next;
        } while (!request.marker.empty());
        if (!deleted.empty()) {
            break;
        }
    }
    return deleted;
}

} // namespace

Result<bool> isKeptBelow(cloud::Store& store, const std::string& path, std::stop_token stop)
{
    if (!store.traits().canRestore) {
        return false;
    }
    TY_TRY(const auto deleted, deletedBelow(store, path, stop));
    return !deleted.empty();
}

Result<std::int64_t> restoreBelow(cloud::Store& store, const std::string& path, std::stop_token stop)
{
    if (!store.traits().canRestore) {
        return Error{
            ErrorKind::Unsupported, store.title() + " keeps nothing that was deleted",
            "Only Azure Blob does, when soft delete is switched on for the account."};
    }
    TY_TRY(const auto deleted, deletedBelow(store, path, stop));
    if (deleted.empty()) {
        return Error{
            ErrorKind::NotFound, "nothing deleted is kept at " + path,
            "Files come back only while the account's time for soft delete lasts, and only those deleted since it was switched on."};
    }
    for (const std::string& file : deleted) {
        TY_CHECK(store.restore(file, stop));
    }
    return static_cast<std::int64_t>(deleted.size());
}

} // namespace ty::app
