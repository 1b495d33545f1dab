#include "cloud/storage/files_store.h"

#include <algorithm>
#include <utility>

#include "cloud/http/request_id.h"
#include "cloud/storage/blob_answers.h"
#include "cloud/storage/files_answers.h"
#include "cloud/storage/md5.h"
#include "cloud/storage/sas.h"
#include "cloud/storage/storage_requests.h"
#include "cloud/storage/store_path.h"

namespace ty::cloud {

namespace {

constexpr std::uint64_t kRangeBytes = std::uint64_t{4} << 20; ///< the most that one request may write
constexpr std::string_view kPartMark = ".trainyard-part-";

bool isPart(std::string_view path)
{
    return storeName(path).find(kPartMark) != std::string_view::npos;
}

} // namespace

FilesStore::FilesStore(const StorageAccessOptions& access, std::string share)
    : m_transport(makeStorageTransport(access))
    , m_access(access)
    , m_places(m_access.endpoint, std::move(share))
{
}

StoreTraits FilesStore::traits() const
{
    StoreTraits traits;
    traits.canCopy = true;
    traits.hasFolders = true;
    traits.canShare = m_access.credential.kind == StorageCredential::Kind::SharedKey;
    traits.canWrite = m_access.credential.kind != StorageCredential::Kind::Anonymous;
    traits.checksBlocks = true;
    traits.knowsBlocks = true;
    traits.isStreamed = true;
    traits.blockBytes = kRangeBytes;
    traits.maxBlocks = 1'048'576; // 4 TiB
    return traits;
}

std::string FilesStore::title() const
{
    return "Azure Files " + m_access.credential.key.account + (m_places.container().empty() ? "" : "/" + m_places.container());
}

Result<HttpResponse> FilesStore::ask(HttpRequest request, const std::string& what, std::stop_token stop) const
{
    if (m_access.credential.kind == StorageCredential::Kind::Token) {
        request.headers.set("x-ms-file-request-intent", "backup"); // sign-ins may read files in no other way
    }
    return askStorage(*m_transport, request, what, std::move(stop));
}

Result<ListPage> FilesStore::listShares(const ListRequest& request, std::stop_token stop) const
{
    Query query{{"comp", "list"}};
    if (!request.prefix.empty()) {
        query.emplace_back("prefix", request.prefix);
    }
    if (!request.marker.empty()) {
        query.emplace_back("marker", request.marker);
    }
    if (request.pageSize > 0) {
        query.emplace_back("maxresults", std::to_string(request.pageSize));
    }
    TY_TRY(
        const HttpResponse answer,
        ask(plainRequest("GET", m_places.accountUrl(query)), "listing " + title(), std::move(stop)));
    return parseShareList(answer.body);
}

Result<ListPage> FilesStore::list(const ListRequest& request, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(request.folder));
    if (place.container.empty()) {
        return request.isRecursive
            ? Error{ErrorKind::Unsupported, "all shares at once cannot be listed", "Choose a share."}
            : listShares(request, std::move(stop));
    }
    if (request.isRecursive) {
        return listBelow(request, std::move(stop));
    }
    Query query{{"restype", "directory"}, {"comp", "list"}, {"include", "Timestamps,ETag"}};
    if (!request.prefix.empty()) {
        query.emplace_back("prefix", request.prefix);
    }
    if (!request.marker.empty()) {
        query.emplace_back("marker", request.marker);
    }
    if (request.pageSize > 0) {
        query.emplace_back("maxresults", std::to_string(request.pageSize));
    }
    HttpRequest question = plainRequest("GET", m_places.urlOf(place, query));
    question.headers.set("x-ms-file-extended-info", "true");
    TY_TRY(
        const HttpResponse answer, ask(std::move(question), "listing " + title() + "/" + request.folder, std::move(stop)));
    TY_TRY(ListPage page, parseFileList(answer.body, request.folder));
    std::erase_if(page.entries, [](const StoreEntry& entry) { return isPart(entry.path); });
    return page;
}

/// The service lists one directory at a time: the marker holds that directory's own marker and, line by line, the directories
/// that are still to come. Names hold no line ends.
Result<ListPage> FilesStore::listBelow(const ListRequest& request, std::stop_token stop)
{
    std::string marker;
    std::string folders = request.folder;
    if (!request.marker.empty()) {
        const auto end = request.marker.find('\n');
        marker = request.marker.substr(0, end);
        folders = request.marker.substr(std::min(end, request.marker.size() - 1) + 1);
    }
    const auto end = std::min(folders.find('\n'), folders.size());
    ListRequest one;
    one.folder = folders.substr(0, end);
    one.prefix = one.folder == request.folder ? request.prefix : std::string();
    one.marker = marker;
    one.pageSize = request.pageSize;
    TY_TRY(ListPage page, list(one, std::move(stop)));
    std::string rest = folders.substr(std::min(end + 1, folders.size()));
    std::string found;
    for (const StoreEntry& entry : page.entries) {
        if (entry.isFolder) {
            found += (found.empty() ? "" : "\n") + entry.path;
        }
    }
    std::erase_if(page.entries, [](const StoreEntry& entry) { return entry.isFolder; });
    if (!found.empty()) {
        rest += (rest.empty() ? "" : "\n") + found;
    }
    const bool isMoreHere = !page.next.empty();
    if (isMoreHere) {
        page.next += "\n" + one.folder + (rest.empty() ? "" : "\n" + rest);
    } else {
        page.next = rest.empty() ? std::string() : "\n" + rest;
    }
    return page;
}

Result<StoreEntry> FilesStore::properties(const std::string& path, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    StoreEntry folder;
    folder.path = path;
    folder.isFolder = true;
    if (place.container.empty()) {
        return folder;
    }
    if (place.path.empty()) {
        TY_CHECK(ask(plainRequest("HEAD", m_places.urlOf(place, {{"restype", "share"}})), "looking at " + place.container, std::move(stop)));
        return folder;
    }
    auto answer = ask(plainRequest("HEAD", m_places.urlOf(place)), "looking at " + path, stop);
    if (answer) {
        return fileEntryOf(path, answer->headers);
    }
    if (answer.error().kind == ErrorKind::NotFound) {
        const auto directory =
            ask(plainRequest("HEAD", m_places.urlOf(place, {{"restype", "directory"}})), "looking at " + path, std::move(stop));
        if (directory) {
            folder.modified = fileEntryOf(path, directory->headers).modified;
            return folder;
        }
    }
    return std::move(answer).error();
}

Result<void> FilesStore::readInto(
    const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    HttpRequest request = transferRequest("GET", m_places.urlOf(place));
    request.headers.set("x-ms-range", rangeText(offset, sink.bytes));
    if (m_access.credential.kind == StorageCredential::Kind::Token) {
        request.headers.set("x-ms-file-request-intent", "backup");
    }
    TY_TRY(const HttpResponse answer, askPart(*m_transport, std::move(request), path, offset, sink, std::move(stop)));
    // The service compares nothing here; the answer tells what it came from.
    if (!etag.empty() && fileEntryOf(path, answer.headers).etag != etag) {
        return Error{ErrorKind::Conflict, path + " was changed while it was read", "Start the transfer again."};
    }
    return {};
}

std::string FilesStore::partOf(const Upload& upload)
{
    return upload.path + std::string(kPartMark) + upload.token;
}

Result<void> FilesStore::ensureFolders(const AccountPlace& place, std::stop_token stop) const
{
    for (std::size_t slash = place.path.find('/'); slash != std::string::npos; slash = place.path.find('/', slash + 1)) {
        const std::string folder = place.path.substr(0, slash);
        const auto made = ask(
            plainRequest("PUT", m_places.urlOf({place.container, folder}, {{"restype", "directory"}})), "making the folder " + folder, stop);
        if (!made && made.error().kind != ErrorKind::AlreadyExists) {
            return made.error();
        }
    }
    return {};
}

Result<Upload> FilesStore::beginUpload(Upload wanted, std::stop_token stop)
{
    TY_TRY(const AccountPlace asked, m_places.placeOf(wanted.path));
    if (asked.container.empty() || asked.path.empty()) {
        return Error{ErrorKind::InvalidInput, "a file has to go into a share", "Name one: account/share/file."};
    }
    wanted.blockBytes = std::min(wanted.blockBytes == 0 ? kRangeBytes : wanted.blockBytes, kRangeBytes);
    wanted.token = makeUuid().substr(0, 8);
    TY_TRY(const AccountPlace part, m_places.placeOf(partOf(wanted)));
    HttpRequest request = plainRequest("PUT", m_places.urlOf(part));
    request.headers.set("x-ms-type", "file");
    request.headers.set("x-ms-content-length", std::to_string(wanted.bytes));
    auto made = ask(request, "writing " + wanted.path, stop);
    if (!made && made.error().kind == ErrorKind::NotFound) {
        TY_CHECK(ensureFolders(part, stop));
        made = ask(request, "writing " + wanted.path, std::move(stop));
    }
    TY_CHECK(made);
    return wanted;
}

Result<void> FilesStore::writeBlock(
    const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop)
{
    TY_TRY(const AccountPlace part, m_places.placeOf(partOf(upload)));
    HttpRequest request = transferRequest("PUT", m_places.urlOf(part, {{"comp", "range"}}));
    request.headers.set("x-ms-write", "update");
    request.headers.set("x-ms-range", rangeText(upload.offset(block), bytes.size()));
    request.headers.set("Content-MD5", md5Base64Of(Md5::of(bytes)));
    request.payload = bytes;
    TY_CHECK(ask(std::move(request), "writing " + upload.path, std::move(stop)));
    return {};
}

Result<std::vector<bool>> FilesStore::writtenBlocks(const Upload& upload, std::stop_token stop)
{
    TY_TRY(const AccountPlace part, m_places.placeOf(partOf(upload)));
    TY_TRY(
        const HttpResponse answer,
        ask(plainRequest("GET", m_places.urlOf(part, {{"comp", "rangelist"}})), "looking for the parts of " + upload.path, std::move(stop)));
    TY_TRY(const auto ranges, parseRangeList(answer.body));
    std::vector<bool> written(upload.blocks(), false);
    for (std::uint64_t block = 0; block < upload.blocks(); ++block) {
        const std::uint64_t first = upload.offset(block);
        const std::uint64_t last = first + upload.size(block) - 1;
        written[block] = std::any_of(ranges.begin(), ranges.end(), [&](const FileRange& range) {
            return range.first <= first && last <= range.last;
        });
    }
    return written;
}

Result<StoreEntry> FilesStore::finishUpload(
    const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const AccountPlace part, m_places.placeOf(partOf(upload)));
    TY_TRY(const AccountPlace place, m_places.placeOf(upload.path));
    if (!sums.md5.empty() || !upload.contentType.empty()) {
        HttpRequest request = plainRequest("PUT", m_places.urlOf(part, {{"comp", "properties"}}));
        request.headers.set("x-ms-content-md5", md5Base64Of(sums.md5));
        request.headers.set("x-ms-content-type", upload.contentType.empty() ? "application/octet-stream" : upload.contentType);
        const auto set = ask(std::move(request), "writing " + upload.path, stop);
        if (!set && set.error().kind == ErrorKind::NotFound) {
            return properties(upload.path, std::move(stop)); // it was renamed before, and the answer was lost
        }
        TY_CHECK(set);
    }
    HttpRequest request = plainRequest("PUT", m_places.urlOf(place, {{"comp", "rename"}}));
    std::string source = m_places.urlOf(part);
    if (m_access.credential.kind == StorageCredential::Kind::Sas) {
        source += "?" + m_access.credential.sas.reveal();
    }
    request.headers.set("x-ms-file-rename-source", source);
    request.headers.set("x-ms-file-rename-replace-if-exists", overwrite == Overwrite::Yes ? "true" : "false");
    const auto renamed = ask(std::move(request), "writing " + upload.path, stop);
    if (!renamed && renamed.error().kind != ErrorKind::NotFound) {
        return renamed.error();
    }
    return properties(upload.path, std::move(stop));
}

Result<void> FilesStore::abandonUpload(const Upload& upload, std::stop_token stop)
{
    TY_TRY(const AccountPlace part, m_places.placeOf(partOf(upload)));
    const auto removed = ask(plainRequest("DELETE", m_places.urlOf(part)), "removing what is left of " + upload.path, std::move(stop));
    return removed || removed.error().kind == ErrorKind::NotFound ? Result<void>() : Result<void>(removed.error());
}

Result<void> FilesStore::remove(const std::string& path, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    if (place.container.empty()) {
        return Error{ErrorKind::InvalidInput, "an account is not deleted from here", {}};
    }
    if (place.path.empty()) {
        TY_CHECK(ask(plainRequest("DELETE", m_places.urlOf(place, {{"restype", "share"}})), "deleting " + path, std::move(stop)));
        return {};
    }
    TY_TRY(const StoreEntry entry, properties(path, stop));
    const Query query = entry.isFolder ? Query{{"restype", "directory"}} : Query();
    TY_CHECK(ask(plainRequest("DELETE", m_places.urlOf(place, query)), "deleting " + path, std::move(stop)));
    return {};
}

Result<StoreEntry> FilesStore::copy(
    const std::string& from, const std::string& to, Overwrite overwrite, std::stop_token stop)
{
    TY_TRY(const AccountPlace source, m_places.placeOf(from));
    TY_TRY(const AccountPlace target, m_places.placeOf(to));
    if (overwrite == Overwrite::No && properties(to, stop)) {
        return Error{ErrorKind::AlreadyExists, to + " is there already", {}};
    }
    HttpRequest request = plainRequest("PUT", m_places.urlOf(target));
    std::string address = m_places.urlOf(source);
    if (m_access.credential.kind == StorageCredential::Kind::Sas) {
        address += "?" + m_access.credential.sas.reveal();
    }
    request.headers.set("x-ms-copy-source", address);
    auto begun = ask(request, "copying " + from, stop);
    if (!begun && begun.error().kind == ErrorKind::NotFound) {
        TY_CHECK(ensureFolders(target, stop));
        begun = ask(request, "copying " + from, stop);
    }
    TY_CHECK(begun);
    const auto look = [&] { return ask(plainRequest("HEAD", m_places.urlOf(target)), "copying " + from, stop); };
    TY_CHECK(waitForCopy(std::move(begun).value(), from, look, stop));
    return properties(to, std::move(stop));
}

Result<void> FilesStore::makeFolder(const std::string& path, std::stop_token stop)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    if (place.path.empty()) {
        TY_CHECK(ask(plainRequest("PUT", m_places.urlOf(place, {{"restype", "share"}})), "making the share " + path, std::move(stop)));
        return {};
    }
    TY_CHECK(ensureFolders(place, stop));
    TY_CHECK(ask(plainRequest("PUT", m_places.urlOf(place, {{"restype", "directory"}})), "making the folder " + path, std::move(stop)));
    return {};
}

Result<Secret> FilesStore::shareAddress(
    const std::string& path, const std::string& permissions, const std::string& expires, std::stop_token)
{
    TY_TRY(const AccountPlace place, m_places.placeOf(path));
    if (place.container.empty()) {
        return Error{ErrorKind::InvalidInput, "choose a share or a file to share", {}};
    }
    if (m_access.credential.kind != StorageCredential::Kind::SharedKey) {
        return Error{ErrorKind::Permission, "only the account's key can make addresses to share", {}};
    }
    ServiceSas sas;
    sas.service = ServiceSas::Service::File;
    sas.container = place.container;
    sas.path = place.path;
    sas.permissions = permissions;
    sas.expiresOn = expires;
    TY_TRY(const Secret token, sasToken(sas, m_access.credential.key));
    return Secret(m_places.urlOf(place) + "?" + token.reveal());
}

} // namespace ty::cloud
