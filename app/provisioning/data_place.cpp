#include "app/provisioning/data_place.h"

#include <algorithm>

#include "cloud/azure/storage_account.h"
#include "cloud/storage/store_address.h"

namespace ty::app {

using namespace cloud;

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
        session.connection().client().list<azure::StorageAccount>(
            azure::listInSubscription(session.account().scope, azure::kStorageAccounts), std::move(stop)));
    const auto found = std::find_if(
        accounts.begin(), accounts.end(), [&](const azure::StorageAccount& each) { return azure::isSame(each.name, parsed->account); });
    return found == accounts.end() ? Region() : Region(found->location);
}

} // namespace ty::app
