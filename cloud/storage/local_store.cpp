#include "cloud/storage/local_store.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cloud/http/request_id.h"
#include "cloud/storage/store_path.h"
#include "engine/base/files.h"

namespace ty::cloud {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPage = 5000;
constexpr const char* kPartSuffix = ".trainyard-part";

class Descriptor {
public:
    Descriptor(const std::string& path, int flags)
        : m_fd(::open(path.c_str(), flags | O_CLOEXEC, 0666))
    {
    }
    ~Descriptor()
    {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    bool isOpen() const { return m_fd >= 0; }
    int get() const { return m_fd; }

private:
    int m_fd;
};

std::string timeText(const timespec& time)
{
    std::tm parts{};
    ::gmtime_r(&time.tv_sec, &parts);
    char text[32] = "";
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

StoreEntry entryOf(std::string path, const struct stat& info)
{
    StoreEntry entry;
    entry.path = std::move(path);
    entry.isFolder = S_ISDIR(info.st_mode);
    entry.modified = timeText(info.st_mtim);
    if (!entry.isFolder) {
        entry.bytes = static_cast<std::uint64_t>(info.st_size);
        entry.etag = fmt::format("{}-{}.{:09}-{}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ino);
        entry.contentType = contentTypeOf(entry.path);
    }
    return entry;
}

Result<void> readAt(int descriptor, const std::string& file, std::uint64_t offset, std::span<std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::pread(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return errnoError(errno, "cannot read", file);
        }
        if (count == 0) {
            return Error{ErrorKind::Conflict, file + " became shorter while it was read", "Start the transfer again."};
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

/// Files and folders; nothing else can be read or written like one.
bool isOrdinary(const struct stat& info)
{
    return S_ISREG(info.st_mode) || S_ISDIR(info.st_mode);
}

Result<void> writeAt(int descriptor, const std::string& file, std::uint64_t offset, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return errnoError(errno, "cannot write", file);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return {};
}

} // namespace

LocalStore::LocalStore(std::string root)
    : m_root(std::move(root))
{
    while (m_root.size() > 1 && m_root.ends_with('/')) {
        m_root.pop_back();
    }
}

StoreTraits LocalStore::traits() const
{
    StoreTraits traits;
    traits.hasFolders = true;
    traits.maxBlocks = std::uint64_t{1} << 32;
    return traits;
}

std::string LocalStore::fileOf(const std::string& path) const
{
    return path.empty() ? m_root : (m_root == "/" ? m_root + path : m_root + "/" + path);
}

std::string LocalStore::partFile(const Upload& upload) const
{
    const std::string name = "." + std::string(storeName(upload.path)).substr(0, 100) + "." + upload.token + kPartSuffix;
    return fileOf(joinStorePath(storeFolder(upload.path), name));
}

Result<ListPage> LocalStore::list(const ListRequest& request, std::stop_token stop)
{
    if (!request.folder.empty()) {
        TY_CHECK(checkStorePath(request.folder));
    }
    if (request.isRecursive) {
        return listAllBelow(request, std::move(stop));
    }
    const std::string folder = fileOf(request.folder);
    std::error_code code;
    std::vector<std::string> names;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        std::string name = it->path().filename().string();
        if (name.starts_with(request.prefix) && name > request.marker && !name.ends_with(kPartSuffix)) {
            names.push_back(std::move(name));
        }
        if (stop.stop_requested()) {
            return Error{ErrorKind::Cancelled, "listing " + folder + " was cancelled", {}};
        }
    }
    if (code) {
        return errnoError(code.value(), "cannot list", folder);
    }
    const std::size_t size = std::min(names.size(), request.pageSize > 0 ? static_cast<std::size_t>(request.pageSize) : kPage);
    const auto middle = names.begin() + static_cast<std::ptrdiff_t>(size);
    std::partial_sort(names.begin(), middle, names.end());
    ListPage page;
    for (auto name = names.begin(); name != middle; ++name) {
        std::string path = joinStorePath(request.folder, *name);
        struct stat info {};
        if (::stat(fileOf(path).c_str(), &info) == 0 && isOrdinary(info)) {
            page.entries.push_back(entryOf(std::move(path), info));
        }
    }
    if (size < names.size()) {
        page.next = names[size - 1];
    }
    return page;
}

Result<ListPage> LocalStore::listAllBelow(const ListRequest& request, std::stop_token stop) const
{
    const std::string folder = fileOf(request.folder);
    std::error_code code;
    ListPage page;
    for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        if (stop.stop_requested()) {
            return Error{ErrorKind::Cancelled, "listing " + folder + " was cancelled", {}};
        }
        const std::string file = it->path().string();
        struct stat info {};
        if (::stat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || file.ends_with(kPartSuffix)) {
            continue;
        }
        std::string below = file.substr(folder.size() + (folder == "/" ? 0 : 1));
        if (below.starts_with(request.prefix)) {
            page.entries.push_back(entryOf(joinStorePath(request.folder, below), info));
        }
    }
    if (code) {
        return errnoError(code.value(), "cannot list", folder);
    }
    std::sort(page.entries.begin(), page.entries.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return page;
}

Result<StoreEntry> LocalStore::properties(const std::string& path, std::stop_token)
{
    if (!path.empty()) {
        TY_CHECK(checkStorePath(path));
    }
    struct stat info {};
    if (::stat(fileOf(path).c_str(), &info) != 0) {
        return errnoError(errno, "cannot look at", fileOf(path));
    }
    if (!isOrdinary(info)) {
        return Error{ErrorKind::Unsupported, fileOf(path) + " is neither a file nor a folder", {}};
    }
    return entryOf(path, info);
}

Result<void> LocalStore::read(
    const std::string& path, const std::string& etag, std::uint64_t offset, std::span<std::byte> bytes, std::stop_token)
{
    TY_CHECK(checkStorePath(path));
    const std::string file = fileOf(path);
    const Descriptor descriptor(file, O_RDONLY);
    struct stat info {};
    if (!descriptor.isOpen() || ::fstat(descriptor.get(), &info) != 0) {
        return errnoError(errno, "cannot read", file);
    }
    if (!etag.empty() && entryOf(path, info).etag != etag) {
        return Error{ErrorKind::Conflict, file + " was changed while it was read", "Start the transfer again."};
    }
    return readAt(descriptor.get(), file, offset, bytes);
}

Result<void> LocalStore::readUnfinished(const Upload& upload, std::uint64_t offset, std::span<std::byte> bytes) const
{
    const std::string file = partFile(upload);
    const Descriptor descriptor(file, O_RDONLY | O_NOFOLLOW);
    if (!descriptor.isOpen()) {
        return errnoError(errno, "cannot read", file);
    }
    return readAt(descriptor.get(), file, offset, bytes);
}

Result<Upload> LocalStore::beginUpload(Upload wanted, std::stop_token)
{
    TY_CHECK(checkStorePath(wanted.path));
    if (wanted.token.empty()) {
        wanted.token = makeUuid().substr(0, 8);
    }
    TY_CHECK(makeFolders(fileOf(std::string(storeFolder(wanted.path)))));
    const std::string file = partFile(wanted);
    const Descriptor descriptor(file, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!descriptor.isOpen()) {
        return errnoError(errno, "cannot write", file);
    }
    // A full disk is told now, not after an hour. File systems that cannot reserve are taken at their word.
    const auto size = static_cast<off_t>(wanted.bytes);
    if (size > 0 && ::fallocate(descriptor.get(), 0, 0, size) != 0) {
        const int reason = errno == EOPNOTSUPP && ::ftruncate(descriptor.get(), size) == 0 ? 0 : errno;
        if (reason != 0) {
            ::unlink(file.c_str());
            return errnoError(reason, "cannot write", file);
        }
    }
    return wanted;
}

Result<void> LocalStore::writeBlock(
    const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token)
{
    return writeUnfinished(upload, upload.offset(block), bytes);
}

Result<void> LocalStore::writeUnfinished(const Upload& upload, std::uint64_t offset, std::span<const std::byte> bytes)
{
    const std::string file = partFile(upload);
    const Descriptor descriptor(file, O_WRONLY | O_NOFOLLOW);
    if (!descriptor.isOpen()) {
        return errnoError(errno, "cannot write", file);
    }
    const std::lock_guard lock(m_writing);
    return writeAt(descriptor.get(), file, offset, bytes);
}

Result<StoreEntry> LocalStore::writeFile(
    const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
    Overwrite overwrite, std::stop_token stop)
{
    TY_CHECK(checkStorePath(path));
    const std::string folder = fileOf(std::string(storeFolder(path)));
    TY_CHECK(makeFolders(folder));
    const std::string file = fileOf(path);
    // Without a name until it is whole: whatever ends the program, nothing is left.
    const Descriptor unnamed(folder, O_WRONLY | O_TMPFILE);
    if (overwrite == Overwrite::Yes || !unnamed.isOpen()) { // only a rename replaces; not every file system can do this
        return Store::writeFile(path, bytes, md5, contentType, overwrite, std::move(stop));
    }
    TY_CHECK(writeAt(unnamed.get(), file, 0, bytes));
    const std::string held = fmt::format("/proc/self/fd/{}", unnamed.get());
    if (::linkat(AT_FDCWD, held.c_str(), AT_FDCWD, file.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        return errnoError(errno, "cannot write", file);
    }
    return properties(path, std::move(stop));
}

Result<std::vector<bool>> LocalStore::writtenBlocks(const Upload& upload, std::stop_token)
{
    struct stat info {};
    const std::string file = partFile(upload);
    if (::stat(file.c_str(), &info) != 0 || static_cast<std::uint64_t>(info.st_size) != upload.bytes) {
        return Error{ErrorKind::NotFound, "the unfinished file " + file + " is gone", {}};
    }
    return std::vector<bool>(upload.blocks(), false);
}

Result<StoreEntry> LocalStore::finishUpload(
    const Upload& upload, const ContentSums&, Overwrite overwrite, std::stop_token stop)
{
    const std::string part = partFile(upload);
    const std::string file = fileOf(upload.path);
    const unsigned int flags = overwrite == Overwrite::No ? RENAME_NOREPLACE : 0;
    int answer = ::renameat2(AT_FDCWD, part.c_str(), AT_FDCWD, file.c_str(), flags);
    if (answer != 0 && errno == EINVAL && !pathExists(file)) { // a file system without the flag
        answer = std::rename(part.c_str(), file.c_str());
    }
    if (answer != 0) {
        return errnoError(errno, "cannot write", file);
    }
    return properties(upload.path, std::move(stop));
}

Result<void> LocalStore::abandonUpload(const Upload& upload, std::stop_token)
{
    ::unlink(partFile(upload).c_str());
    return {};
}

Result<void> LocalStore::remove(const std::string& path, std::stop_token)
{
    TY_CHECK(checkStorePath(path));
    if (std::remove(fileOf(path).c_str()) != 0) { // a file, or an empty folder
        return errnoError(errno, "cannot delete", fileOf(path));
    }
    return {};
}

Result<void> LocalStore::makeFolder(const std::string& path, std::stop_token)
{
    TY_CHECK(checkStorePath(path));
    return makeFolders(fileOf(path));
}

} // namespace ty::cloud
