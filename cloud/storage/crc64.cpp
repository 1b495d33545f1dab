#include "cloud/storage/crc64.h"

#include <array>
#include <cstring>

#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

constexpr std::uint64_t kPolynomial = 0x9A6C9329AC4BC9B5;
constexpr std::size_t kStep = 16;
using Tables = std::array<std::array<std::uint64_t, 256>, kStep>;

/// tables[k][b]: the effect of byte b with k bytes behind it.
constexpr Tables makeTables()
{
    Tables tables{};
    for (std::uint64_t byte = 0; byte < 256; ++byte) {
        std::uint64_t value = byte;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
        }
        tables[0][byte] = value;
    }
    for (std::size_t k = 1; k < kStep; ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            tables[k][byte] = (tables[k - 1][byte] >> 8) ^ tables[0][tables[k - 1][byte] & 0xff];
        }
    }
    return tables;
}

constexpr Tables kTables = makeTables();

} // namespace

std::uint64_t crc64(std::span<const std::byte> bytes, std::uint64_t before)
{
    std::uint64_t value = ~before;
    while (bytes.size() >= kStep) {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        std::memcpy(&low, bytes.data(), sizeof low); // little-endian machines alone, as the rest of the program
        std::memcpy(&high, bytes.data() + sizeof low, sizeof high);
        low ^= value;
        value = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            value ^= kTables[15 - i][(low >> (8 * i)) & 0xff] ^ kTables[7 - i][(high >> (8 * i)) & 0xff];
        }
        bytes = bytes.subspan(kStep);
    }
    for (const std::byte byte : bytes) {
        value = (value >> 8) ^ kTables[0][(value ^ static_cast<std::uint64_t>(byte)) & 0xff];
    }
    return ~value;
}

std::string crc64Header(std::uint64_t checksum)
{
    std::string bytes(sizeof checksum, '\0');
    std::memcpy(bytes.data(), &checksum, sizeof checksum);
    return encodeBase64(bytes);
}

} // namespace ty::cloud
