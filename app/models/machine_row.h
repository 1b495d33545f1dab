#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <QList>
#include <QString>

#include "app/provisioning/auto_stop.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

/// What a size has, where its provider tells.
struct SizeFacts {
    std::optional<double> processors;
    std::optional<double> memoryGiB;
    double gpus = 0; ///< a fraction for shared cards
    std::string gpu; ///< "NVIDIA T4"; empty without
    bool operator==(const SizeFacts&) const = default;
};

/// How busy a machine's GPUs are, as it told itself: no cloud sees that from outside.
struct GpuUse {
    std::optional<double> percent; ///< of the busiest; nothing: not told
    std::int64_t at = 0;           ///< seconds since 1970
    std::string why;               ///< it is not told
    bool operator==(const GpuUse&) const = default;
};

/// A machine as the window knows it: what its provider tells, and what we know besides.
struct MachineRow {
    QString account; ///< that it belongs to
    cloud::MachineInfo info;
    std::optional<SizeFacts> sizeFacts; ///< nothing: not read (yet)
    std::optional<GpuUse> gpuUse;       ///< nothing: not asked (yet)
    std::optional<cloud::MachineRequest> request; ///< of the creation, when Trainyard made it and its catalog still knows
    std::optional<double> usdPerHour;             ///< while on, without disks; nothing: not known, which is not 0
    std::optional<AutoStopProof> autoStopProof;   ///< nothing: never tried
    std::optional<std::int64_t> stopsAt;          ///< for idleness, seconds since 1970; nothing: not in the next minutes
    QString work;                                 ///< what is done to it now: "Stopping 1/2"; empty: nothing
    bool isComing = false;                        ///< its creation has not got as far as the machine itself

    bool isOurs() const; ///< made by Trainyard, here or elsewhere
    /// The same before and after the provider knows it; unique among all accounts.
    QString key() const;
};

/// What a machine used in the last hour, as its provider measured it. NaN and nothing: not measured.
struct MachineVitals {
    QList<double> cpuPercent; ///< a value a minute, oldest first
    std::optional<double> cpuNow;
    std::optional<double> networkIn; ///< bytes per second
    std::optional<double> networkOut;
};

/// An amount of money; a part of it whose price is not known is told, not left out in silence.
struct MoneyAmount {
    double amount = 0; ///< of what has a known price
    bool isPartial = false;
    std::string currency = "USD";
    bool operator==(const MoneyAmount&) const = default;
};

/// What a machine costs, counted from states that its cloud confirmed. Nothing: not counted (yet), which is not 0.
struct MachineSpending {
    std::optional<MoneyAmount> now; ///< per hour, with disks and address
    std::optional<MoneyAmount> today;
    std::optional<MoneyAmount> month; ///< since its first day
    bool operator==(const MachineSpending&) const = default;
};

/// What one can do to a machine now.
struct MachineAbilities {
    bool canStart = false;
    bool canStop = false; ///< giving the processors back
    bool canPowerOff = false;
    bool canRestart = false;
    bool canResize = false;
    bool canTag = false;
    bool canCapture = false;
    bool canConnect = false;
    bool canDelete = false;
};

MachineAbilities abilitiesOf(const MachineRow& row);

} // namespace ty::app
