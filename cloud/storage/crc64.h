#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ty::cloud {

/// The checksum that Azure Storage verifies for each block ("x-ms-content-crc64"): CRC-64 with the reflected polynomial
/// 0x9A6C9329AC4BC9B5, all ones before and after, which NVMe has too. With carry-less multiplication about as fast as memory,
/// else 16 bytes a step, about 2 GB/s on one core.
/// @param before  the checksum of what came before, to go on from; 0 for the first bytes
std::uint64_t crc64(std::span<const std::byte> bytes, std::uint64_t before = 0);

/// The checksum of two parts one after the other. @param bytesOfSecond  how long the second one is
std::uint64_t crc64Joined(std::uint64_t first, std::uint64_t second, std::uint64_t bytesOfSecond);

/// As the header wants it: base64 of the eight bytes, the lowest first.
std::string crc64Header(std::uint64_t checksum);

} // namespace ty::cloud
