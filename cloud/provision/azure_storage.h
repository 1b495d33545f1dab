#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cloud/azure/arm_client.h"
#include "cloud/azure/storage_account.h"
#include "cloud/model/fields.h"
#include "cloud/provision/operation_runner.h"
#include "cloud/secrets/secret.h"

namespace ty::cloud {

/// A storage account that a person asks for. JSON by fields().
struct StorageRequest {
    std::string scope;  ///< subscription
    std::string group = "trainyard";
    std::string name;   ///< 3 to 24 small letters and digits, nobody else's in the world
    std::string region;
    std::string redundancy = "Standard_LRS";

    void fields(auto& f)
    {
        f("scope", scope);
        f("group", group);
        f("name", name);
        f("region", region);
        f("redundancy", redundancy);
    }
};

/// What can be said without asking the provider. Errors: InvalidInput.
Result<void> checkRequest(const StorageRequest& request);
/// Those that can be chosen, the cheapest first: "Standard_LRS" and what it means.
std::vector<std::pair<std::string, std::string>> storageRedundancies();
/// What is known of the price, in a sentence: what an account costs depends on what will lie in it.
std::string storagePriceWords();

/// Group and account. The group stays when the account is taken back.
Plan azureStorageCreation(const StorageRequest& request, const std::string& mark);
/// With all that lies in it.
Plan azureStorageDeletion(const std::string& accountId);

/// All of a subscription, by name.
Result<std::vector<azure::StorageAccount>> azureStorageAccounts(
    azure::ArmClient& client, const std::string& subscription, std::stop_token stop);
/// Errors: AlreadyExists (somebody has an account of that name), InvalidInput.
Result<void> checkStorageNameFree(azure::ArmClient& client, const StorageRequest& request, std::stop_token stop);

struct NamedKey {
    std::string name; ///< "key1"
    Secret value;
};
/// Both keys of an account. Errors: NotFound, Permission.
Result<std::vector<NamedKey>> azureStorageKeys(
    azure::ArmClient& client, const azure::StorageAccount& account, std::stop_token stop);
/// The same after one of them was made anew.
Result<std::vector<NamedKey>> renewAzureStorageKey(
    azure::ArmClient& client, const azure::StorageAccount& account, const std::string& keyName, std::stop_token stop);

} // namespace ty::cloud
