#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// A tensor of a type that Tensor does not have. Its place in the file has been checked, its values were not read.
struct UnreadTensor {
    std::string name;
    std::string type; ///< "I8", as the format calls it
    Shape shape;
};

/// What a .safetensors file holds.
struct SafetensorsFile {
    std::vector<NamedTensor> tensors;            ///< in the order of their data; F16 as float32, all others as they are stored
    std::vector<UnreadTensor> unread;            ///< likewise
    std::map<std::string, std::string> metadata; ///< the header's `__metadata__`
};

/// Writes the file whole or not at all. Names must be unique and not "__metadata__". The tensors lie in the file by
/// falling element size and then by name, and the data begins at a multiple of 8, so that a reader may map it.
/// Errors: InvalidInput for a name used twice, DiskFull, Permission, Io.
Result<void> writeSafetensors(
    const std::string& path, std::span<const NamedTensor> tensors, const std::map<std::string, std::string>& metadata);

/// Reads a file that nobody vouches for. Errors: NotFound, Io, OutOfMemory, InvalidInput naming the file, the tensor and what is
/// wrong (header too long, offsets outside the file or overlapping, size that does not fit shape and dtype, unknown
/// dtype, name used twice). Nothing larger than the file, or twice that for F16, is ever allocated.
Result<SafetensorsFile> readSafetensors(const std::string& path);

/// The same from memory; `what` names the source in messages.
Result<SafetensorsFile> parseSafetensors(std::string_view bytes, const std::string& what);

/// "F32": what the format calls it.
std::string safetensorsTypeName(DType dtype);

} // namespace ty::engine
