#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "cloud/secrets/secret_store.h"

namespace ty::cloud {

/// One file for all secrets, readable with a passphrase: AES-256-GCM under a key that scrypt makes of it (RFC 7914;
/// 128 MiB and about half a second a try, so that guessing is dear). The file is mode 0600, written whole or not at
/// all, and every write has a fresh nonce. Several processes may share it: each change reads it anew under a lock.
class EncryptedSecrets : public SecretStore {
public:
    /// Opens the file, or begins one at the first put(). Errors: Permission (the passphrase does not open it),
    /// InvalidInput (damaged, or an empty passphrase), Unsupported (a newer format), Io.
    static Result<std::unique_ptr<EncryptedSecrets>> open(const std::string& path, const Secret& passphrase);

    std::string place() const override { return "the encrypted file"; }
    bool isLasting() const override { return true; }
    Result<std::optional<Secret>> find(const std::string& name) override;
    Result<void> put(const std::string& name, const Secret& secret, const std::string& label) override;
    Result<void> remove(const std::string& name) override;

private:
    using Secrets = std::map<std::string, Secret>;

    EncryptedSecrets(std::string path, std::string salt, Secret key);
    Result<Secrets> read() const;
    Result<void> write(const Secrets& secrets) const;
    /// Reads, lets `edit` change and writes, alone among threads and processes.
    template<typename Edit>
    Result<void> change(const Edit& edit);

    std::mutex m_mutex;
    std::string m_path;
    std::string m_salt;
    Secret m_key;
};

} // namespace ty::cloud
