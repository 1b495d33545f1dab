#include "cloud/provision/azure_storage.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "cloud/provision/marks.h"

namespace ty::cloud {

namespace {

using namespace azure;

ResourceRef refOf(const StorageRequest& request)
{
    return {request.scope, request.group, kStorageAccounts, {request.name}};
}

ResourceRef refOf(const StorageAccount& account)
{
    return {subscriptionOfId(account.id), groupOfId(account.id), kStorageAccounts, {account.name}};
}

std::vector<NamedKey> named(const StorageKeys& answer)
{
    std::vector<NamedKey> keys;
    for (const StorageKey& key : answer.keys) {
        keys.push_back({key.name, Secret(key.value)});
    }
    return keys;
}

} // namespace

Result<void> checkRequest(const StorageRequest& request)
{
    const std::string& name = request.name;
    const bool isName = name.size() >= 3 && name.size() <= 24 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isdigit(c) != 0 || (c >= 'a' && c <= 'z');
    });
    if (!isName) {
        return Error{
            ErrorKind::InvalidInput, "\"" + name + "\" cannot be the name of a storage account",
            "Use 3 to 24 small letters and digits; nobody else may have that name."};
    }
    if (request.region.empty()) {
        return Error{ErrorKind::InvalidInput, "a storage account needs a region", "Choose the one in which machines will read it."};
    }
    const auto all = storageRedundancies();
    if (std::none_of(all.begin(), all.end(), [&](const auto& each) { return each.first == request.redundancy; })) {
        return Error{ErrorKind::InvalidInput, "\"" + request.redundancy + "\" is no redundancy of a storage account", "The usual one is Standard_LRS."};
    }
    return {};
}

std::vector<std::pair<std::string, std::string>> storageRedundancies()
{
    return {
        {"Standard_LRS", "three copies in one data centre"},
        {"Standard_ZRS", "copies in three data centres of the region"},
        {"Standard_GRS", "and in a second region"},
        {"Standard_RAGRS", "and readable there"}};
}

std::string storagePriceWords()
{
    return "An empty account costs nothing. Azure bills what lies in it by the GiB and month, and each request; what that comes to is "
           "not known here.";
}

Plan azureStorageCreation(const StorageRequest& request, const std::string& mark)
{
    Step group;
    group.kind = Step::Kind::Ensure;
    group.title = "Creating resource group";
    group.resource = "/subscriptions/" + request.scope + "/resourceGroups/" + request.group;
    group.body = Json{{"location", request.region}};
    group.isOurs = false; // shared with machines, and it costs nothing
    StorageAccount account;
    account.location = request.region;
    account.kind = "StorageV2";
    account.redundancy = request.redundancy;
    account.minimumTls = "TLS1_2";
    account.allowsPublicBlobs = false;
    account.isHttpsOnly = true;
    account.tags = {{kOperationTag, mark}};
    Step storage;
    storage.kind = Step::Kind::Ensure;
    storage.title = "Creating storage account";
    storage.resource = refOf(request).id();
    storage.body = toJson(account);
    Plan plan;
    plan.forward = {std::move(group), std::move(storage)};
    plan.undo = undoOf(plan.forward);
    return plan;
}

Plan azureStorageDeletion(const std::string& accountId)
{
    Step step;
    step.kind = Step::Kind::Remove;
    step.title = "Deleting storage account";
    step.resource = accountId;
    step.isOurs = false; // the person named it
    return Plan{{std::move(step)}, {}};
}

Result<std::vector<StorageAccount>> azureStorageAccounts(ArmClient& client, const std::string& subscription, std::stop_token stop)
{
    TY_TRY(auto accounts, client.list<StorageAccount>(listInSubscription(subscription, kStorageAccounts), std::move(stop)));
    std::sort(accounts.begin(), accounts.end(), [](const StorageAccount& a, const StorageAccount& b) { return a.name < b.name; });
    return accounts;
}

Result<void> checkStorageNameFree(ArmClient& client, const StorageRequest& request, std::stop_token stop)
{
    TY_TRY(
        const auto answer, client.get<StorageNameAnswer>(checkStorageName(request.scope, request.name), std::move(stop)));
    if (answer.isAvailable.value_or(true)) {
        return {};
    }
    const bool isTaken = isSame(answer.reason, "AlreadyExists");
    return Error{
        isTaken ? ErrorKind::AlreadyExists : ErrorKind::InvalidInput, answer.message,
        isTaken ? "Names of storage accounts are taken in the whole world: choose a longer one."
                : "Use 3 to 24 small letters and digits."};
}

Result<std::vector<NamedKey>> azureStorageKeys(ArmClient& client, const StorageAccount& account, std::stop_token stop)
{
    TY_TRY(const auto answer, client.get<StorageKeys>(listStorageKeys(refOf(account)), std::move(stop)));
    return named(answer);
}

Result<std::vector<NamedKey>> renewAzureStorageKey(
    ArmClient& client, const StorageAccount& account, const std::string& keyName, std::stop_token stop)
{
    TY_TRY(const auto answer, client.get<StorageKeys>(renewStorageKey(refOf(account), keyName), std::move(stop)));
    return named(answer);
}

} // namespace ty::cloud
