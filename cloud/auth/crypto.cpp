#include "cloud/auth/crypto.h"

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

namespace ty::cloud {

namespace {

template<auto Free>
struct Deleter {
    template<typename T>
    void operator()(T* handle) const
    {
        Free(handle);
    }
};

using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;

const unsigned char* data(std::string_view bytes)
{
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* data(std::string& bytes)
{
    return reinterpret_cast<unsigned char*>(bytes.data());
}

Bio reader(const std::string& text)
{
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A key with a passphrase is refused instead of asking for it on the terminal.
int noPassphrase(char*, int, int, void*)
{
    return -1;
}

} // namespace

std::string sha256(std::string_view bytes)
{
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(data(bytes), bytes.size(), data(digest));
    return digest;
}

std::string hmacSha256(std::string_view key, std::string_view bytes)
{
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data(bytes), bytes.size(), data(digest), &size);
    return digest;
}

Result<std::string> signRsaSha256(const std::string& privateKeyPem, std::string_view bytes, RsaPadding padding)
{
    const Bio bio = reader(privateKeyPem);
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr));
    if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) {
        return Error{ErrorKind::InvalidInput, "the private key is not an RSA key in PEM without passphrase", {}};
    }
    const Context context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr; // belongs to the context
    bool isGood = EVP_DigestSignInit(context.get(), &options, EVP_sha256(), nullptr, key.get()) == 1;
    if (isGood && padding == RsaPadding::Pss) {
        isGood = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    std::size_t size = 0;
    isGood = isGood && EVP_DigestSign(context.get(), nullptr, &size, data(bytes), bytes.size()) == 1;
    std::string signature(size, '\0');
    isGood = isGood && EVP_DigestSign(context.get(), data(signature), &size, data(bytes), bytes.size()) == 1;
    if (!isGood) {
        return Error{ErrorKind::Internal, "OpenSSL could not sign", {}};
    }
    signature.resize(size);
    return signature;
}

Result<std::string> certificateThumbprint(const std::string& pem)
{
    const Bio bio = reader(pem);
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr));
    if (!certificate) {
        return Error{ErrorKind::InvalidInput, "there is no certificate in PEM", {}};
    }
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    unsigned int size = 0;
    if (X509_digest(certificate.get(), EVP_sha256(), data(digest), &size) != 1) {
        return Error{ErrorKind::Internal, "OpenSSL could not read the certificate", {}};
    }
    return digest;
}

} // namespace ty::cloud
