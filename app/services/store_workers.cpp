#include "app/services/store_workers.h"

#include <utility>

#include <QMetaObject>
#include <QObject>

#include "app/provisioning/account_sign_in.h"

namespace ty::app {

StoreWorkers::StoreWorkers(catalog::Paths paths, cloud::SecretStore& secrets, QObject& receiver)
    : m_paths(std::move(paths)), m_receiver(receiver), m_secrets(secrets)
{
}

StoreWorkers::~StoreWorkers()
{
    for (Worker& worker : m_transfers) {
        worker.thread.request_stop();
    }
    m_looker = {}; // asks and joins
    m_transfers.clear();
}

Result<std::unique_ptr<StoreBook>> StoreWorkers::openBook()
{
    return StoreBook::open(m_paths, m_secrets, [this](const std::string& provider, const std::string& account) {
        return findSignIn(m_paths, m_secrets, provider, account);
    });
}

void StoreWorkers::ask(Task task, OnError onError)
{
    {
        const std::lock_guard lock(m_mutex);
        m_questions.push_back({std::move(task), std::move(onError)});
    }
    if (!m_looker.joinable()) {
        m_looker = std::jthread([this](const std::stop_token& stop) { answerQuestions(stop); });
    }
    m_wake.notify_one();
}

void StoreWorkers::answerQuestions(const std::stop_token& stop)
{
    std::unique_ptr<StoreBook> book;
    for (;;) {
        Question question;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_questions.empty(); })) {
                return;
            }
            question = std::move(m_questions.front());
            m_questions.pop_front();
        }
        if (!book) {
            auto opened = openBook();
            if (!opened) {
                post([question, error = opened.error()] { question.onError(error); });
                continue;
            }
            book = std::move(*opened);
        }
        question.task(*book, stop);
    }
}

std::stop_source StoreWorkers::start(Task task, OnError onError)
{
    std::erase_if(m_transfers, [](const Worker& worker) { return worker.isDone->load(); });
    Worker& worker = m_transfers.emplace_back();
    worker.isDone = std::make_shared<std::atomic<bool>>(false);
    worker.thread = std::jthread(
        [this, isDone = worker.isDone, task = std::move(task), onError = std::move(onError)](const std::stop_token& stop) {
            auto book = openBook();
            if (book) {
                task(**book, stop);
            } else {
                post([onError, error = book.error()] { onError(error); });
            }
            *isDone = true;
        });
    return worker.thread.get_stop_source();
}

void StoreWorkers::post(std::function<void()> call)
{
    QMetaObject::invokeMethod(&m_receiver, std::move(call), Qt::QueuedConnection);
}

} // namespace ty::app
