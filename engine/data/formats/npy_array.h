#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/base/result.h"

namespace ty::engine {

class DataFiles;

/// What the header of a NumPy array file says.
struct NpyHeader {
    char kind = 'f';       ///< 'b' truth value, 'i' integer, 'u' unsigned, 'f' real, 'U' text
    std::size_t width = 4; ///< bytes of an element; 'U': characters of 4 bytes times 4
    bool isBigEndian = false;
    bool isColumnMajor = false; ///< "fortran_order"
    std::vector<std::uint64_t> shape;

    std::uint64_t elements() const;
};

/// A whole array: numbers, or texts.
struct NpyArray {
    NpyHeader header;
    LargeVector<float> numbers;      ///< in row-major order, whatever the file has
    LargeVector<std::uint8_t> bytes; ///< instead of numbers for arrays of unsigned bytes
    std::vector<std::string> texts;  ///< instead of numbers for kind 'U'
    std::uint64_t fileBytes = 0;
    std::string digest; ///< SHA-256 of the file, unpacked

    double at(std::uint64_t index) const
    {
        return bytes.empty() ? static_cast<double>(numbers[index]) : bytes[index];
    }
    std::uint64_t size() const { return bytes.empty() ? numbers.size() : bytes.size(); }
};

/// Where the bytes of an array come from.
struct NpySource {
    std::string name; ///< for messages
    /// As ByteReader::read().
    std::function<Result<std::size_t>(char* into, std::size_t size)> read;
    std::uint64_t mostBytes = 0; ///< that can come from there; a header that promises more is a lie
};

/// Versions 1 to 3. Errors: InvalidInput for a damaged or cut file; Unsupported for Python objects
/// (they would need pickle, which runs code), complex numbers and records.
Result<NpyHeader> readNpyHeader(const std::string& path, const DataFiles* files);
Result<NpyArray> readNpy(const std::string& path, const DataFiles* files);
/// Without `fileBytes`.
Result<NpyArray> readNpy(const NpySource& source);

} // namespace ty::engine
