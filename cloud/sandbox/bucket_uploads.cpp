// How objects are written: at once, in two parts, or by a session that may be resumed.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <regex>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/bucket_service.h"
#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/object_sums.h"

namespace ty::sandbox {

namespace {

constexpr std::uint64_t kChunk = std::uint64_t{256} << 10; // parts but the last are multiples of it

std::string sessionKey(const std::string& id)
{
    return "gcs/session/" + id;
}

Response moreToCome(std::uint64_t arrived)
{
    Response response = emptyResponse(308);
    if (arrived > 0) {
        response.set("Range", fmt::format("bytes=0-{}", arrived - 1));
    }
    return response;
}

/// What "bytes 0-1023/5000", "bytes 0-*/*" and "bytes */5000" say; -1: not said.
struct ContentRange {
    std::int64_t first = -1;
    std::int64_t total = -1;
};

std::optional<ContentRange> contentRangeOf(const std::string& text)
{
    static const std::regex pattern(R"(bytes (?:(\d+)-(?:\d+|\*)|\*)/(\d+|\*))");
    std::smatch parts;
    if (!std::regex_match(text, parts, pattern)) {
        return {};
    }
    ContentRange range;
    range.first = parts[1].matched ? std::atoll(parts[1].str().c_str()) : -1;
    range.total = parts[2].str() == "*" ? -1 : std::atoll(parts[2].str().c_str());
    return range;
}

} // namespace

Response BucketService::onUpload(const Call& call)
{
    const std::string kind = call.request.parameter("uploadType");
    const std::string& method = call.request.method;
    if (kind == "resumable" && method == "POST") {
        return beginSession(call);
    }
    if (kind == "resumable" && (method == "PUT" || method == "DELETE")) {
        return continueSession(call);
    }
    if (kind == "multipart" && method == "POST") {
        return uploadInTwoParts(call);
    }
    if (kind == "media" && method == "POST") {
        Json metadata = Json::object();
        if (const auto type = call.request.header("Content-Type")) {
            metadata["contentType"] = *type;
        }
        return uploadAtOnce(call, call.request.parameter("name"), std::move(metadata), call.request.body);
    }
    return googleError(400, fmt::format("Unknown uploadType: {}", kind), "invalid");
}

Response BucketService::uploadAtOnce(const Call& call, const std::string& name, Json metadata, const std::string& content)
{
    const std::string bytes = "gcs-" + m_world.identifiers.hex(16);
    if (!m_bytes.resize(bytes, content.size()) || !m_bytes.write(bytes, 0, content)) {
        return googleError(500, "The sandbox could not write the object.", "backendError");
    }
    Response response = store(call, name, metadata, bytes, content.size());
    if (response.status >= 400) {
        m_bytes.erase(bytes);
    }
    return response;
}

Response BucketService::uploadInTwoParts(const Call& call)
{
    const std::string type = call.request.header("Content-Type").value_or("");
    const auto at = type.find("boundary=");
    std::string boundary = at == std::string::npos ? "" : type.substr(at + 9);
    boundary.erase(std::remove(boundary.begin(), boundary.end(), '"'), boundary.end());
    const std::string mark = "--" + boundary;
    const std::string& body = call.request.body;
    // Each part: its head, an empty line, its bytes, a line's end and the next mark.
    std::array<std::string, 2> parts;
    std::array<std::string, 2> heads;
    std::size_t from = body.find(mark);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto begin = from == std::string::npos ? from : body.find("\r\n\r\n", from);
        const auto end = begin == std::string::npos ? begin : body.find("\r\n" + mark, begin);
        if (boundary.empty() || end == std::string::npos) {
            return googleError(400, "Malformed multipart body.", "badRequest");
        }
        heads[i] = body.substr(from, begin - from);
        parts[i] = body.substr(begin + 4, end - begin - 4);
        from = end + 2;
    }
    Json metadata = Json::parse(parts[0]);
    if (!metadata.contains("contentType")) {
        const std::string head = lowerCase(heads[1]);
        const auto line = head.find("content-type:");
        const auto first = line == std::string::npos ? line : head.find_first_not_of(' ', line + 13);
        metadata["contentType"]
            = first == std::string::npos ? "application/octet-stream" : heads[1].substr(first, head.find("\r\n", first) - first);
    }
    const std::string named = metadata.value("name", "");
    return uploadAtOnce(call, named.empty() ? call.request.parameter("name") : named, metadata, parts[1]);
}

Response BucketService::beginSession(const Call& call)
{
    Json metadata = call.request.body.empty() ? Json::object() : Json::parse(call.request.body);
    const std::string named = metadata.value("name", "");
    const std::string name = named.empty() ? call.request.parameter("name") : named;
    if (name.empty()) {
        return googleError(400, "Required", "required");
    }
    if (!isMet(call.request, m_world.store.find(bucketObjectKey(call.bucket, name)))) {
        return googleError(412, "At least one of the pre-conditions you specified did not hold.", "conditionNotMet");
    }
    if (const auto type = call.request.header("X-Upload-Content-Type"); type && !metadata.contains("contentType")) {
        metadata["contentType"] = *type;
    }
    const std::string id = m_world.identifiers.hex(32);
    m_world.store.put(
        sessionKey(id),
        {{"bucket", call.bucket}, {"name", name}, {"metadata", metadata}, {"bytes", "gcs-" + m_world.identifiers.hex(16)},
         {"arrived", 0}, {"ifGenerationMatch", call.request.parameter("ifGenerationMatch")}});
    Response response = emptyResponse(200);
    response.set(
        "Location",
        fmt::format("{}/upload/storage/v1/b/{}/o?uploadType=resumable&upload_id={}", call.request.origin, call.bucket, id));
    response.set("X-GUploader-UploadID", id);
    return response;
}

Response BucketService::continueSession(const Call& call)
{
    const std::string key = sessionKey(call.request.parameter("upload_id"));
    const Json* found = m_world.store.find(key);
    if (found == nullptr) {
        return googleError(404, "No such upload session.", "notFound");
    }
    Json session = *found;
    const std::string bytes = session.value("bytes", "");
    if (call.request.method == "DELETE") {
        m_bytes.erase(bytes);
        m_world.store.erase(key);
        Response closed = emptyResponse(499);
        return closed;
    }
    if (session.contains("object")) { // it is whole already
        return jsonResponse(200, session["object"]);
    }
    const auto range = contentRangeOf(call.request.header("Content-Range").value_or("bytes 0-*/*"));
    if (!range) {
        return googleError(400, "Failed to parse Content-Range header.", "badRequest");
    }
    auto arrived = session.value("arrived", std::uint64_t{0});
    const std::string& body = call.request.body;
    if (range->first >= 0) {
        const auto first = static_cast<std::uint64_t>(range->first);
        if (first > arrived) {
            return googleError(503, "Bytes before these have not arrived.", "backendError");
        }
        const std::uint64_t end = first + body.size();
        // Without a total the request is the last one when it ends by itself.
        const bool isLast = range->total < 0 ? call.request.header("Content-Range").value_or("").ends_with("-*/*")
                                             : end >= static_cast<std::uint64_t>(range->total);
        const std::uint64_t kept = isLast ? end : end / kChunk * kChunk;
        if (kept > arrived) { // what is there already is not written again
            const std::string fresh = body.substr(arrived - first, kept - arrived);
            if (!m_bytes.resize(bytes, kept) || !m_bytes.write(bytes, arrived, fresh)) {
                return googleError(500, "The sandbox could not write the object.", "backendError");
            }
            arrived = kept;
        }
        session["arrived"] = arrived;
        if (isLast && range->total < 0) {
            session["total"] = arrived;
        }
    }
    const auto total = range->total >= 0 ? static_cast<std::uint64_t>(range->total) : session.value("total", ~std::uint64_t{0});
    if (arrived < total) {
        m_world.store.put(key, std::move(session));
        return moreToCome(arrived);
    }
    if (arrived == 0 && !m_bytes.resize(bytes, 0)) {
        return googleError(500, "The sandbox could not write the object.", "backendError");
    }
    const Json* present = m_world.store.find(bucketObjectKey(call.bucket, session.value("name", "")));
    const std::string wanted = session.value("ifGenerationMatch", "");
    if (!wanted.empty() && wanted != (present == nullptr ? "0" : present->value("generation", ""))) {
        return googleError(412, "At least one of the pre-conditions you specified did not hold.", "conditionNotMet");
    }
    Response response = store(call, session.value("name", ""), session["metadata"], bytes, arrived);
    if (response.status < 400) {
        session["object"] = Json::parse(response.body);
        m_world.store.put(key, std::move(session));
    }
    return response;
}

Response BucketService::store(
    const Call& call, const std::string& name, const Json& metadata, const std::string& bytes, std::uint64_t size)
{
    if (name.empty() || name.size() > 1024) {
        return googleError(400, "Required", "required");
    }
    const std::string key = bucketObjectKey(call.bucket, name);
    const Json* present = m_world.store.find(key);
    if (call.request.method == "POST" && !isMet(call.request, present)) {
        return googleError(412, "At least one of the pre-conditions you specified did not hold.", "conditionNotMet");
    }
    const ObjectSums sums = sumsOf(m_bytes, bytes, size);
    for (const auto& [member, computed] : {std::pair{"crc32c", sums.crc32c}, {"md5Hash", sums.md5}}) {
        if (metadata.contains(member) && metadata[member] != computed) {
            return googleError(
                400, fmt::format("Provided {} hash \"{}\" doesn't match calculated hash \"{}\".", member, metadata.value(member, ""), computed),
                "invalid");
        }
    }
    if (present != nullptr) {
        m_bytes.erase(present->value("bytes", ""));
    }
    Json object = metadata;
    object["bucket"] = call.bucket;
    object["name"] = name;
    object["bytes"] = bytes;
    object["size"] = fmt::format("{}", size);
    object["generation"] = m_world.identifiers.number();
    object["crc32c"] = sums.crc32c;
    object["md5Hash"] = sums.md5;
    object["storageClass"] = metadata.value("storageClass", "STANDARD");
    object["timeCreated"] = object["updated"] = m_world.now();
    m_world.store.put(key, object);
    return jsonResponse(200, objectJson(call, object));
}

} // namespace ty::sandbox
