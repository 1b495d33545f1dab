#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_offers.h"
#include "app/provisioning/google_connection.h"

namespace ty::app {

// What a project of Google may use. Each blocks.

/// All regions, with their zones that are up.
Result<std::vector<CloudRegion>> readGoogleRegions(GoogleConnection& connection, std::stop_token stop);
/// The machine types of a region; `offer.zones` holds whole zone names. Cards that come with a type are its GPUs.
Result<std::vector<OfferedSize>> readGoogleSizes(
    GoogleConnection& connection, const std::string& region, std::stop_token stop);
/// What can be attached to general machine types there.
Result<std::vector<OfferedAccelerator>> readGoogleAccelerators(
    GoogleConnection& connection, const std::string& region, bool isSpot, std::stop_token stop);

} // namespace ty::app
