#pragma once

#include <map>
#include <set>
#include <string>

#include <QObject>
#include <QTimer>

#include "app/catalog/paths.h"
#include "app/provisioning/auto_stop.h"
#include "app/provisioning/machine_pulse.h"
#include "app/services/cloud_workers.h"
#include "cloud/provision/machine_info.h"

namespace ty::app {

class BurnService;
class MachineService;
class Notices;
struct OperationReport;

/// Proves a new machine's auto-stop on the machine itself, asks the machines every minute how busy their GPUs are, and tells
/// five minutes before one stops for idleness, with a button that keeps it for an hour.
class AutoStopWatch : public QObject {
    Q_OBJECT
public:
    /// All outlive this.
    AutoStopWatch(
        const catalog::Paths& paths, cloud::SecretStore& secrets, MachineService& machines, BurnService& burn, Notices& notices,
        QObject* parent = nullptr);
    ~AutoStopWatch() override;

    /// Tries the auto-stop of a machine; the answer is a notice, and stands at the machine.
    void prove(const std::string& account, const std::string& machine);
    /// Signs in anew from now on: an account's sign-in is another one.
    void forgetSessions() { m_workers.forgetSessions(); }

private:
    void look();
    void lookAt(const std::string& account, const cloud::MachineInfo& machine);
    void onPulse(const std::string& account, const cloud::MachineInfo& machine, const Result<MachinePulse>& pulse);
    void warn(const std::string& account, const cloud::MachineInfo& machine, std::int64_t at);
    void keep(const std::string& account, const cloud::MachineInfo& machine);
    void onProven(const std::string& machine, const Result<AutoStopProof>& proof);

    catalog::Paths m_paths;
    MachineService& m_machines;
    BurnService& m_burn;
    Notices& m_notices;
    std::set<std::string> m_looking;               ///< ids of machines
    std::map<std::string, std::int64_t> m_warned; ///< id: the time that was told
    QTimer m_timer;
    CloudWorkers m_workers; ///< goes first: its threads post here
};

} // namespace ty::app
