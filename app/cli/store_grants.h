#pragma once

#include <string>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/stores/store_book.h"
#include "cloud/secrets/secret.h"

namespace ty::cli {

/// How the person's accounts sign in, for stores that are opened by them. `secrets` outlives it.
app::StoreBook::SignIns signInsOf(const catalog::Paths& paths, cloud::SecretStore& secrets);

/// What opens the stores in which the data of a command lie: those after --data, --validation and --test, and the ones in
/// `more`. Addresses among the arguments become those without secrets. Empty: all data lie on this computer.
/// Errors: those of StoreBook::grant().
Result<cloud::Secret>
grantStores(catalog::Catalog& catalog, std::vector<std::string>& arguments, const std::vector<std::string>& more = {});

} // namespace ty::cli
