#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "app/provisioning/machine_provider.h"
#include "cloud/provision/machine_info.h"

namespace ty::app {

/// What a machine tells of itself when it is asked over SSH: things that its cloud cannot see from outside.
struct MachinePulse {
    std::optional<std::int64_t> stopsAt; ///< for idleness, seconds since 1970; nothing: not in the next five minutes
    bool hasGpuTool = false;             ///< nvidia-smi is there
    std::vector<double> gpuPercent;      ///< how busy each GPU is
    std::string scheduler;               ///< "Slurm", "PBS"; empty: none of those is installed
    std::optional<std::int64_t> queued;  ///< jobs that wait in it; nothing: it did not tell, or there is none

    /// Above this a GPU counts as busy, as for the idle stop.
    static constexpr double kBusyPercent = 5;
    int busyGpus() const;
    /// Of the busiest.
    std::optional<double> gpuMost() const;
};

/// Asks once. Blocks for seconds. Errors: NotFound (no address), Network, Permission.
Result<MachinePulse> readPulse(
    MachineProvider& provider, const catalog::Paths& paths, const cloud::MachineInfo& machine, std::stop_token stop);

/// What the questions print, understood. Lines that nobody asked for are passed over.
MachinePulse pulseIn(const std::string& said);

} // namespace ty::app
