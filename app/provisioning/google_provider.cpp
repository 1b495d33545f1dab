#include "app/provisioning/google_provider.h"

#include "app/provisioning/operation_keys.h"
#include "cloud/provision/google_cost.h"
#include "cloud/provision/google_driver.h"
#include "cloud/provision/google_machines.h"
#include "cloud/provision/google_plan.h"
#include "cloud/provision/google_startup.h"
#include "cloud/provision/idle_stop_text.h"

namespace ty::app {

namespace {

using namespace cloud;

} // namespace

GoogleProvider::GoogleProvider(GoogleConnection& connection, GooglePriceBook& prices)
    : m_connection(connection)
    , m_prices(prices)
{
}

Result<std::vector<MachineInfo>> GoogleProvider::machines(std::stop_token stop)
{
    return googleMachines(m_connection.client(), m_connection.account().scope, std::move(stop));
}

Result<std::vector<ClusterInfo>> GoogleProvider::clusters(std::stop_token)
{
    return std::vector<ClusterInfo>{}; // those of Google are single machines here
}

Result<Plan> GoogleProvider::plan(const JournalEntry& entry)
{
    const Json& json = entry.request;
    const std::string machine = textOf(json, kMachineIdKey);
    const std::string mark = textOf(json, kMarkKey);
    const bool wasRunning = json.value(kWasRunningKey, false);
    if (entry.kind == "create") {
        const MachineRequest request = requestOf(json);
        return googleCreation(request, mark, googleStartup(request, idleStopText()));
    }
    if (entry.kind == "delete") {
        if (!mark.empty()) {
            return googleDeletion(requestOf(json), mark);
        }
        Step step;
        step.kind = Step::Kind::Remove;
        step.title = "Deleting machine";
        step.resource = machine;
        step.isOurs = false; // the person named it
        return Plan{{step}, {}};
    }
    if (entry.kind == "start" || entry.kind == "stop") {
        return googlePower(machine, entry.kind);
    }
    if (entry.kind == "restart") {
        return googleReset(machine);
    }
    if (entry.kind == "resize") {
        return googleResize(machine, textOf(json, kSizeKey), wasRunning);
    }
    if (entry.kind == "capture" && json.value(kSpecializedKey, false)) {
        return googleSpecializedCapture(requestOf(json), machine, textOf(json, kImageKey), mark, wasRunning);
    }
    if (entry.kind == "capture") {
        return googleCapture(
            requestOf(json), machine, textOf(json, kDiskKey), textOf(json, kImageKey), mark, wasRunning);
    }
    if (entry.kind == kCreateCluster) {
        return Error{ErrorKind::Unsupported, "clusters are made on Azure alone so far", "Choose an account of Azure."};
    }
    if (entry.kind == "clean") {
        return cleaningOf(leftoversOf(json));
    }
    if (entry.kind == "tag") {
        const TextMap labels = tagsOf(json);
        if (const std::string problem = googleLabelProblem(labels); !problem.empty()) {
            return Error{ErrorKind::InvalidInput, problem, {}};
        }
        return googleLabels(machine, labels);
    }
    if (entry.kind == "power off" || entry.kind == "redeploy") {
        return Error{
            ErrorKind::Unsupported, "Google knows no \"" + entry.kind + "\"",
            entry.kind == "redeploy" ? "Stop the machine and start it again: it moves to another host."
                                     : "Stop it: then only its disks cost."};
    }
    return Error{ErrorKind::Unsupported, "the journal holds an operation \"" + entry.kind + "\" of a newer Trainyard", {}};
}

std::unique_ptr<Driver> GoogleProvider::driver(const JournalEntry& entry)
{
    return std::make_unique<GoogleDriver>(m_connection.client(), textOf(entry.request, kOperationKey));
}

Result<CostTable> GoogleProvider::cost(const MachineRequest& request, const std::string& currency, std::stop_token stop)
{
    TY_TRY(const GooglePriceList list, m_prices.read(currency, stop));
    TY_TRY(const auto type, readMachineType(m_connection, request.zone, request.size, stop));
    CostTable table = googleCost(request, *list.prices, type, currency, list.day);
    table.note = list.problem;
    return table;
}

Result<std::string> GoogleProvider::consoleText(const MachineInfo& machine, std::stop_token stop)
{
    const gcp::InstanceRef instance{m_connection.account().scope, machine.zone, machine.name};
    TY_TRY(const auto output, m_connection.client().get<gcp::SerialOutput>(gcp::getSerialOutput(instance, 0), std::move(stop)));
    return output.contents;
}

Result<std::string> GoogleProvider::askForHostKeys(const MachineInfo& machine, std::stop_token)
{
    return Error{
        ErrorKind::NotFound, machine.name + " has not told its host keys on its console yet",
        "Wait until it has started, then try again."};
}

} // namespace ty::app
