#include "engine/data/content_hash.h"

#include <array>
#include <cassert>
#include <cstring>

#include <openssl/evp.h>

namespace ty::engine {

struct ContentHash::Context {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> digest{EVP_MD_CTX_new()};
};

ContentHash::ContentHash()
    : m_context(std::make_unique<Context>())
{
    [[maybe_unused]] const int ok =
        EVP_DigestInit_ex(m_context->digest.get(), EVP_sha256(), nullptr);
    assert(ok == 1);
}

ContentHash::ContentHash(ContentHash&&) noexcept = default;
ContentHash& ContentHash::operator=(ContentHash&&) noexcept = default;
ContentHash::~ContentHash() = default;

void ContentHash::add(std::string_view bytes)
{
    [[maybe_unused]] const int ok =
        EVP_DigestUpdate(m_context->digest.get(), bytes.data(), bytes.size());
    assert(ok == 1);
}

void ContentHash::addField(std::string_view bytes)
{
    add(field(bytes));
}

std::string ContentHash::field(std::string_view bytes)
{
    std::string text(8, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[i] = static_cast<char>((static_cast<std::uint64_t>(bytes.size()) >> (8 * i)) & 0xff);
    }
    return text.append(bytes);
}

std::string ContentHash::finish()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned int size = 0;
    [[maybe_unused]] const int ok =
        EVP_DigestFinal_ex(m_context->digest.get(), digest.data(), &size);
    assert(ok == 1);
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * static_cast<std::size_t>(size));
    for (unsigned int i = 0; i < size; ++i) {
        text += kHex[digest[i] >> 4];
        text += kHex[digest[i] & 15];
    }
    return text;
}

std::string ContentHash::of(std::string_view bytes)
{
    ContentHash hash;
    hash.add(bytes);
    return hash.finish();
}

std::uint64_t quickHash(std::span<const std::uint8_t> bytes, std::uint64_t seed)
{
    // Multiply-and-fold over 8-byte words (the mixing step of wyhash, Wang Yi 2019, public domain).
    const auto mix = [](std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    constexpr std::uint64_t kFirst = 0xa0761d6478bd642fULL;
    constexpr std::uint64_t kSecond = 0xe7037ed1a0b428dbULL;
    std::uint64_t hash = mix(seed ^ kFirst, bytes.size() ^ kSecond);
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, 8);
        hash = mix(hash ^ word ^ kFirst, kSecond ^ (at + 1));
    }
    std::uint64_t tail = 0;
    if (at < bytes.size()) {
        std::memcpy(&tail, bytes.data() + at, bytes.size() - at);
    }
    return mix(hash ^ tail ^ kFirst, kSecond);
}

} // namespace ty::engine
