#include "app/provisioning/secrets_choice.h"

#include <cstdlib>

#include "cloud/secrets/encrypted_secrets.h"
#include "cloud/secrets/keychain_secrets.h"
#include "cloud/secrets/session_secrets.h"
#include "engine/base/files.h"

namespace ty::app {

namespace {

/// The encrypted file before somebody has given its passphrase. Nothing is kept elsewhere in silence.
class LockedSecrets : public cloud::SecretStore {
public:
    explicit LockedSecrets(std::string file) : m_file(std::move(file)) {}

    std::string place() const override { return "the encrypted file, which is locked"; }
    bool isLasting() const override { return true; }
    Result<std::optional<cloud::Secret>> find(const std::string&) override { return locked(); }
    Result<void> put(const std::string&, const cloud::Secret&, const std::string&) override { return locked(); }
    Result<void> remove(const std::string&) override { return locked(); }

private:
    /// Busy: it passes, once the passphrase is there.
    Error locked() const
    {
        return Error{
            ErrorKind::Busy, "what signs you in is locked in " + m_file,
            "Unlock it with your passphrase: in the window by Unlock, on the command line by TRAINYARD_PASSPHRASE."};
    }

    std::string m_file;
};

} // namespace

Result<OpenedSecrets> lookForSecrets(const catalog::Paths& paths, const cloud::Secret& passphrase)
{
    auto keychain = cloud::KeychainSecrets::open();
    if (keychain && *keychain != nullptr) {
        return OpenedSecrets{std::move(keychain).value(), SecretsNeed::Nothing};
    }
    const std::string file = secretsFile(paths);
    if (!passphrase.isEmpty()) {
        TY_TRY(auto encrypted, cloud::EncryptedSecrets::open(file, passphrase));
        return OpenedSecrets{std::move(encrypted), SecretsNeed::Nothing};
    }
    if (pathExists(file)) {
        return OpenedSecrets{std::make_unique<LockedSecrets>(file), SecretsNeed::Passphrase};
    }
    return OpenedSecrets{std::make_unique<cloud::SessionSecrets>(), SecretsNeed::Choice};
}

Result<std::unique_ptr<cloud::SecretStore>> openSecrets(const catalog::Paths& paths, const cloud::Secret& passphrase)
{
    TY_TRY(OpenedSecrets opened, lookForSecrets(paths, passphrase));
    return std::move(opened.store);
}

Result<std::unique_ptr<cloud::SecretStore>> openSecrets(const catalog::Paths& paths)
{
    return openSecrets(paths, environmentPassphrase());
}

cloud::Secret environmentPassphrase()
{
    const char* const passphrase = std::getenv("TRAINYARD_PASSPHRASE");
    return cloud::Secret(passphrase == nullptr ? "" : passphrase);
}

std::string secretsFile(const catalog::Paths& paths)
{
    return paths.dataFolder() + "/secrets.json";
}

} // namespace ty::app
