#pragma once

#include <optional>

#include <QList>
#include <QString>

#include "app/provisioning/auto_stop.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

/// A machine as the window knows it: what its provider tells, and what we know besides.
struct MachineRow {
    cloud::MachineInfo info;
    std::optional<cloud::MachineRequest> request; ///< of the creation, when Trainyard made it and its catalog still knows
    std::optional<double> usdPerHour;             ///< while on, without disks; nothing: not known, which is not 0
    std::optional<AutoStopProof> autoStopProof;   ///< nothing: never tried
    QString work;                                 ///< what is done to it now: "Stopping 1/2"; empty: nothing
    bool isComing = false;                        ///< its creation has not got as far as the machine itself

    bool isOurs() const; ///< made by Trainyard, here or elsewhere
    /// The same before and after the provider knows it; unique in an account.
    QString key() const;
};

/// What a machine used in the last hour, as its provider measured it. NaN and nothing: not measured.
struct MachineVitals {
    QList<double> cpuPercent; ///< a value a minute, oldest first
    std::optional<double> cpuNow;
    std::optional<double> networkIn; ///< bytes per second
    std::optional<double> networkOut;
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
