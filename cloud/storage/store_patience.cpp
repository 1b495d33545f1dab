#include "cloud/storage/store_patience.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace ty::cloud {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{500};
constexpr milliseconds kLongestWait{5000};
constexpr milliseconds kLookEvery{100};

} // namespace

StorePatience::StorePatience(std::string store, std::function<bool()> isGivenUp, Notice notice)
    : m_store(std::move(store))
    , m_isGivenUp(std::move(isGivenUp))
    , m_notice(std::move(notice))
{
}

void StorePatience::noteAnswer()
{
    if (!m_isAway) {
        return;
    }
    std::string text;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_isAway) {
            return;
        }
        m_isAway = false;
        const auto away = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - m_since);
        text = fmt::format("{} answers again after {} s; reading goes on", m_store, away.count());
    }
    if (m_notice) {
        m_notice(text, false);
    }
}

void StorePatience::noteSilence(const Error& error)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_isAway) {
            return;
        }
        m_isAway = true;
        m_since = std::chrono::steady_clock::now();
    }
    if (m_notice) {
        m_notice(fmt::format("{} does not answer; waiting until it does ({})", m_store, error.message), true);
    }
}

bool StorePatience::wait(int attempt) const
{
    const auto pause = std::min(kLongestWait, kFirstWait * (1 << std::min(attempt, 8)));
    const auto end = std::chrono::steady_clock::now() + pause;
    while (!isGivenUp()) {
        const auto left = end - std::chrono::steady_clock::now();
        if (left <= left.zero()) {
            return true;
        }
        std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(left, kLookEvery));
    }
    return false;
}

} // namespace ty::cloud
