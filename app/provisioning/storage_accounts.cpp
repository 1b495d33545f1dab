#include "app/provisioning/storage_accounts.h"

#include <algorithm>
#include <utility>

#include "app/provisioning/operation_keys.h"
#include "cloud/http/request_id.h"

namespace ty::app {

using namespace cloud;

Result<OperationReport> createStorage(MachineOperations& machines, const StorageRequest& asked, std::stop_token stop)
{
    StorageRequest request = asked;
    request.scope = machines.provider().account().scope;
    TY_CHECK(checkRequest(request));
    Json json;
    json[kMarkKey] = makeUuid();
    json[kStorageKey] = toJson(request);
    return machines.perform(kCreateStorage, request.name, std::move(json), std::move(stop));
}

Result<OperationReport> removeStorage(MachineOperations& machines, const azure::StorageAccount& account, std::stop_token stop)
{
    return machines.perform(kDeleteStorage, account.name, Json{{kMachineIdKey, account.id}}, std::move(stop));
}

StorageAccounts::StorageAccounts(CloudSession& session)
    : m_session(session)
{
}

Result<void> StorageAccounts::check(const StorageRequest& asked, std::stop_token stop)
{
    StorageRequest request = asked;
    request.scope = m_session.account().scope;
    TY_CHECK(checkRequest(request));
    return checkStorageNameFree(m_session.connection().client(), request, std::move(stop));
}

Result<OperationReport> StorageAccounts::create(const StorageRequest& request, std::stop_token stop)
{
    TY_CHECK(check(request, stop));
    return createStorage(m_session.machines(), request, std::move(stop));
}

Result<std::vector<azure::StorageAccount>> StorageAccounts::all(std::stop_token stop)
{
    return azureStorageAccounts(m_session.connection().client(), m_session.account().scope, std::move(stop));
}

Result<azure::StorageAccount> StorageAccounts::find(const std::string& name, std::stop_token stop)
{
    TY_TRY(auto known, all(std::move(stop)));
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& each) { return azure::isSame(each.name, name); });
    if (found == known.end()) {
        return Error{
            ErrorKind::NotFound, "there is no storage account \"" + name + "\" in " + m_session.account().name,
            "See trainyard storage list."};
    }
    return std::move(*found);
}

Result<std::vector<NamedKey>> StorageAccounts::keys(const azure::StorageAccount& account, std::stop_token stop)
{
    return azureStorageKeys(m_session.connection().client(), account, std::move(stop));
}

Result<std::vector<NamedKey>> StorageAccounts::renewKey(
    const azure::StorageAccount& account, const std::string& keyName, std::stop_token stop)
{
    return renewAzureStorageKey(m_session.connection().client(), account, keyName, std::move(stop));
}

} // namespace ty::app
