#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "app/catalog/paths.h"
#include "app/stores/store_book.h"

class QObject;

namespace ty::app {

/// Threads for what waits on stores: one that answers what the person looks at, question after question, and one for each
/// transfer. All share one secret store, opened when the first secret is needed. Used from the GUI thread.
class StoreWorkers {
public:
    using Task = std::function<void(StoreBook& stores, std::stop_token stop)>;
    using OnError = std::function<void(const Error& error)>;

    /// `secrets` outlives this. `receiver`: whose thread posted calls run on; it owns this.
    StoreWorkers(catalog::Paths paths, cloud::SecretStore& secrets, QObject& receiver);
    /// Asks all threads to end and waits for them.
    ~StoreWorkers();
    StoreWorkers(const StoreWorkers&) = delete;
    StoreWorkers& operator=(const StoreWorkers&) = delete;

    /// After the questions asked before. `onError` is posted when the catalog or the secrets cannot be opened.
    void ask(Task task, OnError onError);
    /// On a thread of its own, with a book of its own. Result: what stops it.
    std::stop_source start(Task task, OnError onError);
    /// Any thread. Dropped when the receiver goes.
    void post(std::function<void()> call);

private:
    struct Worker {
        std::jthread thread;
        std::shared_ptr<std::atomic<bool>> isDone;
    };
    struct Question {
        Task task;
        OnError onError;
    };
    void answerQuestions(const std::stop_token& stop);
    Result<std::unique_ptr<StoreBook>> openBook();

    catalog::Paths m_paths;
    QObject& m_receiver;
    cloud::SecretStore& m_secrets; ///< safe from any thread
    std::mutex m_mutex;                            ///< of the questions
    std::deque<Question> m_questions;
    std::condition_variable_any m_wake;
    std::list<Worker> m_transfers;
    std::jthread m_looker;
};

} // namespace ty::app
