#include "app/provisioning/secrets_choice.h"

#include <cstdlib>

#include "cloud/secrets/encrypted_secrets.h"
#include "cloud/secrets/keychain_secrets.h"
#include "cloud/secrets/session_secrets.h"
#include "engine/base/files.h"

namespace ty::app {

Result<std::unique_ptr<cloud::SecretStore>> openSecrets(const catalog::Paths& paths, const cloud::Secret& passphrase)
{
    using Store = std::unique_ptr<cloud::SecretStore>;
    auto keychain = cloud::KeychainSecrets::open();
    if (keychain && *keychain != nullptr) {
        return Store(std::move(keychain).value());
    }
    const std::string file = secretsFile(paths);
    if (!passphrase.isEmpty()) {
        TY_TRY(auto encrypted, cloud::EncryptedSecrets::open(file, passphrase));
        return Store(std::move(encrypted));
    }
    return Store(std::make_unique<cloud::SessionSecrets>());
}

Result<std::unique_ptr<cloud::SecretStore>> openSecrets(const catalog::Paths& paths)
{
    const char* passphrase = std::getenv("TRAINYARD_PASSPHRASE");
    return openSecrets(paths, cloud::Secret(passphrase == nullptr ? "" : passphrase));
}

std::string secretsFile(const catalog::Paths& paths)
{
    return paths.dataFolder() + "/secrets.json";
}

} // namespace ty::app
