#pragma once

#include <chrono>
#include <string>

#include <QFile>
#include <QTemporaryDir>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "cloud/auth/crypto.h"
#include "cloud/auth/token_source.h"
#include "cloud/http/url.h"
#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "tests/cloud/support/scripted_server.h"

namespace ty::cloud {

using test::answer;

constexpr const char* kScope = "https://management.azure.com/.default";
const WallTime kNow = WallTime(std::chrono::seconds(1'800'000'000));

inline WallTime fixedNow()
{
    return kNow;
}

/// A key and a certificate signed by itself, made anew.
struct KeyPair {
    std::string privatePem;
    std::string certificatePem;
    EVP_PKEY* key = nullptr;

    KeyPair()
    {
        key = EVP_RSA_gen(2048);
        X509* certificate = X509_new();
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_sign(certificate, key, EVP_sha256());
        privatePem = text([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr); });
        certificatePem = text([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
        X509_free(certificate);
    }
    KeyPair(const KeyPair&) = delete;
    KeyPair& operator=(const KeyPair&) = delete;
    ~KeyPair() { EVP_PKEY_free(key); }

    /// Whether `signature` over `bytes` is of this key.
    bool hasSigned(const std::string& bytes, const std::string& signature, RsaPadding padding) const
    {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_PKEY_CTX* options = nullptr;
        EVP_DigestVerifyInit(context, &options, EVP_sha256(), nullptr, key);
        if (padding == RsaPadding::Pss) {
            EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
            EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 32);
        }
        const int good = EVP_DigestVerify(
            context,
            reinterpret_cast<const unsigned char*>(signature.data()),
            signature.size(),
            reinterpret_cast<const unsigned char*>(bytes.data()),
            bytes.size());
        EVP_MD_CTX_free(context);
        return good == 1;
    }

private:
    template<typename Write>
    static std::string text(Write write)
    {
        BIO* bio = BIO_new(BIO_s_mem());
        write(bio);
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        std::string made(data, static_cast<std::size_t>(size));
        BIO_free(bio);
        return made;
    }
};

/// The form that a request carries.
inline Query formOf(const QByteArray& request)
{
    return parseQuery(request.mid(request.indexOf("\r\n\r\n") + 4).toStdString());
}

inline std::string valueIn(const Query& form, const std::string& name)
{
    for (const auto& [key, value] : form) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

/// A JSON web token in its parts.
struct Jwt {
    Json header;
    Json claims;
    std::string content;
    std::string signature;

    explicit Jwt(const std::string& text)
    {
        const auto first = text.find('.');
        const auto second = text.find('.', first + 1);
        content = text.substr(0, second);
        header = parseJson(decodeBase64(text.substr(0, first)).value(), "header").value();
        claims = parseJson(decodeBase64(text.substr(first + 1, second - first - 1)).value(), "claims").value();
        signature = decodeBase64(text.substr(second + 1)).value();
    }
};

inline QByteArray tokenAnswer(const char* token = "TOKEN-1", int seconds = 3600)
{
    return answer("200 OK", "", toJsonLine(Json{{"token_type", "Bearer"}, {"expires_in", seconds}, {"access_token", token}}).c_str());
}

inline QByteArray refusal(const char* error, const char* description)
{
    return answer("400 Bad Request", "", toJsonLine(Json{{"error", error}, {"error_description", description}}).c_str());
}

/// A program that does what `body` says.
inline std::string script(const QTemporaryDir& folder, const char* name, const char* body)
{
    const QString path = folder.filePath(name);
    QFile file(path);
    if (file.open(QIODevice::WriteOnly)) {
        file.write(QByteArray("#!/bin/sh\n") + body + "\n");
        file.close();
    }
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return path.toStdString();
}

} // namespace ty::cloud
