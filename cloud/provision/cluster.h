#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"
#include "cloud/model/machine_state.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// A group of equal machines that a person asks for. JSON by fields().
struct ClusterRequest {
    MachineRequest node; ///< what each of them is; its name is the cluster's
    std::optional<std::int64_t> count;

    void fields(auto& f)
    {
        f("node", node);
        f("count", count);
    }
};

/// All that can be said without asking the provider.
std::vector<FieldProblem> problemsOf(const ClusterRequest& request, bool mayAnyoneKnock);
/// The same as one error.
Result<void> checkRequest(const ClusterRequest& request, bool mayAnyoneKnock);

/// One machine of a cluster.
struct ClusterNode {
    std::string instance; ///< the provider's number of it
    std::string id;       ///< the provider's
    std::string name;     ///< its host name
    std::string address;  ///< public; empty without
    MachineState state = MachineState::Unknown;
    std::string created; ///< UTC
    std::string since;   ///< as MachineInfo
};

/// A cluster as its provider tells it now.
struct ClusterInfo {
    std::string provider;
    std::string id;
    std::string name;
    std::string group;
    std::string region;
    std::string zone;
    std::string size;
    bool isSpot = false;
    std::int64_t capacity = 0; ///< as many as it shall have
    MachineState state = MachineState::Unknown; ///< of the whole: Starting while it changes, Failed
    std::string user;
    DiskRequest osDisk; ///< of each node
    std::vector<DiskRequest> dataDisks;
    bool hasPublicIps = false;
    bool stopsItself = false; ///< nodes that nobody uses release themselves
    std::string created; ///< UTC
    TextMap tags;
    std::vector<ClusterNode> nodes; ///< oldest first; the first is the leader

    int readyNodes() const; ///< those that run
    /// A node as a machine, which it is to whoever pays for it.
    MachineInfo machine(const ClusterNode& node) const;
    /// What was asked for when its nodes were made, as far as the provider tells it.
    MachineRequest request() const;
};

} // namespace ty::cloud
