#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "app/provisioning/cloud_session.h"
#include "cloud/azure/sku.h"

namespace ty::app {

struct CloudRegion {
    std::string name;        ///< "westeurope"
    std::string displayName; ///< "West Europe"
    std::vector<std::string> zones;
};

/// What a form for a new machine needs to know before its first field.
struct MachineBasics {
    std::string account;
    std::string scope; ///< subscription
    bool isSandbox = false;
    std::vector<CloudRegion> regions; ///< by displayed name
    std::string publicKey;            ///< the line that new machines get
};

/// A size in one region, and whether it can be had there.
struct OfferedSize {
    cloud::azure::VmSize size;
    cloud::azure::SizeOffer offer;
    std::optional<std::int64_t> coresLeft; ///< of its quota; nothing: the provider does not tell

    /// Empty when it can be asked for.
    std::string obstacle() const;
};

// Questions to the account's cloud. Each blocks.

Result<MachineBasics> readBasics(CloudSession& session, const catalog::Paths& paths, std::stop_token stop);
/// By family and number of processors.
Result<std::vector<OfferedSize>> readSizes(
    CloudSession& session, const std::string& region, bool isSpot, std::stop_token stop);

} // namespace ty::app
