#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/catalog/paths.h"
#include "engine/base/result.h"

class QObject;

namespace ty::cloud {
class SecretStore;
}

namespace ty::app {

class CloudSession;

/// Runs what talks to a cloud on threads of its own, each with a session that nobody else uses meanwhile; sessions that
/// are done serve again, since opening one signs in. Used from the GUI thread.
class CloudWorkers {
public:
    using Task = std::function<void(CloudSession& session, std::stop_token stop)>;
    using OnError = std::function<void(const Error& error)>;

    /// `secrets` outlives this. `receiver`: whose thread posted calls run on; it owns this.
    CloudWorkers(catalog::Paths paths, cloud::SecretStore& secrets, QObject& receiver);
    /// Asks the threads to end and waits for them: they end at their next question.
    ~CloudWorkers();
    CloudWorkers(const CloudWorkers&) = delete;
    CloudWorkers& operator=(const CloudWorkers&) = delete;

    /// Runs `task`; or, posted to the receiver, `onError` when there is no session for that account.
    void start(const std::string& account, Task task, OnError onError);
    /// Any thread. Dropped when the receiver goes.
    void post(std::function<void()> call);
    /// The next task signs in anew: a sandbox that was ended is started again.
    void forgetSessions();
    /// Those of one account.
    void forgetSessions(const std::string& account);

private:
    struct Opened;
    struct Worker {
        std::jthread thread;
        std::shared_ptr<std::atomic<bool>> isDone;
    };
    Result<std::unique_ptr<Opened>> take(const std::string& account);
    void giveBack(std::unique_ptr<Opened> opened, int generation);

    catalog::Paths m_paths;
    cloud::SecretStore& m_secrets;
    QObject& m_receiver;
    std::list<Worker> m_workers;
    std::mutex m_mutex; ///< of what follows
    std::vector<std::unique_ptr<Opened>> m_idle;
    int m_generation = 0; ///< sessions of an earlier one are not kept
};

} // namespace ty::app
