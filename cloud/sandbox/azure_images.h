#pragma once

#include <string>
#include <vector>

namespace ty::sandbox {

/// A marketplace image of the sandbox. The names are real; every one boots into the same thing: this computer's own
/// system under an sshd of its own.
struct AzureImage {
    std::string publisher;
    std::string offer;
    std::string sku;
    std::vector<std::string> versions; ///< oldest first
    std::string architecture = "x64";  ///< or "Arm64"
    int diskGiB = 30;
    std::string alias = ""; ///< as `az vm create --image` knows it; empty: none
    std::string osType = "Linux";
    std::string generation = "V2"; ///< Hyper-V
};

const std::vector<AzureImage>& azureImages();
/// Names compare without case. Version "latest" or empty: any. nullptr when there is none.
const AzureImage*
findAzureImage(const std::string& publisher, const std::string& offer, const std::string& sku, const std::string& version);

} // namespace ty::sandbox
