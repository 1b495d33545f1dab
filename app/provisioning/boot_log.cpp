#include "app/provisioning/boot_log.h"

#include "cloud/azure/instance_view.h"
#include "cloud/provision/azure_driver.h"

namespace ty::app {

Result<std::string> readBootLog(AzureConnection& connection, const cloud::MachineInfo& machine, std::stop_token stop)
{
    using namespace cloud;
    const azure::ArmRequest request{
        "POST", machine.id + "/retrieveBootDiagnosticsData", {{"api-version", apiVersionOf(machine.id)}}, {}};
    TY_TRY(const auto links, connection.client().get<azure::BootLogUris>(request, stop));
    if (links.serialConsoleLogUri.empty()) {
        return Error{
            ErrorKind::NotFound, machine.name + " keeps no boot log",
            "It was made without boot diagnostics; switch them on in the provider's portal."};
    }
    HttpRequest log;
    log.url = links.serialConsoleLogUri; // carries its own permission
    TY_TRY(HttpResponse answer, connection.plain().send(log, stop));
    if (answer.status == 404) {
        return std::string(); // it has not begun to write
    }
    if (answer.status != 200) {
        return Error{ErrorKind::Network, "the serial log answers with HTTP " + std::to_string(answer.status), "Try again later."};
    }
    constexpr std::size_t kMostBytes = 1U << 20U;
    if (answer.body.size() > kMostBytes) {
        const auto line = answer.body.find('\n', answer.body.size() - kMostBytes);
        return answer.body.substr(line == std::string::npos ? answer.body.size() - kMostBytes : line + 1);
    }
    return std::move(answer.body);
}

} // namespace ty::app
