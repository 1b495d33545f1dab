#include "app/provisioning/machine_pulse.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <sstream>
#include <string_view>
#include <utility>

#include "app/provisioning/machine_access.h"

namespace ty::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kConnectPatience = 15s;
/// A machine of the sandbox has its files below its home. A driver that hangs must not hold the answer up.
constexpr const char* kQuestions = R"ask(r=; [ -d "$HOME/.machine" ] && r="$HOME/.machine"; PATH="${r:+$r/usr/bin:}$PATH"
echo "stopping $(cat "$r/run/trainyard/stopping-at" 2>/dev/null)"
if command -v nvidia-smi >/dev/null 2>&1; then
    echo 'gputool yes'
    timeout 10 nvidia-smi --query-gpu=utilization.gpu --format=csv,noheader,nounits 2>/dev/null | sed 's/^/gpu /'
fi
if command -v squeue >/dev/null 2>&1; then
    echo 'scheduler Slurm'
    jobs=$(timeout 10 squeue -h -r -t PENDING -o %i 2>/dev/null) && echo "queued $(printf '%s' "$jobs" | grep -c .)"
elif command -v qselect >/dev/null 2>&1; then
    echo 'scheduler PBS'
    jobs=$(timeout 10 qselect -s Q 2>/dev/null) && echo "queued $(printf '%s' "$jobs" | grep -c .)"
fi
true
)ask";

template<typename T>
std::optional<T> numberIn(std::string_view text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

} // namespace

int MachinePulse::busyGpus() const
{
    return static_cast<int>(std::count_if(gpuPercent.begin(), gpuPercent.end(), [](double percent) { return percent >= kBusyPercent; }));
}

std::optional<double> MachinePulse::gpuMost() const
{
    const auto most = std::max_element(gpuPercent.begin(), gpuPercent.end());
    return most == gpuPercent.end() ? std::nullopt : std::optional(*most);
}

MachinePulse pulseIn(const std::string& said)
{
    MachinePulse pulse;
    std::istringstream lines(said);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t space = std::min(line.find(' '), line.size());
        const std::string_view word = std::string_view(line).substr(0, space);
        const std::string_view value = std::string_view(line).substr(std::min(space + 1, line.size()));
        if (word == "stopping") {
            pulse.stopsAt = numberIn<std::int64_t>(value);
        } else if (word == "gputool") {
            pulse.hasGpuTool = true;
        } else if (word == "gpu") {
            if (const auto percent = numberIn<double>(value)) { // "[N/A]" of a card that does not measure
                pulse.gpuPercent.push_back(*percent);
            }
        } else if (word == "scheduler") {
            pulse.scheduler = value;
        } else if (word == "queued") {
            pulse.queued = numberIn<std::int64_t>(value);
        }
    }
    return pulse;
}

Result<MachinePulse> readPulse(
    MachineProvider& provider, const catalog::Paths& paths, const cloud::MachineInfo& machine, std::stop_token stop)
{
    TY_TRY(const MachineAccess access, reachMachine(provider, paths, machine, stop));
    TY_TRY(const auto session, cloud::SshSession::connect(access.target, kConnectPatience, stop));
    TY_TRY(const cloud::CommandOutput output, session->run(kQuestions, {}, std::move(stop)));
    return pulseIn(output.standardOutput);
}

} // namespace ty::app
