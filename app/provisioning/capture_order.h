#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace ty::app {

class AzureConnection;

/// What a capture makes.
enum class CaptureForm : std::uint8_t {
    Image,   ///< for machines with other users and keys. On Azure the machine is generalized and can never start again.
    Machine, ///< the machine as it is, which lives on: a specialized image version (Azure), a machine image (Google)
};

inline constexpr const char* kStandardGallery = "trainyard";

/// A capture that somebody wants.
struct CaptureOrder {
    std::string image;
    CaptureForm form = CaptureForm::Image;
    std::string gallery = kStandardGallery; ///< in the machine's group; of a specialized image version
    std::string version = {};               ///< the same, "1.0.0"; empty: the next one
    bool isImageThere = false;              ///< the gallery has other versions of it, which stay whatever becomes of this one
};

/// What a gallery holds under an image's name.
struct ImageShelf {
    bool isThere = false;
    bool isSpecialized = false;
    std::vector<std::string> versions;
};

/// Blocks. A gallery or an image that is not there is an empty shelf. Errors: those of the provider.
Result<ImageShelf> readImageShelf(
    AzureConnection& connection, const std::string& group, const std::string& gallery, const std::string& image, std::stop_token stop);

/// "1.0.0" of none, else the highest with its last number one higher.
std::string nextVersion(const std::vector<std::string>& versions);
/// Errors: InvalidInput for a version or a name of a gallery that Azure does not take. An empty version is the next one.
Result<void> checkGallery(const std::string& gallery, const std::string& version);

/// With what the person left open, as Azure has it now. Errors: AlreadyExists for a version that is there, InvalidInput.
Result<CaptureOrder> completeOrder(AzureConnection& connection, const std::string& group, CaptureOrder order, std::stop_token stop);

} // namespace ty::app
