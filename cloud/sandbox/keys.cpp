#include "cloud/sandbox/keys.h"

#include <algorithm>
#include <array>
#include <vector>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

namespace ty::sandbox {

namespace {

struct BioFree {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;
struct DigestFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, DigestFree>;

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string contentOf(BIO* bio)
{
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(std::max(0L, length)));
}

Error keyError(const std::string& what)
{
    return {ErrorKind::InvalidInput, what, ""};
}

} // namespace

struct RsaKey::Handle {
    explicit Handle(EVP_PKEY* owned) : key(owned) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { EVP_PKEY_free(key); }

    std::string number(const char* name) const
    {
        BIGNUM* value = nullptr;
        if (EVP_PKEY_get_bn_param(key, name, &value) != 1) {
            return {};
        }
        std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
        BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
        BN_free(value);
        return bytes;
    }

    EVP_PKEY* key;
};

Result<RsaKey> RsaKey::generate(int bits)
{
    EVP_PKEY* key = EVP_RSA_gen(static_cast<unsigned>(bits));
    if (key == nullptr) {
        return Error{ErrorKind::Internal, "OpenSSL could not make an RSA key", ""};
    }
    return RsaKey(std::make_shared<Handle>(key));
}

Result<RsaKey> RsaKey::fromPrivatePem(const std::string& pem)
{
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
    if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        return keyError("this is no RSA private key in PEM form");
    }
    return RsaKey(std::make_shared<Handle>(key));
}

Result<RsaKey> RsaKey::fromPublicPem(const std::string& pem)
{
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    EVP_PKEY* key = nullptr;
    if (pem.find("CERTIFICATE") != std::string::npos) {
        X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
        key = certificate == nullptr ? nullptr : X509_get_pubkey(certificate);
        X509_free(certificate);
    } else {
        key = PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr);
    }
    if (key == nullptr || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        EVP_PKEY_free(key);
        return keyError("this is no RSA public key or certificate in PEM form");
    }
    return RsaKey(std::make_shared<Handle>(key));
}

std::string RsaKey::privatePem() const
{
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(bio.get(), m_handle->key, nullptr, nullptr, 0, nullptr, nullptr);
    return contentOf(bio.get());
}

std::string RsaKey::publicPem() const
{
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PUBKEY(bio.get(), m_handle->key);
    return contentOf(bio.get());
}

std::string RsaKey::modulus() const
{
    return m_handle->number(OSSL_PKEY_PARAM_RSA_N);
}

std::string RsaKey::exponent() const
{
    return m_handle->number(OSSL_PKEY_PARAM_RSA_E);
}

std::string RsaKey::sign(const std::string& text) const
{
    const Digest context(EVP_MD_CTX_new());
    std::size_t length = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, m_handle->key) != 1
        || EVP_DigestSign(context.get(), nullptr, &length, bytes, text.size()) != 1) {
        return {};
    }
    std::string signature(length, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes, text.size()) != 1) {
        return {};
    }
    signature.resize(length);
    return signature;
}

bool RsaKey::verify(const std::string& text, const std::string& signature, Padding padding) const
{
    const Digest context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr; // of the context
    const bool isReady = EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr, m_handle->key) == 1
        && (padding == Padding::Pkcs1
            || (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1));
    return isReady
        && EVP_DigestVerify(
               context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
               reinterpret_cast<const unsigned char*>(text.data()), text.size())
        == 1;
}

std::string sha256(const std::string& bytes)
{
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(
        reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
        reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

std::string hmacSha256(const std::string& key, const std::string& bytes)
{
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    unsigned int size = SHA256_DIGEST_LENGTH;
    HMAC(
        EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
        reinterpret_cast<unsigned char*>(digest.data()), &size);
    return digest;
}

std::string md5Of(const std::string& bytes)
{
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_md5(), nullptr);
    digest.resize(size);
    return digest;
}

std::string base64(const std::string& bytes)
{
    std::string text;
    std::size_t i = 0;
    for (; i + 2 < bytes.size(); i += 3) {
        const auto a = static_cast<unsigned char>(bytes[i]);
        const auto b = static_cast<unsigned char>(bytes[i + 1]);
        const auto c = static_cast<unsigned char>(bytes[i + 2]);
        text += kAlphabet[a >> 2];
        text += kAlphabet[((a & 3) << 4) | (b >> 4)];
        text += kAlphabet[((b & 15) << 2) | (c >> 6)];
        text += kAlphabet[c & 63];
    }
    if (i < bytes.size()) {
        const auto a = static_cast<unsigned char>(bytes[i]);
        const auto b = i + 1 < bytes.size() ? static_cast<unsigned char>(bytes[i + 1]) : 0;
        text += kAlphabet[a >> 2];
        text += kAlphabet[((a & 3) << 4) | (b >> 4)];
        text += i + 1 < bytes.size() ? kAlphabet[(b & 15) << 2] : '=';
        text += '=';
    }
    return text;
}

std::optional<std::string> decodeBase64(const std::string& text)
{
    static const auto values = [] {
        std::array<int, 256> table{};
        table.fill(-1);
        for (int i = 0; i < 64; ++i) {
            table[static_cast<unsigned char>(kAlphabet[i])] = i;
        }
        return table;
    }();
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    bool isPadded = false;
    for (const unsigned char c : text) {
        if (c == '\n' || c == '\r' || c == ' ') {
            continue;
        }
        if (c == '=') {
            isPadded = true;
            continue;
        }
        if (isPadded || values[c] < 0) {
            return std::nullopt;
        }
        bits = (bits << 6) | static_cast<unsigned>(values[c]);
        if (++count == 4) {
            bytes += static_cast<char>((bits >> 16) & 0xFF);
            bytes += static_cast<char>((bits >> 8) & 0xFF);
            bytes += static_cast<char>(bits & 0xFF);
            bits = 0;
            count = 0;
        }
    }
    if (count == 1) {
        return std::nullopt;
    }
    if (count >= 2) {
        bits <<= 6 * (4 - count);
        bytes += static_cast<char>((bits >> 16) & 0xFF);
        if (count == 3) {
            bytes += static_cast<char>((bits >> 8) & 0xFF);
        }
    }
    return bytes;
}

std::string base64Url(const std::string& bytes)
{
    std::string text = base64(bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::find(text.begin(), text.end(), '='), text.end());
    return text;
}

std::optional<std::string> decodeBase64Url(std::string text)
{
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    return decodeBase64(text);
}

bool equalSecret(const std::string& a, const std::string& b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace ty::sandbox
