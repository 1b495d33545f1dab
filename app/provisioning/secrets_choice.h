#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/catalog/paths.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// What a person has to give before secrets can be read and kept for good.
enum class SecretsNeed : std::uint8_t {
    Nothing,    ///< a keychain works, or the encrypted file is open
    Passphrase, ///< the encrypted file is there and locked
    Choice,     ///< neither: a passphrase begins the file, or what is kept is kept for this session
};

/// Where this program keeps secrets.
struct OpenedSecrets {
    std::unique_ptr<cloud::SecretStore> store; ///< under Passphrase it refuses all (Busy); under Choice it is this session's memory
    SecretsNeed need = SecretsNeed::Nothing;
};

/// The desktop's keychain when one runs and works; else the encrypted file, which `passphrase` opens or begins. Never an error
/// because of a missing keychain. Errors: Permission when the file is there and the passphrase, if not empty, does not open it.
Result<OpenedSecrets> lookForSecrets(const catalog::Paths& paths, const cloud::Secret& passphrase);

/// The store of that.
Result<std::unique_ptr<cloud::SecretStore>> openSecrets(const catalog::Paths& paths, const cloud::Secret& passphrase);
/// The same with the passphrase of the environment.
Result<std::unique_ptr<cloud::SecretStore>> openSecrets(const catalog::Paths& paths);

/// TRAINYARD_PASSPHRASE; empty when it is not set.
cloud::Secret environmentPassphrase();
/// The file of those who have no keychain.
std::string secretsFile(const catalog::Paths& paths);

} // namespace ty::app
