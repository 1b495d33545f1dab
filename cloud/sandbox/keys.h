#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.h"

namespace ty::sandbox {

/// An RSA key pair, or only its public half. Copies share the key.
class RsaKey {
public:
    static Result<RsaKey> generate(int bits = 2048);
    static Result<RsaKey> fromPrivatePem(const std::string& pem);
    /// PEM of a public key or of a certificate.
    static Result<RsaKey> fromPublicPem(const std::string& pem);

    std::string privatePem() const; ///< PKCS #8
    std::string publicPem() const;
    /// Modulus and exponent as big-endian bytes, for a JWKS document.
    std::string modulus() const;
    std::string exponent() const;

    /// RS256: the raw signature of SHA-256(text).
    std::string sign(const std::string& text) const;
    /// RS256, or PS256 with a salt as long as the digest.
    enum class Padding { Pkcs1, Pss };
    bool verify(const std::string& text, const std::string& signature, Padding padding = Padding::Pkcs1) const;

private:
    struct Handle;
    explicit RsaKey(std::shared_ptr<Handle> handle) : m_handle(std::move(handle)) {}
    std::shared_ptr<Handle> m_handle;
};

/// 32 raw bytes.
std::string sha256(const std::string& bytes);
std::string hmacSha256(const std::string& key, const std::string& bytes);
/// 16 raw bytes.
std::string md5Of(const std::string& bytes);
std::string base64(const std::string& bytes);
/// Nothing for text that is not base64; white space is skipped.
std::optional<std::string> decodeBase64(const std::string& text);
/// Without padding, '-' and '_' (RFC 4648, section 5).
std::string base64Url(const std::string& bytes);
std::optional<std::string> decodeBase64Url(std::string text);
/// Compares in a time that does not tell where the texts differ.
bool equalSecret(const std::string& a, const std::string& b);

} // namespace ty::sandbox
