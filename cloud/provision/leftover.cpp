#include "cloud/provision/leftover.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ty::cloud {

namespace {

/// Azure keeps the card of a machine that failed or went for this long.
constexpr int kPatienceSeconds = 240;

constexpr std::array kNames{
    std::pair{LeftoverKind::Machine, "machine"},
    std::pair{LeftoverKind::NetworkCard, "network card"},
    std::pair{LeftoverKind::Disk, "disk"},
    std::pair{LeftoverKind::PublicAddress, "public address"},
    std::pair{LeftoverKind::Network, "network"},
    std::pair{LeftoverKind::Firewall, "firewall"},
    std::pair{LeftoverKind::Image, "image"},
};

} // namespace

const char* leftoverKindName(LeftoverKind kind)
{
    return std::find_if(kNames.begin(), kNames.end(), [kind](const auto& each) { return each.first == kind; })->second;
}

std::optional<LeftoverKind> leftoverKindFromName(const std::string& name)
{
    const auto* found
        = std::find_if(kNames.begin(), kNames.end(), [&](const auto& each) { return name == each.second; });
    return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

Plan cleaningOf(std::vector<Leftover> leftovers)
{
    std::stable_sort(leftovers.begin(), leftovers.end(), [](const Leftover& a, const Leftover& b) { return a.kind < b.kind; });
    Plan plan;
    for (const Leftover& leftover : leftovers) {
        Step step;
        step.kind = Step::Kind::Remove;
        step.title = std::string("Deleting ") + leftoverKindName(leftover.kind) + " " + leftover.name;
        step.resource = leftover.id;
        step.isOurs = leftover.isTagged;
        step.patienceSeconds = kPatienceSeconds;
        plan.forward.push_back(std::move(step));
    }
    return plan;
}

} // namespace ty::cloud
