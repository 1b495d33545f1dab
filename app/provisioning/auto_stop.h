#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "app/catalog/machines.h"
#include "app/catalog/paths.h"
#include "app/provisioning/machine_provider.h"
#include "cloud/model/fields.h"
#include "cloud/provision/machine_info.h"

namespace ty::app {

/// What a machine answered when its auto-stop was tried.
struct AutoStopProof {
    std::string time; ///< UTC
    std::optional<bool> fires;    ///< it stopped, in a play of its idle minutes
    std::optional<bool> releases; ///< its processors are given back; else it powers off and stays billed
    std::string timer;            ///< "active" when it is looked at every minute
    std::string problem;          ///< why it could not be tried; empty: it could

    void fields(auto& f)
    {
        f("time", time);
        f("fires", fires);
        f("releases", releases);
        f("timer", timer);
        f("problem", problem);
    }
    bool isProven() const { return problem.empty() && fires.value_or(false); }
};

/// Plays the machine's idle minutes through on the machine itself, over SSH, with a stop that only says so; keeps the result
/// in the catalog. Waits for the machine to answer up to `patience`. Errors: those of the catalog; a machine that
/// cannot be reached is a proof with a problem.
Result<AutoStopProof> proveAutoStop(
    MachineProvider& provider, catalog::Machines& records, const catalog::Paths& paths,
    const cloud::MachineInfo& machine, std::chrono::seconds patience, std::stop_token stop);
/// The last one; nothing: it was never tried.
std::optional<AutoStopProof> provenOf(const catalog::MachineRecord& record);
/// "Auto-stop tested 14:05", or why it is not proven. Local time.
std::string proofText(const AutoStopProof& proof);

/// It does not stop for idleness for so long; its hard limit and its budget count all the same.
Result<void> keepRunning(
    MachineProvider& provider, const catalog::Paths& paths, const cloud::MachineInfo& machine, int hours,
    std::stop_token stop);

} // namespace ty::app
