#pragma once

#include <functional>
#include <vector>

#include <QString>
#include <QStringList>

#include "app/models/machine_row.h"

class QWidget;

namespace ty::app {

/// What is asked before machines are changed in a way that cannot be taken back. Each names them and what is lost, has the
/// verb on its button, and has the other button focused. `then` only after agreement; the call returns at once.

/// Lists what goes with them. Where a data disk goes too, the machine's name (their number, when they are several) must be
/// typed.
void askToDelete(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then);
void askToRestart(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then);
void askToRedeploy(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then);
void askToPowerOff(const std::vector<MachineRow>& machines, QWidget* parent, std::function<void()> then);

/// What deleting the machine destroys, and what it keeps; by name, one a line.
struct Destruction {
    QStringList destroyed;
    QStringList kept;
    bool hasDataDisk = false; ///< among the destroyed
};
Destruction destructionOf(const MachineRow& machine);

} // namespace ty::app
