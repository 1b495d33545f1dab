#include "cloud/azure/virtual_machine.h"

#include <algorithm>
#include <string_view>

namespace ty::cloud::azure {

ScriptOutput scriptOutput(const RunCommandResult& result)
{
    constexpr std::string_view kOut = "[stdout]\n";
    constexpr std::string_view kErr = "\n[stderr]\n";
    ScriptOutput output;
    for (const InstanceStatus& status : result.value) {
        // Linux agents give one status with both parts, Windows ones a status for each.
        const auto out = status.message.find(kOut);
        if (out != std::string::npos) {
            const auto first = out + kOut.size();
            const auto err = status.message.find(kErr, first == 0 ? 0 : first - 1);
            output.standardOutput += status.message.substr(first, err == std::string::npos ? err : err - std::min(err, first));
            if (err != std::string::npos) {
                output.standardError += status.message.substr(err + kErr.size());
            }
        } else if (status.code.find("StdErr") != std::string::npos) {
            output.standardError += status.message;
        } else {
            output.standardOutput += status.message;
        }
    }
    return output;
}

} // namespace ty::cloud::azure
