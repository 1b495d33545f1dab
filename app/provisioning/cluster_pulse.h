#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "app/catalog/paths.h"
#include "app/provisioning/machine_provider.h"
#include "cloud/provision/cluster.h"

namespace ty::app {

/// What the nodes of a cluster tell of themselves when they are asked over SSH.
struct ClusterPulse {
    std::optional<int> busyGpus;        ///< of all nodes that run; nothing: not told
    std::string busyWhy;                ///< it is not told
    std::string scheduler;              ///< "Slurm", "PBS"; empty with a leader that answered: none is installed
    std::optional<std::int64_t> queued; ///< jobs that wait in it
    std::string leaderWhy;              ///< the leader did not answer; empty: it did

    bool operator==(const ClusterPulse&) const = default;
};

/// Asks the leader, and for their GPUs every node that runs; a dozen of them at most. Blocks for seconds a node. `hasGpus`: false
/// spares the workers.
ClusterPulse readClusterPulse(
    MachineProvider& provider, const catalog::Paths& paths, const cloud::ClusterInfo& cluster, bool hasGpus, const std::stop_token& stop);

} // namespace ty::app
