#include "engine/base/files.h"
#include "engine/base/parts_file.h"

#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ty {

namespace {

namespace fs = std::filesystem;

std::string folderOf(const std::string& path)
{
    const auto parent = fs::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

Result<void> writeAll(int fd, std::string_view bytes, const std::string& path)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errnoError(errno, "cannot write", path);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

class Descriptor {
public:
    explicit Descriptor(int fd) : m_fd(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor()
    {
        if (m_fd >= 0) {
            ::close(m_fd);
        }
    }
    int get() const { return m_fd; }
    int release() { return std::exchange(m_fd, -1); }

private:
    int m_fd;
};

} // namespace

Result<std::string> readFile(const std::string& path, std::uint64_t maxBytes)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
        return errnoError(errno, "cannot read", path);
    }
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0) {
        return errnoError(errno, "cannot read", path);
    }
    if (S_ISDIR(status.st_mode)) {
        return Error{ErrorKind::InvalidInput, "cannot read " + path + ": it is a folder, a file is needed", {}};
    }
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(status.st_size));
    char chunk[1 << 16];
    for (;;) {
        const ssize_t got = ::read(file.get(), chunk, sizeof chunk);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return errnoError(errno, "cannot read", path);
        }
        if (got == 0) {
            return bytes;
        }
        if (bytes.size() + static_cast<std::size_t>(got) > maxBytes) {
            return Error{ErrorKind::InvalidInput, path + " is larger than " + std::to_string(maxBytes) + " bytes", {}};
        }
        bytes.append(chunk, static_cast<std::size_t>(got));
    }
}

Result<void> syncFolder(const std::string& path)
{
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0) {
        return errnoError(errno, "cannot open folder", path);
    }
    if (::fsync(folder.get()) != 0 && errno != EINVAL) {
        return errnoError(errno, "cannot flush folder", path);
    }
    return {};
}

Result<void> writeFileAtomically(const std::string& path, std::string_view bytes)
{
    return writePartsAtomically(path, {&bytes, 1});
}

Result<void> writePartsAtomically(const std::string& path, std::span<const std::string_view> parts)
{
    std::string temporary = path + ".XXXXXX";
    Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (file.get() < 0) {
        return errnoError(errno, "cannot write", path);
    }
    Result<void> written;
    for (std::size_t i = 0; i < parts.size() && written; ++i) {
        written = writeAll(file.get(), parts[i], path);
    }
    if (written && ::fchmod(file.get(), 0644) != 0) {
        written = errnoError(errno, "cannot write", path);
    }
    if (written && ::fsync(file.get()) != 0) {
        written = errnoError(errno, "cannot write", path);
    }
    if (written && ::close(file.release()) != 0) {
        written = errnoError(errno, "cannot write", path);
    }
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
        written = errnoError(errno, "cannot write", path);
    }
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return syncFolder(folderOf(path));
}

Result<void> makeFolders(const std::string& path)
{
    std::error_code code;
    fs::create_directories(path, code);
    if (code) {
        return errnoError(code.value(), "cannot create folder", path);
    }
    if (!fs::is_directory(path, code)) {
        return errnoError(ENOTDIR, "cannot create folder", path);
    }
    return {};
}

Result<void> removeTree(const std::string& path)
{
    std::error_code code;
    fs::remove_all(path, code);
    if (code) {
        return errnoError(code.value(), "cannot remove", path);
    }
    return {};
}

std::uint64_t treeBytes(const std::string& path)
{
    std::error_code code;
    if (fs::is_regular_file(fs::symlink_status(path, code))) {
        return fs::file_size(path, code);
    }
    std::uint64_t sum = 0;
    for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, code), end;
         !code && it != end;
         it.increment(code)) {
        std::error_code ignored;
        if (fs::is_regular_file(it->symlink_status(ignored))) {
            sum += it->file_size(ignored);
        }
    }
    return sum;
}

bool pathExists(const std::string& path)
{
    std::error_code code;
    return fs::exists(path, code);
}

bool isFolder(const std::string& path)
{
    std::error_code code;
    return fs::is_directory(path, code);
}

LineLog::LineLog(LineLog&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
    , m_path(std::move(other.m_path))
{
}

LineLog& LineLog::operator=(LineLog&& other) noexcept
{
    std::swap(m_fd, other.m_fd);
    std::swap(m_path, other.m_path);
    return *this;
}

LineLog::~LineLog()
{
    if (m_fd >= 0) {
        ::close(m_fd);
    }
}

Result<LineLog> LineLog::open(const std::string& path)
{
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (file.get() < 0) {
        return errnoError(errno, "cannot write", path);
    }
    off_t end = ::lseek(file.get(), 0, SEEK_END);
    off_t keep = end;
    char last = '\n';
    while (keep > 0 && ::pread(file.get(), &last, 1, keep - 1) == 1 && last != '\n') {
        --keep;
    }
    if (keep != end && ::ftruncate(file.get(), keep) != 0) {
        return errnoError(errno, "cannot repair", path);
    }
    LineLog log;
    log.m_fd = file.release();
    log.m_path = path;
    return log;
}

Result<void> LineLog::append(std::string_view line)
{
    std::string bytes;
    bytes.reserve(line.size() + 1);
    bytes.append(line);
    bytes.push_back('\n');
    return writeAll(m_fd, bytes, m_path);
}

Result<void> LineLog::sync()
{
    if (::fdatasync(m_fd) != 0 && errno != EINVAL) {
        return errnoError(errno, "cannot flush", m_path);
    }
    return {};
}

} // namespace ty
