#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"

namespace ty::cloud::azure {

/// A row of a quota list: how much of a limit is used in a region.
struct Usage {
    std::string id;
    std::string name; ///< "cores", "lowPriorityCores", "standardNCASv3_T4Family"; stray spaces occur
    std::string localizedName;
    std::string unit;
    std::optional<std::int64_t> current;
    std::optional<std::int64_t> limit; ///< -1: none

    void fields(auto& f)
    {
        f("id", id);
        f("name.value", name);
        f("name.localizedValue", localizedName);
        f("unit", unit);
        f("currentValue", current);
        f("limit", limit);
    }
};

/// The row of that name; compared without case and spaces, since both vary between lists.
const Usage* findUsage(const std::vector<Usage>& usages, const std::string& name);

/// How many cores of a family may still be started in a region: the least that the family, the region's total and, for
/// spot, its spot limit leave (spot counts on that alone). Empty when the list does not tell.
std::optional<std::int64_t> coresLeft(const std::vector<Usage>& usages, const std::string& family, bool isSpot);

} // namespace ty::cloud::azure
