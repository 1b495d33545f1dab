#include "cloud/storage/block_cache.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cloud/auth/crypto.h"
#include "cloud/http/request_id.h"
#include "cloud/storage/crc64.h"
#include "engine/base/files.h"
#include "engine/base/scratch_file.h"

namespace ty::cloud {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostByDefault = 64 * kGiB;
constexpr std::size_t kTrailer = sizeof(std::uint64_t); ///< the CRC-64 of what stands before it
constexpr std::chrono::minutes kMarkEvery{10};

std::uint64_t checksumOf(std::string_view bytes)
{
    return crc64(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

/// The whole file in one read: what another thread removes meanwhile stays readable.
bool readWhole(const std::string& file, std::string& bytes)
{
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    struct stat status = {};
    bool isRead = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size >= static_cast<off_t>(kTrailer);
    bytes.resize(isRead ? static_cast<std::size_t>(status.st_size) : 0);
    for (std::size_t done = 0; isRead && done < bytes.size();) {
        const ssize_t got = ::pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        isRead = got > 0;
        done += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    ::close(fd);
    return isRead;
}

bool writeWhole(int fd, std::string_view bytes)
{
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t put = ::write(fd, bytes.data() + done, bytes.size() - done);
        if (put <= 0) {
            return false;
        }
        done += static_cast<std::size_t>(put);
    }
    return true;
}

} // namespace

BlockCache::BlockCache(std::string folder, std::uint64_t mostBytes)
    : m_folder(std::move(folder))
    , m_mostBytes(mostBytes)
{
}

std::string BlockCache::defaultFolder()
{
    const char* const asked = std::getenv("TRAINYARD_CACHE");
    return (asked != nullptr && asked[0] == '/' ? std::string(asked) : scratchFolder()) + "/stores";
}

std::uint64_t BlockCache::defaultBytes()
{
    if (const char* const asked = std::getenv("TRAINYARD_CACHE_GIB"); asked != nullptr && *asked != '\0') {
        return static_cast<std::uint64_t>(std::max(0.0, std::strtod(asked, nullptr)) * static_cast<double>(kGiB));
    }
    return std::min(kMostByDefault, scratchBytes());
}

std::string BlockCache::keyOf(std::string_view content)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::string key;
    for (const char byte : sha256(content)) {
        key += kHex[static_cast<unsigned char>(byte) >> 4];
        key += kHex[static_cast<unsigned char>(byte) & 15];
    }
    return key;
}

std::string BlockCache::fileOf(const std::string& key) const
{
    return m_folder + "/" + key.substr(0, 2) + "/" + key;
}

bool BlockCache::has(const std::string& key) const
{
    return m_mostBytes > 0 && ::access(fileOf(key).c_str(), R_OK) == 0;
}

std::optional<std::string> BlockCache::find(const std::string& key)
{
    std::string bytes;
    const std::string file = fileOf(key);
    if (m_mostBytes == 0 || !readWhole(file, bytes)) {
        return std::nullopt;
    }
    const auto now = Clock::now();
    bool isKnown = false;
    bool isMarked = false;
    {
        const std::lock_guard lock(m_mutex);
        const auto used = m_used.find(key);
        isKnown = used != m_used.end();
        isMarked = isKnown && now - used->second < kMarkEvery;
    }
    const std::size_t size = bytes.size() - kTrailer;
    if (!isKnown) { // once: the disk of a computer that lost its power may hold anything
        std::uint64_t told = 0;
        std::memcpy(&told, bytes.data() + size, kTrailer);
        if (told != checksumOf(std::string_view(bytes).substr(0, size))) {
            ::unlink(file.c_str());
            return std::nullopt;
        }
    }
    if (!isMarked) {
        ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0); // the newest time goes last
        const std::lock_guard lock(m_mutex);
        m_used[key] = now;
    }
    bytes.resize(size);
    return bytes;
}

bool BlockCache::keep(const std::string& key, std::string_view bytes)
{
    if (m_mostBytes < bytes.size() + kTrailer) {
        return false;
    }
    const std::string file = fileOf(key);
    const std::string beside = m_folder + "/new-" + makeUuid();
    const std::uint64_t checksum = checksumOf(bytes);
    if (!makeFolders(fs::path(file).parent_path().string())) {
        return false;
    }
    const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return false;
    }
    std::string_view trailer(reinterpret_cast<const char*>(&checksum), kTrailer);
    const bool isWritten = writeWhole(fd, bytes) && writeWhole(fd, trailer);
    ::close(fd);
    if (!isWritten || ::rename(beside.c_str(), file.c_str()) != 0) {
        ::unlink(beside.c_str());
        return false;
    }
    const std::lock_guard lock(m_mutex);
    m_used[key] = Clock::now();
    if (!m_bytes) {
        m_bytes = measure();
    } else {
        *m_bytes += bytes.size() + kTrailer;
    }
    if (*m_bytes > m_mostBytes) {
        makeRoom();
    }
    return true;
}

std::uint64_t BlockCache::measure() const
{
    return treeBytes(m_folder);
}

/// Removes what was not used for longest, down to nine tenths. The lock is held.
void BlockCache::makeRoom()
{
    struct Kept {
        fs::file_time_type used;
        std::uint64_t bytes = 0;
        fs::path file;
    };
    std::vector<Kept> all;
    std::uint64_t total = 0;
    std::error_code failed;
    for (fs::recursive_directory_iterator at(m_folder, failed), end; !failed && at != end; at.increment(failed)) {
        std::error_code gone; // another program may remove files, too
        const bool isFile = at->is_regular_file(gone);
        const std::uint64_t bytes = isFile ? at->file_size(gone) : 0;
        const auto used = at->last_write_time(gone);
        if (isFile && !gone) {
            all.push_back({used, bytes, at->path()});
            total += bytes;
        }
    }
    std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.used < b.used; });
    const std::uint64_t wanted = m_mostBytes / 10 * 9;
    for (const Kept& kept : all) {
        if (total <= wanted) {
            break;
        }
        std::error_code gone;
        fs::remove(kept.file, gone);
        total -= std::min(total, kept.bytes);
        m_used.erase(kept.file.filename().string());
    }
    m_bytes = total;
}

} // namespace ty::cloud
