#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cloud/azure/arm_client.h"
#include "cloud/provision/cluster.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/operation_runner.h"

namespace ty::cloud {

/// Group, firewall, network and scale set; undone in the opposite order. Nodes have a public address each when the request
/// says so, and release themselves one by one when it says that. `cloudInit`: what each runs at its first start, not encoded.
Plan azureClusterCreation(const ClusterRequest& request, const std::string& mark, const std::string& cloudInit);
/// What the creation of a cluster made. `mark` is in its tags.
Plan azureClusterDeletion(
    const std::string& subscription, const std::string& group, const std::string& name, const std::string& mark);
/// It has so many nodes afterwards; the youngest go first.
Plan azureClusterScale(const std::string& clusterId, std::int64_t count);
/// "start" or "deallocate": all its nodes are in that state afterwards. Those that are off cost their disks and addresses.
Plan azureClusterPower(const std::string& clusterId, const std::string& verb);

/// All clusters of a subscription with their nodes: one list, and two more for each cluster.
Result<std::vector<ClusterInfo>> azureClusters(
    azure::ArmClient& client, const std::string& subscription, std::stop_token stop);

/// The cost of all nodes from that of one. What is not known stays unknown.
CostTable clusterCost(CostTable node, std::int64_t count);

} // namespace ty::cloud
