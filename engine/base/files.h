#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace ty {

/// The whole file. Errors: NotFound, Permission, Io, InvalidInput above `maxBytes`.
Result<std::string> readFile(const std::string& path, std::uint64_t maxBytes = std::uint64_t{1} << 32);

/// Writes a file whole or not at all: temporary file beside it, fsync, rename, fsync of the folder.
/// A reader, and a machine that loses power, sees the old or the new content, nothing between.
Result<void> writeFileAtomically(const std::string& path, std::string_view bytes);

/// mkdir -p.
Result<void> makeFolders(const std::string& path);
/// Removes a file or a whole folder tree; a missing one is fine. Links are removed, never followed.
Result<void> removeTree(const std::string& path);
/// Sum of the bytes of the regular files below `path`; 0 when it does not exist.
std::uint64_t treeBytes(const std::string& path);
bool pathExists(const std::string& path);
bool isFolder(const std::string& path);
/// Flushes a folder's entries to the disk.
Result<void> syncFolder(const std::string& path);

/// A file that only grows, one line at a time (events.jsonl). A torn last line, left by a crash, is
/// cut off when the file is opened again.
class LineLog {
public:
    LineLog() = default;
    LineLog(LineLog&& other) noexcept;
    LineLog& operator=(LineLog&& other) noexcept;
    LineLog(const LineLog&) = delete;
    LineLog& operator=(const LineLog&) = delete;
    ~LineLog();

    static Result<LineLog> open(const std::string& path);

    /// Appends `line` and a newline in one write.
    Result<void> append(std::string_view line);
    /// fdatasync: what was appended survives a power loss.
    Result<void> sync();

private:
    int m_fd = -1;
    std::string m_path;
};

} // namespace ty
