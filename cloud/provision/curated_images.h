#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/sku.h"
#include "cloud/model/fields.h"
#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// An image that a form offers by name.
struct CuratedImage {
    std::string provider;
    std::string id;   ///< as MachineRequest::image
    std::string name; ///< "Ubuntu 22.04 LTS"
    std::string os;   ///< "linux" or "windows"; machines of ours are reached by SSH, so only the first is offered
    std::string use;  ///< "train", "gpu" (has a driver), "old" (older guides name it; its publisher may have withdrawn it)
    std::string architecture; ///< "x64" or "Arm64"
    std::optional<std::int64_t> generation; ///< 1 or 2, of the virtual hardware
    std::optional<std::int64_t> diskGiB;    ///< the least its system disk may have
    std::string gpuDriver;                  ///< "nvidia"; empty: none
    std::optional<bool> hasTerms;           ///< its publisher's terms must be accepted once for the subscription
    std::optional<bool> hasFee;             ///< its publisher asks for money beside the machine's price

    void fields(auto& f)
    {
        f("provider", provider);
        f("id", id);
        f("name", name);
        f("os", os);
        f("use", use);
        f("architecture", architecture);
        f("generation", generation);
        f("diskGiB", diskGiB);
        f("gpuDriver", gpuDriver);
        f("hasTerms", hasTerms);
        f("hasFee", hasFee);
    }

    bool isOld() const { return use == "old"; }
};

/// packaging/images/curated-images.json, which is part of the program.
const char* curatedImagesText();
/// All of it, in the order of a list. Any thread.
const std::vector<CuratedImage>& curatedImages();
/// Those that a form offers for a provider: Linux, and not old.
std::vector<CuratedImage> offeredImages(const std::string& provider);
/// Null: not one of ours.
const CuratedImage* findCuratedImage(const std::string& provider, const std::string& id);

/// How an image goes with a machine.
struct ImageFit {
    std::vector<FieldProblem> problems; ///< the machine would not be made
    std::vector<std::string> notes;     ///< it would be made; a person should know
};

/// Architecture, generation and disk must fit; a GPU without a driver in the image is a note. Knows curated images alone:
/// of others nothing is said.
ImageFit imageFit(const MachineRequest& request, const azure::VmSize& size);

} // namespace ty::cloud
