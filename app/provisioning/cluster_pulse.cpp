#include "app/provisioning/cluster_pulse.h"

#include <fmt/format.h>

#include "app/provisioning/machine_pulse.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr int kMostNodes = 12;

bool isUp(const ClusterNode& node)
{
    return node.state == MachineState::Running || node.state == MachineState::Idle;
}

} // namespace

ClusterPulse readClusterPulse(
    MachineProvider& provider, const catalog::Paths& paths, const ClusterInfo& cluster, bool hasGpus, const std::stop_token& stop)
{
    ClusterPulse told;
    if (cluster.nodes.empty() || !isUp(cluster.nodes.front())) {
        told.leaderWhy = "its leader does not run";
    }
    int asked = 0;
    int busy = 0;
    for (std::size_t place = 0; place < cluster.nodes.size() && (place == 0 || hasGpus); ++place) {
        const ClusterNode& node = cluster.nodes[place];
        if (!isUp(node)) {
            continue;
        }
        if (++asked > kMostNodes) {
            told.busyWhy = fmt::format("more than {} nodes run: they are not all asked", kMostNodes);
            break;
        }
        const auto pulse = readPulse(provider, paths, cluster.machine(node), stop);
        if (!pulse) {
            told.busyWhy = pulse.error().message;
            told.leaderWhy = place == 0 ? told.busyWhy : told.leaderWhy;
        } else {
            if (place == 0) {
                told.scheduler = pulse->scheduler;
                told.queued = pulse->queued;
            }
            if (hasGpus && !pulse->hasGpuTool) {
                told.busyWhy = "nvidia-smi is not installed on " + node.name;
            }
            busy += pulse->busyGpus();
        }
    }
    if (told.busyWhy.empty()) {
        told.busyGpus = busy; // those that are off are not busy
    }
    return told;
}

} // namespace ty::app
