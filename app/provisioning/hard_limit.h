#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/operations.h"
#include "app/provisioning/cost_watch.h"

namespace ty::app {

/// A machine that is on for longer than it was made to be at most.
struct Overdue {
    cloud::MachineInfo machine;
    std::int64_t hours = 0; ///< its hard limit
    std::string since;      ///< UTC: on at least since then
};

/// Since when a machine is on at the latest: by what its cloud tells of its state, and by what the journal did to it after that.
/// Empty: not known, or it is not on.
std::string onSince(const cloud::MachineInfo& machine, const std::vector<catalog::OperationRecord>& operations);

/// Whether `hours` and a grace of some minutes, in which the machine stops itself, have passed at `now` (UTC).
bool isOverdue(const std::string& since, std::int64_t hours, const std::string& now);

/// The machines of a look that should have stopped themselves and did not. One that answers is asked for its own uptime, since it
/// may have been started by somebody else meanwhile; of one that does not answer the cloud's word counts. Blocks.
std::vector<Overdue> overdueOf(
    CloudSession& session, const catalog::Paths& paths, const CostLook& look, std::stop_token stop);

} // namespace ty::app
