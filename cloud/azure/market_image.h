#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/azure/resource.h"

namespace ty::cloud::azure {

/// A publisher, an offer, a plan ("sku") or a version of the image market; the lists of all four look the same.
struct MarketName {
    std::string id;
    std::string name;
    std::string location;
    TextMap tags;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("location", location);
        f("tags", tags);
    }
};

/// A licence that has to be named when a machine is made from a paid or third-party image.
struct PurchasePlan {
    std::string name;
    std::string product;
    std::string publisher;
    std::string promotionCode;

    void fields(auto& f)
    {
        f("name", name);
        f("product", product);
        f("publisher", publisher);
        f("promotionCode", promotionCode);
    }
};

struct ImageFeature {
    std::string name; ///< "SecurityType", "DiskControllerTypes"
    std::string value;

    void fields(auto& f)
    {
        f("name", name);
        f("value", value);
    }
};

/// One version of an image, in detail.
struct MarketImage {
    std::string id;
    std::string name; ///< the version
    std::string location;
    TextMap tags;
    std::string operatingSystem; ///< Linux or Windows
    std::optional<std::int64_t> osDiskGiB;
    std::string hyperVGeneration; ///< V1 or V2
    std::string architecture;     ///< x64 or Arm64
    std::string deprecationState; ///< Active, ScheduledForDeprecation, Deprecated
    std::string deprecationTime;
    std::vector<ImageFeature> features;
    std::optional<PurchasePlan> plan;

    void fields(auto& f)
    {
        f("id", id);
        f("name", name);
        f("location", location);
        f("tags", tags);
        f("properties.osDiskImage.operatingSystem", operatingSystem);
        f("properties.osDiskImage.sizeInGb", osDiskGiB);
        f("properties.hyperVGeneration", hyperVGeneration);
        f("properties.architecture", architecture);
        f("properties.imageDeprecationStatus.imageState", deprecationState);
        f("properties.imageDeprecationStatus.scheduledDeprecationTime", deprecationTime);
        f("properties.features", features);
        f("properties.plan", plan);
    }
};

} // namespace ty::cloud::azure
