#pragma once

#include <map>
#include <string>

#include "app/catalog/paths.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::catalog {

/// A cloud account is called otherwise from now on, wherever the catalog names it: charges, blocks, machines, the journal. With
/// it the settings that name it, by key. One transaction on a connection of its own.
Result<void> renameAccount(
    const Paths& paths, const std::string& from, const std::string& to, const std::map<std::string, Json>& settings);

} // namespace ty::catalog
