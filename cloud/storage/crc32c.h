#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ty::cloud {

/// The checksum that Google Cloud Storage keeps with each object: CRC-32 with the reflected polynomial 0x82F63B78
/// (Castagnoli), all ones before and after. By the processor's own instruction where it has one, several GB/s.
/// @param before  the checksum of what came before, to go on from; 0 for the first bytes
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);

/// As the service writes it: base64 of the four bytes, the highest first.
std::string crc32cText(std::uint32_t checksum);

} // namespace ty::cloud
