#include "cloud/provision/google_startup.h"

#include "cloud/provision/idle_stop_files.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

// The sandbox's machines are processes of somebody's own computer, which must not be changed, let alone stop itself.
constexpr const char* kOnlyAtGoogle = R"([ -z "${TRAINYARD_SANDBOX_MACHINE:-}" ] || exit 0
grep -qs Google /sys/class/dmi/id/product_name || exit 0
)";

// Source: the markers that cloud-init puts around them.
constexpr const char* kTellHostKeys = R"({
    echo '-----BEGIN SSH HOST KEY KEYS-----'
    cat /etc/ssh/ssh_host_*_key.pub
    echo '-----END SSH HOST KEY KEYS-----'
} >/dev/ttyS0 2>/dev/null || true
)";

std::string folderOf(const std::string& path)
{
    return path.substr(0, path.rfind('/'));
}

} // namespace

std::string googleStartup(const MachineRequest& request, const std::string& idleStop)
{
    std::string text = "#!/bin/sh\n# Made by Trainyard: tells the host keys, and stops this machine when nobody uses it.\n";
    text += kOnlyAtGoogle;
    text += kTellHostKeys;
    text += "set -eu\n";
    for (const MachineFile& file : idleStopFiles(request, {}, idleStop)) {
        const std::string path = file.path;
        text += "mkdir -p " + folderOf(path) + "\necho " + encodeBase64(file.content) + " | base64 -d >" + path + "\nchmod "
            + file.permissions + " " + path + "\n";
    }
    for (const auto& words : idleStopCommands()) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            text += (i == 0 ? "" : " ") + words[i];
        }
        text += "\n";
    }
    return text;
}

} // namespace ty::cloud
