#include "cloud/sandbox/certificates.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <sys/stat.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "engine/base/files.h"

namespace ty::sandbox {

namespace {

constexpr long kDay = 24L * 3600;

struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Bio = std::unique_ptr<BIO, Free>;

std::string contentOf(BIO* bio)
{
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<std::size_t>(std::max(0L, length)));
}

bool extend(X509* certificate, X509* issuer, int kind, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    const bool isAdded = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return isAdded;
}

/// A certificate with everything but its extensions and signature.
Certificate begin(EVP_PKEY* key, const char* name)
{
    Certificate certificate(X509_new());
    const std::unique_ptr<BIGNUM, Free> serial(BN_new());
    BN_rand(serial.get(), 120, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get()));
    X509_set_version(certificate.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3650 * kDay);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    const auto add = [&](const char* field, const char* text) {
        X509_NAME_add_entry_by_txt(
            subject, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
    };
    add("O", "Trainyard sandbox");
    add("CN", name);
    return certificate;
}

bool isStillGood(const Certificates& files)
{
    const auto pem = readFile(files.certificate);
    if (!pem || !pathExists(files.authority) || !pathExists(files.key)) {
        return false;
    }
    const Bio bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
    const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    int days = 0;
    int seconds = 0;
    return certificate != nullptr
        && ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) == 1 && days >= 30;
}

Result<void> writePem(const std::string& path, const Bio& bio)
{
    return writeFileAtomically(path, contentOf(bio.get()));
}

Result<void> writeCertificate(const std::string& path, X509* certificate)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return writePem(path, bio);
}

} // namespace

Result<Certificates> ensureCertificates(const std::string& folder)
{
    const Certificates files{folder + "/ca.pem", folder + "/server.pem", folder + "/server-key.pem"};
    if (isStillGood(files)) {
        return files;
    }
    TY_CHECK(makeFolders(folder));
    const Key authorityKey(EVP_EC_gen("P-256"));
    const Key key(EVP_EC_gen("P-256"));
    if (!authorityKey || !key) {
        return Error{ErrorKind::Internal, "OpenSSL could not make a key for the sandbox's certificate", ""};
    }
    const Certificate authority = begin(authorityKey.get(), "Trainyard sandbox authority");
    X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
    const Certificate server = begin(key.get(), "localhost");
    X509_set_issuer_name(server.get(), X509_get_subject_name(authority.get()));
    const bool isMade =
        extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        && extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign")
        && extend(authority.get(), authority.get(), NID_subject_key_identifier, "hash")
        && extend(
            authority.get(), authority.get(), NID_name_constraints,
            "critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0")
        && X509_sign(authority.get(), authorityKey.get(), EVP_sha256()) > 0
        && extend(server.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE")
        && extend(server.get(), authority.get(), NID_key_usage, "critical,digitalSignature")
        && extend(server.get(), authority.get(), NID_ext_key_usage, "serverAuth")
        && extend(server.get(), authority.get(), NID_subject_key_identifier, "hash")
        && extend(server.get(), authority.get(), NID_authority_key_identifier, "keyid")
        && extend(server.get(), authority.get(), NID_subject_alt_name, "DNS:localhost,DNS:*.localhost,IP:127.0.0.1")
        && X509_sign(server.get(), authorityKey.get(), EVP_sha256()) > 0;
    if (!isMade) {
        return Error{ErrorKind::Internal, "OpenSSL could not make the sandbox's certificate", ""};
    }
    const Bio secret(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    TY_CHECK(writePem(files.key, secret));
    if (chmod(files.key.c_str(), S_IRUSR | S_IWUSR) != 0) {
        return errnoError(errno, "cannot restrict", files.key);
    }
    TY_CHECK(writeCertificate(files.certificate, server.get()));
    TY_CHECK(writeCertificate(files.authority, authority.get()));
    return files;
}

} // namespace ty::sandbox
