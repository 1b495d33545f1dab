#include <CLI/CLI.hpp>

#include "app/cli/cluster_command.h"
#include "app/cli/vm_options.h"

namespace ty::cli {

namespace {

CLI::App* addVerb(
    CLI::App& cluster, ClusterRequest& request, std::string& command, const char* verb, const char* help, bool hasName = true)
{
    auto* added = cluster.add_subcommand(verb, help);
    if (hasName) {
        added->add_option("name", request.name, "The cluster's name")->required();
    }
    addAccountOptions(*added, request);
    added->callback([&request, &command, verb] {
        command = "cluster";
        request.action = verb;
    });
    return added;
}

} // namespace

void addCluster(CLI::App& app, ClusterRequest& request, std::string& command)
{
    auto* cluster = app.add_subcommand("cluster", "Groups of equal machines: a leader and its workers");
    cluster->require_subcommand(1);
    addVerb(*cluster, request, command, "list", "All clusters of an account", false);
    addVerb(*cluster, request, command, "show", "One cluster with its nodes");
    auto* create = addVerb(*cluster, request, command, "create", "A new cluster: its price is shown first");
    create->add_option("--nodes", request.nodes, "How many machines, the leader among them")->required();
    addMachineFields(*create, request);
    addOwnStops(*create, request, "Each node stops itself");
    create->add_flag("--yes,-y", request.isAgreed, "Do not ask");
    auto* scale = addVerb(*cluster, request, command, "scale", "More nodes, or fewer: the youngest go first");
    scale->add_option("--nodes", request.nodes, "How many there shall be")->required();
    scale->add_flag("--yes,-y", request.isAgreed, "Do not ask");
    addVerb(*cluster, request, command, "start", "Start all its nodes; billed from then on");
    addVerb(*cluster, request, command, "stop", "Stop all its nodes; only their disks and addresses cost");
    auto* remove = addVerb(*cluster, request, command, "delete", "Delete with all nodes, their disks, network and firewall");
    remove->add_option("--confirm", request.typedName, "The cluster's name once more; without: it is asked for");
    cluster->footer(
        "A node that nobody uses stops by itself and waits for \"cluster start\"; its disks and its address cost on until it is\n"
        "scaled away or deleted.\n"
        "Example:\n  trainyard cluster create crew --nodes 4 --size Standard_NC4as_T4_v3 --region westeurope "
        "--allow-from 203.0.113.7/32");
}

} // namespace ty::cli
