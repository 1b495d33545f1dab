#include "app/provisioning/data_place.h"

#include <algorithm>

#include "cloud/azure/requests.h"
#include "cloud/azure/resource.h"
#include "cloud/storage/store_address.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr azure::ResourceType kStorageAccounts{"Microsoft.Storage/storageAccounts", "2023-05-01"};

/// Of a storage account only name and place are of interest.
struct StorageAccount {
    std::string name;
    std::string location;

    void fields(auto& f)
    {
        f("name", name);
        f("location", location);
    }
};

} // namespace

Result<std::optional<std::string>> regionOfData(CloudSession& session, const std::string& address, std::stop_token stop)
{
    using Region = std::optional<std::string>;
    const auto parsed = parseStoreAddress(address);
    const bool isAccount = parsed && (parsed->kind == StoreKind::Blob || parsed->kind == StoreKind::Files);
    if (!isAccount || session.google() != nullptr || parsed->account.empty()) {
        return Region();
    }
    TY_TRY(
        const auto accounts,
        session.connection().client().list<StorageAccount>(
            azure::listInSubscription(session.account().scope, kStorageAccounts), std::move(stop)));
    const auto found = std::find_if(
        accounts.begin(), accounts.end(), [&](const StorageAccount& each) { return azure::isSame(each.name, parsed->account); });
    return found == accounts.end() ? Region() : Region(found->location);
}

} // namespace ty::app
