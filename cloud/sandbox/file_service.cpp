#include "cloud/sandbox/file_service.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_storage.h"
#include "cloud/sandbox/keys.h"
#include "cloud/sandbox/storage_signing.h"

namespace ty::sandbox {

namespace {

constexpr char kKeyDocument[] = "storage/key";
constexpr std::uint64_t kMostRange = std::uint64_t{4} << 20;
constexpr char kXml[] = "application/xml";

std::string escaped(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string(1, c);
    }
    return out;
}

Response refused(int status, const std::string& code, const std::string& message)
{
    Response response = textResponse(
        status, kXml,
        fmt::format(
            "\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{}</Code><Message>{}</Message></Error>", code,
            escaped(message)));
    response.set("x-ms-error-code", code);
    return response;
}

Response notThere(const char* code = "ResourceNotFound")
{
    return refused(404, code, "The specified resource does not exist.");
}

std::optional<std::uint64_t> number(const std::string& text)
{
    std::uint64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value) : std::nullopt;
}

struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

/// Of the documents of an account. The first account came before there were others.
std::string prefixOf(const std::string& account)
{
    return account == kStorageAccount ? "file/" : "files/" + account + "/";
}

/// "bytes=0-1023", and "bytes=10-" up to the end.
std::optional<Range> rangeOf(const Request& request, std::uint64_t bytes)
{
    const std::string text = request.header("x-ms-range").value_or(request.header("Range").value_or(""));
    const auto dash = text.find('-');
    if (!text.starts_with("bytes=") || dash == std::string::npos) {
        return std::nullopt;
    }
    const auto first = number(text.substr(6, dash - 6));
    const auto last = dash + 1 < text.size() ? number(text.substr(dash + 1)) : std::optional(bytes == 0 ? 0 : bytes - 1);
    return first && last && *first <= *last ? std::optional(Range{*first, *last}) : std::nullopt;
}

/// [[first, last], ...] with one more; neighbours joined.
Json withRange(const Json& ranges, const Range& added)
{
    std::vector<Range> all{added};
    for (const Json& one : ranges) {
        all.push_back({one.at(0).get<std::uint64_t>(), one.at(1).get<std::uint64_t>()});
    }
    std::sort(all.begin(), all.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    Json joined = Json::array();
    for (const Range& range : all) {
        if (!joined.empty() && range.first <= joined.back().at(1).get<std::uint64_t>() + 1) {
            joined.back()[1] = std::max(joined.back().at(1).get<std::uint64_t>(), range.last);
        } else {
            joined.push_back(Json::array({range.first, range.last}));
        }
    }
    return joined;
}

void setStamps(Response& response, const Json& document)
{
    response.set("ETag", document.value("etag", ""));
    response.set("Last-Modified", httpTime(parseIsoTime(document.value("modified", ""))));
    response.set("x-ms-version", "2024-08-04");
}

} // namespace

std::string FileService::ensureKey(DocumentStore& store, Identifiers& identifiers)
{
    if (const Json* kept = store.find(kKeyDocument)) {
        return kept->value("key", "");
    }
    const std::string key = base64(sha256(identifiers.hex(64)) + sha256(identifiers.hex(64)));
    store.put(kKeyDocument, {{"key", key}});
    return key;
}

bool FileService::isMine(const Request& request)
{
    return request.path.size() >= 2 && request.path[0] == "file";
}

Response FileService::handle(const Request& request)
{
    Call call{request, request.path[1], request.path.size() > 2 ? request.path[2] : "", {}, {}};
    for (std::size_t i = 3; i < request.path.size(); ++i) {
        call.path += (i == 3 ? "" : "/") + request.path[i];
    }
    call.key = prefixOf(call.account) + call.share + (call.path.empty() ? "" : "/" + call.path);
    const std::string resource = "/file/" + call.account + (call.share.empty() ? "" : "/" + call.share) + (call.path.empty() ? "" : "/" + call.path);
    auto keys = storageKeysOf(m_world.store, call.account);
    if (const Json* first = m_world.store.find(kKeyDocument); first != nullptr && call.account == kStorageAccount) {
        keys.push_back(first->value("key", ""));
    }
    const bool isSigned = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
        return isSignedWithKey(request, call.account, key, resource, m_world.clock);
    });
    if (!isSigned) {
        return refused(
            403, "AuthenticationFailed",
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including "
            "the signature.");
    }
    if (call.share.empty()) {
        return request.method == "GET" && request.parameter("comp") == "list"
            ? listShares(call)
            : refused(400, "InvalidQueryParameterValue", "The sandbox knows the list of shares alone here.");
    }
    if (request.parameter("restype") == "share") {
        return answerShare(call);
    }
    if (!m_world.store.contains(prefixOf(call.account) + call.share)) {
        return notThere("ShareNotFound");
    }
    return request.parameter("restype") == "directory" ? answerDirectory(call) : answerFile(call);
}

Response FileService::changed(const Call& call, Json document, int status)
{
    document["etag"] = "\"0x" + m_world.identifiers.hex(15) + "\"";
    document["modified"] = m_world.now();
    Response response = emptyResponse(status);
    setStamps(response, document);
    m_world.store.put(call.key, std::move(document));
    return response;
}

bool FileService::hasParent(const Call& call) const
{
    const auto slash = call.path.rfind('/');
    if (slash == std::string::npos) {
        return true; // the share itself
    }
    const Json* parent = m_world.store.find(prefixOf(call.account) + call.share + "/" + call.path.substr(0, slash));
    return parent != nullptr && parent->value("kind", "") == "directory";
}

Response FileService::answerShare(const Call& call)
{
    const Json* present = m_world.store.find(call.key);
    if (call.request.method == "PUT") {
        if (present != nullptr) {
            return refused(409, "ShareAlreadyExists", "The specified share already exists.");
        }
        const auto quota = number(call.request.header("x-ms-share-quota").value_or("5120"));
        return changed(call, {{"kind", "share"}, {"quota", quota.value_or(5120)}}, 201);
    }
    if (present == nullptr) {
        return notThere("ShareNotFound");
    }
    if (call.request.method == "DELETE") {
        for (const auto& key : m_world.store.keysBelow(call.key + "/")) {
            m_bytes.erase(m_world.store.find(key)->value("bytesName", ""));
            m_world.store.erase(key);
        }
        m_world.store.erase(call.key);
        return emptyResponse(202);
    }
    Response response = emptyResponse(200);
    setStamps(response, *present);
    response.set("x-ms-share-quota", std::to_string(present->value("quota", 5120)));
    return response;
}

Response FileService::answerDirectory(const Call& call)
{
    const Request& request = call.request;
    const Json* present = m_world.store.find(call.key);
    if (request.method == "PUT") {
        if (present != nullptr) {
            return refused(409, "ResourceAlreadyExists", "The specified resource already exists.");
        }
        return hasParent(call) ? changed(call, {{"kind", "directory"}}, 201) : notThere("ParentNotFound");
    }
    const bool isFolder = present != nullptr && (call.path.empty() || present->value("kind", "") == "directory");
    if (!isFolder) {
        return notThere();
    }
    if (request.method == "DELETE") {
        if (!m_world.store.keysBelow(call.key + "/").empty()) {
            return refused(409, "DirectoryNotEmpty", "The specified directory is not empty.");
        }
        m_world.store.erase(call.key);
        return emptyResponse(202);
    }
    if (request.parameter("comp") == "list") {
        return listDirectory(call);
    }
    Response response = emptyResponse(200);
    setStamps(response, *present);
    return response;
}

void FileService::drop(const std::string& account)
{
    for (const auto& key : m_world.store.keysBelow(prefixOf(account))) {
        m_bytes.erase(m_world.store.find(key)->value("bytesName", ""));
        m_world.store.erase(key);
    }
}

Response FileService::listShares(const Call& call) const
{
    const Request& request = call.request;
    const std::string prefix = prefixOf(call.account);
    std::string items;
    for (const auto& key : m_world.store.keysBelow(prefix)) {
        const Json& document = *m_world.store.find(key);
        const std::string name = key.substr(prefix.size());
        if (document.value("kind", "") == "share" && name.starts_with(request.parameter("prefix"))) {
            items += fmt::format(
                "<Share><Name>{}</Name><Properties><Last-Modified>{}</Last-Modified><Etag>{}</Etag><Quota>{}</Quota></Properties></Share>",
                escaped(name), httpTime(parseIsoTime(document.value("modified", ""))), escaped(document.value("etag", "")),
                document.value("quota", 5120));
        }
    }
    return textResponse(
        200, kXml,
        fmt::format(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"{}/file/{}\"><Shares>{}</Shares>"
            "<NextMarker /></EnumerationResults>",
            request.origin, call.account, items));
}

Response FileService::listDirectory(const Call& call) const
{
    const Request& request = call.request;
    const std::string inside = call.key + "/";
    const auto most = number(request.parameter("maxresults")).value_or(5000);
    const std::string after = request.parameter("marker");
    std::string items;
    std::string next;
    std::size_t count = 0;
    for (const auto& key : m_world.store.keysBelow(inside + request.parameter("prefix"))) {
        const std::string name = key.substr(inside.size());
        if (name.find('/') != std::string::npos || (!after.empty() && name < after)) {
            continue;
        }
        if (count++ == most) {
            next = name;
            break;
        }
        const Json& document = *m_world.store.find(key);
        const bool isFile = document.value("kind", "") == "file";
        const std::string stamps = fmt::format(
            "<LastWriteTime>{}</LastWriteTime><Last-Modified>{}</Last-Modified><Etag>{}</Etag>", document.value("modified", ""),
            httpTime(parseIsoTime(document.value("modified", ""))), escaped(document.value("etag", "")));
        items += isFile ? fmt::format(
                              "<File><Name>{}</Name><Properties><Content-Length>{}</Content-Length>{}</Properties></File>",
                              escaped(name), document.value("bytes", std::uint64_t{0}), stamps)
                        : fmt::format("<Directory><Name>{}</Name><Properties>{}</Properties></Directory>", escaped(name), stamps);
    }
    return textResponse(
        200, kXml,
        fmt::format(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"{}/file/{}\" ShareName=\"{}\" "
            "DirectoryPath=\"{}\"><Entries>{}</Entries><NextMarker>{}</NextMarker></EnumerationResults>",
            request.origin, call.account, escaped(call.share), escaped(call.path), items, escaped(next)));
}

Response FileService::answerFile(const Call& call)
{
    const Request& request = call.request;
    const std::string what = request.parameter("comp");
    if (request.method == "PUT" && what.empty()) {
        return request.header("x-ms-copy-source") ? copy(call) : putFile(call);
    }
    if (request.method == "PUT" && what == "rename") {
        return rename(call);
    }
    const Json* file = m_world.store.find(call.key);
    if (file == nullptr || file->value("kind", "") != "file") {
        return notThere();
    }
    if (request.method == "PUT") {
        return what == "range"       ? putRange(call, *file)
            : what == "properties" ? putProperties(call, *file)
                                   : refused(400, "InvalidQueryParameterValue", "comp is not known to the sandbox");
    }
    if (request.method == "DELETE") {
        m_bytes.erase(file->value("bytesName", ""));
        m_world.store.erase(call.key);
        return emptyResponse(202);
    }
    return what == "rangelist" ? listRanges(*file) : getFile(call, *file);
}

Response FileService::putFile(const Call& call)
{
    const auto bytes = number(call.request.header("x-ms-content-length").value_or(""));
    if (!bytes || lowerCase(call.request.header("x-ms-type").value_or("")) != "file") {
        return refused(400, "MissingRequiredHeader", "x-ms-type and x-ms-content-length are needed.");
    }
    if (!hasParent(call)) {
        return notThere("ParentNotFound");
    }
    if (const Json* present = m_world.store.find(call.key)) {
        if (present->value("kind", "") != "file") {
            return refused(409, "ResourceTypeMismatch", "The specified resource type does not match the type of the existing resource.");
        }
        m_bytes.erase(present->value("bytesName", ""));
    }
    const std::string name = m_world.identifiers.hex(32);
    if (!m_bytes.resize(name, *bytes)) {
        return refused(500, "InternalError", "The sandbox could not write to its disk.");
    }
    return changed(
        call,
        {{"kind", "file"}, {"bytes", *bytes}, {"bytesName", name}, {"ranges", Json::array()},
         {"type", call.request.header("x-ms-content-type").value_or("application/octet-stream")},
         {"md5", call.request.header("x-ms-content-md5").value_or("")}},
        201);
}

Response FileService::putRange(const Call& call, Json file)
{
    const std::uint64_t bytes = file.value("bytes", std::uint64_t{0});
    const auto range = rangeOf(call.request, bytes);
    const bool isUpdate = lowerCase(call.request.header("x-ms-write").value_or("")) == "update";
    const std::string& body = call.request.body;
    if (!range || range->last >= bytes || !isUpdate || body.size() != range->last - range->first + 1 || body.size() > kMostRange) {
        return refused(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");
    }
    if (const auto md5 = call.request.header("Content-MD5"); md5 && *md5 != base64(md5Of(body))) {
        return refused(400, "Md5Mismatch", "The MD5 value specified in the request did not match with the MD5 value calculated by the server.");
    }
    if (!m_bytes.write(file.value("bytesName", ""), range->first, body)) {
        return refused(500, "InternalError", "The sandbox could not write to its disk.");
    }
    file["ranges"] = withRange(file["ranges"], *range);
    return changed(call, std::move(file), 201);
}

Response FileService::putProperties(const Call& call, Json file)
{
    file["md5"] = call.request.header("x-ms-content-md5").value_or("");
    file["type"] = call.request.header("x-ms-content-type").value_or("");
    if (const auto bytes = number(call.request.header("x-ms-content-length").value_or(""))) {
        (void)m_bytes.resize(file.value("bytesName", ""), *bytes);
        file["bytes"] = *bytes;
    }
    return changed(call, std::move(file), 200);
}

const Json* FileService::linked(const Call& call, const std::string& link, std::string& key) const
{
    const auto begin = link.find(fmt::format("/file/{}/", call.account));
    if (begin == std::string::npos) {
        return nullptr;
    }
    // Decoded already, by the HTTP library; a signature may stand behind it.
    const std::string path = link.substr(begin + call.account.size() + 7);
    key = prefixOf(call.account) + path.substr(0, path.find("?sv="));
    const Json* file = m_world.store.find(key);
    return file != nullptr && file->value("kind", "") == "file" ? file : nullptr;
}

Response FileService::rename(const Call& call)
{
    std::string from;
    const Json* source = linked(call, call.request.header("x-ms-file-rename-source").value_or(""), from);
    if (source == nullptr) {
        return notThere();
    }
    if (!hasParent(call)) {
        return notThere("ParentNotFound");
    }
    if (const Json* present = m_world.store.find(call.key)) {
        if (call.request.header("x-ms-file-rename-replace-if-exists").value_or("") != "true") {
            return refused(409, "ResourceAlreadyExists", "The specified resource already exists.");
        }
        m_bytes.erase(present->value("bytesName", ""));
    }
    Json moved = *source;
    m_world.store.erase(from);
    return changed(call, std::move(moved), 200);
}

Response FileService::copy(const Call& call)
{
    std::string from;
    const Json* source = linked(call, call.request.header("x-ms-copy-source").value_or(""), from);
    if (source == nullptr) {
        return refused(404, "CannotVerifyCopySource", "The specified resource does not exist.");
    }
    if (!hasParent(call)) {
        return notThere("ParentNotFound");
    }
    if (const Json* present = m_world.store.find(call.key)) {
        m_bytes.erase(present->value("bytesName", ""));
    }
    Json copied = *source;
    const std::uint64_t bytes = copied.value("bytes", std::uint64_t{0});
    const std::string name = m_world.identifiers.hex(32);
    bool isWritten = m_bytes.resize(name, bytes);
    for (std::uint64_t done = 0; isWritten && done < bytes; done += kMostRange) {
        isWritten = m_bytes.write(name, done, m_bytes.read(copied.value("bytesName", ""), done, std::min(kMostRange, bytes - done)));
    }
    copied["bytesName"] = name;
    Response response = changed(call, std::move(copied), 202);
    response.set("x-ms-copy-id", m_world.identifiers.guid());
    response.set("x-ms-copy-status", isWritten ? "success" : "failed");
    return response;
}

Response FileService::getFile(const Call& call, const Json& file) const
{
    const std::uint64_t bytes = file.value("bytes", std::uint64_t{0});
    const auto range = call.request.method == "GET" ? rangeOf(call.request, bytes) : std::nullopt;
    if (range && range->first >= bytes) {
        return refused(416, "InvalidRange", "The range specified is invalid for the current size of the resource.");
    }
    Response response = emptyResponse(range ? 206 : 200);
    setStamps(response, file);
    response.set("x-ms-type", "File");
    response.set("Accept-Ranges", "bytes");
    const std::string md5 = file.value("md5", "");
    if (!md5.empty()) {
        response.set(range ? "x-ms-content-md5" : "Content-MD5", md5);
    }
    const std::string type = file.value("type", "application/octet-stream");
    if (call.request.method == "HEAD") {
        response.set("Content-Length", std::to_string(bytes));
        response.set("Content-Type", type);
        response.type.clear();
        return response;
    }
    const std::uint64_t first = range ? range->first : 0;
    const std::uint64_t last = range ? std::min(range->last, bytes - 1) : bytes == 0 ? 0 : bytes - 1;
    response.body = bytes == 0 ? std::string() : m_bytes.read(file.value("bytesName", ""), first, last - first + 1);
    response.type = type;
    if (range) {
        response.set("Content-Range", fmt::format("bytes {}-{}/{}", first, last, bytes));
    }
    return response;
}

Response FileService::listRanges(const Json& file) const
{
    std::string items;
    for (const Json& range : file.value("ranges", Json::array())) {
        items += fmt::format(
            "<Range><Start>{}</Start><End>{}</End></Range>", range.at(0).get<std::uint64_t>(), range.at(1).get<std::uint64_t>());
    }
    Response response = textResponse(200, kXml, "<?xml version=\"1.0\" encoding=\"utf-8\"?><Ranges>" + items + "</Ranges>");
    setStamps(response, file);
    response.set("x-ms-content-length", std::to_string(file.value("bytes", std::uint64_t{0})));
    return response;
}

} // namespace ty::sandbox
