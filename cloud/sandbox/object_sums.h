#pragma once

#include <cstdint>
#include <string>

#include "cloud/sandbox/object_bytes.h"

namespace ty::sandbox {

/// The checksums that an object is told with, in base64.
struct ObjectSums {
    std::string crc32c;
    std::string md5;
};

/// Of the first `size` bytes.
ObjectSums sumsOf(const ObjectBytes& bytes, const std::string& name, std::uint64_t size);

} // namespace ty::sandbox
