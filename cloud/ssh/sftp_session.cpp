#include "cloud/ssh/sftp_session.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <libssh/libssh.h>
#include <libssh/sftp.h>
#include <sys/stat.h>

namespace ty::cloud {

namespace {

constexpr std::size_t kChunk = 128 * 1024; // bytes a request; servers take 256 KiB
constexpr std::size_t kOnTheirWay = 32;    // requests at once: 4 MiB cover a long line
constexpr mode_t kFileMode = 0644;
constexpr mode_t kFolderMode = 0755;

struct FileClose {
    void operator()(sftp_file file) const { sftp_close(file); }
};
using File = std::unique_ptr<sftp_file_struct, FileClose>;
struct FolderClose {
    void operator()(sftp_dir folder) const { sftp_closedir(folder); }
};
using Folder = std::unique_ptr<sftp_dir_struct, FolderClose>;
struct AttributesFree {
    void operator()(sftp_attributes attributes) const { sftp_attributes_free(attributes); }
};
using Attributes = std::unique_ptr<sftp_attributes_struct, AttributesFree>;

/// Requests for parts of a file that are answered later. libssh 0.11 has another interface for them than Debian 12's 0.10.
class ReadAhead {
public:
    ReadAhead(sftp_file file, std::uint64_t offset)
        : m_file(file)
    {
        sftp_seek64(file, offset);
    }
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;
#if LIBSSH_VERSION_INT >= SSH_VERSION_INT(0, 11, 0)
    ~ReadAhead()
    {
        for (const Request& request : m_requests) {
            sftp_aio_free(request.handle);
        }
    }
    bool ask(std::size_t size)
    {
        sftp_aio handle = nullptr;
        if (sftp_aio_begin_read(m_file, size, &handle) < 0) {
            return false;
        }
        m_requests.push_back({handle, size});
        return true;
    }
    long take(std::byte* bytes)
    {
        Request request = m_requests.front();
        m_requests.pop_front();
        return static_cast<long>(sftp_aio_wait_read(&request.handle, bytes, request.size));
    }
#else
    ~ReadAhead() { drain(); }
    bool ask(std::size_t size)
    {
        const int id = sftp_async_read_begin(m_file, static_cast<std::uint32_t>(size));
        if (id < 0) {
            return false;
        }
        m_requests.push_back({static_cast<std::uint32_t>(id), size});
        return true;
    }
    long take(std::byte* bytes)
    {
        const Request request = m_requests.front();
        m_requests.pop_front();
        return sftp_async_read(m_file, bytes, static_cast<std::uint32_t>(request.size), request.handle);
    }
#endif
    std::size_t asked() const { return m_requests.size(); }
    std::size_t nextSize() const { return m_requests.front().size; }

private:
#if LIBSSH_VERSION_INT >= SSH_VERSION_INT(0, 11, 0)
    struct Request {
        sftp_aio handle;
        std::size_t size;
    };
#else
    struct Request {
        std::uint32_t handle;
        std::size_t size;
    };
    /// Answers to requests that nobody wants any more would be taken for others'.
    void drain()
    {
        std::vector<std::byte> unwanted(kChunk);
        while (!m_requests.empty() && take(unwanted.data()) >= 0) {
        }
    }
#endif
    sftp_file m_file;
    std::deque<Request> m_requests;
};

SftpEntry entryOf(const sftp_attributes_struct& attributes)
{
    SftpEntry entry;
    entry.name = attributes.name == nullptr ? "" : attributes.name;
    entry.isFolder = attributes.type == SSH_FILEXFER_TYPE_DIRECTORY;
    entry.isFile = attributes.type == SSH_FILEXFER_TYPE_REGULAR;
    entry.bytes = attributes.size;
    entry.modified = attributes.mtime64 != 0 ? static_cast<std::int64_t>(attributes.mtime64) : attributes.mtime;
    return entry;
}

Error cancelled(const std::string& path)
{
    return Error{ErrorKind::Cancelled, "the transfer of " + path + " was stopped", {}};
}

} // namespace

struct SftpSession::Handle {
    std::unique_ptr<SshSession> ssh;
    sftp_session sftp = nullptr;

    ~Handle()
    {
        if (sftp != nullptr) {
            sftp_free(sftp);
        }
    }

    Error failure(const std::string& what) const
    {
        const int code = sftp_get_error(sftp);
        switch (code) {
        case SSH_FX_NO_SUCH_FILE:
        case SSH_FX_NO_SUCH_PATH: return Error{ErrorKind::NotFound, what + ": it is not there", {}};
        case SSH_FX_PERMISSION_DENIED:
        case SSH_FX_WRITE_PROTECT:
            return Error{ErrorKind::Permission, what + ": that user may not do it", "Look at the folder's owner and mode."};
        case SSH_FX_FILE_ALREADY_EXISTS: return Error{ErrorKind::AlreadyExists, what + ": it is there already", {}};
        case SSH_FX_FAILURE: {
            // All that OpenSSH says about a full disk and much else; and what libssh says when the connection is gone.
            if (ssh_is_connected(ssh->native()) == 0) {
                return connectionLost(what);
            }
            return Error{ErrorKind::Io, what + ": the machine says no more than that it failed", "Its disk may be full."};
        }
        default: break;
        }
        return connectionLost(what);
    }

    Error connectionLost(const std::string& what) const
    {
        return Error{ErrorKind::Network, what + ": " + ssh_get_error(ssh->native()), "Look whether the machine still runs."};
    }
};

SftpSession::SftpSession(std::unique_ptr<Handle> handle)
    : m_handle(std::move(handle))
{
}

SftpSession::~SftpSession() = default;

Result<std::unique_ptr<SftpSession>> SftpSession::open(std::unique_ptr<SshSession> ssh)
{
    auto handle = std::make_unique<Handle>();
    handle->ssh = std::move(ssh);
    handle->sftp = sftp_new(handle->ssh->native());
    if (handle->sftp == nullptr || sftp_init(handle->sftp) != SSH_OK) {
        if (ssh_is_connected(handle->ssh->native()) == 0) {
            return handle->connectionLost("opening the files of the machine");
        }
        return Error{
            ErrorKind::Unsupported, std::string("the machine offers no files by SFTP: ") + ssh_get_error(handle->ssh->native()),
            "Its SSH server needs the line: Subsystem sftp internal-sftp"};
    }
    return std::unique_ptr<SftpSession>(new SftpSession(std::move(handle)));
}

Result<SftpEntry> SftpSession::look(const std::string& path, std::stop_token)
{
    const Attributes attributes(sftp_stat(m_handle->sftp, path.c_str()));
    if (!attributes) {
        return m_handle->failure("looking at " + path);
    }
    return entryOf(*attributes);
}

Result<void> SftpSession::list(
    const std::string& path, const std::function<bool(const SftpEntry&)>& onEntry, std::stop_token stop)
{
    const Folder folder(sftp_opendir(m_handle->sftp, path.c_str()));
    if (!folder) {
        return m_handle->failure("listing " + path);
    }
    while (const Attributes attributes{sftp_readdir(m_handle->sftp, folder.get())}) {
        if (stop.stop_requested()) {
            return cancelled(path);
        }
        const SftpEntry entry = entryOf(*attributes);
        if (entry.name != "." && entry.name != ".." && !onEntry(entry)) {
            return {};
        }
    }
    if (sftp_dir_eof(folder.get()) == 0) {
        return m_handle->failure("listing " + path);
    }
    return {};
}

Result<void> SftpSession::read(
    const std::string& path, std::uint64_t offset, std::span<std::byte> bytes, std::stop_token stop)
{
    const File file(sftp_open(m_handle->sftp, path.c_str(), O_RDONLY, 0));
    if (!file) {
        return m_handle->failure("reading " + path);
    }
    for (bool isWhole = false; !bytes.empty() && !isWhole;) {
        // A server may give less than was asked for; what lies behind is then asked for anew.
        ReadAhead ahead(file.get(), offset);
        isWhole = true;
        std::size_t asked = 0;
        while (asked < bytes.size() || ahead.asked() > 0) {
            while (asked < bytes.size() && ahead.asked() < kOnTheirWay) {
                const std::size_t size = std::min(kChunk, bytes.size() - asked);
                if (!ahead.ask(size)) {
                    return m_handle->failure("reading " + path);
                }
                asked += size;
            }
            if (stop.stop_requested()) {
                return cancelled(path);
            }
            const std::size_t wanted = ahead.nextSize();
            const long count = ahead.take(bytes.data());
            if (count < 0) {
                return m_handle->failure("reading " + path);
            }
            if (count == 0) {
                return Error{ErrorKind::Conflict, path + " is shorter than it was", "Start the transfer again."};
            }
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            asked -= static_cast<std::size_t>(count);
            offset += static_cast<std::uint64_t>(count);
            if (static_cast<std::size_t>(count) < wanted) {
                isWhole = false;
                break;
            }
        }
    }
    return {};
}

Result<void> SftpSession::write(
    const std::string& path, std::uint64_t offset, std::span<const std::byte> bytes, Create create, std::stop_token stop)
{
    const int flags = O_WRONLY | (create == Create::New ? O_CREAT | O_EXCL : 0);
    const File file(sftp_open(m_handle->sftp, path.c_str(), flags, kFileMode));
    if (!file) {
        return m_handle->failure("writing " + path);
    }
    sftp_seek64(file.get(), offset);
    while (!bytes.empty()) {
        if (stop.stop_requested()) {
            return cancelled(path);
        }
        const auto count = sftp_write(file.get(), bytes.data(), std::min(bytes.size(), kChunk));
        if (count <= 0) {
            return m_handle->failure("writing " + path);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> SftpSession::rename(const std::string& from, const std::string& to)
{
    if (sftp_rename(m_handle->sftp, from.c_str(), to.c_str()) != 0) {
        return m_handle->failure("renaming " + from);
    }
    return {};
}

Result<void> SftpSession::removeFile(const std::string& path)
{
    if (sftp_unlink(m_handle->sftp, path.c_str()) != 0) {
        return m_handle->failure("deleting " + path);
    }
    return {};
}

Result<void> SftpSession::removeFolder(const std::string& path)
{
    if (sftp_rmdir(m_handle->sftp, path.c_str()) != 0) {
        return m_handle->failure("deleting " + path);
    }
    return {};
}

Result<void> SftpSession::makeFolder(const std::string& path)
{
    if (sftp_mkdir(m_handle->sftp, path.c_str(), kFolderMode) == 0) {
        return {};
    }
    const Error error = m_handle->failure("making the folder " + path);
    const auto there = look(path, {});
    return there && there->isFolder ? Result<void>() : Result<void>(error);
}

} // namespace ty::cloud
