#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/bench/benchmark_case.h"
#include "engine/bench/step_times.h"

namespace ty::engine {

/// Another framework that runs the same network in a process of its own, round by round.
class PeerProcess {
public:
    /// Starts `interpreter script` and lets it build the network. Errors: NotFound when there is no interpreter;
    /// Unsupported when it ends early, for example because the framework is not installed.
    static Result<std::unique_ptr<PeerProcess>> start(
        const std::string& interpreter, const std::filesystem::path& script, const BenchmarkCase& item, int threads);
    ~PeerProcess();
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;

    /// A turn: steps for about `seconds`, at least `fewest`; adds the time of each.
    Result<void> run(double seconds, int fewest);

    const std::string& framework() const { return m_framework; } ///< "PyTorch 1.13.0"
    std::int64_t parameters() const { return m_parameters; }
    const StepTimes& times() const { return m_times; }
    double peakResidentMiB() const { return m_peakResidentMiB; }

private:
    PeerProcess() = default;
    Result<Json> ask(const Json& question);

    pid_t m_pid = -1;
    std::FILE* m_questions = nullptr;
    std::FILE* m_answers = nullptr;
    std::string m_framework;
    std::int64_t m_parameters = 0;
    StepTimes m_times;
    double m_peakResidentMiB = 0;
};

} // namespace ty::engine
