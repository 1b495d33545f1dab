#include "cloud/storage/google_store.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cloud/auth/google_sources.h"
#include "cloud/auth/service_transport.h"
#include "cloud/http/request_id.h"
#include "cloud/storage/blob_answers.h"
#include "cloud/storage/crc32c.h"
#include "cloud/storage/storage_requests.h"
#include "cloud/storage/store_path.h"

namespace ty::cloud {

namespace {

constexpr std::uint64_t kChunk = std::uint64_t{256} << 10; // blocks but the last are multiples of it
constexpr std::uint64_t kBlock = std::uint64_t{16} << 20;
constexpr int kMoreToCome = 308;

/// 0 is the generation of what is not there.
Query conditionsOf(Overwrite overwrite)
{
    return overwrite == Overwrite::No ? Query{{"ifGenerationMatch", "0"}} : Query();
}

/// "Only a new object" was refused.
Error asExisting(Error error, Overwrite overwrite)
{
    if (overwrite == Overwrite::No && error.kind == ErrorKind::Conflict) {
        error.kind = ErrorKind::AlreadyExists;
        error.advice.clear();
    }
    return error;
}

HttpRequest jsonRequest(std::string method, std::string url, const Json& body)
{
    HttpRequest request = plainRequest(std::move(method), std::move(url));
    request.headers.set("Content-Type", "application/json; charset=utf-8");
    request.body = body.dump();
    return request;
}

} // namespace

GoogleStore::GoogleStore(GoogleStorageOptions options, std::string bucket)
    : m_options(std::move(options))
    , m_bucket(std::move(bucket))
    , m_transport(makeServiceTransport(
          {m_options.endpoint, kGoogleScope, m_options.curl, m_options.retry, m_options.log}, m_options.tokens.get()))
{
}

StoreTraits GoogleStore::traits() const
{
    StoreTraits traits;
    traits.canWrite = m_options.tokens != nullptr;
    traits.canCopy = true;
    traits.hasTiers = true;
    traits.takesBlocksInAnyOrder = false;
    traits.checksBlocks = true; // the whole, by its CRC32C
    traits.knowsBlocks = true;
    traits.isStreamed = true;
    traits.blockBytes = kBlock;
    return traits;
}

std::string GoogleStore::title() const
{
    return "Google Cloud Storage " + (m_bucket.empty() ? m_options.project : m_bucket);
}

Result<GoogleStore::Place> GoogleStore::placeOf(const std::string& path) const
{
    if (path.find('\0') != std::string::npos) {
        return Error{ErrorKind::InvalidInput, "a path holds a NUL character", {}};
    }
    if (!m_bucket.empty()) {
        return Place{m_bucket, path};
    }
    const auto [bucket, name] = splitContainer(path);
    return Place{bucket, name};
}

Result<GoogleStore::Place> GoogleStore::objectAt(const std::string& path) const
{
    TY_TRY(Place place, placeOf(path));
    if (place.bucket.empty() || place.name.empty()) {
        return Error{ErrorKind::InvalidInput, "a file has to go into a bucket", "Name one: gs://BUCKET/FILE."};
    }
    return place;
}

std::string GoogleStore::bucketUrl(const std::string& bucket, const Query& query) const
{
    return m_options.endpoint + "/storage/v1/b" + (bucket.empty() ? "" : "/" + percentEncode(bucket))
        + (query.empty() ? "" : "?" + queryText(query));
}

std::string GoogleStore::objectUrl(const Place& place, const Query& query) const
{
    return bucketUrl(place.bucket) + "/o" + (place.name.empty() ? "" : "/" + percentEncode(place.name))
        + (query.empty() ? "" : "?" + queryText(query));
}

std::string GoogleStore::uploadUrl(const std::string& bucket, const Query& query) const
{
    return m_options.endpoint + "/upload/storage/v1/b/" + percentEncode(bucket) + "/o?" + queryText(query);
}

Result<HttpResponse> GoogleStore::ask(HttpRequest request, const std::string& what, std::stop_token stop) const
{
    request.isRepeatable = true; // conditions and sessions see to it that twice is as once
    return askStorage(*m_transport, request, what, std::move(stop), googleStorageFailure);
}

Result<ListPage> GoogleStore::list(const ListRequest& request, std::stop_token stop)
{
    TY_TRY(const Place place, placeOf(request.folder));
    Query query;
    if (!request.marker.empty()) {
        query.emplace_back("pageToken", request.marker);
    }
    if (request.pageSize > 0) {
        query.emplace_back("maxResults", std::to_string(request.pageSize));
    }
    const std::string what = "listing " + title() + (request.folder.empty() ? "" : "/" + request.folder);
    if (place.bucket.empty()) {
        if (request.isRecursive) {
            return Error{ErrorKind::Unsupported, "all buckets at once cannot be listed", "Choose a bucket."};
        }
        if (m_options.project.empty()) {
            return Error{ErrorKind::InvalidInput, "no project is known whose buckets could be listed", "Name a bucket: gs://BUCKET."};
        }
        query.emplace_back("project", m_options.project);
        if (!request.prefix.empty()) {
            query.emplace_back("prefix", request.prefix);
        }
        TY_TRY(const HttpResponse answer, ask(plainRequest("GET", bucketUrl({}, query)), what, std::move(stop)));
        return parseGoogleBuckets(answer.body);
    }
    const std::string folder = place.name.empty() ? std::string() : place.name + "/";
    if (!folder.empty() || !request.prefix.empty()) {
        query.emplace_back("prefix", folder + request.prefix);
    }
    if (!request.isRecursive) {
        query.emplace_back("delimiter", "/");
    }
    query.emplace_back(
        "fields", "nextPageToken,prefixes,items(name,size,updated,generation,md5Hash,crc32c,contentType,storageClass)");
    TY_TRY(
        const HttpResponse answer, ask(plainRequest("GET", objectUrl({place.bucket, {}}, query)), what, std::move(stop)));
    TY_TRY(ListPage page, parseGoogleList(answer.body, shownBucket(place)));
    // The mark of the folder itself is no file in it.
    std::erase_if(page.entries, [&](const StoreEntry& entry) {
        return entry.isFolder && (request.isRecursive || entry.path == joinStorePath(shownBucket(place), place.name));
    });
    return page;
}

Result<GoogleObject> GoogleStore::objectOf(const std::string& path, std::stop_token stop) const
{
    TY_TRY(const Place place, objectAt(path));
    TY_TRY(const HttpResponse answer, ask(plainRequest("GET", objectUrl(place)), "looking at " + path, std::move(stop)));
    return parseGoogleObject(answer.body, shownBucket(place));
}

Result<StoreEntry> GoogleStore::properties(const std::string& path, std::stop_token stop)
{
    TY_TRY(const Place place, placeOf(path));
    StoreEntry folder;
    folder.path = path;
    folder.isFolder = true;
    if (place.bucket.empty()) {
        return folder;
    }
    if (place.name.empty()) {
        TY_CHECK(ask(plainRequest("GET", bucketUrl(place.bucket)), "looking at " + place.bucket, std::move(stop)));
        return folder;
    }
    auto object = objectOf(path, stop);
    if (object || object.error().kind != ErrorKind::NotFound) {
        return object ? Result<StoreEntry>(std::move(object->entry)) : Result<StoreEntry>(object.error());
    }
    // A folder has no object of its own: it is there when something lies in it.
    ListRequest inside;
    inside.folder = path;
    inside.pageSize = 1;
    const auto page = list(inside, std::move(stop));
    return page && !page->entries.empty() ? Result<StoreEntry>(std::move(folder)) : Result<StoreEntry>(object.error());
}

Result<void> GoogleStore::readInto(
    const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink, std::stop_token stop)
{
    TY_TRY(const Place place, objectAt(path));
    Query query{{"alt", "media"}};
    if (!etag.empty()) {
        query.emplace_back("ifGenerationMatch", etag);
    }
    HttpRequest request = transferRequest("GET", objectUrl(place, query));
    request.headers.set("Range", rangeText(offset, sink.bytes));
    TY_CHECK(askPart(*m_transport, std::move(request), path, offset, sink, std::move(stop), googleStorageFailure));
    return {};
}

Result<Upload> GoogleStore::beginUpload(Upload wanted, std::stop_token stop)
{
    TY_TRY(const Place place, objectAt(wanted.path));
    wanted.blockBytes = (std::max(wanted.blockBytes, kChunk) + kChunk - 1) / kChunk * kChunk;
    Query query{{"uploadType", "resumable"}, {"name", place.name}};
    // The object appears with the last block, so what may be replaced has to be said now.
    const Overwrite overwrite = wanted.mayReplace ? Overwrite::Yes : Overwrite::No;
    for (auto& condition : conditionsOf(overwrite)) {
        query.push_back(std::move(condition));
    }
    Json metadata = Json::object();
    if (!wanted.contentType.empty()) {
        metadata["contentType"] = wanted.contentType;
    }
    HttpRequest request = jsonRequest("POST", uploadUrl(place.bucket, query), metadata);
    request.headers.set("X-Upload-Content-Length", std::to_string(wanted.bytes));
    if (!wanted.contentType.empty()) {
        request.headers.set("X-Upload-Content-Type", wanted.contentType);
    }
    const auto answer = ask(std::move(request), "writing " + wanted.path, std::move(stop));
    if (!answer) {
        return asExisting(answer.error(), overwrite);
    }
    wanted.token = answer->headers.find("Location").value_or("");
    if (!isSameService(m_options.endpoint, wanted.token)) {
        return Error{ErrorKind::Network, "writing " + wanted.path + ": the service named no place to send it to", {}};
    }
    return wanted;
}

Result<HttpResponse> GoogleStore::askSession(
    const Upload& upload, const std::string& range, std::span<const std::byte> bytes, std::stop_token stop) const
{
    if (!isSameService(m_options.endpoint, upload.token)) {
        return Error{ErrorKind::NotFound, "the upload of " + upload.path + " is not one of this store", "Start the transfer again."};
    }
    HttpRequest request = transferRequest("PUT", upload.token);
    request.headers.set("Content-Range", range);
    request.payload = bytes;
    TY_TRY(HttpResponse answer, m_transport->send(request, std::move(stop)));
    if (answer.status == kMoreToCome || answer.status == 200 || answer.status == 201) {
        return answer;
    }
    return asExisting(
        googleStorageFailure(answer, "writing " + upload.path), upload.mayReplace ? Overwrite::Yes : Overwrite::No);
}

Result<void> GoogleStore::writeBlock(
    const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop)
{
    const std::uint64_t begin = upload.offset(block);
    const std::uint64_t end = begin + bytes.size();
    // The service may keep less than it was sent; the rest is sent again.
    for (std::uint64_t from = begin; from < end;) {
        const auto rest = bytes.subspan(from - begin);
        TY_TRY(
            const HttpResponse answer,
            askSession(upload, fmt::format("bytes {}-{}/{}", from, end - 1, upload.bytes), rest, stop));
        const std::uint64_t arrived = answer.status == kMoreToCome ? arrivedBytes(answer.headers) : upload.bytes;
        if (arrived <= from) {
            return Error{ErrorKind::Network, "writing " + upload.path + ": the service kept nothing of a block", {}};
        }
        from = std::min(arrived, end);
    }
    noteSum(upload, block, bytes);
    return {};
}

void GoogleStore::noteSum(const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes)
{
    const std::lock_guard lock(m_lock);
    Sum& sum = m_sums[upload.token];
    if (sum.next == block) {
        sum.crc = crc32c(bytes, sum.crc);
        ++sum.next;
    }
}

/// Nothing when an earlier program sent a part of it.
std::optional<std::uint32_t> GoogleStore::takeSum(const Upload& upload)
{
    const std::lock_guard lock(m_lock);
    const auto found = m_sums.find(upload.token);
    if (found == m_sums.end()) {
        return {};
    }
    const Sum sum = found->second;
    m_sums.erase(found);
    return sum.next == upload.blocks() ? std::optional(sum.crc) : std::nullopt;
}

Result<std::vector<bool>> GoogleStore::writtenBlocks(const Upload& upload, std::stop_token stop)
{
    TY_TRY(const HttpResponse answer, askSession(upload, fmt::format("bytes */{}", upload.bytes), {}, std::move(stop)));
    const std::uint64_t arrived = answer.status == kMoreToCome ? arrivedBytes(answer.headers) : upload.bytes;
    std::vector<bool> written(upload.blocks(), false);
    for (std::uint64_t block = 0; block < upload.blocks(); ++block) {
        written[block] = upload.offset(block) + upload.size(block) <= arrived;
    }
    return written;
}

Result<StoreEntry> GoogleStore::finishUpload(
    const Upload& upload, const ContentSums& sums, Overwrite, std::stop_token stop)
{
    const auto sum = takeSum(upload);
    TY_TRY(GoogleObject object, objectOf(upload.path, stop));
    const bool isOtherSum = sum && !object.crc32c.empty() && object.crc32c != crc32cText(*sum);
    const bool isOtherMd5 = !sums.md5.empty() && !object.entry.md5.empty() && object.entry.md5 != sums.md5;
    if (isOtherSum || isOtherMd5 || object.entry.bytes != upload.bytes) {
        (void)remove(upload.path, std::move(stop));
        return Error{ErrorKind::Io, upload.path + " arrived damaged and was taken back", "Start the transfer again."};
    }
    return std::move(object.entry);
}

Result<void> GoogleStore::abandonUpload(const Upload& upload, std::stop_token stop)
{
    (void)takeSum(upload);
    if (!isSameService(m_options.endpoint, upload.token)) {
        return {};
    }
    constexpr int kClosed = 499; // what the service answers to the end of a session
    TY_TRY(const HttpResponse answer, m_transport->send(plainRequest("DELETE", upload.token), std::move(stop)));
    const bool isGone = answer.status == kClosed || answer.status == 404 || answer.status == 410 || answer.status / 100 == 2;
    return isGone ? Result<void>() : googleStorageFailure(answer, "giving up " + upload.path);
}

Result<StoreEntry> GoogleStore::writeFile(
    const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
    Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const Place place, objectAt(path));
    Query query{{"uploadType", "multipart"}};
    for (auto& condition : conditionsOf(overwrite)) {
        query.push_back(std::move(condition));
    }
    // The service refuses what does not have these sums.
    Json metadata{{"name", place.name}, {"crc32c", crc32cText(crc32c(bytes))}};
    if (!md5.empty()) {
        metadata["md5Hash"] = md5Base64Of(md5);
    }
    const std::string type = contentType.empty() ? "application/octet-stream" : contentType;
    const std::string boundary = "trainyard-" + makeUuid();
    HttpRequest request = transferRequest("POST", uploadUrl(place.bucket, query));
    request.headers.set("Content-Type", "multipart/related; boundary=" + boundary);
    request.body = "--" + boundary + "\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n" + metadata.dump() + "\r\n--" + boundary
        + "\r\nContent-Type: " + type + "\r\n\r\n";
    request.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    request.body += "\r\n--" + boundary + "--";
    const auto answer = ask(std::move(request), "writing " + path, std::move(stop));
    if (!answer) {
        return asExisting(answer.error(), overwrite);
    }
    TY_TRY(GoogleObject object, parseGoogleObject(answer->body, shownBucket(place)));
    return std::move(object.entry);
}

Result<void> GoogleStore::remove(const std::string& path, std::stop_token stop)
{
    TY_TRY(const Place place, placeOf(path));
    if (place.bucket.empty()) {
        return Error{ErrorKind::InvalidInput, "a project is not deleted from here", {}};
    }
    const std::string url = place.name.empty() ? bucketUrl(place.bucket) : objectUrl(place);
    TY_CHECK(ask(plainRequest("DELETE", url), "deleting " + path, std::move(stop)));
    return {};
}

Result<StoreEntry> GoogleStore::rewrite(
    const Place& from, const Place& to, const Json& changes, Query conditions, const std::string& what,
    std::stop_token stop) const
{
    const std::string url = objectUrl(from) + "/rewriteTo/b/" + percentEncode(to.bucket) + "/o/" + percentEncode(to.name);
    for (;;) { // a large one is copied in several calls
        TY_TRY(
            const HttpResponse answer,
            ask(jsonRequest("POST", url + (conditions.empty() ? "" : "?" + queryText(conditions)), changes), what, stop));
        TY_TRY(const Json json, parseJson(answer.body, "Google Cloud Storage's answer"));
        if (json.value("done", false)) {
            TY_TRY(GoogleObject object, parseGoogleObject(json.value("resource", Json::object()).dump(), shownBucket(to)));
            return std::move(object.entry);
        }
        std::erase_if(conditions, [](const auto& each) { return each.first == "rewriteToken"; });
        conditions.emplace_back("rewriteToken", json.value("rewriteToken", std::string()));
    }
}

Result<StoreEntry> GoogleStore::copy(
    const std::string& from, const std::string& to, Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const Place source, objectAt(from));
    TY_TRY(const Place target, objectAt(to));
    auto copied = rewrite(source, target, Json::object(), conditionsOf(overwrite), "copying " + from, std::move(stop));
    return copied ? std::move(copied) : Result<StoreEntry>(asExisting(copied.error(), overwrite));
}

Result<void> GoogleStore::makeFolder(const std::string& path, std::stop_token stop)
{
    TY_TRY(const Place place, placeOf(path));
    if (!place.name.empty() || place.bucket.empty()) {
        return Error{
            ErrorKind::Unsupported, "folders inside a bucket appear with their first file", "Upload something into it."};
    }
    if (m_options.project.empty()) {
        return Error{ErrorKind::InvalidInput, "no project is known to which the bucket could belong", "Open the store by an account that has one."};
    }
    const Json bucket{{"name", place.bucket}, {"iamConfiguration", {{"uniformBucketLevelAccess", {{"enabled", true}}}}}};
    TY_CHECK(
        ask(jsonRequest("POST", bucketUrl({}, {{"project", m_options.project}}), bucket), "making the bucket " + place.bucket,
            std::move(stop)));
    return {};
}

Result<void> GoogleStore::setTier(const std::string& path, const std::string& tier, std::stop_token stop)
{
    TY_TRY(const Place place, objectAt(path));
    TY_CHECK(rewrite(place, place, {{"storageClass", tier}}, {}, "moving " + path + " to " + tier, std::move(stop)));
    return {};
}

} // namespace ty::cloud
