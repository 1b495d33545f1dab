#include "cloud/storage/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

constexpr std::uint32_t kCastagnoli = 0x82F63B78;

constexpr std::array<std::uint32_t, 256> makeTable()
{
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1) ^ ((value & 1) != 0 ? kCastagnoli : 0);
        }
        table[i] = value;
    }
    return table;
}

std::uint32_t byTable(std::uint32_t state, const std::byte* bytes, std::size_t count)
{
    static constexpr auto kTable = makeTable();
    for (std::size_t i = 0; i < count; ++i) {
        state = (state >> 8) ^ kTable[(state ^ std::to_integer<std::uint32_t>(bytes[i])) & 0xff];
    }
    return state;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t byInstruction(std::uint32_t state, const std::byte* bytes, std::size_t count)
{
    std::uint64_t wide = state;
    for (; count >= sizeof(std::uint64_t); bytes += sizeof(std::uint64_t), count -= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes, sizeof word);
        wide = _mm_crc32_u64(wide, word);
    }
    return byTable(static_cast<std::uint32_t>(wide), bytes, count);
}
#endif

} // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before)
{
#if defined(__x86_64__)
    static const bool hasInstruction = __builtin_cpu_supports("sse4.2") != 0;
    if (hasInstruction) {
        return ~byInstruction(~before, bytes.data(), bytes.size());
    }
#endif
    return ~byTable(~before, bytes.data(), bytes.size());
}

std::string crc32cText(std::uint32_t checksum)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes += static_cast<char>((checksum >> shift) & 0xff);
    }
    return encodeBase64(bytes);
}

} // namespace ty::cloud
