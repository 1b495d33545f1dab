#include "app/cli/vm_command.h"

#include <array>
#include <cstdio>
#include <iostream>

#include <fmt/format.h>

#include "app/cli/vm_auto_stop.h"
#include "app/cli/vm_leftovers.h"
#include "app/cli/vm_metrics.h"
#include "app/cli/vm_options.h"
#include "app/cli/vm_shutdown.h"
#include "app/cli/vm_sizes.h"
#include "app/cli/vm_ssh.h"
#include "app/cli/vm_talk.h"
#include "app/provisioning/budgets.h"
#include "app/provisioning/cost_watch.h"
#include "app/provisioning/machine_validation.h"
#include "app/provisioning/ssh_config.h"
#include "cloud/provision/machine_defaults.h"
#include "cloud/provision/marks.h"
#include "cloud/ssh/key_pair.h"

namespace ty::cli {

namespace {

using namespace cloud;
using app::CloudSession;

Json toJsonRow(const MachineInfo& machine)
{
    Json row{
        {"name", machine.name},     {"state", machineStateName(machine.state)}, {"billed", isBilled(machine.state)},
        {"size", machine.size},     {"region", machine.region},                 {"zone", machine.zone},
        {"group", machine.group},   {"publicAddress", machine.publicAddress},   {"privateAddress", machine.privateAddress},
        {"spot", machine.isSpot},   {"created", machine.created},               {"id", machine.id},
        {"ours", machine.tags.contains(kOperationTag)}, {"tags", machine.tags}};
    if (!machine.problem.empty()) {
        row["problem"] = machine.problem;
    }
    return row;
}

Result<int> list(CloudSession& session, const VmRequest& request)
{
    TY_TRY(const auto machines, session.machines().machines({}));
    if (request.form == OutputForm::Json) {
        Json all = Json::array();
        for (const auto& machine : machines) {
            all.push_back(toJsonRow(machine));
        }
        printJson({{"account", session.account().name}, {"machines", all}});
        return 0;
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& machine : machines) {
        rows.push_back(
            {machine.name, stateWords(machine.state), machine.size,
             placeOf(machine),
             machine.publicAddress.empty() ? "-" : machine.publicAddress});
    }
    printText(
        rows.empty() ? "There are no machines in " + session.account().name + ".\n"
                     : table({"NAME", "STATE", "SIZE", "REGION", "ADDRESS"}, rows));
    return 0;
}

Result<int> show(CloudSession& session, const VmRequest& request)
{
    TY_TRY(const auto machine, session.machines().find(request.name, {}));
    if (request.form == OutputForm::Json) {
        printJson(toJsonRow(machine));
        return 0;
    }
    const Json row = toJsonRow(machine);
    for (const auto& item : row.items()) {
        const Json& value = item.value();
        const std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
        printText(fmt::format("{:<16}{}\n", item.key(), shown));
    }
    return 0;
}

/// What it costs, and what the cloud says to it; nothing is made.
Result<int> validate(CloudSession& session, const VmRequest& request, const CostTable& cost)
{
    TY_TRY(const auto checks, app::validateMachine(session, request.machine, 1, {}));
    constexpr std::array kOutcomes{"right", "wrong", "unknown"};
    Json all = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const app::MachineCheck& check : checks) {
        const char* outcome = kOutcomes[static_cast<std::size_t>(check.outcome)];
        all.push_back({{"what", check.what}, {"outcome", outcome}, {"words", check.words}});
        rows.push_back({check.what, outcome, check.words});
    }
    if (request.form == OutputForm::Json) {
        printJson({{"request", cloud::toJson(request.machine)}, {"cost", costJson(cost)}, {"checks", all}});
    } else {
        printText(costText(cost) + "\n" + table({"CHECK", "OUTCOME", "WHAT THE CLOUD SAYS"}, rows));
    }
    return 0;
}

Result<int> create(CloudSession& session, catalog::Catalog& catalog, VmRequest request)
{
    MachineRequest& machine = request.machine;
    machine.provider = session.account().provider;
    machine.account = session.account().name;
    machine.scope = session.account().scope;
    machine.name = request.name;
    dropZeroLimits(machine);
    if (machine.sshPublicKey.empty()) {
        TY_TRY(const auto pair, KeyPair::openOrCreate(catalog.paths().dataFolder() + "/keys", "trainyard"));
        machine.sshPublicKey = pair.publicLine;
    }
    fillDefaults(machine);
    if (!machine.budget) {
        TY_CHECK(checkRequest(machine, request.mayAnyoneKnock)); // before the price list is asked
    }
    TY_TRY(const auto cost, session.provider().cost(machine, request.currency, {}));
    if (machine.budget) {
        machine.listPrice = request.currency == "USD" ? cost.perHour(true) : std::nullopt;
        TY_CHECK(checkRequest(machine, request.mayAnyoneKnock));
    }
    if (request.isDryRun) {
        return validate(session, request, cost);
    }
    if (request.form == OutputForm::Text) {
        printText(costText(cost));
    }
    if (!request.mayExceedBudget) {
        // What runs already counts. A cloud that does not answer now will not make a machine either.
        (void)app::recordCosts(session, catalog.paths(), {});
        TY_CHECK(app::judgeNewMachine(catalog, cost, machine));
    }
    TY_CHECK(askAgreement(request.isAgreed, request.form, fmt::format("Create {} ({}) in {}?", machine.name, machine.size, machine.zone.size() > 1 ? machine.zone : machine.region)));
    TY_TRY(const auto report, session.machines().create(machine, {}));
    tellAlternatives(session, report, machine, 1);
    return tell(report, request.form);
}

Result<int> change(CloudSession& session, const VmRequest& request)
{
    TY_TRY(const auto machine, session.machines().find(request.name, {}));
    auto& machines = session.machines();
    const std::string& action = request.action;
    if (action == "delete") {
        TY_CHECK(askAgreement(
            request.isAgreed, request.form, fmt::format(
                "Delete {} ({}, {})? Its system disk, network card and address go with it, data disks as it was said when it "
                "was made.",
                machine.name, machine.size, machine.region)));
        TY_TRY(const auto report, machines.remove(machine, {}));
        if (report.outcome == Outcome::Done && !app::sshFolder().empty()) {
            (void)app::SshConfig(app::sshFolder()).remove(machine.name); // what is left there harms nobody
        }
        return tell(report, request.form);
    }
    if (action == "capture") {
        const auto form = request.isSpecialized ? app::CaptureForm::Machine : app::CaptureForm::Image;
        const bool livesOn = machine.provider == "google" || request.isSpecialized;
        TY_CHECK(askAgreement(
            request.isAgreed, request.form, fmt::format(
                "Capture {} as {}? The machine stops{}{}.", machine.name, request.image,
                livesOn ? " for it" : " and can never start again",
                request.isSourceDeleted ? "; once the image is there it is deleted" : "")));
        const app::CaptureOrder order{request.image, form, request.gallery, request.version};
        TY_TRY(const auto report, machines.capture(machine, order, {}));
        if (!request.isSourceDeleted || report.outcome != Outcome::Done) {
            return tell(report, request.form);
        }
        TY_TRY(const auto deletion, machines.remove(machine, {}));
        return tell(deletion, request.form);
    }
    if (action == "tag") {
        TextMap tags = machine.tags;
        for (const auto& [key, value] : request.tags) {
            tags[key] = value;
        }
        for (const std::string& name : request.untagged) {
            tags.erase(name);
        }
        TY_TRY(const auto report, machines.retag(machine, tags, {}));
        return tell(report, request.form);
    }
    if (action == "auto-shutdown") {
        return vmShutdown(session, machine, request);
    }
    if (action == "resize" && request.size.empty()) {
        return vmSizes(session, machine, request);
    }
    if (action == "resize") {
        TY_CHECK(askAgreement(
            request.isAgreed, request.form, fmt::format("Change {} from {} to {}? It restarts.", machine.name, machine.size, request.size)));
        TY_TRY(const auto report, machines.resize(machine, request.size, {}));
        return tell(report, request.form);
    }
    const std::string verb = action == "stop" ? "deallocate" : action == "power-off" ? "powerOff" : action;
    TY_TRY(const auto report, machines.act(machine, verb, {}));
    return tell(report, request.form);
}

} // namespace

Result<int> vmCommand(catalog::Catalog& catalog, const VmRequest& request)
{
    TY_TRY(const auto opened, AccountSession::open(catalog, request));
    CloudSession& session = opened->session();
    TY_TRY(const std::size_t taken, opened->takeUp()); // first
    if (request.action == "recover") {
        printText(
            request.form == OutputForm::Json ? fmt::format("{{\"ended\": {}}}\n", taken)
                                             : fmt::format("{} operations were open.\n", taken));
        return 0;
    }
    if (request.action == "list") {
        return list(session, request);
    }
    if (request.action == "show") {
        return show(session, request);
    }
    if (request.action == "test-auto-stop") {
        return vmTestAutoStop(session, catalog.paths(), request);
    }
    if (request.action == "keep") {
        return vmKeep(session, catalog.paths(), request);
    }
    if (request.action == "leftovers") {
        return vmLeftovers(session, request);
    }
    if (request.action == "clean") {
        return vmClean(session, request);
    }
    if (request.action == "metrics") {
        return vmMetrics(session, catalog.paths(), request);
    }
    if (request.action == "ssh-config") {
        return vmSshConfig(session, catalog.paths(), request);
    }
    if (request.action == "ssh") {
        return vmSsh(session, catalog.paths(), request);
    }
    auto code = request.action == "create" ? create(session, catalog, request) : change(session, request);
    // For budgets and what was spent today; what is missed now is seen at the next look.
    (void)app::recordCosts(session, catalog.paths(), {});
    return code;
}

} // namespace ty::cli
