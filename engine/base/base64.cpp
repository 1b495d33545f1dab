#include "engine/base/base64.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace ty {

namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::size_t kGroupBytes = 3;
constexpr std::size_t kGroupLetters = 4;
constexpr unsigned kLetterBits = 6;
constexpr unsigned kByteBits = 8;
constexpr std::int8_t kNoLetter = -1;

constexpr std::array<std::int8_t, 256> makeValues()
{
    std::array<std::int8_t, 256> values{};
    values.fill(kNoLetter);
    for (std::size_t i = 0; i < kStandard.size(); ++i) {
        values[static_cast<unsigned char>(kStandard[i])] = static_cast<std::int8_t>(i);
        values[static_cast<unsigned char>(kUrl[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}

constexpr auto kValues = makeValues();

std::string encode(std::string_view bytes, std::string_view alphabet, bool isPadded)
{
    std::string text;
    text.reserve((bytes.size() + kGroupBytes - 1) / kGroupBytes * kGroupLetters);
    for (std::size_t i = 0; i < bytes.size(); i += kGroupBytes) {
        const std::size_t present = std::min(kGroupBytes, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < kGroupBytes; ++k) {
            group = group << kByteBits | (k < present ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < kGroupLetters; ++k) {
            const auto shift = static_cast<unsigned>(kGroupLetters - 1 - k) * kLetterBits;
            if (k <= present) {
                text += alphabet[group >> shift & 0x3fU];
            } else if (isPadded) {
                text += '=';
            }
        }
    }
    return text;
}

} // namespace

std::string encodeBase64(std::string_view bytes)
{
    return encode(bytes, kStandard, true);
}

std::string encodeBase64Url(std::string_view bytes)
{
    return encode(bytes, kUrl, false);
}

Result<std::string> decodeBase64(std::string_view text)
{
    const Error notBase64{ErrorKind::InvalidInput, "the text is not base64", {}};
    std::string bytes;
    bytes.reserve(text.size() / kGroupLetters * kGroupBytes);
    std::uint32_t bits = 0;
    unsigned count = 0;
    std::size_t letters = 0;
    bool isPadded = false;
    for (const char c : text) {
        if (c == '=' || c == '\n' || c == '\r' || c == ' ') {
            isPadded = isPadded || c == '=';
            continue;
        }
        const auto value = kValues[static_cast<unsigned char>(c)];
        if (value == kNoLetter || isPadded) {
            return notBase64;
        }
        ++letters;
        bits = (bits << kLetterBits | static_cast<std::uint32_t>(value)) & 0xffffU;
        count += kLetterBits;
        if (count >= kByteBits) {
            count -= kByteBits;
            bytes += static_cast<char>(bits >> count & 0xffU);
        }
    }
    if (letters % kGroupLetters == 1) {
        return notBase64; // six bits are no byte
    }
    return bytes;
}

} // namespace ty
