#pragma once

#include <string>
#include <vector>

#include "app/runner/commands.h"
#include "engine/base/json.h"

namespace ty::runner {

/// One large file up to and down from Azurite and an OpenSSH server, beside curl, Microsoft's library and sftp in the same
/// run, by transfers_peer.py: a row each way. A row that could not be measured has "error".
std::vector<Json> measureTransfers(const BenchOptions& options);
/// "Blob upload   189 MB/s ..." as benchData() prints it.
std::string transferRow(const Json& row);

} // namespace ty::runner
