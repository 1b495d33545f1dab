#include "app/services/auto_stop_watch.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include <QDateTime>

#include "app/provisioning/cloud_session.h"
#include "app/services/burn_service.h"
#include "app/services/machine_service.h"
#include "app/services/notices.h"

namespace ty::app {

namespace {
constexpr int kLookEveryMs = 60'000;
constexpr std::chrono::seconds kProofPatience{240}; // a machine's first start takes minutes
constexpr int kKeepHours = 1;
constexpr std::int64_t kNewsSeconds = 120; // a time that moved by less is the same one
} // namespace

AutoStopWatch::AutoStopWatch(
    const catalog::Paths& paths, cloud::SecretStore& secrets, MachineService& machines, BurnService& burn, Notices& notices, QObject* parent)
    : QObject(parent), m_paths(paths), m_machines(machines), m_burn(burn), m_notices(notices), m_workers(paths, secrets, *this)
{
    m_timer.setInterval(kLookEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &AutoStopWatch::look);
    m_timer.start();
    connect(&m_machines, &MachineService::created, this, [this](const QString& account, const QString& machine) {
        prove(account.toStdString(), machine.toStdString());
    });
}

AutoStopWatch::~AutoStopWatch() = default;

void AutoStopWatch::prove(const std::string& account, const std::string& machine)
{
    m_workers.start(
        account,
        [this, machine, paths = m_paths](CloudSession& session, std::stop_token stop) {
            const auto found = session.machines().find(machine, stop);
            auto proof = found ? proveAutoStop(session.provider(), session.records(), paths, *found, kProofPatience, stop)
                               : Result<AutoStopProof>(found.error());
            m_workers.post([this, machine, proof = std::move(proof)] { onProven(machine, proof); });
        },
        [this, machine](const Error& error) { onProven(machine, error); });
}

void AutoStopWatch::onProven(const std::string& machine, const Result<AutoStopProof>& proof)
{
    const QString name = QString::fromStdString(machine);
    if (proof && proof->isProven()) {
        m_notices.toast(QStringLiteral("%1: %2.").arg(name, QString::fromStdString(proofText(*proof))));
    } else if (!proof || proof->problem.find("no public address") == std::string::npos) {
        const Error error{
            ErrorKind::Conflict, proof ? proofText(*proof) : proof.error().message,
            tr("Try it again with trainyard vm test-auto-stop %1, or stop the machine yourself.").arg(name).toStdString()};
        m_notices.error(tr("Nobody knows whether %1 stops by itself.").arg(name), error);
    }
    m_machines.readAgain();
}

void AutoStopWatch::look()
{
    for (const auto& [key, machine] : m_burn.machines()) {
        const bool isUp = machine.state == cloud::MachineState::Running || machine.state == cloud::MachineState::Idle;
        if (isUp && !machine.publicAddress.empty()) {
            lookAt(key.substr(0, key.find('\n')), machine);
        }
    }
}

void AutoStopWatch::lookAt(const std::string& account, const cloud::MachineInfo& machine)
{
    if (!m_looking.insert(machine.id).second) {
        return;
    }
    m_workers.start(
        account,
        [this, account, machine, paths = m_paths](CloudSession& session, std::stop_token stop) {
            const auto pulse = readPulse(session.provider(), paths, machine, stop);
            m_workers.post([this, account, machine, pulse] { onPulse(account, machine, pulse); });
        },
        [this, machine](const Error&) { m_looking.erase(machine.id); });
}

void AutoStopWatch::onPulse(const std::string& account, const cloud::MachineInfo& machine, const Result<MachinePulse>& pulse)
{
    m_looking.erase(machine.id);
    GpuUse use;
    use.at = QDateTime::currentSecsSinceEpoch();
    if (!pulse) {
        use.why = pulse.error().message;
        m_machines.setGpuUse(machine.id, use);
        return;
    }
    use.percent = pulse->gpuMost();
    if (!use.percent) {
        use.why = (pulse->hasGpuTool ? tr("nvidia-smi tells no use") : tr("nvidia-smi is not installed on it")).toStdString();
    }
    m_machines.setGpuUse(machine.id, use);
    m_machines.setStopTime(machine.id, pulse->stopsAt);
    if (pulse->stopsAt) {
        warn(account, machine, *pulse->stopsAt);
    }
}

void AutoStopWatch::warn(const std::string& account, const cloud::MachineInfo& machine, std::int64_t at)
{
    const std::int64_t now = QDateTime::currentSecsSinceEpoch();
    const auto told = m_warned.find(machine.id);
    if (at <= now || (told != m_warned.end() && std::abs(told->second - at) < kNewsSeconds)) {
        return;
    }
    m_warned[machine.id] = at;
    const auto minutes = std::max<std::int64_t>(1, (at - now + 30) / 60);
    m_notices.toast(
        tr("%1 is idle and stops in %2 min.").arg(QString::fromStdString(machine.name)).arg(minutes), tr("Keep 1 h"),
        [this, account, machine] { keep(account, machine); });
}

void AutoStopWatch::keep(const std::string& account, const cloud::MachineInfo& machine)
{
    const QString name = QString::fromStdString(machine.name);
    const auto fail = [this, name](const Error& error) {
        m_notices.error(tr("%1 could not be kept: it stops for idleness.").arg(name), error);
    };
    m_workers.start(
        account,
        [this, machine, name, fail, paths = m_paths](CloudSession& session, std::stop_token stop) {
            const auto kept = keepRunning(session.provider(), paths, machine, kKeepHours, stop);
            m_workers.post([this, name, fail, kept, id = machine.id] {
                if (kept) {
                    m_machines.setStopTime(id, {});
                    m_notices.toast(tr("%1 goes on for at least an hour.").arg(name));
                } else {
                    fail(kept.error());
                }
            });
        },
        fail);
}

} // namespace ty::app
