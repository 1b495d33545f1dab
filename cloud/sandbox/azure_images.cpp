#include "cloud/sandbox/azure_images.h"

#include <algorithm>

#include "cloud/sandbox/message.h"

namespace ty::sandbox {

const std::vector<AzureImage>& azureImages()
{
    static const std::vector<AzureImage> images{
        {"Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-gen2", {"22.04.202404090", "22.04.202410020"}, "x64", 30, "Ubuntu2204"},
        {"Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts", {"22.04.202404090", "22.04.202410020"}, "x64", 30, "", "Linux", "V1"},
        {"Canonical", "0001-com-ubuntu-server-jammy", "22_04-lts-arm64", {"22.04.202410020"}, "Arm64", 30},
        {"Canonical", "0001-com-ubuntu-server-focal", "20_04-lts-gen2", {"20.04.202404160"}, "x64", 30},
        {"Canonical", "ubuntu-24_04-lts", "server", {"24.04.202404230", "24.04.202410170"}, "x64", 30, "Ubuntu2404"},
        {"Canonical", "UbuntuServer", "18.04-LTS", {"18.04.202306070"}, "x64", 30, "UbuntuLTS", "Linux", "V1"},
        {"Debian", "debian-12", "12-gen2", {"0.20240901.1858", "0.20241004.1890"}, "x64", 30, "Debian12"},
        {"Debian", "debian-11", "11-backports-gen2", {"0.20240901.1858"}, "x64", 30, "Debian11"},
        {"RedHat", "RHEL", "8-lvm-gen2", {"8.10.2024101517"}, "x64", 64, "RHELRaw8LVMGen2"},
        {"SUSE", "opensuse-leap-15-5", "gen2", {"2024.08.19"}, "x64", 30, "OpenSuseLeap154Gen2"},
        {"microsoft-dsvm", "ubuntu-2204", "2204-gen2", {"24.07.12", "24.10.15"}, "x64", 150},
        {"microsoft-dsvm", "ubuntu-hpc", "2204", {"22.04.2024102301"}, "x64", 64},
        {"nvidia", "ngc_azure_17_11", "ngc-base-version-24_10_1_gen2", {"24.10.1"}, "x64", 64},
    };
    return images;
}

const AzureImage*
findAzureImage(const std::string& publisher, const std::string& offer, const std::string& sku, const std::string& version)
{
    const auto& images = azureImages();
    const auto found = std::find_if(images.begin(), images.end(), [&](const AzureImage& image) {
        const auto& versions = image.versions;
        return equalFold(image.publisher, publisher) && equalFold(image.offer, offer) && equalFold(image.sku, sku)
            && (version.empty() || equalFold(version, "latest")
                || std::find(versions.begin(), versions.end(), version) != versions.end());
    });
    return found == images.end() ? nullptr : &*found;
}

} // namespace ty::sandbox
