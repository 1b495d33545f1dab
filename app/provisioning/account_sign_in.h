#pragma once

#include <string>

#include "app/catalog/paths.h"
#include "app/provisioning/account.h"
#include "cloud/auth/sign_in.h"
#include "cloud/secrets/secret_store.h"

namespace ty::app {

/// How an account signs in, with its secret. Errors: NotSignedIn when the secret is not in the store.
Result<cloud::SignIn> signInOf(const Account& account, cloud::SecretStore& secrets);

/// The same of an account by its name; a sandbox is started when it is one of its accounts, and an empty name means the one
/// account of `provider` that there is besides them.
/// Errors: NotFound, Usage (there are several),
/// NotSignedIn, those of the catalog and of the sandbox.
Result<cloud::SignIn> findSignIn(
    const catalog::Paths& paths, cloud::SecretStore& secrets, const std::string& provider, const std::string& name);

} // namespace ty::app
