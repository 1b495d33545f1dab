#include "app/cli/vm_auto_stop.h"

#include <chrono>

#include <fmt/format.h>

#include "app/provisioning/auto_stop.h"

namespace ty::cli {

namespace {
constexpr std::chrono::seconds kPatience{60};
} // namespace

Result<int> vmTestAutoStop(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request)
{
    TY_TRY(const auto machine, session.machines().find(request.name, {}));
    TY_TRY(
        const auto proof, app::proveAutoStop(session.provider(), session.records(), paths, machine, kPatience, {}));
    if (request.form == OutputForm::Json) {
        Json json = cloud::toJson(proof);
        json["machine"] = machine.name;
        json["proven"] = proof.isProven();
        printJson(json);
    } else {
        printText(machine.name + ": " + app::proofText(proof) + ".\n");
    }
    return proof.isProven() ? 0 : 1;
}

Result<int> vmKeep(app::CloudSession& session, const catalog::Paths& paths, const VmRequest& request)
{
    TY_TRY(const auto machine, session.machines().find(request.name, {}));
    TY_CHECK(app::keepRunning(session.provider(), paths, machine, request.hours, {}));
    printText(
        request.form == OutputForm::Json
            ? fmt::format("{{\"keptHours\": {}}}\n", request.hours)
            : fmt::format("{} does not stop for idleness for {} h; its hard limit counts all the same.\n", machine.name, request.hours));
    return 0;
}

} // namespace ty::cli
