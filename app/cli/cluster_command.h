#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/cli/vm_command.h"

namespace CLI {
class App;
}

namespace ty::cli {

/// What `trainyard cluster ...` was asked to do.
struct ClusterRequest : VmRequest {
    std::optional<std::int64_t> nodes; ///< of "create" and "scale"
    std::string typedName;             ///< of "delete": the name once more, as --name says it
};

/// Adds `cluster` and its verbs; `command` becomes "cluster" when one of them was typed.
void addCluster(CLI::App& app, ClusterRequest& request, std::string& command);

/// Clusters of a cloud account, by the same journal as its machines. Result: the exit code.
Result<int> clusterCommand(catalog::Catalog& catalog, const ClusterRequest& request);

} // namespace ty::cli
