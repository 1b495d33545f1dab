#include "app/cli/cluster_command.h"

#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/vm_options.h"
#include "app/cli/vm_talk.h"
#include "app/provisioning/cluster_operations.h"
#include "app/provisioning/cluster_pulse.h"
#include "app/provisioning/cost_watch.h"
#include "cloud/provision/azure_cluster.h"
#include "cloud/provision/machine_defaults.h"
#include "cloud/provision/marks.h"
#include "cloud/ssh/key_pair.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::ClusterOperations;
using app::CloudSession;

Json toJsonRow(const ClusterInfo& cluster)
{
    Json nodes = Json::array();
    for (const ClusterNode& node : cluster.nodes) {
        nodes.push_back(
            {{"instance", node.instance}, {"name", node.name}, {"state", machineStateName(node.state)},
             {"address", node.address}, {"leader", &node == &cluster.nodes.front()}});
    }
    return {{"name", cluster.name},       {"state", machineStateName(cluster.state)}, {"capacity", cluster.capacity},
            {"ready", cluster.readyNodes()}, {"size", cluster.size},                  {"region", cluster.region},
            {"zone", cluster.zone},       {"group", cluster.group},                   {"spot", cluster.isSpot},
            {"id", cluster.id},           {"ours", cluster.tags.contains(kOperationTag)},
            {"stopsItself", cluster.stopsItself},                                 {"nodes", nodes}};
}

Result<int> list(ClusterOperations& clusters, const CloudSession& session, OutputForm form)
{
    TY_TRY(const auto known, clusters.all({}));
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const ClusterInfo& cluster : known) {
        all.push_back(toJsonRow(cluster));
        rows.push_back(
            {cluster.name, stateWords(cluster.state), fmt::format("{}/{}", cluster.readyNodes(), cluster.capacity), cluster.size,
             cluster.zone.empty() ? cluster.region : cluster.region + "/" + cluster.zone});
    }
    if (form == OutputForm::Json) {
        printJson({{"account", session.account().name}, {"clusters", all}});
    } else {
        printText(
            rows.empty() ? "There are no clusters in " + session.account().name + ".\n"
                         : table({"NAME", "STATE", "NODES", "SIZE", "REGION"}, rows));
    }
    return 0;
}

/// Null for what the nodes do not tell, with the reason beside it.
Json pulseJson(const app::ClusterPulse& pulse)
{
    const auto number = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
    return {{"busyGpus", number(pulse.busyGpus)}, {"busyGpusWhy", pulse.busyWhy},     {"scheduler", pulse.scheduler},
            {"queued", number(pulse.queued)},     {"leaderWhy", pulse.leaderWhy}};
}

std::string pulseText(const app::ClusterPulse& pulse)
{
    const std::string busy = pulse.busyGpus ? fmt::format("{} busy", *pulse.busyGpus) : "unknown (" + pulse.busyWhy + ")";
    const std::string jobs = !pulse.leaderWhy.empty() ? "unknown (" + pulse.leaderWhy + ")"
        : pulse.scheduler.empty()                     ? "none"
        : pulse.queued                                ? fmt::format("{}, {} jobs wait", pulse.scheduler, *pulse.queued)
                                                      : pulse.scheduler + ", which does not answer";
    return "GPUs: " + busy + "; scheduler: " + jobs + "\n";
}

Result<int> show(
    ClusterOperations& clusters, CloudSession& session, const catalog::Paths& paths, const ClusterRequest& request)
{
    TY_TRY(const auto cluster, clusters.find(request.name, {}));
    const auto pulse = app::readClusterPulse(session.provider(), paths, cluster, true, {});
    if (request.form == OutputForm::Json) {
        Json row = toJsonRow(cluster);
        row.update(pulseJson(pulse));
        printJson(row);
        return 0;
    }
    printText(fmt::format(
        "{}: {}, {} of {} nodes ready, {} in {}; nodes {}\n", cluster.name, stateWords(cluster.state), cluster.readyNodes(),
        cluster.capacity, cluster.size, cluster.region,
        cluster.stopsItself ? "that nobody uses stop by themselves" : "do not stop by themselves"));
    printText(pulseText(pulse));
    std::vector<std::vector<std::string>> rows;
    for (const ClusterNode& node : cluster.nodes) {
        rows.push_back(
            {node.instance, node.name, &node == &cluster.nodes.front() ? "leader" : "worker", stateWords(node.state),
             node.address.empty() ? "-" : node.address});
    }
    if (!rows.empty()) {
        printText(table({"NODE", "NAME", "PART", "STATE", "ADDRESS"}, rows));
    }
    return 0;
}

Result<int> create(
    ClusterOperations& clusters, CloudSession& session, const catalog::Paths& paths, const ClusterRequest& asked)
{
    cloud::ClusterRequest wanted;
    MachineRequest& node = wanted.node;
    node = asked.machine;
    wanted.count = asked.nodes;
    node.provider = session.account().provider;
    node.account = session.account().name;
    node.scope = session.account().scope;
    node.name = asked.name;
    dropZeroLimits(node);
    if (node.sshPublicKey.empty()) {
        TY_TRY(const auto pair, KeyPair::openOrCreate(paths.dataFolder() + "/keys", "trainyard"));
        node.sshPublicKey = pair.publicLine;
    }
    fillDefaults(node);
    if (session.google() != nullptr) {
        return Error{ErrorKind::Unsupported, "clusters are made on Azure alone so far", "Choose an account of Azure."};
    }
    TY_CHECK(checkRequest(wanted, asked.mayAnyoneKnock));
    TY_TRY(auto one, session.provider().cost(node, asked.currency, {}));
    const CostTable cost = clusterCost(std::move(one), wanted.count.value_or(1));
    if (asked.isDryRun && asked.form == OutputForm::Json) {
        printJson({{"request", cloud::toJson(wanted)}, {"cost", costJson(cost)}});
        return 0;
    }
    if (asked.form == OutputForm::Text) {
        printText(costText(cost) + (node.stopsItself() ? "" : "Its nodes do not stop by themselves.\n"));
    }
    if (asked.isDryRun) {
        return 0;
    }
    TY_CHECK(askAgreement(
        asked.isAgreed, asked.form,
        fmt::format("Create {} with {} nodes ({}) in {}?", node.name, wanted.count.value_or(0), node.size, node.region)));
    TY_TRY(const auto report, clusters.create(wanted, {}));
    tellAlternatives(session, report, node, static_cast<int>(wanted.count.value_or(1)));
    return tell(report, asked.form);
}

Result<int> scale(ClusterOperations& clusters, const ClusterRequest& request)
{
    TY_TRY(const auto cluster, clusters.find(request.name, {}));
    const std::int64_t count = request.nodes.value_or(0);
    const std::string what = count < cluster.capacity
        ? fmt::format(" {} of them go, with their disks.", cluster.capacity - count)
        : std::string();
    TY_CHECK(askAgreement(
        request.isAgreed, request.form,
        fmt::format("Scale {} from {} to {} nodes?{}", cluster.name, cluster.capacity, count, what)));
    TY_TRY(const auto report, clusters.scale(cluster, count, {}));
    return tell(report, request.form);
}

Result<int> power(ClusterOperations& clusters, const ClusterRequest& request)
{
    TY_TRY(const auto cluster, clusters.find(request.name, {}));
    TY_TRY(const auto report, request.action == "start" ? clusters.start(cluster, {}) : clusters.halt(cluster, {}));
    return tell(report, request.form);
}

/// What cannot be brought back is agreed to by its name.
Result<void> agreeByName(const ClusterInfo& cluster, const ClusterRequest& request)
{
    std::string typed = request.typedName;
    if (typed.empty() && ::isatty(STDIN_FILENO) != 0 && request.form == OutputForm::Text) {
        std::cerr << fmt::format(
            "Delete {} with its {} nodes, their disks, network and firewall? Type its name: ", cluster.name, cluster.nodes.size())
                  << std::flush;
        std::getline(std::cin, typed);
    }
    if (typed == cluster.name) {
        return {};
    }
    return Error{
        ErrorKind::Usage, "the cluster's name was not typed; nothing was done", "Add --confirm " + cluster.name + "."};
}

Result<int> remove(ClusterOperations& clusters, const ClusterRequest& request)
{
    TY_TRY(const auto cluster, clusters.find(request.name, {}));
    TY_CHECK(agreeByName(cluster, request));
    TY_TRY(const auto report, clusters.remove(cluster, {}));
    return tell(report, request.form);
}

Result<int> change(
    ClusterOperations& clusters, CloudSession& session, const catalog::Paths& paths, const ClusterRequest& request)
{
    if (request.action == "create") {
        return create(clusters, session, paths, request);
    }
    if (request.action == "start" || request.action == "stop") {
        return power(clusters, request);
    }
    return request.action == "scale" ? scale(clusters, request) : remove(clusters, request);
}

} // namespace

Result<int> clusterCommand(catalog::Catalog& catalog, const ClusterRequest& request)
{
    TY_TRY(const auto opened, AccountSession::open(catalog, request));
    CloudSession& session = opened->session();
    TY_CHECK(opened->takeUp());
    ClusterOperations clusters(session.machines());
    if (request.action == "list") {
        return list(clusters, session, request.form);
    }
    if (request.action == "show") {
        return show(clusters, session, catalog.paths(), request);
    }
    auto code = change(clusters, session, catalog.paths(), request);
    // For budgets and what was spent today; what is missed now is seen at the next look.
    (void)app::recordCosts(session, catalog.paths(), {});
    return code;
}

} // namespace ty::cli
