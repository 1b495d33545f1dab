#include "engine/base/folder_lock.h"

#include <cerrno>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace ty {

namespace {

/// Locks of the open file description: unlike POSIX record locks they survive the closing of another descriptor of
/// the same file in this process, and unlike flock() they can be looked at without being taken.
struct flock wholeFile(short type)
{
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

} // namespace

FolderLock::FolderLock(FolderLock&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
{
}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept
{
    std::swap(m_fd, other.m_fd);
    return *this;
}

FolderLock::~FolderLock()
{
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<FolderLock> FolderLock::acquire(const std::string& file)
{
    FolderLock result;
    result.m_fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (result.m_fd < 0) {
        return errnoError(errno, "cannot write", file);
    }
    auto lock = wholeFile(F_WRLCK);
    if (::fcntl(result.m_fd, F_OFD_SETLK, &lock) != 0) {
        if (errno == EAGAIN || errno == EACCES) {
            return Error{
                ErrorKind::Busy,
                "another process is working in this folder (" + file + " is locked)",
                "Wait until it has ended, or stop it; or choose another folder."};
        }
        return errnoError(errno, "cannot lock", file);
    }
    return result;
}

Result<FolderLock> FolderLock::await(const std::string& file, std::chrono::milliseconds patience)
{
    constexpr std::chrono::milliseconds kPause{20};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto lock = acquire(file);
        const bool isHeldByOther = !lock && lock.error().kind == ErrorKind::Busy;
        if (!isHeldByOther || std::chrono::steady_clock::now() >= deadline) {
            return lock;
        }
        std::this_thread::sleep_for(kPause);
    }
}

bool FolderLock::isHeld(const std::string& file)
{
    const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    auto lock = wholeFile(F_WRLCK);
    const bool isHeld = ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    ::close(fd);
    return isHeld;
}

} // namespace ty
