#include "app/cli/vm_shutdown.h"

#include <optional>

#include "app/cli/vm_talk.h"

namespace ty::cli {

using namespace cloud;

Result<int> vmShutdown(app::CloudSession& session, const MachineInfo& machine, const VmRequest& request)
{
    if (!request.isShutdownOff && request.shutdown.time.empty()) {
        if (session.google() != nullptr) {
            return Error{ErrorKind::Unsupported, "machines of Google have no daily shutdown here", {}};
        }
        TY_TRY(const auto set, readShutdown(session.connection().client(), machine.id, {}));
        if (request.form == OutputForm::Json) {
            printJson({{"machine", machine.name}, {"shutdown", set ? cloud::toJson(*set) : Json(nullptr)}});
        } else {
            printText(
                set ? machine.name + " stops each day at " + set->time + " (" + set->timeZone + ").\n"
                    : machine.name + " has no daily shutdown.\n");
        }
        return 0;
    }
    const auto wanted = request.isShutdownOff ? std::nullopt : std::optional(request.shutdown);
    TY_TRY(const auto report, session.machines().shutDownDaily(machine, wanted, {}));
    return tell(report, request.form);
}

} // namespace ty::cli
