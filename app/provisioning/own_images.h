#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_session.h"

namespace ty::app {

/// An image that somebody captured.
struct OwnImage {
    std::string id;
    std::string name;   ///< of a version in a gallery with its number: "gpu-1-image 1.0.0"
    std::string region; ///< machines of it are made there
    bool isSpecialized = false; ///< a machine as it was: its users and keys are in it
};

/// Those of the account's subscription or project, by name: plain images, on Azure what stands in galleries, at Google whole
/// machines. A gallery that does not answer is passed over. Blocks. Errors: those of the list of images.
Result<std::vector<OwnImage>> readOwnImages(CloudSession& session, std::stop_token stop);

} // namespace ty::app
