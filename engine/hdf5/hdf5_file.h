#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace ty::hdf5 {

/// One array of a file.
struct ArrayFacts {
    std::string name; ///< path in the file without the first slash
    std::vector<std::uint64_t> shape;
    char kind = 'f'; ///< 'u' unsigned byte or truth value, written as bytes; 'f' any other number, written as float32
    std::string refusal; ///< why it is not read; empty: it is

    std::uint64_t elements() const;
    std::uint64_t bytes() const { return elements() * (kind == 'u' ? 1 : 4); }
};

/// Numbers in an HDF5 file, by libhdf5 with everything switched off that leads out of the file or runs code: external links and
/// storage, virtual arrays, filters but deflate and shuffle, plugins. One thread.
///
/// The library is large and was not made for hostile files, so this belongs into a process of its own.
class File {
public:
    /// Errors: InvalidInput.
    static Result<File> open(const std::string& path);
    File(File&&) noexcept;
    ~File();

    /// At most a thousand, in the order in which the file has them.
    Result<std::vector<ArrayFacts>> arrays() const;
    /// Gives the numbers in row-major order, a few rows at a time, at most about 16 MiB unless a chunk of the file is larger.
    /// Errors: NotFound, Unsupported for what arrays() refuses, InvalidInput for damage, those of `take`.
    Result<void> read(const std::string& name, const std::function<Result<void>(std::string_view bytes)>& take) const;

private:
    struct Handles;
    explicit File(std::unique_ptr<Handles> handles);

    std::unique_ptr<Handles> m_handles;
};

} // namespace ty::hdf5
