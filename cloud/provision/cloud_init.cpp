#include "cloud/provision/cloud_init.h"

#include "cloud/provision/idle_stop_files.h"
#include "engine/base/base64.h"

namespace ty::cloud {

std::string cloudInit(const MachineRequest& request, const std::string& machineId, const std::string& idleStop)
{
    std::string text = "#cloud-config\nwrite_files:\n";
    for (const MachineFile& file : idleStopFiles(request, machineId, idleStop)) {
        // In base64, so that nothing in the text can be mistaken for YAML.
        text += std::string("- path: ") + file.path + "\n  permissions: '" + file.permissions
            + "'\n  encoding: b64\n  content: " + encodeBase64(file.content) + "\n";
    }
    text += "runcmd:\n";
    for (const auto& words : idleStopCommands()) {
        text += "- [";
        for (std::size_t i = 0; i < words.size(); ++i) {
            text += (i == 0 ? "" : ", ") + words[i];
        }
        text += "]\n";
    }
    return text;
}

} // namespace ty::cloud
