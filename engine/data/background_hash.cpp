#include "engine/data/background_hash.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/data/content_hash.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostWaiting = 4;
constexpr std::size_t kWorthAThread = std::size_t{1} << 22; ///< bytes; fewer are hashed at once

} // namespace

struct BackgroundHash::State {
    struct Piece {
        std::string owned;
        std::string_view lasting; ///< instead of `owned`
    };

    ContentHash hash; ///< of the thread, once there is one
    std::size_t seen = 0;
    std::mutex mutex; ///< guards what follows
    std::condition_variable changed;
    std::deque<Piece> waiting;
    std::vector<std::string> spare;
    bool isWorking = false; ///< the thread holds a piece
    bool isEnding = false;
    std::thread thread;

    void serve()
    {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return isEnding || !waiting.empty(); });
            if (waiting.empty()) {
                return;
            }
            Piece piece = std::move(waiting.front());
            waiting.pop_front();
            isWorking = true;
            lock.unlock();
            hash.add(piece.owned.empty() ? piece.lasting : std::string_view(piece.owned));
            lock.lock();
            isWorking = false;
            if (!piece.owned.empty()) {
                spare.push_back(std::move(piece.owned));
            }
            changed.notify_all();
        }
    }

    std::string give(Piece piece)
    {
        const std::size_t size = std::max(piece.owned.size(), piece.lasting.size());
        seen += size;
        if (!thread.joinable() && seen < kWorthAThread) {
            hash.add(piece.owned.empty() ? piece.lasting : std::string_view(piece.owned));
            return std::move(piece.owned);
        }
        if (!thread.joinable()) {
            thread = std::thread([this] { serve(); });
        }
        std::unique_lock lock(mutex);
        changed.wait(lock, [this, &piece] { return piece.owned.empty() || waiting.size() < kMostWaiting; });
        waiting.push_back(std::move(piece));
        changed.notify_all();
        if (spare.empty()) {
            return {};
        }
        std::string buffer = std::move(spare.back());
        spare.pop_back();
        return buffer;
    }

    void end()
    {
        if (!thread.joinable()) {
            return;
        }
        {
            const std::lock_guard lock(mutex);
            isEnding = true;
        }
        changed.notify_all();
        thread.join();
    }
};

BackgroundHash::BackgroundHash()
    : m_state(std::make_unique<State>())
{
}

BackgroundHash::~BackgroundHash()
{
    m_state->end();
}

std::string BackgroundHash::add(std::string bytes)
{
    return m_state->give({std::move(bytes), {}});
}

void BackgroundHash::addLasting(std::string_view bytes)
{
    static_cast<void>(m_state->give({{}, bytes}));
}

void BackgroundHash::wait()
{
    std::unique_lock lock(m_state->mutex);
    m_state->changed.wait(lock, [this] { return m_state->waiting.empty() && !m_state->isWorking; });
}

std::string BackgroundHash::finish()
{
    m_state->end();
    return m_state->hash.finish();
}

} // namespace ty::engine
