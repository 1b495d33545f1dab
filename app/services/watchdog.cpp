#include "app/services/watchdog.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include <unistd.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {
using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBeat{10};
constexpr std::chrono::milliseconds kLook{2};
constexpr std::size_t kMostStallsKept = 1000;

/// What the program's first thread, which is the window's, has had of the processors so far.
struct ProcessorTime {
    std::int64_t usedNs = 0;
    std::int64_t waitedNs = 0; ///< ready to run while others ran
};

/// Zeros on a kernel that does not tell.
ProcessorTime processorTime()
{
    ProcessorTime time;
    std::ifstream("/proc/self/task/" + std::to_string(::getpid()) + "/schedstat") >> time.usedNs >> time.waitedNs;
    return time;
}

std::int64_t milliseconds(std::int64_t ns)
{
    return ns / 1'000'000;
}
} // namespace

Watchdog::Watchdog(std::string file, QObject* parent)
    : QObject(parent)
    , m_file(std::move(file))
    , m_thread([this](const std::stop_token& stop) { watch(stop); })
{
}

Watchdog::~Watchdog()
{
    m_thread.request_stop();
    m_thread.join();
}

void Watchdog::watch(const std::stop_token& stop)
{
    Json findings;
    bool isWritten = false;
    const auto write = [&] {
        // A watchdog that cannot write has nobody to tell; the test that asked for the file will miss it.
        isWritten = !m_file.empty() && writeJsonFile(m_file, findings).isOk();
    };
    const auto startCount = [&] {
        findings = {{"longestMilliseconds", 0}, {"stalls", Json::array()}};
        m_longest.store(0);
        m_stalls.store(0);
        write();
    };
    startCount();
    std::uint64_t beat = 0;
    while (!stop.stop_requested()) {
        const auto asked = Clock::now();
        const ProcessorTime before = processorTime();
        ++beat;
        QMetaObject::invokeMethod(this, [this, beat] { m_answered.store(beat); }, Qt::QueuedConnection);
        while (m_answered.load() != beat && !stop.stop_requested()) {
            std::this_thread::sleep_for(kLook);
        }
        if (stop.stop_requested()) {
            break;
        }
        if (isWritten && !pathExists(m_file)) {
            startCount();
            continue;
        }
        const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - asked);
        bool isNews = false;
        if (waited.count() > m_longest.load()) {
            m_longest.store(waited.count());
            findings["longestMilliseconds"] = waited.count();
            isNews = true;
        }
        if (waited > kStall) {
            m_stalls.fetch_add(1);
            if (findings["stalls"].size() < kMostStallsKept) {
                const ProcessorTime after = processorTime();
                findings["stalls"].push_back(
                    {{"milliseconds", waited.count()},
                     {"working", milliseconds(after.usedNs - before.usedNs)},
                     {"waitingForProcessor", milliseconds(after.waitedNs - before.waitedNs)},
                     {"time", utcNow()}});
            }
            isNews = true;
        }
        if (isNews) {
            write();
        }
        std::this_thread::sleep_for(kBeat);
    }
}

} // namespace ty::app
