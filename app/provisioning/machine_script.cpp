#include "app/provisioning/machine_script.h"

#include <sstream>

#include "cloud/azure/machine_requests.h"
#include "cloud/provision/azure_driver.h"

namespace ty::app {

Result<cloud::azure::ScriptOutput> runScript(
    AzureConnection& connection, const cloud::MachineInfo& machine, const std::string& script, std::stop_token stop)
{
    using namespace cloud;
    if (machine.provider == "google") {
        return Error{
            ErrorKind::Unsupported, "Google runs no commands inside machines from outside",
            "Use a terminal: trainyard vm ssh " + machine.name};
    }
    azure::RunCommand command;
    std::istringstream lines(script);
    for (std::string line; std::getline(lines, line);) {
        command.script.push_back(std::move(line));
    }
    const azure::ArmRequest request{
        "POST", machine.id + "/runCommand", {{"api-version", apiVersionOf(machine.id)}}, toJson(command)};
    TY_TRY(auto operation, connection.client().begin<azure::RunCommandResult>(request, stop));
    TY_TRY(const auto result, operation.wait(stop));
    return azure::scriptOutput(result);
}

} // namespace ty::app
