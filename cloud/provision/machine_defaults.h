#pragma once

#include "cloud/provision/machine_request.h"

namespace ty::cloud {

/// The image that a machine gets when nobody chose one: "publisher:offer:sku:version" on Azure, "project/family" on Google.
const char* usualImage(const std::string& provider);
/// The kinds of system and data disk that go with it.
const char* usualOsDiskKind(const std::string& provider);
const char* usualDataDiskKind(const std::string& provider);

/// Where a form begins that knows nothing better.
const char* usualRegion(const std::string& provider);
const char* usualSize(const std::string& provider);

/// Fills in what was left empty: image, kinds of disk, the system disk's size, user and group; and at Google the region, which
/// its zone tells.
void fillDefaults(MachineRequest& request);

} // namespace ty::cloud
