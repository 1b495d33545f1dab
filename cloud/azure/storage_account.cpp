#include "cloud/azure/storage_account.h"

namespace ty::cloud::azure {

ArmRequest checkStorageName(const std::string& subscription, const std::string& name)
{
    return {
        "POST",
        "/subscriptions/" + subscription + "/providers/Microsoft.Storage/checkNameAvailability",
        {{"api-version", kStorageAccounts.apiVersion}},
        Json{{"name", name}, {"type", kStorageAccounts.path}}};
}

ArmRequest listStorageKeys(const ResourceRef& account)
{
    return actOn(account, "listKeys");
}

ArmRequest renewStorageKey(const ResourceRef& account, const std::string& keyName)
{
    return actOn(account, "regenerateKey", Json{{"keyName", keyName}});
}

} // namespace ty::cloud::azure
