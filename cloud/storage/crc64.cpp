#include "cloud/storage/crc64.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

// Polynomials over GF(2) modulo the checksum's own, the highest bit being the constant term.

constexpr std::uint64_t kOne = std::uint64_t{1} << 63;

constexpr std::uint64_t timesX(std::uint64_t value)
{
    return (value >> 1) ^ ((value & 1) != 0 ? kPolynomial : 0);
}

constexpr std::uint64_t powerOfX(int exponent)
{
    std::uint64_t value = kOne;
    for (int i = 0; i < exponent; ++i) {
        value = timesX(value);
    }
    return value;
}

constexpr std::uint64_t product(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t sum = 0;
    for (std::uint64_t bit = kOne; bit != 0; bit >>= 1) {
        sum ^= (a & bit) != 0 ? b : 0;
        b = timesX(b);
    }
    return sum;
}

#if defined(__x86_64__)

constexpr std::size_t kLane = 16;
constexpr std::size_t kFold = 4 * kLane;

/// 128 bits moved on by `Bits` and added to `next`. Of two words, the first is worth 64 powers more; one less than that, since a
/// product of two words whose highest bit is the constant term comes out one power too high.
template<int Bits>
__attribute__((target("pclmul,sse4.1"))) inline __m128i folded(__m128i lane, __m128i next)
{
    constexpr std::uint64_t kFirst = powerOfX(Bits + 63);
    constexpr std::uint64_t kSecond = powerOfX(Bits - 1);
    const __m128i factors = _mm_set_epi64x(static_cast<long long>(kSecond), static_cast<long long>(kFirst));
    const __m128i first = _mm_clmulepi64_si128(lane, factors, 0x00);
    const __m128i second = _mm_clmulepi64_si128(lane, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

__attribute__((target("pclmul,sse4.1"))) inline __m128i laneAt(const std::byte* place)
{
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(place));
}

/// Replaces the beginning of `bytes`, a multiple of 64, and the state by 16 bytes with the same checksum from a state of 0.
/// Source: Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ" (2009).
__attribute__((target("pclmul,sse4.1"))) void foldBytes(
    std::span<const std::byte>& bytes, std::uint64_t state, std::array<std::byte, kLane>& rest)
{
    __m128i lanes[4];
    for (int i = 0; i < 4; ++i) {
        lanes[i] = laneAt(bytes.data() + static_cast<std::size_t>(i) * kLane);
    }
    lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, static_cast<long long>(state)));
    bytes = bytes.subspan(kFold);
    while (bytes.size() >= kFold) {
        for (int i = 0; i < 4; ++i) {
            lanes[i] = folded<512>(lanes[i], laneAt(bytes.data() + static_cast<std::size_t>(i) * kLane));
        }
        bytes = bytes.subspan(kFold);
    }
    __m128i all = lanes[0];
    for (int i = 1; i < 4; ++i) {
        all = folded<128>(all, lanes[i]);
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(rest.data()), all);
}

bool canFold()
{
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

#endif

/// The state after `bytes`, which were all ones before the first byte.
std::uint64_t stateAfter(std::span<const std::byte> bytes, std::uint64_t value)
{
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
    return value;
}

} // namespace

std::uint64_t crc64(std::span<const std::byte> bytes, std::uint64_t before)
{
    std::uint64_t state = ~before;
#if defined(__x86_64__)
    if (bytes.size() >= 2 * kFold && canFold()) {
        std::array<std::byte, kLane> rest;
        foldBytes(bytes, state, rest);
        state = stateAfter(rest, 0);
    }
#endif
    return ~stateAfter(bytes, state);
}

std::uint64_t crc64Joined(std::uint64_t first, std::uint64_t second, std::uint64_t bytesOfSecond)
{
    // The ones before and after cancel out: the first part's checksum moves on by the second part's bits.
    std::uint64_t power = powerOfX(8);
    for (std::uint64_t left = bytesOfSecond; left != 0; left >>= 1) {
        first = (left & 1) != 0 ? product(first, power) : first;
        power = product(power, power);
    }
    return first ^ second;
}

std::string crc64Header(std::uint64_t checksum)
{
    std::string bytes(sizeof checksum, '\0');
    std::memcpy(bytes.data(), &checksum, sizeof checksum);
    return encodeBase64(bytes);
}

} // namespace ty::cloud
