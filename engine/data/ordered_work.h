#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace ty::engine {

/// Works on items with several threads and gives them back in the order in which they came. One
/// thread pushes and takes; it helps while it waits. The number of items in flight is bounded by
/// the caller through isFull().
template <typename Item> class OrderedWork {
  public:
    explicit OrderedWork(std::function<void(Item&)> work)
        : m_work(std::move(work))
    {
        const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, 16U);
        m_capacity = 2 * static_cast<std::size_t>(cores);
        m_threads.reserve(cores);
        try {
            for (unsigned i = 1; i < cores; ++i) {
                m_threads.emplace_back([this] { serve(); });
            }
        } catch (const std::system_error&) {
            // Too little memory for a stack: those that are there do it, or the taking thread alone.
        }
    }
    OrderedWork(const OrderedWork&) = delete;
    OrderedWork& operator=(const OrderedWork&) = delete;
    ~OrderedWork()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_isEnding = true;
        }
        m_changed.notify_all();
        for (std::thread& thread : m_threads) {
            thread.join();
        }
    }

    bool isEmpty() const { return m_jobs.empty(); }
    bool isFull() const { return m_jobs.size() >= m_capacity; }

    void push(Item item)
    {
        auto job = std::make_unique<Job>(std::move(item));
        {
            const std::lock_guard lock(m_mutex);
            m_waiting.push_back(job.get());
        }
        m_jobs.push_back(std::move(job));
        m_changed.notify_one();
    }

    /// The oldest item, finished. The queue must not be empty. Throws what the work threw.
    Item takeFront()
    {
        std::unique_lock lock(m_mutex);
        Job* const front = m_jobs.front().get();
        while (!front->isDone) {
            if (!m_waiting.empty()) {
                workOn(lock);
            } else {
                m_finished.wait(lock);
            }
        }
        lock.unlock();
        if (front->failure) {
            std::rethrow_exception(front->failure);
        }
        Item item = std::move(front->item);
        m_jobs.pop_front();
        return item;
    }

  private:
    struct Job {
        explicit Job(Item given)
            : item(std::move(given))
        {
        }
        Item item;
        std::exception_ptr failure;
        bool isDone = false; ///< under m_mutex
    };

    void workOn(std::unique_lock<std::mutex>& lock)
    {
        Job* const job = m_waiting.front();
        m_waiting.pop_front();
        lock.unlock();
        try {
            m_work(job->item);
        } catch (...) {
            job->failure = std::current_exception(); // no thread may end by it
        }
        lock.lock();
        job->isDone = true;
        m_finished.notify_one();
    }

    void serve()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_changed.wait(lock, [this] { return m_isEnding || !m_waiting.empty(); });
            if (m_isEnding) {
                return;
            }
            workOn(lock);
        }
    }

    std::function<void(Item&)> m_work;
    std::size_t m_capacity = 2;
    std::deque<std::unique_ptr<Job>> m_jobs; ///< of the pushing thread alone
    std::mutex m_mutex;                      ///< guards m_waiting, m_isEnding and every isDone
    std::condition_variable m_changed;
    std::condition_variable m_finished;
    std::deque<Job*> m_waiting;
    bool m_isEnding = false;
    std::vector<std::thread> m_threads;
};

} // namespace ty::engine
