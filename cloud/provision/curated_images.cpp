#include "cloud/provision/curated_images.h"

#include <algorithm>
#include <iterator>

#include "cloud/azure/resource.h"

namespace ty::cloud {

const std::vector<CuratedImage>& curatedImages()
{
    static const std::vector<CuratedImage> images = [] {
        const auto json = parseJson(curatedImagesText(), "the list of images");
        return json ? listFromJson<CuratedImage>(json->value("images", Json::array()), "the list of images").valueOr({})
                    : std::vector<CuratedImage>{};
    }();
    return images;
}

std::vector<CuratedImage> offeredImages(const std::string& provider)
{
    std::vector<CuratedImage> offered;
    std::copy_if(
        curatedImages().begin(), curatedImages().end(), std::back_inserter(offered), [&](const CuratedImage& image) {
            return image.provider == provider && image.os == "linux" && !image.isOld();
        });
    return offered;
}

const CuratedImage* findCuratedImage(const std::string& provider, const std::string& id)
{
    const auto& all = curatedImages();
    const auto found = std::find_if(all.begin(), all.end(), [&](const CuratedImage& image) {
        return image.provider == provider && azure::isSame(image.id, id);
    });
    return found == all.end() ? nullptr : &*found;
}

ImageFit imageFit(const MachineRequest& request, const azure::VmSize& size)
{
    ImageFit fit;
    const CuratedImage* image = findCuratedImage(request.provider, request.image);
    if (image == nullptr) {
        return fit;
    }
    if (!size.architecture.empty() && !azure::isSame(size.architecture, image->architecture)) {
        fit.problems.push_back(
            {"image", image->name + " is for " + image->architecture + " processors, " + size.name + " has " + size.architecture
                          + " ones. Choose another image or size."});
    }
    const bool isKnown = size.isGeneration1 || size.isGeneration2;
    const bool fits = image->generation.value_or(2) == 1 ? size.isGeneration1 : size.isGeneration2;
    if (isKnown && !fits) {
        fit.problems.push_back(
            {"image", image->name + " is of generation " + std::to_string(image->generation.value_or(2)) + ", which " + size.name
                          + " does not start. Choose another image or size."});
    }
    if (image->diskGiB && request.osDisk.sizeGiB && *request.osDisk.sizeGiB < *image->diskGiB) {
        fit.problems.push_back({"osDisk", image->name + " needs " + std::to_string(*image->diskGiB) + " GiB or more."});
    }
    const bool hasGpu = size.gpus > 0 || !request.gpu.empty();
    if (hasGpu && image->gpuDriver.empty()) {
        fit.notes.push_back(image->name + " has no GPU driver: one has to be installed before the GPU can be used.");
    } else if (!hasGpu && !image->gpuDriver.empty()) {
        fit.notes.push_back(image->name + " carries a GPU driver that this size has no use for.");
    }
    if (image->hasTerms.value_or(false)) {
        fit.notes.push_back("The publisher's terms must be accepted once for the subscription (az vm image terms accept).");
    }
    if (image->hasFee.value_or(false)) {
        fit.notes.push_back("The publisher asks for a fee beside the machine's price, which is not in the table.");
    }
    if (image->isOld()) {
        fit.notes.push_back(image->name + " gets no security updates any more, and its publisher may have withdrawn it.");
    }
    return fit;
}

} // namespace ty::cloud
