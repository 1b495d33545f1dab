#include "app/provisioning/cost_watch.h"

#include <utility>

#include "app/provisioning/operation_keys.h"
#include "cloud/provision/cluster.h"
#include "cloud/provision/marks.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr const char* kCurrency = "USD";

/// By mark: what the person asked for when the machine was made.
Result<std::map<std::string, MachineRequest>> requestsOf(catalog::Machines& records)
{
    std::map<std::string, MachineRequest> requests;
    TY_TRY(const auto all, records.all());
    for (const catalog::MachineRecord& record : all) {
        const auto mark = record.details.find("mark");
        const auto request = record.details.find("request");
        if (mark == record.details.end() || !mark->is_string() || request == record.details.end()) {
            continue;
        }
        if (auto read = fromJson<MachineRequest>(*request, "a machine's record")) {
            requests.emplace(mark->get<std::string>(), std::move(read).value());
        }
    }
    return requests;
}

/// What a cluster was made with, as the journal keeps it; nothing when it was made elsewhere.
std::optional<ClusterRequest> creationOf(catalog::Operations& operations, const std::string& cluster, const std::string& mark)
{
    constexpr int kOperations = 200;
    const auto known = operations.of(cluster, kOperations);
    for (const catalog::OperationRecord& operation : known ? *known : std::vector<catalog::OperationRecord>()) {
        if (operation.kind == kCreateCluster && textOf(operation.request, kMarkKey) == mark) {
            return clusterRequestOf(operation.request);
        }
    }
    return {};
}

} // namespace

std::set<std::string> sandboxNames()
{
    return {kSandboxAccount, kGoogleSandboxAccount};
}

Result<CostLook> CostWatch::look(CloudSession& session, const std::string& currency, std::stop_token stop)
{
    CostLook look;
    TY_TRY(auto machines, session.machines().machines(stop));
    TY_TRY(look.requests, requestsOf(session.records()));
    for (MachineInfo& machine : machines) {
        const auto mark = machine.tags.find(kOperationTag);
        if (mark == machine.tags.end()) {
            continue; // somebody else pays for it
        }
        const auto known = look.requests.find(mark->second);
        const auto request = known == look.requests.end() ? std::nullopt : std::optional(known->second);
        note(session, look, std::move(machine), request, currency, stop);
    }
    const auto clusters = session.provider().clusters(stop);
    if (!clusters && clusters.error().kind != ErrorKind::Unsupported) {
        return clusters.error();
    }
    for (const ClusterInfo& cluster : clusters ? *clusters : std::vector<ClusterInfo>()) {
        const auto mark = cluster.tags.find(kOperationTag);
        if (mark == cluster.tags.end()) {
            continue;
        }
        if (auto asked = creationOf(session.operations(), cluster.name, mark->second)) {
            look.requests.emplace(mark->second, std::move(asked->node));
        }
        for (const ClusterNode& node : cluster.nodes) {
            note(session, look, cluster.machine(node), cluster.request(), currency, stop);
        }
    }
    return look;
}

void CostWatch::note(
    CloudSession& session, CostLook& look, MachineInfo machine, const std::optional<MachineRequest>& request,
    const std::string& currency, std::stop_token stop)
{
    const CostTable* price = priceOf(session, machine, request, currency, std::move(stop));
    catalog::Sighting sighting;
    sighting.account = session.account().name;
    sighting.machine = machine.name;
    sighting.mark = machine.tags.at(kOperationTag);
    sighting.state = machineStateName(machine.state);
    sighting.isOn = isBilled(machine.state);
    sighting.currency = currency;
    sighting.created = machine.created;
    // Of a machine that was made elsewhere the disks are not known here.
    sighting.isPartial = price == nullptr || !request || !price->perHour(sighting.isOn);
    sighting.perHour = price == nullptr ? 0.0 : price->knownPerHour(sighting.isOn);
    look.sightings.push_back(std::move(sighting));
    look.machines.push_back(std::move(machine));
}

Result<void> recordCosts(CloudSession& session, const catalog::Paths& paths, std::stop_token stop)
{
    CostWatch watch;
    TY_TRY(const CostLook look, watch.look(session, kCurrency, std::move(stop)));
    TY_TRY(const auto charges, catalog::Charges::open(paths));
    return charges->see(session.account().name, look.sightings, utcNow());
}

const CostTable* CostWatch::priceOf(
    CloudSession& session, const MachineInfo& machine, const std::optional<MachineRequest>& request,
    const std::string& currency, std::stop_token stop)
{
    const std::string key = machine.tags.at(kOperationTag) + "|" + machine.size + "|" + currency;
    if (const auto known = m_prices.find(key); known != m_prices.end()) {
        return &known->second;
    }
    MachineRequest question = request.value_or(MachineRequest());
    question.provider = machine.provider;
    question.region = machine.region;
    question.zone = machine.zone;
    question.size = machine.size; // it may have been resized
    question.isSpot = machine.isSpot;
    question.gpu = machine.gpu;
    question.gpus = machine.gpu.empty() ? std::nullopt : std::optional(machine.gpus);
    if (!request) {
        question.hasPublicIp = !machine.publicAddress.empty();
    }
    auto cost = session.provider().cost(question, currency, std::move(stop));
    if (!cost) {
        return nullptr; // asked again at the next look
    }
    return &m_prices.emplace(key, std::move(cost).value()).first->second;
}

} // namespace ty::app
