#include "cloud/storage/blob_store.h"

#include <chrono>
#include <map>

#include <fmt/format.h>

#include "cloud/http/request_id.h"
#include "cloud/storage/blob_answers.h"
#include "cloud/storage/crc64.h"
#include "cloud/storage/md5.h"
#include "cloud/storage/sas.h"
#include "cloud/storage/storage_requests.h"
#include "cloud/storage/store_path.h"
#include "cloud/storage/user_delegation.h"
#include "cloud/storage/xml.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

/// All names of one upload have the same length, as the service demands: "<token>-00000042" in base64.
std::string blockName(const std::string& token, std::uint64_t block)
{
    return encodeBase64(fmt::format("{}-{:08}", token, block));
}

} // namespace

BlobStore::BlobStore(const StorageAccessOptions& access, std::string container)
    : BlobStore(makeStorageTransport(access), access, std::move(container))
{
}

BlobStore::BlobStore(std::unique_ptr<Transport> transport, StorageAccessOptions access, std::string container)
    : m_transport(std::move(transport))
    , m_access(std::move(access))
    , m_places(m_access.endpoint, std::move(container))
    , m_check(
          m_places.isOnThisComputer() ? BlockCheck::None
              : m_places.isEmulated() ? BlockCheck::Md5
                                      : BlockCheck::Crc64)
{
}

void BlobStore::addCheck(HttpRequest& request, std::span<const std::byte> bytes) const
{
    if (m_check == BlockCheck::Crc64) {
        request.headers.set("x-ms-content-crc64", crc64Header(crc64(bytes)));
    } else if (m_check == BlockCheck::Md5) {
        request.headers.set("Content-MD5", md5Base64Of(Md5::of(bytes)));
    }
}

StoreTraits BlobStore::traits() const
{
    StoreTraits traits;
    traits.canCopy = true;
    traits.hasTiers = true;
    traits.canRestore = true;
    traits.canShare = m_access.credential.kind == StorageCredential::Kind::SharedKey
        || m_access.credential.kind == StorageCredential::Kind::Token;
    traits.canWrite = m_access.credential.kind != StorageCredential::Kind::Anonymous;
    traits.checksBlocks = true;
    traits.keepsCrc64 = true;
    traits.knowsBlocks = true;
    traits.isStreamed = true;
    return traits;
}

std::string BlobStore::title() const
{
    return "Azure Blob " + m_access.credential.key.account + (m_places.container().empty() ? "" : "/" + m_places.container());
}

Result<HttpResponse> BlobStore::ask(HttpRequest request, const std::string& what, std::stop_token stop) const
{
    return askStorage(*m_transport, request, what, std::move(stop));
}

Result<ListPage> BlobStore::list(const ListRequest& request, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(request.folder));
    Query query{{"comp", "list"}};
    if (!request.marker.empty()) {
        query.emplace_back("marker", request.marker);
    }
    if (request.pageSize > 0) {
        query.emplace_back("maxresults", std::to_string(request.pageSize));
    }
    if (place.container.empty()) {
        if (!request.prefix.empty()) {
            query.emplace_back("prefix", request.prefix);
        }
        TY_TRY(const HttpResponse answer, ask(plainRequest("GET", m_places.accountUrl(query)), "listing " + title(), stop));
        TY_TRY(ListPage page, parseContainerList(answer.body));
        if (!request.isRecursive) {
            return page;
        }
        return Error{ErrorKind::Unsupported, "all containers at once cannot be listed", "Choose a container."};
    }
    query.emplace_back("restype", "container");
    query.emplace_back("include", request.withDeleted ? "metadata,deleted" : "metadata");
    const std::string prefix = (place.path.empty() ? "" : place.path + "/") + request.prefix;
    if (!prefix.empty()) {
        query.emplace_back("prefix", prefix);
    }
    if (!request.isRecursive) {
        query.emplace_back("delimiter", "/");
    }
    TY_TRY(
        const HttpResponse answer,
        ask(plainRequest("GET", m_places.urlOf({place.container, {}}, query)), "listing " + title() + "/" + request.folder, stop));
    TY_TRY(ListPage page, parseBlobList(answer.body, m_places.container().empty() ? place.container : std::string()));
    if (request.isRecursive) {
        std::erase_if(page.entries, [](const StoreEntry& entry) { return entry.isFolder; });
    }
    return page;
}

Result<StoreEntry> BlobStore::properties(const std::string& path, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    StoreEntry folder;
    folder.path = path;
    folder.isFolder = true;
    if (place.container.empty()) {
        return folder;
    }
    if (place.path.empty()) {
        TY_TRY(
            const HttpResponse answer,
            ask(plainRequest("HEAD", m_places.urlOf(place, {{"restype", "container"}})), "looking at " + place.container, stop));
        folder.modified = blobEntryOf(path, answer.headers).modified;
        return folder;
    }
    auto answer = ask(plainRequest("HEAD", m_places.urlOf(place)), "looking at " + path, stop);
    if (answer) {
        return blobEntryOf(path, answer->headers);
    }
    if (answer.error().kind != ErrorKind::NotFound) {
        return std::move(answer).error();
    }
    // A folder has no blob of its own: it is there when something lies in it.
    ListRequest inside;
    inside.folder = path;
    inside.pageSize = 1;
    const auto page = list(inside, stop);
    if (page && !page->entries.empty()) {
        return folder;
    }
    return std::move(answer).error();
}

Result<void> BlobStore::readInto(
    const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    HttpRequest request = transferRequest("GET", m_places.urlOf(place));
    request.headers.set("x-ms-range", rangeText(offset, sink.bytes));
    if (!etag.empty()) {
        request.headers.set("If-Match", etag);
    }
    TY_CHECK(askPart(*m_transport, std::move(request), path, offset, sink, stop));
    return {};
}

Result<Upload> BlobStore::beginUpload(Upload wanted, std::stop_token)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(wanted.path));
    if (place.container.empty() || place.path.empty()) {
        return Error{ErrorKind::InvalidInput, "a file has to go into a container", "Name one: account/container/file."};
    }
    constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
    const std::uint64_t least = (wanted.bytes + traits().maxBlocks - 1) / traits().maxBlocks;
    wanted.blockBytes = std::max(wanted.blockBytes, (least + kMiB - 1) / kMiB * kMiB);
    if (wanted.token.empty()) {
        wanted.token = makeUuid().substr(0, 8);
    }
    return wanted;
}

Result<void> BlobStore::writeBlock(
    const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(upload.path));
    HttpRequest request =
        transferRequest("PUT", m_places.urlOf(place, {{"comp", "block"}, {"blockid", blockName(upload.token, block)}}));
    addCheck(request, bytes);
    request.payload = bytes;
    TY_CHECK(ask(std::move(request), "writing " + upload.path, stop));
    return {};
}

Result<BlobBlocks> BlobStore::blocksOf(const std::string& path, std::stop_token stop) const
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    const auto answer = ask(
        plainRequest("GET", m_places.urlOf(place, {{"comp", "blocklist"}, {"blocklisttype", "all"}})), "looking for the blocks of " + path,
        std::move(stop));
    if (!answer) {
        // A blob of which nothing is there yet: none of the blocks arrived, which is no failure.
        return answer.error().kind == ErrorKind::NotFound ? Result<BlobBlocks>(BlobBlocks{}) : answer.error();
    }
    return parseBlocks(answer->body);
}

Result<std::vector<bool>> BlobStore::writtenBlocks(const Upload& upload, std::stop_token stop)
{
    std::vector<bool> written(upload.blocks(), false);
    // Those of a file that is whole already too: it may be this upload, ended without our knowing.
    TY_TRY(BlobBlocks blocks, blocksOf(upload.path, stop));
    std::vector<std::string> names = std::move(blocks.committed);
    names.insert(names.end(), blocks.uncommitted.begin(), blocks.uncommitted.end());
    std::map<std::string, std::uint64_t> numbers;
    for (std::uint64_t block = 0; block < upload.blocks(); ++block) {
        numbers.emplace(blockName(upload.token, block), block);
    }
    for (const std::string& name : names) {
        if (const auto found = numbers.find(name); found != numbers.end()) {
            written[found->second] = true;
        }
    }
    return written;
}

Result<StoreEntry> BlobStore::finishUpload(
    const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(upload.path));
    std::vector<std::string> names;
    for (std::uint64_t block = 0; block < upload.blocks(); ++block) {
        names.push_back(blockName(upload.token, block));
    }
    HttpRequest request = transferRequest("PUT", m_places.urlOf(place, {{"comp", "blocklist"}}));
    request.body = blockListXml(names);
    request.headers.set("Content-Type", "application/xml");
    if (!upload.contentType.empty()) {
        request.headers.set("x-ms-blob-content-type", upload.contentType);
    }
    if (!sums.md5.empty()) {
        request.headers.set("x-ms-blob-content-md5", md5Base64Of(sums.md5));
    }
    if (sums.crc64) {
        request.headers.set(kCrc64Header, fmt::format("{:016x}", *sums.crc64));
    }
    if (overwrite == Overwrite::No) {
        request.headers.set("If-None-Match", "*");
    }
    const auto answer = ask(std::move(request), "writing " + upload.path, stop);
    if (!answer) {
        // "It is there already" may be our own doing, the answer of which was lost.
        const bool mayBeOurs
            = answer.error().kind == ErrorKind::AlreadyExists || answer.error().kind == ErrorKind::Conflict;
        const auto blocks = mayBeOurs ? blocksOf(upload.path, stop) : Result<BlobBlocks>(BlobBlocks{});
        if (names.empty() || !blocks || blocks->committed != names) {
            return answer.error();
        }
        return properties(upload.path, std::move(stop));
    }
    StoreEntry entry = blobEntryOf(upload.path, answer->headers);
    entry.bytes = upload.bytes;
    entry.md5 = sums.md5;
    entry.crc64 = sums.crc64;
    entry.contentType = upload.contentType;
    return entry;
}

Result<void> BlobStore::abandonUpload(const Upload&, std::stop_token)
{
    return {};
}

Result<StoreEntry> BlobStore::writeFile(
    const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
    Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    if (place.container.empty() || place.path.empty()) {
        return Error{ErrorKind::InvalidInput, "a file has to go into a container", "Name one: account/container/file."};
    }
    HttpRequest request = transferRequest("PUT", m_places.urlOf(place));
    request.headers.set("x-ms-blob-type", "BlockBlob");
    addCheck(request, bytes);
    if (!contentType.empty()) {
        request.headers.set("x-ms-blob-content-type", contentType);
    }
    if (!md5.empty()) {
        request.headers.set("x-ms-blob-content-md5", md5Base64Of(md5));
    }
    if (overwrite == Overwrite::No) {
        request.headers.set("If-None-Match", "*");
    }
    request.payload = bytes;
    TY_TRY(const HttpResponse answer, ask(std::move(request), "writing " + path, stop));
    StoreEntry entry = blobEntryOf(path, answer.headers);
    entry.bytes = bytes.size();
    entry.contentType = contentType;
    return entry;
}

Result<void> BlobStore::remove(const std::string& path, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    if (place.container.empty()) {
        return Error{ErrorKind::InvalidInput, "an account is not deleted from here", {}};
    }
    if (place.path.empty()) {
        TY_CHECK(ask(plainRequest("DELETE", m_places.urlOf(place, {{"restype", "container"}})), "deleting " + path, stop));
        return {};
    }
    HttpRequest request = plainRequest("DELETE", m_places.urlOf(place));
    request.headers.set("x-ms-delete-snapshots", "include");
    TY_CHECK(ask(std::move(request), "deleting " + path, stop));
    return {};
}

Result<StoreEntry> BlobStore::copy(const std::string& from, const std::string& to, Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const AccountPlace source, m_places.placeOf(from));
    TY_TRY(const AccountPlace target, m_places.placeOf(to));
    HttpRequest request = plainRequest("PUT", m_places.urlOf(target));
    std::string address = m_places.urlOf(source);
    if (m_access.credential.kind == StorageCredential::Kind::Sas) {
        address += "?" + m_access.credential.sas.reveal();
    }
    request.headers.set("x-ms-copy-source", address);
    if (overwrite == Overwrite::No) {
        request.headers.set("If-None-Match", "*");
    }
    TY_TRY(HttpResponse answer, ask(std::move(request), "copying " + from, stop));
    const auto look = [&] { return ask(plainRequest("HEAD", m_places.urlOf(target)), "copying " + from, stop); };
    TY_CHECK(waitForCopy(std::move(answer), from, look, stop));
    return properties(to, stop);
}

Result<void> BlobStore::restore(const std::string& path, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    TY_CHECK(ask(plainRequest("PUT", m_places.urlOf(place, {{"comp", "undelete"}})), "bringing back " + path, stop));
    return {};
}

Result<void> BlobStore::makeFolder(const std::string& path, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    if (!place.path.empty() || place.container.empty()) {
        return Error{
            ErrorKind::Unsupported, "folders inside a container appear with their first file", "Upload something into it."};
    }
    TY_CHECK(ask(plainRequest("PUT", m_places.urlOf(place, {{"restype", "container"}})), "making the container " + place.container, stop));
    return {};
}

Result<void> BlobStore::setTier(const std::string& path, const std::string& tier, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    HttpRequest request = plainRequest("PUT", m_places.urlOf(place, {{"comp", "tier"}}));
    request.headers.set("x-ms-access-tier", tier);
    TY_CHECK(ask(std::move(request), "moving " + path + " to " + tier, stop));
    return {};
}

Result<Secret> BlobStore::shareAddress(
    const std::string& path, const std::string& permissions, const std::string& expires, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    ServiceSas sas;
    sas.container = place.container;
    sas.path = place.path;
    sas.permissions = permissions;
    sas.expiresOn = expires;
    const auto whole = [&](const Secret& token) { return Secret(m_places.urlOf(place) + "?" + token.reveal()); };
    if (place.container.empty()) {
        return Error{ErrorKind::InvalidInput, "choose a container or a file to share", {}};
    }
    if (m_access.credential.kind == StorageCredential::Kind::SharedKey) {
        TY_TRY(const Secret token, sasToken(sas, m_access.credential.key));
        return whole(token);
    }
    if (m_access.credential.kind != StorageCredential::Kind::Token) {
        return Error{ErrorKind::Permission, "only the account's key or a sign-in can make addresses to share", {}};
    }
    HttpRequest request = plainRequest("POST", m_places.accountUrl({{"restype", "service"}, {"comp", "userdelegationkey"}}));
    request.body = userDelegationRequest(std::chrono::system_clock::now(), expires);
    request.headers.set("Content-Type", "application/xml");
    request.isRepeatable = true;
    TY_TRY(const HttpResponse answer, ask(std::move(request), "asking for a key to share " + path, stop));
    TY_TRY(const UserDelegationKey key, parseUserDelegationKey(answer.body));
    TY_TRY(const Secret token, sasToken(sas, m_access.credential.key.account, key));
    return whole(token);
}

Result<int> BlobStore::softDeleteDays(std::stop_token stop)
{
    TY_TRY(
        const HttpResponse answer,
        ask(plainRequest("GET", m_places.accountUrl({{"restype", "service"}, {"comp", "properties"}})), "reading the account's settings", stop));
    TY_TRY(const XmlNode root, parseXml(answer.body));
    const XmlNode* policy = root.child("DeleteRetentionPolicy");
    if (policy == nullptr || policy->childText("Enabled") != "true") {
        return 0;
    }
    return std::atoi(policy->childText("Days").c_str());
}

} // namespace ty::cloud
