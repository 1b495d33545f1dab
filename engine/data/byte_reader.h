#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"

namespace ty::engine {

class DataFiles;

/// Reads a file from its beginning; gzip is recognised by content and unpacked. Not thread-safe.
class ByteReader {
  public:
    ByteReader(ByteReader&&) noexcept;
    ByteReader& operator=(ByteReader&&) noexcept;
    ~ByteReader();

    /// @param files  that `path` belongs to; null: this computer's
    /// Errors: NotFound, Permission, Io; InvalidInput for a folder.
    static Result<ByteReader> open(const std::string& path, const DataFiles* files = nullptr);

    /// Up to `size` bytes; fewer only at the end. Errors: Io, InvalidInput for damaged or truncated
    /// gzip.
    Result<std::size_t> read(char* into, std::size_t size);
    /// Like read(), but data ends where it is damaged; for a look at the beginning.
    std::size_t readIntact(char* into, std::size_t size);
    /// Everything that is left, at most `limit` bytes: longer is an InvalidInput error.
    Result<std::string> readAll(std::uint64_t limit);

    bool isCompressed() const;
    /// Size of the file as it lies there, and how much of it has been taken so far; for progress.
    std::uint64_t fileBytes() const;
    std::uint64_t filePosition() const;

  private:
    struct State;
    Result<std::size_t> readUntil(char* into, std::size_t size, bool isDamageEnd);
    explicit ByteReader(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

/// The first bytes of a file, unpacked if it is gzip; fewer if it is shorter. A truncated gzip
/// gives what there is.
Result<std::string> readHead(const std::string& path, std::size_t size, const DataFiles* files = nullptr);

} // namespace ty::engine
