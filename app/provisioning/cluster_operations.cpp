#include "app/provisioning/cluster_operations.h"

#include <algorithm>
#include <utility>

#include "app/provisioning/operation_keys.h"
#include "cloud/azure/resource.h"
#include "cloud/http/request_id.h"
#include "cloud/provision/marks.h"

namespace ty::app {

using namespace cloud;

ClusterOperations::ClusterOperations(MachineOperations& machines)
    : m_machines(machines)
{
}

Result<OperationReport> ClusterOperations::create(const ClusterRequest& request, std::stop_token stop)
{
    TY_TRY(const auto known, all(stop));
    const bool isThere = std::any_of(
        known.begin(), known.end(), [&](const ClusterInfo& cluster) { return azure::isSame(cluster.name, request.node.name); });
    if (isThere) {
        return Error{
            ErrorKind::AlreadyExists, "there is a cluster \"" + request.node.name + "\" already", "Choose another name."};
    }
    Json json;
    json[kMarkKey] = makeUuid();
    json[kClusterKey] = toJson(request);
    return m_machines.perform(kCreateCluster, request.node.name, std::move(json), std::move(stop));
}

Result<OperationReport> ClusterOperations::scale(const ClusterInfo& cluster, std::int64_t count, std::stop_token stop)
{
    if (count < 0 || count > 1000) {
        return Error{ErrorKind::InvalidInput, "a cluster has 0 to 1000 nodes", {}};
    }
    Json json;
    json[kMachineIdKey] = cluster.id;
    json[kCountKey] = count;
    return m_machines.perform(kScaleCluster, cluster.name, std::move(json), std::move(stop));
}

Result<OperationReport> ClusterOperations::start(const ClusterInfo& cluster, std::stop_token stop)
{
    return m_machines.perform(kStartCluster, cluster.name, Json{{kMachineIdKey, cluster.id}}, std::move(stop));
}

Result<OperationReport> ClusterOperations::halt(const ClusterInfo& cluster, std::stop_token stop)
{
    return m_machines.perform(kStopCluster, cluster.name, Json{{kMachineIdKey, cluster.id}}, std::move(stop));
}

Result<OperationReport> ClusterOperations::remove(const ClusterInfo& cluster, std::stop_token stop)
{
    Json json;
    json[kMachineIdKey] = cluster.id;
    json[kGroupKey] = cluster.group;
    // The mark is in the cluster itself, so the catalog need not remember it.
    if (const auto mark = cluster.tags.find(kOperationTag); mark != cluster.tags.end()) {
        json[kMarkKey] = mark->second;
    }
    return m_machines.perform(kDeleteCluster, cluster.name, std::move(json), std::move(stop));
}

Result<std::vector<ClusterInfo>> ClusterOperations::all(std::stop_token stop)
{
    return m_machines.provider().clusters(std::move(stop));
}

Result<ClusterInfo> ClusterOperations::find(const std::string& name, std::stop_token stop)
{
    TY_TRY(auto known, all(std::move(stop)));
    const auto found = std::find_if(
        known.begin(), known.end(), [&](const ClusterInfo& cluster) { return azure::isSame(cluster.name, name); });
    if (found == known.end()) {
        return Error{
            ErrorKind::NotFound, "there is no cluster \"" + name + "\" in " + m_machines.provider().account().name,
            "See trainyard cluster list."};
    }
    return std::move(*found);
}

} // namespace ty::app
