#include "app/services/machine_service.h"

#include <algorithm>
#include <utility>

#include "app/provisioning/account.h"
#include "app/services/activity_service.h"

namespace ty::app {

namespace {

constexpr int kListEveryMs = 4000;

MachineRow comingRow(const QString& account, const cloud::MachineRequest& request, const QString& stage)
{
    MachineRow row;
    row.account = account;
    row.info.provider = request.provider;
    row.info.name = request.name;
    row.info.group = request.group;
    row.info.state = cloud::MachineState::Starting;
    row.info.size = request.size;
    row.info.region = request.region;
    row.info.zone = request.zone;
    row.info.isSpot = request.isSpot.value_or(false);
    row.request = request;
    row.work = stage;
    row.isComing = true;
    return row;
}

} // namespace

MachineService::MachineService(const catalog::Paths& paths, cloud::SecretStore& secrets, ActivityService& activity, QObject* parent)
    : QObject(parent)
    , m_paths(paths)
    , m_activity(activity)
    , m_account(QString::fromLatin1(kSandboxAccount))
    , m_workers(paths, secrets, *this)
{
    setAccounts(m_account, {});
    m_timer.setInterval(kListEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &MachineService::refresh);
    connect(&m_activity, &ActivityService::cancelRequested, this, [this](int id) {
        if (const auto found = m_work.find(id); found != m_work.end()) {
            *found->second.isCancelled = true;
        }
    });
}

MachineService::~MachineService() = default;

void MachineService::setAccounts(const QString& name, const QStringList& others)
{
    m_account = name;
    const QStringList accounts = QStringList{name} + others;
    std::vector<std::unique_ptr<MachineList>> lists;
    bool isOther = accounts.size() != static_cast<qsizetype>(m_lists.size());
    for (const QString& account : accounts) {
        const auto known = std::find_if(m_lists.begin(), m_lists.end(), [&](const auto& list) { return list && list->account() == account; });
        if (known != m_lists.end()) {
            lists.push_back(std::move(*known));
            continue;
        }
        isOther = true;
        lists.push_back(std::make_unique<MachineList>(account, m_paths, m_workers));
        connect(lists.back().get(), &MachineList::changed, this, &MachineService::compose);
        if (m_timer.isActive()) {
            lists.back()->refresh();
        }
    }
    m_lists = std::move(lists);
    if (isOther) {
        compose();
    }
}

bool MachineService::isLoaded() const
{
    const auto isRead = [](const auto& list) { return list->isLoaded(); };
    const auto isKnown = [](const auto& list) { return list->isLoaded() || list->problem(); };
    return std::all_of(m_lists.begin(), m_lists.end(), isKnown) && std::any_of(m_lists.begin(), m_lists.end(), isRead);
}

void MachineService::setWatched(bool isWatched)
{
    if (isWatched) {
        m_timer.start();
        refresh();
    } else {
        m_timer.stop();
    }
}

void MachineService::setStopTime(const std::string& machineId, const std::optional<std::int64_t>& at)
{
    const auto known = m_stopTimes.find(machineId);
    if (at ? known != m_stopTimes.end() && known->second == *at : known == m_stopTimes.end()) {
        return;
    }
    if (at) {
        m_stopTimes[machineId] = *at;
    } else {
        m_stopTimes.erase(known);
    }
    compose();
}

void MachineService::setGpuUse(const std::string& machineId, const GpuUse& use)
{
    GpuUse& known = m_gpuUses[machineId];
    if (known != use) {
        known = use;
        compose();
    }
}

void MachineService::forgetSessions()
{
    m_workers.forgetSessions();
    readAgain();
}

void MachineService::readAgain()
{
    if (m_timer.isActive()) {
        refresh();
    }
}

void MachineService::refresh()
{
    for (const auto& list : m_lists) {
        list->refresh();
    }
}

void MachineService::compose()
{
    m_rows.clear();
    std::map<QString, std::size_t> byKey;
    for (const auto& list : m_lists) {
        for (MachineRow& row : list->rows()) {
            if (const auto stops = m_stopTimes.find(row.info.id); stops != m_stopTimes.end()) {
                row.stopsAt = stops->second;
            }
            if (const auto use = m_gpuUses.find(row.info.id); use != m_gpuUses.end()) {
                row.gpuUse = use->second;
            }
            byKey[row.key()] = m_rows.size();
            m_rows.push_back(std::move(row));
        }
    }
    for (const auto& [activity, work] : m_work) {
        const bool isListed = std::any_of(
            m_lists.begin(), m_lists.end(), [&](const auto& list) { return list->account() == work.account; });
        if (!isListed) {
            continue;
        }
        if (const auto known = byKey.find(work.key); known != byKey.end()) {
            m_rows[known->second].work = work.stage;
        } else if (work.coming) {
            m_rows.push_back(comingRow(work.account, *work.coming, work.stage));
        }
    }
    emit changed();
}

} // namespace ty::app
