#pragma once

#include <QObject>
#include <QString>

#include "app/provisioning/alternatives.h"
#include "app/provisioning/machine_operations.h"
#include "app/services/notices.h"

namespace ty::app {

class MachineService;

/// Tells of a machine or a cluster that was refused for want of room, quota or offer, and of what could be had instead: another region or
/// another size, each a button that opens the form with it. Lives on the GUI thread.
class CreationRescue : public QObject {
    Q_OBJECT
public:
    /// Both outlive this.
    CreationRescue(MachineService& machines, Notices& notices, QObject* parent = nullptr);

    /// `happened`: a sentence; `retry`: the same once more. The error is shown at once, and again with the buttons when the cloud
    /// has said what it offers.
    void offer(const QString& happened, const OperationReport& report, const Remedy& retry);

signals:
    /// `nodes`: of a cluster; 0 for a machine.
    void machineWanted(const QString& account, const ty::cloud::MachineRequest& request, int nodes);

private:
    void show(
        const QString& happened, const OperationReport& report, const Remedy& retry, const Result<Alternatives>& alternatives);

    MachineService& m_machines;
    Notices& m_notices;
};

} // namespace ty::app
