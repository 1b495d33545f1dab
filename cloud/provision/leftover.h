#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cloud/provision/operation_runner.h"

namespace ty::cloud {

/// In the order in which they can be deleted: each is used by those before it only.
enum class LeftoverKind : std::uint8_t { Machine, NetworkCard, Disk, PublicAddress, Network, Firewall, Image };

const char* leftoverKindName(LeftoverKind kind); ///< "network card"
/// Inverse of leftoverKindName; nothing for other words.
std::optional<LeftoverKind> leftoverKindFromName(const std::string& name);

/// Something that Trainyard made and that nothing it knows needs any more. It may be paid for.
struct Leftover {
    std::string id; ///< the provider's
    LeftoverKind kind = LeftoverKind::Disk;
    std::string name;
    std::string group;
    std::string region;
    std::string machine; ///< for which it was made
    std::string mark;    ///< of the operation that made it
    bool isTagged = true; ///< the mark is in a tag; else it is in the name
    std::string reason;  ///< why it is here, a sentence
    std::string type;    ///< "StandardSSD_LRS", "Standard_D2s_v5"
    std::optional<std::int64_t> sizeGiB;
    std::string lastUsed; ///< UTC; empty: the provider does not tell
    std::optional<double> perMonth; ///< 730 hours; nothing: not known, which is not 0
    bool holdsData = false; ///< somebody's work may be in it: its name has to be typed
};

/// What this computer knows of the operations that made things.
struct KnownOperations {
    std::map<std::string, std::string> machineByMark; ///< all there ever were
    std::set<std::string> open;     ///< marks that an operation works on now: nothing of those is left over
    std::set<std::string> machines; ///< marks of machines in the catalog
};

/// Deletes `leftovers` of one mark, one after the other. Whatever bears another mark by then is passed over.
Plan cleaningOf(std::vector<Leftover> leftovers);

} // namespace ty::cloud
