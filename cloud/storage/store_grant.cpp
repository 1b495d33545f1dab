#include "cloud/storage/store_grant.h"

namespace ty::cloud {

namespace {

Json toJson(const StoreGrant& grant)
{
    const StoreAddress& address = grant.address;
    return {
        {"name", grant.name},
        {"kind", storeKindName(address.kind)},
        {"account", address.account},
        {"endpoint", address.endpoint},
        {"container", address.container},
        {"path", address.path},
        {"host", address.host},
        {"user", address.user},
        {"port", address.port},
        {"identityFile", address.identityFile},
        {"hostKeys", address.hostKeys},
        {"auth", address.auth},
        {"secret", address.secret.reveal()}};
}

Result<StoreGrant> fromJson(const Json& json)
{
    constexpr const char* kWhat = "what opens a store";
    StoreGrant grant;
    StoreAddress& address = grant.address;
    std::string kind;
    std::string secret;
    for (const auto& [name, field] :
         {std::pair{"name", &grant.name}, {"kind", &kind}, {"account", &address.account}, {"endpoint", &address.endpoint},
          {"container", &address.container}, {"path", &address.path}, {"host", &address.host}, {"user", &address.user},
          {"identityFile", &address.identityFile}, {"auth", &address.auth}, {"secret", &secret}}) {
        TY_TRY(*field, jsonFieldOr<std::string>(json, name, std::string(), kWhat));
    }
    TY_TRY(address.kind, storeKindFromName(kind));
    TY_TRY(address.port, jsonFieldOr<int>(json, "port", address.port, kWhat));
    for (const Json& key : json.value("hostKeys", Json::array())) {
        address.hostKeys.push_back(key.is_string() ? key.get<std::string>() : std::string());
    }
    address.secret = Secret(std::move(secret));
    return grant;
}

} // namespace

Secret grantsToText(const std::vector<StoreGrant>& grants)
{
    Json all = Json::array();
    for (const StoreGrant& grant : grants) {
        all.push_back(toJson(grant));
    }
    return Secret(all.dump());
}

Result<std::vector<StoreGrant>> grantsFromText(const Secret& text)
{
    const auto json = parseJson(text.reveal(), "what opens the stores");
    if (!json || !json->is_array()) {
        return Error{ErrorKind::InvalidInput, "what was given to open the stores is no list", {}};
    }
    std::vector<StoreGrant> grants;
    for (const Json& one : *json) {
        TY_TRY(auto grant, fromJson(one));
        grants.push_back(std::move(grant));
    }
    return grants;
}

} // namespace ty::cloud
