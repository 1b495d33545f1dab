#include "cloud/sandbox/bucket_service.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

namespace {

constexpr long kMostInPage = 1000;

Response noBucket(const std::string& bucket)
{
    (void)bucket; // the service does not repeat names that it does not know
    return googleError(404, "The specified bucket does not exist.", "notFound");
}

Response noObject(const std::string& bucket, const std::string& name)
{
    return googleError(404, fmt::format("No such object: {}/{}", bucket, name), "notFound");
}

Response unmet()
{
    return googleError(412, "At least one of the pre-conditions you specified did not hold.", "conditionNotMet");
}

/// What a bucket may be called. Source: "Bucket naming guidelines".
bool isBucketName(const std::string& name)
{
    return name.size() >= 3 && name.size() <= 222 && std::isalnum(static_cast<unsigned char>(name.front())) != 0
        && std::isalnum(static_cast<unsigned char>(name.back())) != 0 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-' || c == '_' || c == '.';
           });
}

/// First and last byte of "bytes=0-1023", "bytes=10-" and "bytes=-5"; nothing for what is no range of so many bytes.
std::optional<std::pair<std::uint64_t, std::uint64_t>> rangeOf(const std::string& text, std::uint64_t size)
{
    constexpr std::string_view kUnit = "bytes=";
    const auto dash = text.find('-');
    if (!text.starts_with(kUnit) || dash == std::string::npos || size == 0) {
        return {};
    }
    const auto number = [](const std::string& digits) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return code == std::errc() && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
    };
    const auto first = number(text.substr(kUnit.size(), dash - kUnit.size()));
    const auto last = number(text.substr(dash + 1));
    if (!first) {
        return last && *last > 0 ? std::optional(std::pair(size - std::min(size, *last), size - 1)) : std::nullopt;
    }
    const std::uint64_t end = std::min(last.value_or(size - 1), size - 1);
    return *first <= end ? std::optional(std::pair(*first, end)) : std::nullopt;
}

} // namespace

std::string bucketKey(const std::string& bucket)
{
    return "gcs/bucket/" + bucket;
}

std::string bucketObjectKey(const std::string& bucket, const std::string& name)
{
    return "gcs/object/" + bucket + "/" + name;
}

bool BucketService::isMine(const Request& request)
{
    const auto& path = request.path;
    const std::size_t at = !path.empty() && (path[0] == "upload" || path[0] == "download") ? 1 : 0;
    return path.size() > at + 1 && path[at] == "storage" && path[at + 1] == "v1";
}

Response BucketService::handle(const Request& request)
{
    if (m_signIn.presented(request).state != TokenState::Good) {
        return googleError(401, "Anonymous caller does not have access to the Google Cloud Storage bucket.", "required");
    }
    Call call{request, {}, {}, {}, Json::object()};
    const std::size_t at = request.path[0] == "storage" ? 2 : 3;
    if (request.path.size() <= at || request.path[at] != "b") {
        return googleError(404, "The requested URL was not found on this server.", "notFound");
    }
    call.rest.assign(request.path.begin() + static_cast<std::ptrdiff_t>(at) + 1, request.path.end());
    call.bucket = call.rest.empty() ? "" : call.rest[0];
    call.name = call.rest.size() > 2 ? call.rest[2] : "";
    const bool isUpload = request.path[0] == "upload";
    if (!isUpload && !request.body.empty()) {
        call.body = Json::parse(request.body); // what is no JSON is refused by whoever calls this
    }
    if (isUpload) {
        return m_world.store.contains(bucketKey(call.bucket)) ? onUpload(call) : noBucket(call.bucket);
    }
    return route(call);
}

Response BucketService::route(Call& call)
{
    if (call.rest.empty()) {
        return onBuckets(call);
    }
    if (!m_world.store.contains(bucketKey(call.bucket))) {
        return noBucket(call.bucket);
    }
    if (call.rest.size() == 1) {
        return onBucket(call);
    }
    if (call.rest[1] != "o") {
        return googleError(404, "The requested URL was not found on this server.", "notFound");
    }
    if (call.rest.size() == 2) {
        return list(call);
    }
    if (call.rest.size() == 8 && (call.rest[3] == "rewriteTo" || call.rest[3] == "copyTo") && call.request.method == "POST") {
        return rewrite(call);
    }
    return onObject(call);
}

Json BucketService::bucketJson(const Call& call, const Json& bucket) const
{
    const std::string name = bucket.value("name", "");
    Json json = bucket;
    json["kind"] = "storage#bucket";
    json["id"] = name;
    json["selfLink"] = call.request.origin + "/storage/v1/b/" + name;
    json["metageneration"] = "1";
    return json;
}

Response BucketService::onBuckets(const Call& call)
{
    const std::string project = call.request.parameter("project");
    if (project.empty()) {
        return googleError(400, "Required parameter: project", "required");
    }
    if (call.request.method == "GET") {
        const std::string prefix = call.request.parameter("prefix");
        Json items = Json::array();
        for (const auto& key : m_world.store.keysBelow(bucketKey(prefix))) {
            items.push_back(bucketJson(call, *m_world.store.find(key)));
        }
        return jsonResponse(200, {{"kind", "storage#buckets"}, {"items", std::move(items)}});
    }
    const std::string name = call.body.value("name", "");
    if (!isBucketName(name)) {
        return googleError(400, fmt::format("Invalid bucket name: '{}'", name), "invalid");
    }
    if (m_world.store.contains(bucketKey(name))) {
        return googleError(
            409, "Your previous request to create the named bucket succeeded and you already own it.", "conflict");
    }
    Json bucket = call.body;
    bucket["projectNumber"] = "1";
    bucket["timeCreated"] = bucket["updated"] = m_world.now();
    bucket["location"] = bucket.value("location", "US");
    bucket["storageClass"] = bucket.value("storageClass", "STANDARD");
    m_world.store.put(bucketKey(name), bucket);
    return jsonResponse(200, bucketJson(call, bucket));
}

Response BucketService::onBucket(const Call& call)
{
    const Json& bucket = *m_world.store.find(bucketKey(call.bucket));
    if (call.request.method == "DELETE") {
        if (m_world.store.countBelow(bucketObjectKey(call.bucket, "")) > 0) {
            return googleError(409, "The bucket you tried to delete is not empty.", "conflict");
        }
        m_world.store.erase(bucketKey(call.bucket));
        return emptyResponse(204);
    }
    return call.request.method == "GET" ? jsonResponse(200, bucketJson(call, bucket)) : emptyResponse(405);
}

Json BucketService::objectJson(const Call& call, const Json& object) const
{
    const std::string bucket = object.value("bucket", "");
    const std::string name = object.value("name", "");
    const std::string generation = object.value("generation", "");
    Json json = object;
    json.erase("bytes");
    json["kind"] = "storage#object";
    json["id"] = fmt::format("{}/{}/{}", bucket, name, generation);
    json["selfLink"] = fmt::format("{}/storage/v1/b/{}/o/{}", call.request.origin, bucket, encodePercent(name));
    json["mediaLink"] = fmt::format(
        "{}/download/storage/v1/b/{}/o/{}?generation={}&alt=media", call.request.origin, bucket, encodePercent(name), generation);
    json["metageneration"] = "1";
    json["etag"] = base64(generation);
    return json;
}

Response BucketService::list(const Call& call) const
{
    if (call.request.method != "GET") {
        return emptyResponse(405);
    }
    const std::string prefix = call.request.parameter("prefix");
    const std::string delimiter = call.request.parameter("delimiter");
    const std::string begun = decodeBase64Url(call.request.parameter("pageToken")).value_or("");
    const long asked = std::atol(call.request.parameter("maxResults").c_str());
    const auto limit = static_cast<std::size_t>(asked <= 0 ? kMostInPage : std::min(asked, kMostInPage));
    const std::string root = bucketObjectKey(call.bucket, "");
    Json items = Json::array();
    std::set<std::string> prefixes;
    std::string last;
    std::string next;
    for (const auto& key : m_world.store.keysBelow(root + prefix)) {
        const std::string name = key.substr(root.size());
        const auto cut = delimiter.empty() ? std::string::npos : name.find(delimiter, prefix.size());
        const std::string shown = cut == std::string::npos ? name : name.substr(0, cut + delimiter.size());
        if ((!begun.empty() && shown <= begun) || shown == last) {
            continue;
        }
        if (items.size() + prefixes.size() == limit) {
            next = base64Url(last);
            break;
        }
        last = shown;
        if (cut == std::string::npos) {
            items.push_back(objectJson(call, *m_world.store.find(key)));
        } else {
            prefixes.insert(shown);
        }
    }
    Json answer{{"kind", "storage#objects"}};
    if (!items.empty()) {
        answer["items"] = std::move(items);
    }
    if (!prefixes.empty()) {
        answer["prefixes"] = prefixes;
    }
    if (!next.empty()) {
        answer["nextPageToken"] = next;
    }
    return jsonResponse(200, answer);
}

bool BucketService::isMet(const Request& request, const Json* object)
{
    const std::string generation = object == nullptr ? "0" : object->value("generation", "");
    const std::string wanted = request.parameter("ifGenerationMatch");
    const std::string unwanted = request.parameter("ifGenerationNotMatch");
    return (wanted.empty() || wanted == generation) && (unwanted.empty() || unwanted != generation);
}

Response BucketService::onObject(const Call& call)
{
    const std::string key = bucketObjectKey(call.bucket, call.name);
    const Json* found = m_world.store.find(key);
    const std::string generation = call.request.parameter("generation");
    if (found == nullptr || (!generation.empty() && generation != found->value("generation", ""))) {
        return noObject(call.bucket, call.name);
    }
    if (!isMet(call.request, found)) {
        return unmet();
    }
    const std::string& method = call.request.method;
    if (method == "DELETE") {
        m_bytes.erase(found->value("bytes", ""));
        m_world.store.erase(key);
        return emptyResponse(204);
    }
    if (method == "PATCH") {
        Json object = *found;
        object.merge_patch(call.body);
        object["updated"] = m_world.now();
        m_world.store.put(key, object);
        return jsonResponse(200, objectJson(call, object));
    }
    if (method != "GET") {
        return emptyResponse(405);
    }
    return call.request.parameter("alt") == "media" ? media(call, *found) : jsonResponse(200, objectJson(call, *found));
}

Response BucketService::media(const Call& call, const Json& object) const
{
    const auto size = static_cast<std::uint64_t>(std::atoll(object.value("size", "0").c_str()));
    const std::string asked = call.request.header("Range").value_or("");
    const auto range = asked.empty() ? std::nullopt : rangeOf(asked, size);
    if (!asked.empty() && !range) {
        Response refused = googleError(416, "The requested range cannot be satisfied.", "requestedRangeNotSatisfiable");
        refused.set("Content-Range", fmt::format("bytes */{}", size));
        return refused;
    }
    const std::uint64_t first = range ? range->first : 0;
    const std::uint64_t count = range ? range->second - range->first + 1 : size;
    Response response = textResponse(
        range ? 206 : 200, object.value("contentType", "application/octet-stream"), m_bytes.read(object.value("bytes", ""), first, count));
    if (range) {
        response.set("Content-Range", fmt::format("bytes {}-{}/{}", first, first + count - 1, size));
    }
    response.set("x-goog-hash", fmt::format("crc32c={},md5={}", object.value("crc32c", ""), object.value("md5Hash", "")));
    response.set("x-goog-generation", object.value("generation", ""));
    response.set("x-goog-stored-content-length", fmt::format("{}", size));
    return response;
}

Response BucketService::rewrite(const Call& call)
{
    const std::string bucket = call.rest[5];
    const std::string name = call.rest[7];
    const Json* source = m_world.store.find(bucketObjectKey(call.bucket, call.name));
    if (source == nullptr) {
        return noObject(call.bucket, call.name);
    }
    if (!m_world.store.contains(bucketKey(bucket))) {
        return noBucket(bucket);
    }
    if (!isMet(call.request, m_world.store.find(bucketObjectKey(bucket, name)))) {
        return unmet();
    }
    const auto size = static_cast<std::uint64_t>(std::atoll(source->value("size", "0").c_str()));
    Json copy = *source;
    copy.merge_patch(call.body);
    copy["bucket"] = bucket;
    copy["name"] = name;
    copy["bytes"] = "gcs-" + m_world.identifiers.hex(16);
    copy["generation"] = m_world.identifiers.number();
    copy["updated"] = m_world.now();
    if (!m_bytes.resize(copy.value("bytes", ""), size)
        || !m_bytes.write(copy.value("bytes", ""), 0, m_bytes.read(source->value("bytes", ""), 0, size))) {
        return googleError(500, "The sandbox could not write the copy.", "backendError");
    }
    if (const Json* replaced = m_world.store.find(bucketObjectKey(bucket, name))) {
        m_bytes.erase(replaced->value("bytes", ""));
    }
    m_world.store.put(bucketObjectKey(bucket, name), copy);
    if (call.rest[3] == "copyTo") {
        return jsonResponse(200, objectJson(call, copy));
    }
    return jsonResponse(
        200,
        {{"kind", "storage#rewriteResponse"}, {"done", true}, {"objectSize", fmt::format("{}", size)},
         {"totalBytesRewritten", fmt::format("{}", size)}, {"resource", objectJson(call, copy)}});
}

} // namespace ty::sandbox
