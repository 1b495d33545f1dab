#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/machine_operations.h"
#include "cloud/provision/cluster.h"

namespace ty::app {

/// Creates, scales, starts, stops and deletes clusters of one account, by the journal of its machines. Blocks; one thread.
class ClusterOperations {
public:
    /// `machines` outlives this.
    explicit ClusterOperations(MachineOperations& machines);

    /// Errors: AlreadyExists when the account has a cluster of that name, InvalidInput, Unsupported (Google).
    Result<OperationReport> create(const cloud::ClusterRequest& request, std::stop_token stop);
    Result<OperationReport> scale(const cloud::ClusterInfo& cluster, std::int64_t count, std::stop_token stop);
    /// All its nodes. Those that are off cost their disks and addresses alone.
    Result<OperationReport> start(const cloud::ClusterInfo& cluster, std::stop_token stop);
    Result<OperationReport> halt(const cloud::ClusterInfo& cluster, std::stop_token stop);
    /// With its network and firewall, when Trainyard made it; else the nodes alone.
    Result<OperationReport> remove(const cloud::ClusterInfo& cluster, std::stop_token stop);

    Result<std::vector<cloud::ClusterInfo>> all(std::stop_token stop);
    /// Errors: NotFound.
    Result<cloud::ClusterInfo> find(const std::string& name, std::stop_token stop);

private:
    MachineOperations& m_machines;
};

} // namespace ty::app
