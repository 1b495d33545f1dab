#include "engine/data/data_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/files.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

class LocalDataFile final : public DataFile {
public:
    LocalDataFile(std::string path, int fd, std::uint64_t bytes)
        : m_path(std::move(path))
        , m_fd(fd)
        , m_bytes(bytes)
    {
    }
    LocalDataFile(const LocalDataFile&) = delete;
    LocalDataFile& operator=(const LocalDataFile&) = delete;
    ~LocalDataFile() override { ::close(m_fd); }

    std::uint64_t bytes() const override { return m_bytes; }

    Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override
    {
        std::size_t done = 0;
        while (done < into.size()) {
            const std::size_t wanted = std::min<std::size_t>(into.size() - done, std::size_t{1} << 30);
            const ssize_t got = ::pread(m_fd, into.data() + done, wanted, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) {
                continue;
            }
            if (got < 0) {
                return errnoError(errno, "cannot read", m_path);
            }
            if (got == 0) {
                break;
            }
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

private:
    std::string m_path;
    int m_fd;
    std::uint64_t m_bytes;
};

Result<std::unique_ptr<DataFile>> openLocally(const std::string& path)
{
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a FIFO must not hang us
    if (fd < 0) {
        return errnoError(errno, "cannot read", path);
    }
    struct stat status = {};
    if (::fstat(fd, &status) != 0) {
        Error error = errnoError(errno, "cannot read", path);
        ::close(fd);
        return error;
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(fd);
        return Error{ErrorKind::InvalidInput, "cannot read " + path + ": it is not a regular file", {}};
    }
    return std::unique_ptr<DataFile>(
        std::make_unique<LocalDataFile>(path, fd, static_cast<std::uint64_t>(status.st_size)));
}

} // namespace

Result<std::vector<DataEntry>> listFolder(const DataFiles* files, const std::string& folder)
{
    if (files != nullptr) {
        return files->list(folder);
    }
    std::vector<DataEntry> entries;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        std::error_code ignored;
        DataEntry found;
        found.name = entry->path().filename().string();
        found.isFile = entry->is_regular_file(ignored);
        found.isFolder = entry->is_directory(ignored);
        found.isLink = entry->is_symlink(ignored);
        entries.push_back(std::move(found));
    }
    if (failed) {
        return errnoError(failed.value(), "cannot read", folder);
    }
    return entries;
}

bool isDataFile(const DataFiles* files, const std::string& path)
{
    if (files != nullptr) {
        const auto entry = files->look(path);
        return entry && entry->isFile;
    }
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

bool isDataFolder(const DataFiles* files, const std::string& path)
{
    if (files != nullptr) {
        const auto entry = files->look(path);
        return entry && entry->isFolder;
    }
    return isFolder(path);
}

Result<std::string> readDataFile(const DataFiles* files, const std::string& path, std::uint64_t limit)
{
    if (files == nullptr) {
        return readFile(path, limit);
    }
    TY_TRY(const auto file, files->open(path));
    if (file->bytes() > limit) {
        return Error{
            ErrorKind::InvalidInput, path + " is larger than the " + std::to_string(limit) + " bytes that it may have", {}};
    }
    std::string bytes(static_cast<std::size_t>(file->bytes()), '\0');
    TY_TRY(const std::size_t got, file->read(0, bytes));
    bytes.resize(got);
    return bytes;
}

Result<std::unique_ptr<DataFile>> openDataFile(const DataFiles* files, const std::string& path)
{
    return files == nullptr ? openLocally(path) : files->open(path);
}

} // namespace ty::engine
