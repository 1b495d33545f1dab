#include "app/models/machine_row.h"

#include "cloud/provision/azure_plan.h"

namespace ty::app {

using cloud::MachineState;

bool MachineRow::isOurs() const
{
    return info.tags.contains(cloud::kOperationTag);
}

QString MachineRow::key() const
{
    return (account + u'/' + QString::fromStdString(info.name + "/" + info.group)).toLower();
}

MachineAbilities abilitiesOf(const MachineRow& row)
{
    MachineAbilities abilities;
    if (!row.work.isEmpty() || row.isComing || row.info.state == MachineState::Deleting) {
        return abilities; // one thing at a time
    }
    const MachineState state = row.info.state;
    const bool isUp = state == MachineState::Running || state == MachineState::Idle;
    const bool isUncertain = state == MachineState::Failed || state == MachineState::Unknown;
    abilities.canStart = state == MachineState::Off || state == MachineState::StoppedBilled || isUncertain;
    abilities.canStop = isUp || state == MachineState::StoppedBilled || state == MachineState::Starting || isUncertain;
    abilities.canPowerOff = isUp;
    abilities.canRestart = isUp;
    abilities.canResize = isUp || state == MachineState::Off || state == MachineState::StoppedBilled;
    abilities.canCapture = abilities.canResize && row.isOurs();
    abilities.canConnect = isUp && !row.info.publicAddress.empty();
    abilities.canTag = true;
    abilities.canDelete = true;
    return abilities;
}

} // namespace ty::app
