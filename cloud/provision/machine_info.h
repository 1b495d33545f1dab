#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cloud/model/fields.h"
#include "cloud/model/machine_state.h"

namespace ty::cloud {

/// A machine as its provider tells it now.
struct MachineInfo {
    std::string provider; ///< "azure" or "google"
    std::string id;       ///< the provider's id or link
    std::string name;
    std::string group; ///< Azure resource group; empty at Google
    MachineState state = MachineState::Unknown;
    std::string size;
    std::string region;
    std::string zone;
    std::string publicAddress;
    std::string privateAddress;
    bool isSpot = false;
    std::string gpu; ///< attached to the size, as Google does; empty: what the size has
    std::int64_t gpus = 0;
    std::string osDisk;
    std::vector<std::string> dataDisks;
    std::string user;
    std::string created; ///< UTC
    std::string since;   ///< UTC: it has not been started or stopped from outside since then; empty: not told
    TextMap tags;
    std::string problem; ///< why it failed, if it did
};

} // namespace ty::cloud
