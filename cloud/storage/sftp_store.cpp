#include "cloud/storage/sftp_store.h"

#include <algorithm>
#include <ctime>
#include <deque>
#include <utility>

#include <fmt/format.h>

#include "cloud/http/request_id.h"
#include "cloud/ssh/sftp_session.h"
#include "cloud/storage/store_path.h"

namespace ty::cloud {

namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr const char* kPartSuffix = ".trainyard-part";
constexpr std::size_t kMaxEntries = 5'000'000; // of one recursive listing

StoreEntry entryOf(std::string path, const SftpEntry& told)
{
    StoreEntry entry;
    entry.path = std::move(path);
    entry.isFolder = told.isFolder;
    const std::time_t seconds = told.modified;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32] = "";
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    entry.modified = text;
    if (!told.isFolder) {
        entry.bytes = told.bytes;
        entry.etag = fmt::format("{}-{}", told.bytes, told.modified);
        entry.contentType = contentTypeOf(entry.path);
    }
    return entry;
}

} // namespace

template<typename Call>
auto SftpStore::with(std::stop_token stop, const Call& call) -> decltype(call(std::declval<SftpSession&>()))
{
    for (int attempt = 0;; ++attempt) {
        bool isFresh = false;
        {
            const std::lock_guard lock(m_mutex);
            isFresh = m_idle.empty();
        }
        TY_TRY(auto session, take(stop));
        auto result = call(*session);
        const bool isLost = !result && (result.error().kind == ErrorKind::Network || result.error().kind == ErrorKind::Cancelled);
        if (!isLost) {
            const std::lock_guard lock(m_mutex);
            m_idle.push_back(std::move(session));
        }
        // A connection that lay idle may have been ended by the other side: that is no failure yet.
        if (!isLost || isFresh || attempt > 0 || result.error().kind == ErrorKind::Cancelled) {
            return result;
        }
        const std::lock_guard lock(m_mutex);
        m_idle.clear();
    }
}

SftpStore::SftpStore(SshTarget target, std::string root)
    : m_target(std::move(target))
    , m_root(std::move(root))
{
    while (m_root.size() > 1 && m_root.ends_with('/')) {
        m_root.pop_back();
    }
}

SftpStore::~SftpStore() = default;

StoreTraits SftpStore::traits() const
{
    StoreTraits traits;
    traits.hasFolders = true;
    traits.streams = 4;
    traits.maxBlocks = std::uint64_t{1} << 32;
    return traits;
}

std::string SftpStore::title() const
{
    return "the machine " + m_target.host;
}

std::string SftpStore::fileOf(const std::string& path) const
{
    const std::string file = path.empty() ? m_root : m_root == "/" ? "/" + path : joinStorePath(m_root, path);
    return file.empty() ? "." : file;
}

std::string SftpStore::partOf(const Upload& upload) const
{
    const std::string name = "." + std::string(storeName(upload.path)).substr(0, 100) + "." + upload.token + kPartSuffix;
    return fileOf(joinStorePath(storeFolder(upload.path), name));
}

Result<std::unique_ptr<SftpSession>> SftpStore::take(std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            auto session = std::move(m_idle.back());
            m_idle.pop_back();
            return session;
        }
    }
    TY_TRY(auto ssh, SshSession::connect(m_target, kPatience, std::move(stop)));
    return SftpSession::open(std::move(ssh));
}

Result<ListPage> SftpStore::list(const ListRequest& request, std::stop_token stop)
{
    if (!request.folder.empty()) {
        TY_CHECK(checkStorePath(request.folder));
    }
    return with(stop, [&](SftpSession& session) -> Result<ListPage> {
        ListPage page;
        std::deque<std::string> folders{""}; // below the one that was asked for
        while (!folders.empty()) {
            const std::string below = std::move(folders.front());
            folders.pop_front();
            const auto take = [&](const SftpEntry& told) {
                const std::string name = joinStorePath(below, told.name);
                const bool isPart = told.name.ends_with(kPartSuffix);
                // A machine may tell any name; one with a slash in it is no name.
                if ((!told.isFile && !told.isFolder) || isPart || !checkStorePath(told.name) || told.name.find('/') != std::string::npos) {
                    return true;
                }
                if (told.isFolder && request.isRecursive) {
                    folders.push_back(name);
                } else if (name.starts_with(request.prefix)) {
                    page.entries.push_back(entryOf(joinStorePath(request.folder, name), told));
                }
                return page.entries.size() < kMaxEntries;
            };
            TY_CHECK(session.list(fileOf(joinStorePath(request.folder, below)), take, stop));
        }
        std::sort(page.entries.begin(), page.entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
        return page;
    });
}

Result<StoreEntry> SftpStore::properties(const std::string& path, std::stop_token stop)
{
    if (!path.empty()) {
        TY_CHECK(checkStorePath(path));
    }
    return with(stop, [&](SftpSession& session) -> Result<StoreEntry> {
        TY_TRY(const SftpEntry told, session.look(fileOf(path), stop));
        return entryOf(path, told);
    });
}

Result<void> SftpStore::read(
    const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes, std::stop_token stop)
{
    TY_CHECK(checkStorePath(path));
    return with(stop, [&](SftpSession& session) -> Result<void> {
        if (!etag.empty()) {
            TY_TRY(const SftpEntry told, session.look(fileOf(path), stop));
            if (entryOf(path, told).etag != etag) {
                return Error{ErrorKind::Conflict, path + " was changed while it was read", "Start the transfer again."};
            }
        }
        return session.read(fileOf(path), offset, bytes, stop);
    });
}

Result<void> SftpStore::makeFolders(SftpSession& session, const std::string& path) const
{
    if (path.empty()) {
        return {};
    }
    if (const auto there = session.look(fileOf(path), {}); there && there->isFolder) {
        return {};
    }
    TY_CHECK(makeFolders(session, std::string(storeFolder(path))));
    return session.makeFolder(fileOf(path));
}

Result<Upload> SftpStore::beginUpload(Upload wanted, std::stop_token stop)
{
    TY_CHECK(checkStorePath(wanted.path));
    if (wanted.token.empty()) {
        wanted.token = makeUuid().substr(0, 8);
    }
    return with(stop, [&](SftpSession& session) -> Result<Upload> {
        TY_CHECK(makeFolders(session, std::string(storeFolder(wanted.path))));
        const auto made = session.write(partOf(wanted), 0, {}, SftpSession::Create::New, stop);
        if (!made && !session.look(partOf(wanted), stop)) { // else the answer to an earlier request was lost
            return made.error();
        }
        return wanted;
    });
}

Result<void> SftpStore::writeBlock(
    const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop)
{
    return with(stop, [&](SftpSession& session) {
        return session.write(partOf(upload), upload.offset(block), bytes, SftpSession::Create::No, stop);
    });
}

Result<std::vector<bool>> SftpStore::writtenBlocks(const Upload& upload, std::stop_token stop)
{
    return with(stop, [&](SftpSession& session) -> Result<std::vector<bool>> {
        TY_CHECK(session.look(partOf(upload), stop));
        return std::vector<bool>(upload.blocks(), false);
    });
}

Result<StoreEntry> SftpStore::finishUpload(
    const Upload& upload, const ContentSums&, Overwrite overwrite, std::stop_token stop)
{
    return with(stop, [&](SftpSession& session) -> Result<StoreEntry> {
        const std::string file = fileOf(upload.path);
        TY_TRY(const SftpEntry part, session.look(partOf(upload), stop));
        if (part.bytes != upload.bytes) {
            return Error{ErrorKind::Io, upload.path + " did not arrive whole", "Its disk may be full."};
        }
        // The protocol has no rename that says whether it replaces: looked at before.
        const auto there = session.look(file, stop);
        if (there && overwrite == Overwrite::No) {
            return Error{ErrorKind::AlreadyExists, "writing " + upload.path + ": it is there already", {}};
        }
        if (there) {
            TY_CHECK(session.removeFile(file));
        }
        TY_CHECK(session.rename(partOf(upload), file));
        return entryOf(upload.path, part);
    });
}

Result<void> SftpStore::abandonUpload(const Upload& upload, std::stop_token stop)
{
    return with(stop, [&](SftpSession& session) -> Result<void> {
        const auto removed = session.removeFile(partOf(upload));
        return removed || removed.error().kind == ErrorKind::NotFound ? Result<void>() : removed;
    });
}

Result<void> SftpStore::remove(const std::string& path, std::stop_token stop)
{
    TY_CHECK(checkStorePath(path));
    return with(stop, [&](SftpSession& session) -> Result<void> {
        TY_TRY(const SftpEntry there, session.look(fileOf(path), stop));
        return there.isFolder ? session.removeFolder(fileOf(path)) : session.removeFile(fileOf(path));
    });
}

Result<void> SftpStore::makeFolder(const std::string& path, std::stop_token stop)
{
    TY_CHECK(checkStorePath(path));
    return with(stop, [&](SftpSession& session) { return makeFolders(session, path); });
}

} // namespace ty::cloud
