#include "cloud/storage/sas.h"

#include <initializer_list>

#include "cloud/auth/crypto.h"
#include "cloud/http/url.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

std::string lines(std::initializer_list<std::string> parts)
{
    std::string text;
    const char* separator = "";
    for (const std::string& part : parts) {
        text += separator + part;
        separator = "\n";
    }
    return text;
}

Result<std::string> signatureOf(const std::string& text, const StorageKey& key)
{
    const auto bytes = decodeBase64(key.key.reveal());
    if (!bytes || bytes->empty()) {
        return Error{ErrorKind::InvalidInput, "The key of storage account " + key.account + " is not base64", {}};
    }
    return encodeBase64(hmacSha256(*bytes, text));
}

/// The parameters that have a value, signed.
Result<Secret> tokenOf(const Query& parameters, const std::string& text, const StorageKey& key)
{
    TY_TRY(const std::string signature, signatureOf(text, key));
    Query kept;
    for (const auto& parameter : parameters) {
        if (!parameter.second.empty()) {
            kept.push_back(parameter);
        }
    }
    kept.emplace_back("sig", signature);
    return Secret(queryText(kept));
}

std::string resourceLetter(const ServiceSas& sas)
{
    if (sas.service == ServiceSas::Service::Blob) {
        return sas.path.empty() ? "c" : "b";
    }
    return sas.path.empty() ? "s" : "f";
}

} // namespace

std::string sasText(const ServiceSas& sas, const std::string& account)
{
    const bool isBlob = sas.service == ServiceSas::Service::Blob;
    const std::string resource = (isBlob ? "/blob/" : "/file/") + account + "/" + sas.container
        + (sas.path.empty() ? "" : "/" + sas.path);
    const std::string first = lines(
        {sas.permissions, sas.startsOn, sas.expiresOn, resource, sas.storedPolicy, sas.ipRange, sas.protocol, sas.version});
    // Blobs sign their kind, snapshot and encryption scope as well.
    const std::string middle = isBlob ? lines({"", resourceLetter(sas), "", ""}) : "";
    return first + middle
        + lines({"", sas.cacheControl, sas.contentDisposition, sas.contentEncoding, sas.contentLanguage, sas.contentType});
}

std::string sasText(const AccountSas& sas, const std::string& account)
{
    return lines(
               {account, sas.permissions, sas.services, sas.resourceTypes, sas.startsOn, sas.expiresOn, sas.ipRange,
                sas.protocol, sas.version, ""})
        + "\n"; // an empty encryption scope, and a closing newline
}

Result<Secret> sasToken(const ServiceSas& sas, const StorageKey& key)
{
    const Query parameters{
        {"sv", sas.version},
        {"spr", sas.protocol},
        {"st", sas.startsOn},
        {"se", sas.expiresOn},
        {"sip", sas.ipRange},
        {"si", sas.storedPolicy},
        {"sr", resourceLetter(sas)},
        {"sp", sas.permissions},
        {"rscc", sas.cacheControl},
        {"rscd", sas.contentDisposition},
        {"rsce", sas.contentEncoding},
        {"rscl", sas.contentLanguage},
        {"rsct", sas.contentType}};
    return tokenOf(parameters, sasText(sas, key.account), key);
}

Result<Secret> sasToken(const AccountSas& sas, const StorageKey& key)
{
    const Query parameters{
        {"sv", sas.version},
        {"ss", sas.services},
        {"srt", sas.resourceTypes},
        {"spr", sas.protocol},
        {"st", sas.startsOn},
        {"se", sas.expiresOn},
        {"sip", sas.ipRange},
        {"sp", sas.permissions}};
    return tokenOf(parameters, sasText(sas, key.account), key);
}

} // namespace ty::cloud
