#include "cloud/sandbox/object_sums.h"

#include <algorithm>
#include <array>
#include <memory>

#include <openssl/evp.h>

#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

namespace {

constexpr std::uint64_t kPiece = std::uint64_t{4} << 20; // read at once
constexpr std::uint32_t kCastagnoli = 0x82F63B78;

struct ContextDeleter {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::array<std::uint32_t, 256> makeTable()
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

} // namespace

ObjectSums sumsOf(const ObjectBytes& bytes, const std::string& name, std::uint64_t size)
{
    static const auto table = makeTable();
    const std::unique_ptr<EVP_MD_CTX, ContextDeleter> md5(EVP_MD_CTX_new());
    EVP_DigestInit_ex(md5.get(), EVP_md5(), nullptr);
    std::uint32_t crc = ~std::uint32_t{0};
    for (std::uint64_t at = 0; at < size; at += kPiece) {
        const std::string piece = bytes.read(name, at, std::min(kPiece, size - at));
        EVP_DigestUpdate(md5.get(), piece.data(), piece.size());
        for (const char c : piece) {
            crc = (crc >> 8) ^ table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
        }
    }
    crc = ~crc;
    std::string sum;
    for (int shift = 24; shift >= 0; shift -= 8) {
        sum += static_cast<char>((crc >> shift) & 0xff);
    }
    std::string digest(static_cast<std::size_t>(EVP_MAX_MD_SIZE), '\0');
    unsigned int length = 0;
    EVP_DigestFinal_ex(md5.get(), reinterpret_cast<unsigned char*>(digest.data()), &length);
    digest.resize(length);
    return {base64(sum), base64(digest)};
}

} // namespace ty::sandbox
