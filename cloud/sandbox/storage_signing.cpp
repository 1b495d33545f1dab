#include "cloud/sandbox/storage_signing.h"

#include <algorithm>
#include <map>
#include <vector>

#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

namespace {

std::string headerOf(const Request& request, const char* name)
{
    return request.header(name).value_or("");
}

std::string trimmed(const std::string& text)
{
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// An address in a header as it was sent: the HTTP library decodes the values of headers.
std::string asSent(const std::string& value)
{
    const auto path = value.find('/', value.find("://") + 3);
    if (value.find("://") == std::string::npos || path == std::string::npos) {
        return value;
    }
    const auto question = std::min(value.find("?sv=", path), value.size()); // of a signature; names may hold question marks
    std::string text = value.substr(0, path);
    for (const auto& segment : splitText(value.substr(path + 1, question - path - 1), '/')) {
        text += "/" + encodePercent(segment);
    }
    return text + value.substr(question);
}

/// Source: Azure Storage REST, "Authorize with Shared Key", version 2015-02-21 and later.
std::string sharedKeyText(const Request& request, const std::string& account)
{
    std::string length = headerOf(request, "Content-Length");
    length = length == "0" ? std::string() : length;
    std::string text = request.method + "\n";
    for (const char* name : {"Content-Encoding", "Content-Language"}) {
        text += headerOf(request, name) + "\n";
    }
    text += length + "\n";
    for (const char* name :
         {"Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"}) {
        text += headerOf(request, name) + "\n";
    }
    std::map<std::string, std::string> own;
    for (const auto& [name, value] : request.headers) {
        if (const std::string low = lowerCase(name); low.starts_with("x-ms-")) {
            own[low] = low.ends_with("-source") ? asSent(trimmed(value)) : trimmed(value);
        }
    }
    for (const auto& [name, value] : own) {
        text += name + ":" + value + "\n";
    }
    text += "/" + account + request.target.substr(0, request.target.find('?'));
    std::map<std::string, std::vector<std::string>> parameters;
    for (const auto& [name, value] : request.query) {
        parameters[lowerCase(name)].push_back(value);
    }
    for (auto& [name, values] : parameters) {
        std::sort(values.begin(), values.end());
        text += "\n" + name + ":";
        for (std::size_t i = 0; i < values.size(); ++i) {
            text += (i == 0 ? "" : ",") + values[i];
        }
    }
    return text;
}

/// The permission that a request needs: r(ead), w(rite), d(elete), l(ist), c(reate).
bool mayDo(const Request& request, const std::string& permissions)
{
    const auto may = [&](char one) { return permissions.find(one) != std::string::npos; };
    const bool isList = request.parameter("comp") == "list";
    return request.method == "DELETE" ? may('d')
        : request.method == "PUT"     ? may('w') || may('c')
        : isList                      ? may('l') || may('r')
                                      : may('r');
}

/// Source: "Create a service SAS" for files, "Create an account SAS", both version 2020-12-06 and later.
bool isSharedSignature(
    const Request& request, const std::string& account, const std::string& key, const std::string& resource, const Clock& clock)
{
    const auto field = [&](const char* name) { return request.parameter(name); };
    const std::string expires = field("se");
    if (expires.empty() || parseIsoTime(expires) < clock.now() || !mayDo(request, field("sp"))) {
        return false;
    }
    const auto signs = [&](const std::string& text) {
        return equalSecret(base64(hmacSha256(*decodeBase64(key), text)), field("sig"));
    };
    if (!field("ss").empty()) {
        std::string text = account + "\n";
        for (const char* name : {"sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses"}) {
            text += field(name) + "\n";
        }
        return signs(text);
    }
    std::string signedFor = resource;
    if (field("sr") == "s") { // the whole share
        const auto parts = splitText(resource, '/');
        signedFor = parts.size() > 3 ? "/" + parts[1] + "/" + parts[2] + "/" + parts[3] : resource;
    }
    std::string text = field("sp") + "\n" + field("st") + "\n" + expires + "\n" + signedFor;
    for (const char* name : {"si", "sip", "spr", "sv", "rscc", "rscd", "rsce", "rscl", "rsct"}) {
        text += "\n" + field(name);
    }
    return signs(text);
}

} // namespace

bool isSignedWithKey(
    const Request& request, const std::string& account, const std::string& key, const std::string& resource, const Clock& clock)
{
    if (!request.parameter("sig").empty()) {
        return isSharedSignature(request, account, key, resource, clock);
    }
    const std::string prefix = "SharedKey " + account + ":";
    const std::string given = headerOf(request, "Authorization");
    return given.starts_with(prefix)
        && equalSecret(base64(hmacSha256(*decodeBase64(key), sharedKeyText(request, account))), given.substr(prefix.size()));
}

} // namespace ty::sandbox
