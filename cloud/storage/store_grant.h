#pragma once

#include <string>
#include <vector>

#include "cloud/storage/store_address.h"
#include "engine/base/json.h"

namespace ty::cloud {

/// What another program of ours needs to read a place: the address as run files write it, "research:images", and all that it
/// means. Holds a secret: it goes through a pipe, never into a file, an argument or the environment.
struct StoreGrant {
    std::string name;
    StoreAddress address;
};

Secret grantsToText(const std::vector<StoreGrant>& grants);
/// Errors: InvalidInput, without the text.
Result<std::vector<StoreGrant>> grantsFromText(const Secret& text);

} // namespace ty::cloud
