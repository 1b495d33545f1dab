#pragma once

#include <memory>

#include "cloud/secrets/secret_store.h"

namespace ty::cloud {

/// The desktop's keychain by the Secret Service (GNOME Keyring, KWallet, KeePassXC).
class KeychainSecrets : public SecretStore {
public:
    /// Nothing when no keychain runs on this session's bus: none is ever started by asking (a wallet wizard nobody
    /// wanted). Errors: Permission when there is one, but what is put there cannot be read again (locked for good).
    static Result<std::unique_ptr<KeychainSecrets>> open();

    std::string place() const override { return "the keychain"; }
    bool isLasting() const override { return true; }
    /// A locked keychain asks the person by its own window.
    Result<std::optional<Secret>> find(const std::string& name) override;
    Result<void> put(const std::string& name, const Secret& secret, const std::string& label) override;
    Result<void> remove(const std::string& name) override;

private:
    KeychainSecrets() = default;
};

} // namespace ty::cloud
