#include "app/provisioning/auto_stop.h"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/provisioning/machine_access.h"
#include "cloud/http/retry.h"
#include "engine/base/run_events.h"

namespace ty::app {

namespace {

using namespace cloud;
using namespace std::chrono_literals;

constexpr const char* kKey = "autoStop";
constexpr auto kConnectPatience = 15s;
constexpr auto kPause = 3s;
/// A machine of the sandbox has its files below its home.
constexpr const char* kFind
    = "r=; [ -d \"$HOME/.machine\" ] && r=\"$HOME/.machine\"; s=\"$r/usr/local/lib/trainyard/idle-stop.sh\"; "
      "[ -x \"$s\" ] || { echo not-installed; exit 0; }; "
      "as=; [ \"$(id -u)\" = 0 ] || [ -n \"$r\" ] || as='sudo -n'; ";

Result<std::string> runOn(
    MachineProvider& provider, const catalog::Paths& paths, const MachineInfo& machine, const std::string& command,
    std::stop_token stop)
{
    TY_TRY(const MachineAccess access, reachMachine(provider, paths, machine, stop));
    TY_TRY(const auto session, SshSession::connect(access.target, kConnectPatience, stop));
    TY_TRY(const CommandOutput output, session->run(kFind + command, {}, std::move(stop)));
    if (output.standardOutput.starts_with("not-installed")) {
        return Error{ErrorKind::NotFound, machine.name + " has no auto-stop installed", {}};
    }
    if (output.exitStatus != 0) {
        return Error{
            ErrorKind::Io,
            fmt::format("the auto-stop of {} answers with status {}: {}", machine.name, output.exitStatus, output.standardError), {}};
    }
    return output.standardOutput;
}

Result<AutoStopProof> askOnce(
    MachineProvider& provider, const catalog::Paths& paths, const MachineInfo& machine, std::stop_token stop)
{
    TY_TRY(
        const std::string said,
        runOn(provider, paths, machine, "$as env ROOT=\"$r\" sh \"$s\" --self-test", std::move(stop)));
    TY_TRY(const Json json, parseJson(said, "the self-test"));
    return fromJson<AutoStopProof>(json, "the self-test");
}

Result<void> keep(catalog::Machines& records, const std::string& machine, const AutoStopProof& proof)
{
    TY_TRY(auto record, records.find(machine));
    if (!record) {
        return {}; // made elsewhere
    }
    record->details[kKey] = toJson(proof);
    TY_CHECK(records.put(*record));
    return {};
}

} // namespace

Result<AutoStopProof> proveAutoStop(
    MachineProvider& provider, catalog::Machines& records, const catalog::Paths& paths, const MachineInfo& machine,
    std::chrono::seconds patience, std::stop_token stop)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    auto proof = askOnce(provider, paths, machine, stop);
    // It may still be starting, and its first start installs the auto-stop.
    while (!proof && std::chrono::steady_clock::now() < deadline && sleepFor(kPause, stop)) {
        proof = askOnce(provider, paths, machine, stop);
    }
    AutoStopProof result = proof ? std::move(proof).value() : AutoStopProof();
    result.time = utcNow();
    if (!proof) {
        result.problem = proof.error().message;
    }
    TY_CHECK(keep(records, machine.name, result));
    return result;
}

std::optional<AutoStopProof> provenOf(const catalog::MachineRecord& record)
{
    const auto found = record.details.find(kKey);
    if (found == record.details.end()) {
        return {};
    }
    auto proof = fromJson<AutoStopProof>(*found, "a machine's record");
    return proof ? std::optional(std::move(proof).value()) : std::nullopt;
}

std::string proofText(const AutoStopProof& proof)
{
    if (!proof.problem.empty()) {
        return "Auto-stop not proven: " + proof.problem;
    }
    if (!proof.fires.value_or(false)) {
        return "Auto-stop not proven: it did not fire in its test";
    }
    std::tm utc{};
    ::strptime(proof.time.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
    const std::time_t seconds = ::timegm(&utc);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::string text = fmt::format("Auto-stop tested {:%H:%M}", local);
    if (proof.timer != "active") {
        text += "; no timer runs there";
    }
    if (!proof.releases.value_or(false)) {
        text += "; it powers off but stays billed until Trainyard runs and releases it";
    }
    return text;
}

Result<void> keepRunning(
    MachineProvider& provider, const catalog::Paths& paths, const MachineInfo& machine, int hours, std::stop_token stop)
{
    TY_CHECK(runOn(
        provider, paths, machine, "$as env ROOT=\"$r\" sh \"$s\" --keep " + std::to_string(hours), std::move(stop)));
    return {};
}

} // namespace ty::app
