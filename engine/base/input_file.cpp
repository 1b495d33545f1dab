#include "engine/base/input_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ty {

InputFile::InputFile(int fd, std::string path, std::uint64_t size) : m_fd(fd), m_path(std::move(path)), m_size(size) {}

InputFile::InputFile(InputFile&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1)), m_path(std::move(other.m_path)), m_size(other.m_size)
{
}

InputFile& InputFile::operator=(InputFile&& other) noexcept
{
    std::swap(m_fd, other.m_fd);
    std::swap(m_path, other.m_path);
    std::swap(m_size, other.m_size);
    return *this;
}

InputFile::~InputFile()
{
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<InputFile> InputFile::open(const std::string& path)
{
    InputFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC), path, 0);
    struct stat status = {};
    if (file.m_fd < 0 || ::fstat(file.m_fd, &status) != 0) {
        return errnoError(errno, "cannot read", path);
    }
    if (S_ISDIR(status.st_mode)) {
        return Error{ErrorKind::InvalidInput, "cannot read " + path + ": it is a folder, a file is needed", {}};
    }
    file.m_size = static_cast<std::uint64_t>(status.st_size);
    return file;
}

Result<void> InputFile::read(std::uint64_t offset, std::span<char> into) const
{
    while (!into.empty()) {
        const ssize_t got = ::pread(m_fd, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errnoError(errno, "cannot read", m_path);
        }
        if (got == 0) {
            return Error{ErrorKind::Io, "cannot read " + m_path + ": it became shorter while it was read", {}};
        }
        into = into.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

} // namespace ty
