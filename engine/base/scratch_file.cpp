#include "engine/base/scratch_file.h"

#include <cassert>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "engine/base/files.h"

namespace ty {

namespace {

constexpr const char* kWhat = "a scratch file";

/// A folder that is memory itself would hold nothing that memory does not.
bool isInMemory(const struct statfs& status)
{
    constexpr auto kTmpfs = 0x01021994U;
    constexpr auto kRamfs = 0x858458f6U;
    const auto type = static_cast<std::uint32_t>(status.f_type);
    return type == kTmpfs || type == kRamfs;
}

int openNameless(const std::string& folder)
{
    const int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL)) {
        return fd;
    }
    std::string name = folder + "/scratch-XXXXXX"; // a file system that knows no files without names
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) {
        ::unlink(name.c_str());
    }
    return named;
}

} // namespace

std::string scratchFolder()
{
    for (const auto& [variable, below] : {std::pair{"XDG_CACHE_HOME", "/trainyard"}, std::pair{"HOME", "/.cache/trainyard"}}) {
        const char* const value = std::getenv(variable);
        if (value != nullptr && value[0] == '/') {
            return std::string(value) + below;
        }
    }
    return "/var/tmp";
}

std::uint64_t scratchBytes()
{
    const std::string folder = scratchFolder();
    struct statfs status = {};
    if (!makeFolders(folder) || ::statfs(folder.c_str(), &status) != 0 || isInMemory(status)) {
        return 0;
    }
    return static_cast<std::uint64_t>(status.f_bavail) * static_cast<std::uint64_t>(status.f_bsize) / 2;
}

Result<ScratchFile> ScratchFile::create()
{
    const std::string folder = scratchFolder();
    TY_CHECK(makeFolders(folder));
    const int fd = openNameless(folder);
    if (fd < 0) {
        return errnoError(errno, "cannot make a scratch file in", folder);
    }
    return ScratchFile(fd);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)), m_mapped(std::exchange(other.m_mapped, {}))
{
}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept
{
    std::swap(m_fd, other.m_fd);
    std::swap(m_mapped, other.m_mapped);
    return *this;
}

ScratchFile::~ScratchFile()
{
    if (!m_mapped.empty()) {
        ::munmap(const_cast<std::byte*>(m_mapped.data()), m_mapped.size());
    }
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<void> ScratchFile::reserve(std::uint64_t bytes)
{
    const int failure = ::posix_fallocate(m_fd, 0, static_cast<off_t>(bytes));
    if (failure != 0) {
        return errnoError(failure, "cannot make room for", kWhat);
    }
    return {};
}

Result<void> ScratchFile::map(std::uint64_t bytes)
{
    assert(m_mapped.empty() && bytes > 0);
    TY_CHECK(reserve(bytes));
    void* const place = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, m_fd, 0);
    if (place == MAP_FAILED) {
        return errnoError(errno, "cannot map", kWhat);
    }
    ::madvise(place, bytes, MADV_RANDOM); // neighbours of a row that is asked for are no likelier than others
    m_mapped = {static_cast<const std::byte*>(place), static_cast<std::size_t>(bytes)};
    return {};
}

Result<void> ScratchFile::write(std::uint64_t offset, std::span<const std::byte> bytes) const
{
    while (!bytes.empty()) {
        const ssize_t done = ::pwrite(m_fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errnoError(errno, "cannot write", kWhat);
        }
        offset += static_cast<std::uint64_t>(done);
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> ScratchFile::read(std::uint64_t offset, std::span<std::byte> into) const
{
    while (!into.empty()) {
        const ssize_t done = ::pread(m_fd, into.data(), into.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return errnoError(done < 0 ? errno : EIO, "cannot read", kWhat);
        }
        offset += static_cast<std::uint64_t>(done);
        into = into.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

} // namespace ty
