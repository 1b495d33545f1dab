#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace ty::engine {

/// The value of eight digits.
inline std::uint64_t eightDigits(std::uint64_t digits)
{
    // Neighbours are joined to numbers of two digits, then of four, then of eight.
    digits = (digits & 0x0f0f0f0f0f0f0f0fULL) * (1 + (10ULL << 8)) >> 8;
    digits = (digits & 0x00ff00ff00ff00ffULL) * (1 + (100ULL << 16)) >> 16;
    return (digits & 0x0000ffff0000ffffULL) * (1 + (10000ULL << 32)) >> 32;
}

/// Whether eight characters are all digits.
inline bool areDigits(std::uint64_t text)
{
    constexpr std::uint64_t kHalves = 0xf0f0f0f0f0f0f0f0ULL;
    return ((text & kHalves) | ((text + 0x0606060606060606ULL) & kHalves) >> 4) == 0x3333333333333333ULL;
}

/// A number of at most 15 digits with an optional minus and at most one decimal mark and nothing else, without a branch for each
/// character. False: it is another one, or too near the text's beginning for that; then nothing is said about it.
///
/// @param text  where readable memory begins; [begin, end) is the number in it
/// @param value  the double nearest to it: both the digits and the power of ten are exact (Clinger 1990)
inline bool parsePlainNumber(const char* text, const char* begin, const char* end, char decimal, double& value)
{
    static constexpr std::array<double, 17> kScale = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7, 1e8,
                                                      1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16};
    constexpr std::uint64_t kZeros = 0x3030303030303030ULL;
    constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
    constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
    constexpr int kWord = 8;

    const bool isNegative = begin != end && *begin == '-';
    begin += isNegative ? 1 : 0;
    const auto length = static_cast<int>(end - begin);
    if (length < 1 || length > 15 || end - text < 2 * kWord) {
        return false;
    }
    // The last 16 characters; what stands before the number becomes zeros.
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::memcpy(&low, end - 2 * kWord, kWord); // the earlier ones; the first character is the lowest byte
    std::memcpy(&high, end - kWord, kWord);
    const auto keepLast = [](std::uint64_t word, int count) {
        const int shift = 8 * (kWord - count);
        return (word >> shift << shift) | (kZeros & ((std::uint64_t{1} << shift) - 1));
    };
    if (length <= kWord) {
        high = keepLast(high, length);
        low = kZeros;
    } else {
        low = keepLast(low, length - kWord);
    }
    const auto markBits = [decimal](std::uint64_t word) {
        const std::uint64_t x = word ^ (kOnes * static_cast<unsigned char>(decimal));
        return (x - kOnes) & ~x & kHighBits; // the lowest bit that is set is right
    };
    // The characters before the mark move up by one over it.
    int behindMark = 0;
    if (const std::uint64_t bits = markBits(high); bits != 0) {
        const int place = __builtin_ctzll(bits) / 8;
        behindMark = kWord - 1 - place;
        const std::uint64_t below = (std::uint64_t{1} << (8 * place)) - 1;
        const std::uint64_t above = place == kWord - 1 ? 0 : ~std::uint64_t{0} << (8 * (place + 1));
        high = (high & above) | ((high & below) << 8) | low >> 56;
        low = low << 8 | '0';
    } else if (const std::uint64_t earlier = markBits(low); earlier != 0) {
        const int place = __builtin_ctzll(earlier) / 8;
        behindMark = 2 * kWord - 1 - place;
        const std::uint64_t below = (std::uint64_t{1} << (8 * place)) - 1;
        const std::uint64_t above = place == kWord - 1 ? 0 : ~std::uint64_t{0} << (8 * (place + 1));
        low = (low & above) | ((low & below) << 8) | '0';
    }
    const bool isMarkAlone = length == 1 && (end[-1] == decimal);
    if (!areDigits(low) || !areDigits(high) || isMarkAlone) {
        return false;
    }
    const std::uint64_t mantissa = eightDigits(low) * 100'000'000 + eightDigits(high);
    const double magnitude = static_cast<double>(mantissa) / kScale[static_cast<std::size_t>(behindMark)];
    value = isNegative ? -magnitude : magnitude;
    return true;
}

} // namespace ty::engine
