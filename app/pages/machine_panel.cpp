#include "app/pages/machine_panel.h"

namespace ty::app {

MachinePanel::MachinePanel(MachineService& machines, QWidget* parent) : QWidget(parent), m_machines(machines) {}

void MachinePanel::setMachine(const MachineRow& machine)
{
    const bool isOther = !m_machine || m_machine->key() != machine.key() || m_machine->info.id != machine.info.id;
    m_machine = machine;
    if (isOther) {
        ++m_generation;
        m_isLoaded = false;
        forget();
    }
    refreshFacts();
    loadIfSeen();
}

void MachinePanel::reload()
{
    m_isLoaded = false;
    loadIfSeen();
}

void MachinePanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    loadIfSeen();
}

void MachinePanel::loadIfSeen()
{
    // A machine that is still coming has nothing that could be asked for.
    if (m_machine && !m_machine->isComing && !m_isLoaded && isVisible()) {
        m_isLoaded = true;
        load();
    }
}

} // namespace ty::app
