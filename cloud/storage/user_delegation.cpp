#include "cloud/storage/user_delegation.h"

#include <ctime>

#include "cloud/auth/crypto.h"
#include "cloud/http/url.h"
#include "cloud/storage/xml.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

std::string isoTime(std::chrono::system_clock::time_point time)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32] = "";
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

std::string resourceLetter(const ServiceSas& sas)
{
    return sas.path.empty() ? "c" : "b";
}

} // namespace

std::string userDelegationRequest(std::chrono::system_clock::time_point now, const std::string& expires)
{
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><KeyInfo><Start>" + isoTime(now) + "</Start><Expiry>"
        + escapeXml(expires) + "</Expiry></KeyInfo>";
}

Result<UserDelegationKey> parseUserDelegationKey(const std::string& xml)
{
    TY_TRY(const XmlNode root, parseXml(xml));
    UserDelegationKey key;
    key.objectId = root.childText("SignedOid");
    key.tenantId = root.childText("SignedTid");
    key.startsOn = root.childText("SignedStart");
    key.expiresOn = root.childText("SignedExpiry");
    key.service = root.childText("SignedService");
    key.version = root.childText("SignedVersion");
    key.value = Secret(root.childText("Value"));
    if (key.value.isEmpty() || key.objectId.empty()) {
        return Error{ErrorKind::Network, "the service gave no key to sign addresses with", {}};
    }
    return key;
}

std::string sasText(const ServiceSas& sas, const std::string& account, const UserDelegationKey& key)
{
    const std::string resource = "/blob/" + account + "/" + sas.container + (sas.path.empty() ? "" : "/" + sas.path);
    std::string text;
    for (const std::string& line :
         {sas.permissions, sas.startsOn, sas.expiresOn, resource, key.objectId, key.tenantId, key.startsOn, key.expiresOn,
          key.service, key.version, std::string(), std::string(), std::string(), sas.ipRange, sas.protocol, sas.version,
          resourceLetter(sas), std::string(), std::string(), sas.cacheControl, sas.contentDisposition, sas.contentEncoding,
          sas.contentLanguage}) {
        text += line + "\n";
    }
    return text + sas.contentType;
}

Result<Secret> sasToken(const ServiceSas& sas, const std::string& account, const UserDelegationKey& key)
{
    const auto bytes = decodeBase64(key.value.reveal());
    if (!bytes || bytes->empty()) {
        return Error{ErrorKind::Network, "the service's key to sign addresses with is not base64", {}};
    }
    const std::string signature = encodeBase64(hmacSha256(*bytes, sasText(sas, account, key)));
    Query kept;
    for (const auto& parameter : Query{
             {"sv", sas.version},      {"spr", sas.protocol},  {"st", sas.startsOn},    {"se", sas.expiresOn},
             {"sip", sas.ipRange},     {"sr", resourceLetter(sas)}, {"sp", sas.permissions}, {"skoid", key.objectId},
             {"sktid", key.tenantId},  {"skt", key.startsOn},  {"ske", key.expiresOn},  {"sks", key.service},
             {"skv", key.version},     {"rscc", sas.cacheControl}, {"rscd", sas.contentDisposition},
             {"rsce", sas.contentEncoding}, {"rscl", sas.contentLanguage}, {"rsct", sas.contentType}, {"sig", signature}}) {
        if (!parameter.second.empty()) {
            kept.push_back(parameter);
        }
    }
    return Secret(queryText(kept));
}

} // namespace ty::cloud
