#include "cloud/azure/usage.h"

#include <algorithm>

#include "cloud/azure/gpu_table.h"

namespace ty::cloud::azure {

namespace {

void limitBy(const Usage* usage, std::optional<std::int64_t>& left)
{
    if (usage == nullptr || !usage->limit || !usage->current || *usage->limit < 0) {
        return;
    }
    const std::int64_t own = std::max<std::int64_t>(*usage->limit - *usage->current, 0);
    left = left ? std::min(*left, own) : own;
}

} // namespace

const Usage* findUsage(const std::vector<Usage>& usages, const std::string& name)
{
    const std::string wanted = foldedName(name);
    for (const Usage& usage : usages) {
        if (foldedName(usage.name) == wanted) {
            return &usage;
        }
    }
    return nullptr;
}

std::optional<std::int64_t> coresLeft(const std::vector<Usage>& usages, const std::string& family, bool isSpot)
{
    std::optional<std::int64_t> left;
    if (isSpot) {
        limitBy(findUsage(usages, "lowPriorityCores"), left);
    } else {
        limitBy(findUsage(usages, family), left);
        limitBy(findUsage(usages, "cores"), left);
    }
    return left;
}

} // namespace ty::cloud::azure
