#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cloud/chase/chase_place.h"
#include "cloud/model/failure.h"

namespace ty::cloud {

/// One thing that cannot be had somewhere for a while.
struct Block {
    std::string account;
    std::string place;   ///< what it covers; see keyOf()
    std::string verdict; ///< the name of a ChaseOutcome
    std::string reason;  ///< "AllocationFailed"
    std::chrono::system_clock::time_point until;
};

/// What failed attempts rule out for a while. The scopes are those of Verdict.
class BlockList {
public:
    void add(Block block);
    /// The block that covers a place now; null: none.
    const Block* find(const ChasePlace& place, bool isSpot, std::chrono::system_clock::time_point now) const;
    const std::vector<Block>& blocks() const { return m_blocks; }

    /// What a failure of that scope at `place` rules out: "westeurope|1|Standard_NC4as_T4_v3". Empty for BlockScope::Nothing.
    static std::string keyOf(const ChasePlace& place, BlockScope scope, bool isSpot);

private:
    std::vector<Block> m_blocks;
};

/// The inverse of blockScopeName; Nothing for unknown names.
BlockScope blockScopeFromName(const std::string& name);

} // namespace ty::cloud
