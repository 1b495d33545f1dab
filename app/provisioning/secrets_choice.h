#pragma once

#include <memory>
#include <string>

#include "app/catalog/paths.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// Where this program keeps secrets: the desktop's keychain when one runs and works; else the encrypted file, when there is
/// one and `passphrase` opens it; else this session's memory. Never an error because of a missing keychain.
/// Errors: Permission when the file is there and the passphrase does not open it.
Result<std::unique_ptr<cloud::SecretStore>> openSecrets(
    const catalog::Paths& paths, const cloud::Secret& passphrase);

/// The same with the passphrase of the environment, TRAINYARD_PASSPHRASE.
Result<std::unique_ptr<cloud::SecretStore>> openSecrets(const catalog::Paths& paths);

/// The file of those who have no keychain.
std::string secretsFile(const catalog::Paths& paths);

} // namespace ty::app
