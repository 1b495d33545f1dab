#include "cloud/provision/cluster.h"

#include <algorithm>

namespace ty::cloud {

namespace {

constexpr std::int64_t kMostNodes = 1000;
constexpr std::size_t kLongestName = 50; ///< host names add six digits to it

} // namespace

int ClusterInfo::readyNodes() const
{
    return static_cast<int>(std::count_if(nodes.begin(), nodes.end(), [](const ClusterNode& node) {
        return node.state == MachineState::Running || node.state == MachineState::Idle;
    }));
}

MachineInfo ClusterInfo::machine(const ClusterNode& node) const
{
    MachineInfo info;
    info.provider = provider;
    info.id = node.id;
    info.name = node.name;
    info.group = group;
    info.state = node.state;
    info.size = size;
    info.region = region;
    info.zone = zone;
    info.publicAddress = node.address;
    info.isSpot = isSpot;
    info.user = user;
    info.created = node.created;
    info.since = node.since;
    info.tags = tags;
    return info;
}

MachineRequest ClusterInfo::request() const
{
    MachineRequest request;
    request.provider = provider;
    request.group = group;
    request.region = region;
    request.zone = zone;
    request.size = size;
    request.osDisk = osDisk;
    request.dataDisks = dataDisks;
    request.hasPublicIp = hasPublicIps;
    request.isSpot = isSpot;
    return request;
}

std::vector<FieldProblem> problemsOf(const ClusterRequest& request, bool mayAnyoneKnock)
{
    std::vector<FieldProblem> problems = problemsOf(request.node, mayAnyoneKnock);
    const std::int64_t count = request.count.value_or(0);
    if (count < 1 || count > kMostNodes) {
        problems.push_back({"count", "A cluster has 1 to 1000 nodes."});
    }
    if (request.node.name.size() > kLongestName) {
        problems.push_back({"name", "A cluster's name has 50 characters at most: the nodes' names are made of it."});
    }
    if (request.node.budget) {
        problems.push_back({"budget", "A cluster has no budget of its own; its nodes stop when idle, and after their hard limit."});
    }
    return problems;
}

Result<void> checkRequest(const ClusterRequest& request, bool mayAnyoneKnock)
{
    const auto problems = problemsOf(request, mayAnyoneKnock);
    if (problems.empty()) {
        return {};
    }
    std::string message = "the cluster cannot be made as described:";
    for (const auto& problem : problems) {
        message += "\n  " + problem.field + ": " + problem.message;
    }
    return Error{ErrorKind::InvalidInput, message, {}};
}

} // namespace ty::cloud
