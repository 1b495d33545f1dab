#include "cloud/storage/store_address.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <tuple>
#include <utility>

#include "cloud/http/url.h"
#include "cloud/storage/store_path.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

constexpr std::size_t kAccountKeyBytes = 64;
constexpr std::array<std::pair<StoreKind, const char*>, 6> kKinds{
    {{StoreKind::Local, "local"},
     {StoreKind::Blob, "blob"},
     {StoreKind::Files, "files"},
     {StoreKind::Google, "google"},
     {StoreKind::Sftp, "sftp"},
     {StoreKind::Web, "web"}}};
/// The account that every Azure storage emulator has; its key is printed in Microsoft's documentation.
constexpr const char* kEmulatorAccount = "devstoreaccount1";
constexpr const char* kEmulatorKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

std::string trimmed(std::string text)
{
    const auto isBlank = [](unsigned char c) { return std::isspace(c) != 0; };
    text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), isBlank));
    text.erase(std::find_if_not(text.rbegin(), text.rend(), isBlank).base(), text.end());
    return text;
}

std::string lowered(std::string text)
{
    std::transform(
        text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

Error unusable(const std::string& why, const std::string& advice)
{
    return Error{ErrorKind::InvalidInput, why, advice};
}

std::string withoutSlash(std::string text)
{
    while (text.ends_with('/')) {
        text.pop_back();
    }
    return text;
}

/// Names and values of "AccountName=a;AccountKey=b==;...": a value may hold equals signs.
std::map<std::string, std::string> parts(const std::string& text)
{
    std::map<std::string, std::string> found;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = std::min(text.find(';', start), text.size());
        const std::string pair = text.substr(start, end - start);
        if (const auto equals = pair.find('='); equals != std::string::npos) {
            found[lowered(trimmed(pair.substr(0, equals)))] = trimmed(pair.substr(equals + 1));
        }
        start = end + 1;
    }
    return found;
}

bool isConnectionString(const std::string& text)
{
    const std::string low = lowered(text);
    return low.find("://") == std::string::npos || low.find('=') < low.find("://")
        ? low.find("accountname=") != std::string::npos || low.find("blobendpoint=") != std::string::npos
            || low.find("fileendpoint=") != std::string::npos || low.find("usedevelopmentstorage=") != std::string::npos
        : false;
}

/// The account in "https://research.blob.core.windows.net" or "http://127.0.0.1:10000/devstoreaccount1".
std::string accountOfEndpoint(const std::string& endpoint)
{
    const auto url = parseUrl(endpoint);
    if (!url) {
        return {};
    }
    const std::string first = trimmedPath(url->path);
    return first.empty() ? url->host.substr(0, url->host.find('.')) : first;
}

Result<StoreAddress> fromConnectionString(const std::string& text)
{
    auto fields = parts(text);
    StoreAddress address;
    if (lowered(fields["usedevelopmentstorage"]) == "true") {
        address.kind = StoreKind::Blob;
        address.account = kEmulatorAccount;
        address.endpoint = std::string("http://127.0.0.1:10000/") + kEmulatorAccount;
        address.auth = "key";
        address.secret = Secret(kEmulatorKey);
        return address;
    }
    const bool isFiles = fields["blobendpoint"].empty() && !fields["fileendpoint"].empty();
    address.kind = isFiles ? StoreKind::Files : StoreKind::Blob;
    address.account = fields["accountname"];
    address.endpoint = withoutSlash(fields[isFiles ? "fileendpoint" : "blobendpoint"]);
    if (address.endpoint.empty()) {
        if (address.account.empty()) {
            return unusable("the connection string names no account", "It has to hold AccountName=...");
        }
        const std::string scheme = fields["defaultendpointsprotocol"].empty() ? "https" : fields["defaultendpointsprotocol"];
        const std::string suffix = fields["endpointsuffix"].empty() ? "core.windows.net" : fields["endpointsuffix"];
        address.endpoint = scheme + "://" + address.account + ".blob." + suffix;
    }
    if (!parseUrl(address.endpoint)) {
        return unusable("the endpoint in the connection string is no http or https address", {});
    }
    if (address.account.empty()) {
        address.account = accountOfEndpoint(address.endpoint);
    }
    if (!fields["accountkey"].empty()) {
        if (!isAccountKey(fields["accountkey"])) {
            return unusable("the key in the connection string is not whole", "Copy it again, to the two equals signs at its end.");
        }
        address.auth = "key";
        address.secret = Secret(fields["accountkey"]);
    } else if (!fields["sharedaccesssignature"].empty()) {
        std::string sas = fields["sharedaccesssignature"];
        address.auth = "sas";
        address.secret = Secret(sas.starts_with('?') ? sas.substr(1) : sas);
    } else {
        address.auth = "anonymous";
    }
    return address;
}

/// The part of a host between account and suffix: "blob" of "research.blob.core.windows.net", also with a zone ("z12.blob").
std::string azureService(const std::string& host)
{
    for (const char* service : {"blob", "file", "dfs"}) {
        const auto at = host.find("." + std::string(service) + ".");
        if (at != std::string::npos && (host.find(".core.", at) != std::string::npos || host.find(".storage.", at) != std::string::npos
                                        || host.ends_with(".localhost"))) {
            return service;
        }
    }
    return {};
}

Result<StoreAddress> fromWebAddress(const std::string& text)
{
    const auto url = parseUrl(text);
    if (!url) {
        return unusable("that is no http or https address", {});
    }
    StoreAddress address;
    const std::string defaultPort = url->port == (url->scheme == "https" ? 443 : 80) ? "" : ":" + std::to_string(url->port);
    const std::string server = url->scheme + "://" + url->host + defaultPort;
    const Query query = parseQuery(url->query);
    const bool isSigned = std::any_of(query.begin(), query.end(), [](const auto& part) { return part.first == "sig"; });
    const std::string path = percentDecode(trimmedPath(url->path));
    const std::string service = azureService(url->host);
    const bool isEmulator = path == kEmulatorAccount || path.starts_with(std::string(kEmulatorAccount) + "/");
    if (!service.empty() || isEmulator) {
        address.kind = service == "file" ? StoreKind::Files : StoreKind::Blob;
        std::string rest = path;
        address.account = url->host.substr(0, url->host.find('.'));
        address.endpoint = server;
        if (service == "dfs") { // the same data by the other protocol
            address.endpoint.replace(address.endpoint.find(".dfs."), 5, ".blob.");
        } else if (isEmulator) {
            address.account = kEmulatorAccount;
            address.endpoint += "/" + address.account;
            rest = splitContainer(path).second;
        }
        std::tie(address.container, address.path) = splitContainer(rest);
        address.auth = isSigned ? "sas" : "";
        address.secret = isSigned ? Secret(url->query) : Secret();
        return address;
    }
    if (url->host == "storage.googleapis.com" || url->host == "storage.cloud.google.com") {
        address.kind = StoreKind::Google;
        std::tie(address.container, address.path) = splitContainer(path);
        return address;
    }
    address.kind = StoreKind::Web;
    address.endpoint = server;
    address.path = path;
    address.auth = url->query.empty() ? "" : "query"; // may be a signature of a kind that is not known here
    address.secret = Secret(url->query);
    return address;
}

Result<StoreAddress> fromAzure(StoreKind kind, const std::string& rest)
{
    StoreAddress address;
    address.kind = kind;
    std::string inside;
    std::tie(address.account, inside) = splitContainer(trimmedPath(rest));
    std::tie(address.container, address.path) = splitContainer(inside);
    if (address.account.empty()) {
        return unusable("the address names no storage account", "Write az://ACCOUNT/CONTAINER/PATH.");
    }
    const auto isPlain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
    if (!std::all_of(address.account.begin(), address.account.end(), isPlain)) {
        return unusable("the name of the storage account may hold letters and digits only", {});
    }
    address.endpoint =
        "https://" + address.account + (kind == StoreKind::Blob ? ".blob" : ".file") + ".core.windows.net";
    return address;
}

Result<StoreAddress> fromSftp(const std::string& rest)
{
    StoreAddress address;
    address.kind = StoreKind::Sftp;
    const auto slash = std::min(rest.find('/'), rest.size());
    std::string authority = rest.substr(0, slash);
    address.path = percentDecode(rest.substr(slash));
    if (address.path.starts_with("/~/")) { // below the home folder
        address.path.erase(0, 3);
    }
    if (const auto at = authority.rfind('@'); at != std::string::npos) {
        address.user = percentDecode(authority.substr(0, at));
        authority.erase(0, at + 1);
        if (address.user.find(':') != std::string::npos) {
            return unusable("a password has no place in an address", "Leave it out; keys are used, or it is asked for.");
        }
    }
    if (const auto colon = authority.rfind(':'); colon != std::string::npos && authority.find(']', colon) == std::string::npos) {
        const char* last = authority.data() + authority.size();
        const auto [end, code] = std::from_chars(authority.data() + colon + 1, last, address.port);
        if (code != std::errc() || end != last || address.port < 1 || address.port > 65535) {
            return unusable("the port of the address is no number from 1 to 65535", {});
        }
        authority.resize(colon);
    }
    address.host = authority;
    if (address.host.empty()) {
        return unusable("the address names no machine", "Write sftp://USER@HOST/PATH.");
    }
    return address;
}

} // namespace

const char* storeKindName(StoreKind kind)
{
    return kKinds.at(static_cast<std::size_t>(kind)).second;
}

Result<StoreKind> storeKindFromName(const std::string& name)
{
    for (const auto& [kind, known] : kKinds) {
        if (name == known) {
            return kind;
        }
    }
    return unusable("there is no kind of store named " + name, {});
}

bool isAccountKey(const std::string& text)
{
    const auto bytes = decodeBase64(text);
    return bytes && bytes->size() == kAccountKeyBytes && text.ends_with("==") && text.size() == 88;
}

Result<void> giveSecret(StoreAddress& address, const Secret& pasted)
{
    const std::string text = trimmed(pasted.reveal());
    if (text.empty()) {
        address.auth = "anonymous";
        return {};
    }
    if (isAccountKey(text)) {
        address.auth = "key";
        address.secret = Secret(text);
        return {};
    }
    const bool isQuery = text.find("sig=") != std::string::npos && text.find("://") == std::string::npos
        && text.find(';') == std::string::npos;
    if (isQuery) {
        address.auth = "sas";
        address.secret = Secret(text.starts_with('?') ? text.substr(1) : text);
        return {};
    }
    TY_TRY(const StoreAddress whole, parseStoreAddress(text));
    if (whole.account != address.account || whole.secret.isEmpty()) {
        return unusable("what was given is no key of the account " + address.account, "Copy the key or connection string again.");
    }
    address.endpoint = whole.endpoint;
    address.auth = whole.auth;
    address.secret = whole.secret;
    return {};
}

std::string StoreAddress::uri() const
{
    const std::string inside = joinStorePath(container, path);
    switch (kind) {
    case StoreKind::Blob: return "az://" + joinStorePath(account, inside);
    case StoreKind::Files: return "azfile://" + joinStorePath(account, inside);
    case StoreKind::Google: return "gs://" + inside;
    case StoreKind::Sftp: {
        const std::string machine = (user.empty() ? "" : user + "@") + host + (port == 22 ? "" : ":" + std::to_string(port));
        return "sftp://" + machine + (path.starts_with('/') ? path : "/~/" + path);
    }
    case StoreKind::Web: return endpoint + "/" + percentEncodePath(path);
    case StoreKind::Local: break;
    }
    return path;
}

Result<StoreAddress> parseStoreAddress(const std::string& pasted)
{
    const std::string text = trimmed(pasted);
    if (text.empty()) {
        return unusable("the address is empty", {});
    }
    if (isConnectionString(text)) {
        return fromConnectionString(text);
    }
    if (isAccountKey(text)) {
        StoreAddress address;
        address.kind = StoreKind::Blob;
        address.auth = "key";
        address.secret = Secret(text);
        return address;
    }
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) {
        StoreAddress address;
        address.path = text;
        return address;
    }
    const std::string kind = lowered(text.substr(0, scheme));
    const std::string rest = text.substr(scheme + 3);
    if (kind == "http" || kind == "https") {
        return fromWebAddress(text);
    }
    if (kind == "az" || kind == "azfile") {
        return fromAzure(kind == "az" ? StoreKind::Blob : StoreKind::Files, rest);
    }
    if (kind == "gs") {
        StoreAddress address;
        address.kind = StoreKind::Google;
        std::tie(address.container, address.path) = splitContainer(trimmedPath(rest));
        return address;
    }
    if (kind == "sftp" || kind == "ssh") {
        return fromSftp(rest);
    }
    if (kind == "file") {
        StoreAddress address;
        address.path = percentDecode(rest.substr(std::min(rest.find('/'), rest.size())));
        return address;
    }
    return unusable("addresses that begin with " + kind + ":// are not known here", "Known are az, azfile, gs, sftp, http, https and file.");
}

} // namespace ty::cloud
