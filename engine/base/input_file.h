#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/base/result.h"

namespace ty {

/// A file that is read piece by piece. Any thread, one at a time.
class InputFile {
public:
    /// Errors: NotFound, Permission, Io; InvalidInput for a folder.
    static Result<InputFile> open(const std::string& path);

    InputFile(InputFile&& other) noexcept;
    InputFile& operator=(InputFile&& other) noexcept;
    ~InputFile();

    std::uint64_t size() const { return m_size; } ///< bytes when it was opened

    /// Fills `into` with the bytes from `offset` on. Errors: Io, also where the file ends before.
    Result<void> read(std::uint64_t offset, std::span<char> into) const;

private:
    InputFile(int fd, std::string path, std::uint64_t size);

    int m_fd = -1;
    std::string m_path;
    std::uint64_t m_size = 0;
};

} // namespace ty
