#pragma once

#include <string>

#include "cloud/sandbox/arm_plain.h"

namespace ty::sandbox {

/// Versions of images in a gallery, made of machines. Galleries and image definitions are plain resources.
class GalleryVersions : public PlainResources {
public:
    explicit GalleryVersions(World& world);
    Response put(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    void vanish(const std::string& id) override;
};

/// Whether a machine of this image keeps the users and keys of the machine that the image was made of.
bool isSpecializedImage(const Json& imageDocument);

} // namespace ty::sandbox
