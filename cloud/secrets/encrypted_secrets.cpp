#include "cloud/secrets/encrypted_secrets.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include "engine/base/base64.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"
#include "engine/base/json.h"

namespace ty::cloud {

namespace {

constexpr int kVersion = 1;
constexpr const char* kFormat = "trainyard-secrets";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kNonceBytes = 12; // what GCM takes without hashing it first
constexpr std::size_t kTagBytes = 16;

// scrypt's cost: N x r x 128 bytes = 128 MiB.
constexpr std::uint64_t kScryptN = std::uint64_t{1} << 17;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;
constexpr std::uint64_t kScryptMemory = std::uint64_t{160} << 20;

constexpr std::uint64_t kLargestFile = std::uint64_t{16} << 20;
constexpr auto kLockPatience = std::chrono::seconds(5);

Error opensslError(const char* what)
{
    return Error{ErrorKind::Internal, std::string("OpenSSL cannot ") + what, {}};
}

Error damaged(const std::string& path)
{
    return Error{
        ErrorKind::InvalidInput, path + " is damaged", "Put back a copy of it, or move it away and sign in again."};
}

Result<std::string> randomBytes(std::size_t count)
{
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        return opensslError("make random numbers");
    }
    return bytes;
}

Result<Secret> makeKey(const Secret& passphrase, const std::string& salt)
{
    std::string key(kKeyBytes, '\0');
    const std::string& text = passphrase.reveal();
    if (EVP_PBE_scrypt(
            text.data(), text.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), kScryptN,
            kScryptR, kScryptP, kScryptMemory, reinterpret_cast<unsigned char*>(key.data()), key.size())
        != 1) {
        return opensslError("make a key of the passphrase");
    }
    Secret result(key);
    OPENSSL_cleanse(key.data(), key.size());
    return result;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytesOf(const std::string& text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytesOf(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

/// The sealed text with its tag behind it. `header` is protected too, though not hidden.
Result<std::string> seal(const Secret& key, const std::string& nonce, const std::string& header, const Secret& plain)
{
    const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const std::string& text = plain.reveal();
    std::string sealed(text.size() + kTagBytes, '\0');
    int length = 0;
    const bool isDone = context != nullptr
        && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytesOf(key.reveal()), bytesOf(nonce)) == 1
        && EVP_EncryptUpdate(context.get(), nullptr, &length, bytesOf(header), static_cast<int>(header.size())) == 1
        && EVP_EncryptUpdate(context.get(), bytesOf(sealed), &length, bytesOf(text), static_cast<int>(text.size())) == 1
        && EVP_EncryptFinal_ex(context.get(), bytesOf(sealed) + length, &length) == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, bytesOf(sealed) + text.size()) == 1;
    if (!isDone) {
        return opensslError("encrypt the secrets");
    }
    return sealed;
}

/// Nothing when key, header or text are not those that were sealed.
std::optional<Secret> unseal(
    const Secret& key, const std::string& nonce, const std::string& header, const std::string& sealed)
{
    if (sealed.size() < kTagBytes || nonce.size() != kNonceBytes) {
        return {};
    }
    const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const std::size_t size = sealed.size() - kTagBytes;
    std::string text(size, '\0');
    std::string tag = sealed.substr(size);
    int length = 0;
    const bool isDone = context != nullptr
        && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytesOf(key.reveal()), bytesOf(nonce)) == 1
        && EVP_DecryptUpdate(context.get(), nullptr, &length, bytesOf(header), static_cast<int>(header.size())) == 1
        && EVP_DecryptUpdate(context.get(), bytesOf(text), &length, bytesOf(sealed), static_cast<int>(size)) == 1
        && EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytesOf(tag)) == 1
        && EVP_DecryptFinal_ex(context.get(), bytesOf(text) + length, &length) == 1;
    std::optional<Secret> result;
    if (isDone) {
        result = Secret(text);
    }
    OPENSSL_cleanse(text.data(), text.size());
    return result;
}

struct SealedFile {
    std::string salt;
    std::string nonce;
    std::string sealed;
};

/// What a foreign hand must not change without being noticed.
std::string headerOf(const std::string& salt)
{
    return std::string(kFormat) + "/" + std::to_string(kVersion) + "/" + salt;
}

Result<SealedFile> readSealed(const std::string& path)
{
    TY_TRY(const std::string text, readFile(path, kLargestFile));
    auto json = parseJson(text, path);
    if (!json || !json->is_object() || json->value("format", std::string()) != kFormat) {
        return damaged(path);
    }
    TY_TRY(const int version, jsonField<int>(*json, "version", path));
    if (version > kVersion) {
        return Error{
            ErrorKind::Unsupported, path + " was written by a newer Trainyard (format " + std::to_string(version) + ")",
            "Use that version, or move the file away and sign in again."};
    }
    SealedFile file;
    const auto part = [&](const char* key, std::string& bytes) -> Result<void> {
        TY_TRY(const std::string encoded, jsonField<std::string>(*json, key, path));
        auto decoded = decodeBase64(encoded);
        if (!decoded) {
            return damaged(path);
        }
        bytes = std::move(decoded).value();
        return {};
    };
    TY_CHECK(part("salt", file.salt));
    TY_CHECK(part("nonce", file.nonce));
    TY_CHECK(part("secrets", file.sealed));
    return file;
}

} // namespace

EncryptedSecrets::EncryptedSecrets(std::string path, std::string salt, Secret key)
    : m_path(std::move(path)), m_salt(std::move(salt)), m_key(std::move(key))
{
}

Result<std::unique_ptr<EncryptedSecrets>> EncryptedSecrets::open(const std::string& path, const Secret& passphrase)
{
    if (passphrase.isEmpty()) {
        return Error{ErrorKind::InvalidInput, "an empty passphrase protects nothing", "Choose one of some words."};
    }
    std::string salt;
    if (pathExists(path)) {
        TY_TRY(const SealedFile file, readSealed(path));
        salt = file.salt;
    } else {
        TY_TRY(salt, randomBytes(kSaltBytes));
    }
    TY_TRY(Secret key, makeKey(passphrase, salt));
    std::unique_ptr<EncryptedSecrets> store(new EncryptedSecrets(path, salt, std::move(key)));
    TY_CHECK(store->read());
    return store;
}

Result<EncryptedSecrets::Secrets> EncryptedSecrets::read() const
{
    Secrets secrets;
    if (!pathExists(m_path)) {
        return secrets;
    }
    TY_TRY(const SealedFile file, readSealed(m_path));
    const auto plain = unseal(m_key, file.nonce, headerOf(file.salt), file.sealed);
    if (!plain) {
        return Error{
            ErrorKind::Permission, "this passphrase does not open " + m_path,
            "Type it again. Without it the secrets are lost: move the file away and sign in again."};
    }
    TY_TRY(const Json json, parseJson(plain->reveal(), "the secrets in " + m_path));
    if (!json.is_object()) {
        return damaged(m_path);
    }
    for (const auto& item : json.items()) {
        if (!item.value().is_string()) {
            return damaged(m_path);
        }
        secrets.emplace(item.key(), Secret(item.value().get<std::string>()));
    }
    return secrets;
}

Result<void> EncryptedSecrets::write(const Secrets& secrets) const
{
    Json json = Json::object();
    for (const auto& [name, secret] : secrets) {
        json[name] = secret.reveal();
    }
    const Secret plain(json.dump());
    for (auto& item : json.items()) {
        auto& text = item.value().get_ref<std::string&>();
        OPENSSL_cleanse(text.data(), text.size());
    }
    TY_TRY(const std::string nonce, randomBytes(kNonceBytes));
    TY_TRY(const std::string sealed, seal(m_key, nonce, headerOf(m_salt), plain));
    const Json file{
        {"format", kFormat},
        {"version", kVersion},
        {"salt", encodeBase64(m_salt)},
        {"nonce", encodeBase64(nonce)},
        {"secrets", encodeBase64(sealed)}};
    TY_CHECK(writeJsonFile(m_path, file));
    if (::chmod(m_path.c_str(), S_IRUSR | S_IWUSR) != 0) {
        return errnoError(errno, "cannot restrict", m_path);
    }
    return {};
}

template<typename Edit>
Result<void> EncryptedSecrets::change(const Edit& edit)
{
    const std::scoped_lock threads(m_mutex);
    TY_TRY(const FolderLock lock, FolderLock::await(m_path + ".lock", kLockPatience));
    TY_TRY(Secrets secrets, read());
    edit(secrets);
    return write(secrets);
}

Result<std::optional<Secret>> EncryptedSecrets::find(const std::string& name)
{
    const std::scoped_lock lock(m_mutex);
    TY_TRY(const Secrets secrets, read());
    const auto found = secrets.find(name);
    return found == secrets.end() ? std::optional<Secret>{} : std::optional<Secret>{found->second};
}

Result<void> EncryptedSecrets::put(const std::string& name, const Secret& secret, const std::string&)
{
    return change([&](Secrets& secrets) { secrets[name] = secret; });
}

Result<void> EncryptedSecrets::remove(const std::string& name)
{
    return change([&](Secrets& secrets) { secrets.erase(name); });
}

} // namespace ty::cloud
