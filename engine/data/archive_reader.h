#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace ty::engine {

class DataFiles;

/// The files in a zip, tar (also packed by gzip, bzip2, xz or zstd) or 7z archive, one after another. Nothing is written.
/// Hostile archives are refused: names that lead out of a folder, links, devices, and contents out of all proportion to
/// the archive. Not thread-safe.
class ArchiveReader {
public:
    ArchiveReader(ArchiveReader&&) noexcept;
    ArchiveReader& operator=(ArchiveReader&&) noexcept;
    ~ArchiveReader();

    /// Errors: those of the file; InvalidInput for what is no archive.
    static Result<ArchiveReader> open(const std::string& path, const DataFiles* files);

    /// Goes to the next regular file; false at the end. Errors: InvalidInput for a damaged or hostile archive; Unsupported
    /// for an encrypted one.
    Result<bool> next();
    /// Its path in the archive: relative, UTF-8, between the names one "/".
    const std::string& name() const;
    /// Up to `size` bytes of the file; fewer only at its end. Errors: as next().
    Result<std::size_t> read(char* into, std::size_t size);
    /// All that is left of the file. Errors: InvalidInput above `limit`.
    Result<std::string> readAll(std::uint64_t limit);

    std::uint64_t packedBytes() const; ///< of the archive
    /// The most that its files may hold together.
    std::uint64_t mostBytes() const;

private:
    struct State;
    explicit ArchiveReader(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// Whether `head`, the unpacked beginning of a file, is that of an archive that may be read.
bool looksLikeArchive(std::string_view head);

} // namespace ty::engine
