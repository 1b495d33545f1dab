#include "app/services/cloud_workers.h"

#include <algorithm>
#include <utility>

#include <QMetaObject>
#include <QObject>

#include "app/catalog/catalog.h"
#include "app/provisioning/cloud_session.h"

namespace ty::app {

namespace {

constexpr std::size_t kMostIdle = 4;

} // namespace

struct CloudWorkers::Opened {
    std::string account;
    std::unique_ptr<CloudSession> session;
};

CloudWorkers::CloudWorkers(catalog::Paths paths, cloud::SecretStore& secrets, QObject& receiver)
    : m_paths(std::move(paths)), m_secrets(secrets), m_receiver(receiver)
{
}

CloudWorkers::~CloudWorkers()
{
    for (Worker& worker : m_workers) {
        worker.thread.request_stop();
    }
    m_workers.clear(); // joins
}

void CloudWorkers::start(const std::string& account, Task task, OnError onError)
{
    std::erase_if(m_workers, [](const Worker& worker) { return worker.isDone->load(); });
    const auto isDone = std::make_shared<std::atomic<bool>>(false);
    int generation = 0;
    {
        const std::lock_guard lock(m_mutex);
        generation = m_generation;
    }
    Worker& worker = m_workers.emplace_back();
    worker.isDone = isDone;
    worker.thread = std::jthread(
        [this, account, isDone, generation, task = std::move(task), onError = std::move(onError)](std::stop_token stop) {
            auto opened = take(account);
            if (opened) {
                task(*(*opened)->session, stop);
                giveBack(std::move(*opened), generation);
            } else {
                post([onError, error = opened.error()] { onError(error); });
            }
            *isDone = true;
        });
}

void CloudWorkers::post(std::function<void()> call)
{
    QMetaObject::invokeMethod(&m_receiver, std::move(call), Qt::QueuedConnection);
}

void CloudWorkers::forgetSessions()
{
    const std::lock_guard lock(m_mutex);
    ++m_generation;
    m_idle.clear();
}

void CloudWorkers::forgetSessions(const std::string& account)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_idle, [&](const auto& idle) { return idle->account == account; });
}

Result<std::unique_ptr<CloudWorkers::Opened>> CloudWorkers::take(const std::string& account)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::find_if(
            m_idle.begin(), m_idle.end(), [&](const auto& idle) { return idle->account == account; });
        if (found != m_idle.end()) {
            auto opened = std::move(*found);
            m_idle.erase(found);
            return opened;
        }
    }
    auto opened = std::make_unique<Opened>();
    opened->account = account;
    TY_TRY(const auto catalog, catalog::Catalog::open(m_paths));
    TY_TRY(const Account found, AccountBook(*catalog).find(account));
    TY_TRY(opened->session, CloudSession::open(m_paths, found, m_secrets, {}));
    return opened;
}

void CloudWorkers::giveBack(std::unique_ptr<Opened> opened, int generation)
{
    opened->session->machines().setHooks({}); // what they hold ends with the task
    const std::lock_guard lock(m_mutex);
    if (generation == m_generation && m_idle.size() < kMostIdle) {
        m_idle.push_back(std::move(opened));
    }
}

} // namespace ty::app
