#pragma once

#include <functional>

#include <QString>
#include <QStringList>

#include "app/models/machine_row.h"

class QWidget;

namespace ty::app {

/// What is asked before a machine is changed in a way that cannot be taken back. Each names the machine and what is lost,
/// has the verb on its button, and has the other button focused. `then` only after agreement; the call returns at once.

/// Lists what goes with it. Where a data disk goes too, the machine's name must be typed.
void askToDelete(const MachineRow& machine, QWidget* parent, std::function<void()> then);
void askToRestart(const MachineRow& machine, QWidget* parent, std::function<void()> then);
void askToPowerOff(const MachineRow& machine, QWidget* parent, std::function<void()> then);
/// `then` gets the image's name.
void askToCapture(const MachineRow& machine, QWidget* parent, std::function<void(const QString&)> then);
/// `then` gets the new size; `sizes` are offered, any other may be typed.
void askToResize(
    const MachineRow& machine, const QStringList& sizes, QWidget* parent, std::function<void(const QString&)> then);

/// What deleting the machine destroys, and what it keeps; by name, one a line.
struct Destruction {
    QStringList destroyed;
    QStringList kept;
    bool hasDataDisk = false; ///< among the destroyed
};
Destruction destructionOf(const MachineRow& machine);

} // namespace ty::app
