#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include "cloud/ssh/ssh_session.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// A file or folder as the other machine tells it.
struct SftpEntry {
    std::string name;
    bool isFolder = false;
    bool isFile = false; ///< neither: a device or the like
    std::uint64_t bytes = 0;
    std::int64_t modified = 0; ///< seconds since 1970, UTC
};

/// Files of another machine over one SSH connection. Paths are absolute, or below the home folder. Blocks: worker threads
/// only; one thread at a time.
/// Errors of all: NotFound, Permission, AlreadyExists, DiskFull, Network (the connection is lost: make another), Cancelled.
class SftpSession {
public:
    static Result<std::unique_ptr<SftpSession>> open(std::unique_ptr<SshSession> ssh);
    ~SftpSession();
    SftpSession(const SftpSession&) = delete;
    SftpSession& operator=(const SftpSession&) = delete;

    Result<SftpEntry> look(const std::string& path, std::stop_token stop);
    /// Every entry but "." and ".."; false from `onEntry` ends it.
    Result<void> list(const std::string& path, const std::function<bool(const SftpEntry&)>& onEntry, std::stop_token stop);
    /// Fills `bytes`; several requests are on their way at once. Conflict when the file ends before.
    Result<void> read(const std::string& path, std::uint64_t offset, std::span<std::byte> bytes, std::stop_token stop);
    /// Into a file that is there, or into a new one.
    enum class Create { No, New };
    Result<void> write(
        const std::string& path, std::uint64_t offset, std::span<const std::byte> bytes, Create create, std::stop_token stop);
    Result<void> rename(const std::string& from, const std::string& to);
    Result<void> removeFile(const std::string& path);
    Result<void> removeFolder(const std::string& path); ///< an empty one
    Result<void> makeFolder(const std::string& path);   ///< fine when it is there

private:
    struct Handle;
    explicit SftpSession(std::unique_ptr<Handle> handle);

    std::unique_ptr<Handle> m_handle;
};

} // namespace ty::cloud
