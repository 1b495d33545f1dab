#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace ty {

/// Where files lie that hold for a while what memory does not: "trainyard" in $XDG_CACHE_HOME, else in ~/.cache, else
/// /var/tmp. Not /tmp, which is memory itself on many systems.
std::string scratchFolder();
/// Bytes that may be written there: half of what the disk has free; 0 if the folder is in memory or cannot be made.
std::uint64_t scratchBytes();

/// A file without a name: nobody else sees it, and it is gone with this object, after a crash too. Any thread may read and
/// write, several at a time.
class ScratchFile {
public:
    /// Errors: those of making a folder and a file.
    static Result<ScratchFile> create();
    ScratchFile(ScratchFile&& other) noexcept;
    ScratchFile& operator=(ScratchFile&& other) noexcept;
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    ~ScratchFile();

    /// Makes sure that there is room for `bytes`. Errors: DiskFull.
    Result<void> reserve(std::uint64_t bytes);
    /// Errors: DiskFull, Io.
    Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) const;
    /// Errors: Io, also for a place that was never written and lies behind the end.
    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;

    /// Lets the first `bytes` be read as memory, in any order; what is written later is seen. Their room is taken first: a page
    /// that is not there would end the process. Errors: DiskFull, Io.
    Result<void> map(std::uint64_t bytes);
    /// What was mapped; empty before.
    std::span<const std::byte> mapped() const { return m_mapped; }

    int descriptor() const { return m_fd; }

private:
    explicit ScratchFile(int fd) : m_fd(fd) {}
    int m_fd = -1;
    std::span<const std::byte> m_mapped;
};

} // namespace ty
