#include "cloud/provision/machine_defaults.h"

#include "cloud/gcp/compute_catalog.h"

namespace ty::cloud {

namespace {

constexpr std::int64_t kOsDiskGiB = 64;

bool isGoogle(const std::string& provider)
{
    return provider == "google";
}

} // namespace

const char* usualImage(const std::string& provider)
{
    return isGoogle(provider) ? "ubuntu-os-cloud/ubuntu-2204-lts"
                              : "Canonical:0001-com-ubuntu-server-jammy:22_04-lts-gen2:latest";
}

const char* usualOsDiskKind(const std::string& provider)
{
    return isGoogle(provider) ? "pd-balanced" : "StandardSSD_LRS";
}

const char* usualDataDiskKind(const std::string& provider)
{
    return isGoogle(provider) ? "pd-ssd" : "Premium_LRS";
}

const char* usualRegion(const std::string& provider)
{
    return isGoogle(provider) ? "europe-west4" : "westeurope";
}

const char* usualSize(const std::string& provider)
{
    return isGoogle(provider) ? "n1-standard-4" : "Standard_D2s_v5";
}

void fillDefaults(MachineRequest& request)
{
    const bool atGoogle = isGoogle(request.provider);
    if (request.image.empty()) {
        request.image = usualImage(request.provider);
    }
    if (request.osDisk.kind.empty()) {
        request.osDisk.kind = usualOsDiskKind(request.provider);
    }
    if (!request.osDisk.sizeGiB) {
        request.osDisk.sizeGiB = kOsDiskGiB;
    }
    for (DiskRequest& disk : request.dataDisks) {
        if (disk.kind.empty()) {
            disk.kind = usualDataDiskKind(request.provider);
        }
    }
    if (request.user.empty()) {
        request.user = "trainer";
    }
    if (request.group.empty() && !atGoogle) {
        request.group = "trainyard";
    }
    if (atGoogle && !request.zone.empty()) {
        request.region = gcp::regionOfZone(request.zone);
    }
    if (!request.gpu.empty() && !request.gpus) {
        request.gpus = 1;
    }
}

} // namespace ty::cloud
