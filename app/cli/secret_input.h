#pragma once

#include <memory>
#include <string>

#include "app/catalog/paths.h"
#include "cloud/secrets/secret_store.h"

namespace ty::cli {

/// From a terminal, asked for by `what` and without showing it; else all of standard input.
cloud::Secret readSecret(const std::string& what);

/// The person's secrets. Where no keychain runs and this is a terminal, a passphrase is asked for if `isNeeded`: that of the
/// encrypted file, or with `mayBegin` one for a new file (empty: what is kept is forgotten when this program ends).
/// Errors: Permission when the passphrase does not open the file.
enum class NewFile { No, May };
Result<std::unique_ptr<cloud::SecretStore>> openPersonsSecrets(
    const catalog::Paths& paths, bool isNeeded, NewFile newFile = NewFile::No);

} // namespace ty::cli
