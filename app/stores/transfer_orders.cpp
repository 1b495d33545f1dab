#include "app/stores/transfer_orders.h"

#include <utility>

#include "cloud/storage/store_path.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"

namespace ty::app {

using catalog::TransferRecord;

namespace {

constexpr std::chrono::seconds kPatience{20}; // until another program has let go of a transfer
constexpr int kPage = 1000;

std::string lockFile(const catalog::Paths& paths, std::int64_t id)
{
    return paths.stateFolder() + "/transfers/" + std::to_string(id) + ".lock";
}

std::string withName(const std::string& address, std::string_view name)
{
    if (address.ends_with('/') || address.ends_with(':')) {
        return address + std::string(name);
    }
    return address + "/" + std::string(name);
}

} // namespace

Result<std::int64_t> addTransfer(
    StoreBook& stores, catalog::Transfers& transfers, const TransferOrder& order, std::stop_token stop)
{
    TY_TRY(const TransferEnd from, stores.open(order.source));
    TY_TRY(const TransferEnd to, stores.open(order.target));
    TY_CHECK(from.store->properties(from.path, stop)); // told now rather than in the middle
    TransferRecord record;
    TY_TRY(record.source, stores.lastingAddress(order.source));
    TY_TRY(record.target, stores.lastingAddress(order.target));
    record.overwrite = order.overwrite;
    std::string path = to.path;
    const std::string name(cloud::storeName(from.path));
    if (!order.isContents && !name.empty()) {
        bool isFolder = order.target.ends_with('/') || order.target.ends_with(':');
        if (!isFolder) {
            const auto there = to.store->properties(to.path, stop);
            if (!there && there.error().kind != ErrorKind::NotFound) {
                return there.error();
            }
            isFolder = there && there->isFolder;
        }
        if (isFolder) {
            record.target = withName(record.target, name);
            path = cloud::joinStorePath(path, name);
        }
    }
    if (from.store == to.store && (path == from.path || path.starts_with(from.path + "/"))) {
        return Error{ErrorKind::InvalidInput, "a folder cannot be copied into itself", {}};
    }
    return transfers.add(record);
}

Result<TransferRecord> runTransfer(
    const catalog::Paths& paths, StoreBook& stores, catalog::Transfers& transfers, std::int64_t id,
    const TransferOptions& options, std::stop_token stop)
{
    TY_TRY(const TransferRecord record, transfers.transfer(id));
    TY_TRY(TransferEnd from, stores.open(record.source));
    TY_TRY(TransferEnd to, stores.open(record.target));
    TY_CHECK(makeFolders(paths.stateFolder() + "/transfers"));
    TransferRun run(transfers, id, std::move(from), std::move(to), lockFile(paths, id), options);
    return run.run(std::move(stop));
}

Result<void> cancelTransfer(
    const catalog::Paths& paths, StoreBook& stores, catalog::Transfers& transfers, std::int64_t id, std::stop_token stop)
{
    TY_TRY(const TransferRecord record, transfers.transfer(id));
    TY_CHECK(transfers.setState(id, "cancelled", {})); // whoever runs it sees that within a second
    TY_CHECK(makeFolders(paths.stateFolder() + "/transfers"));
    TY_TRY(const FolderLock held, FolderLock::await(lockFile(paths, id), kPatience));
    TY_CHECK(transfers.setState(id, "cancelled", {}));
    TY_TRY(const TransferEnd to, stores.open(record.target));
    for (std::int64_t after = 0;;) {
        TY_TRY(const auto items, transfers.unfinishedItems(id, after, kPage));
        if (items.empty()) {
            return {};
        }
        for (const auto& item : items) {
            after = item.id;
            if (item.state == "open" && !item.token.empty()) {
                (void)to.store->abandonUpload(
                    {item.target, static_cast<std::uint64_t>(item.bytes), static_cast<std::uint64_t>(item.blockBytes),
                     item.token, {}},
                    stop);
            }
        }
    }
}

} // namespace ty::app
