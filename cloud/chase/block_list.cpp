#include "cloud/chase/block_list.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ty::cloud {

namespace {

using enum BlockScope;

constexpr std::array kScopes{Zone, Region, Family, RegionSpot, WholeRegion, Subscription};

} // namespace

void BlockList::add(Block block)
{
    const auto known = std::find_if(m_blocks.begin(), m_blocks.end(), [&](const Block& each) {
        return each.account == block.account && each.place == block.place;
    });
    if (known == m_blocks.end()) {
        m_blocks.push_back(std::move(block));
    } else {
        *known = std::move(block);
    }
}

const Block* BlockList::find(const ChasePlace& place, bool isSpot, std::chrono::system_clock::time_point now) const
{
    for (const BlockScope scope : kScopes) {
        const std::string key = keyOf(place, scope, isSpot);
        for (const Block& block : m_blocks) {
            if (block.account == place.account && block.place == key && block.until > now) {
                return &block;
            }
        }
    }
    return nullptr;
}

std::string BlockList::keyOf(const ChasePlace& place, BlockScope scope, bool isSpot)
{
    // Spot machines and regular ones run out separately.
    const std::string size = place.size + "|" + place.gpu + (isSpot ? "|spot" : "");
    switch (scope) {
    case Zone: return "zone|" + place.region + "|" + place.zone + "|" + size;
    case Region: return "region|" + place.region + "|" + size;
    case Family: return "family|" + place.region + "|" + place.family + (isSpot ? "|spot" : "");
    case RegionSpot: return isSpot ? "spot|" + place.region : std::string();
    case WholeRegion: return "whole|" + place.region + (isSpot ? "|spot" : "");
    case Subscription: return "all";
    case Nothing: break;
    }
    return {};
}

BlockScope blockScopeFromName(const std::string& name)
{
    for (const BlockScope scope : kScopes) {
        if (name == blockScopeName(scope)) {
            return scope;
        }
    }
    return Nothing;
}

} // namespace ty::cloud
