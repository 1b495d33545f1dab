#include "cloud/sandbox/identity.h"

#include <algorithm>
#include <utility>

namespace ty::sandbox {

namespace {

constexpr char kKey[] = "conf/identity";

} // namespace

Result<Identity> ensureIdentity(DocumentStore& store, Identifiers& identifiers, int keyBits)
{
    if (!store.contains(kKey)) {
        TY_TRY(const RsaKey tokenKey, RsaKey::generate(keyBits));
        TY_TRY(const RsaKey accountKey, RsaKey::generate(keyBits));
        store.put(
            kKey,
            Json{
                {"tenantId", identifiers.guid()},
                {"subscriptionId", identifiers.guid()},
                {"clientId", identifiers.guid()},
                {"clientSecret", "sandbox~" + identifiers.hex(32)},
                {"principalId", identifiers.guid()},
                {"userId", identifiers.guid()},
                {"projectNumber", identifiers.number().substr(0, 12)},
                {"tokenKey", tokenKey.privatePem()},
                {"serviceAccountKey", accountKey.privatePem()},
            });
    }
    const Json& kept = *store.find(kKey);
    const auto text = [&kept](const char* name) { return jsonField<std::string>(kept, name, "the sandbox's identity"); };
    TY_TRY(const std::string tokenPem, text("tokenKey"));
    TY_TRY(const std::string accountPem, text("serviceAccountKey"));
    TY_TRY(const RsaKey tokenKey, RsaKey::fromPrivatePem(tokenPem));
    TY_TRY(const RsaKey accountKey, RsaKey::fromPrivatePem(accountPem));
    Identity identity{{}, {}, {}, {}, {}, {}, "trainyard-sandbox", {}, {}, tokenKey, accountKey};
    TY_TRY(identity.tenantId, text("tenantId"));
    TY_TRY(identity.subscriptionId, text("subscriptionId"));
    TY_TRY(identity.clientId, text("clientId"));
    TY_TRY(identity.clientSecret, text("clientSecret"));
    TY_TRY(identity.principalId, text("principalId"));
    TY_TRY(identity.userId, text("userId"));
    TY_TRY(identity.projectNumber, text("projectNumber"));
    identity.serviceAccount = "trainyard@" + identity.project + ".iam.gserviceaccount.com";
    return identity;
}

Json clientSettings(const Identity& identity)
{
    return {
        {"tenantId", identity.tenantId},
        {"subscriptionId", identity.subscriptionId},
        {"clientId", identity.clientId},
        {"clientSecret", identity.clientSecret},
        {"googleProject", identity.project},
        {"googleServiceAccount", identity.serviceAccount},
    };
}

Json serviceAccountFile(const Identity& identity, const std::string& tokenUri)
{
    std::string keyId = base64Url(sha256(identity.serviceAccountKey.publicPem())).substr(0, 40);
    return {
        {"type", "service_account"},
        {"project_id", identity.project},
        {"private_key_id", std::move(keyId)},
        {"private_key", identity.serviceAccountKey.privatePem()},
        {"client_email", identity.serviceAccount},
        {"client_id", identity.projectNumber + "000000000"},
        {"auth_uri", tokenUri + "/auth"},
        {"token_uri", tokenUri},
        {"universe_domain", "googleapis.com"},
    };
}

} // namespace ty::sandbox
