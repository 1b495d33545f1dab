#pragma once

#include <cstdint>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty {

/// One line of `events.jsonl` and of the runner's standard output.
///
/// Every line is {"seq": n, "time": "2026-11-21T08:15:30.123Z", "event": type, ...fields}. Fields a type:
///   started    run, name, seed, device, threads, pid, version, host, resumedFrom (step) if resumed
///   data       task, samples {training, validation, test}, classes | target, features, inputShape, fingerprint, inputs (version
///              of how data becomes them);
///              reading {seconds, storeBytes, cacheBytes} when data lie in a store: what opening them has cost
///   plan       learner, epochs, stepsPerEpoch, batchSize, parameters, memoryBytes, settings (complete), network
///   step       step, epoch (0-based, fractional: steps done / steps per epoch), loss, learningRate, metrics {..},
///              samplesPerSecond, stepSeconds; thinned to 20 a second, but not below 100 a run that has as many steps
///   epoch      epoch (1-based), step, seconds (running time so far, pauses excluded), epochSeconds, training {loss,
///              accuracy | mae ...}, validation {..} or null, learningRate, isBest, bestEpoch, etaSeconds,
///              samplesPerSecond, dataWaitFraction; reading, as with data: since the event before
///   checkpoint epoch, step, file (relative), bytes, isBest, reason ("epoch", "pause", "snapshot", "stop", "interval")
///   system     cpuPercent, residentBytes, dataWaitFraction (of the epoch so far); at most one a second
///   state      state: "paused" | "resumed" | "finishing" | "stopping"
///   set        name, value: a live change was taken    floor  stepSeconds: of the kernels alone, libraryShare, samples
///   note       text           warning  text, advice; both with store ("away", "back") when they tell of one
///   finished   outcome ("completed", "early-stop", "finished-now", "stopped"), epochs, seconds, bestEpoch,
///              metrics {validation {..}, test {..} or null}, baseline (likewise), model (relative folder) or null
///   failed     kind, message, advice
struct RunEvent {
    std::uint64_t seq = 0;
    std::string time; ///< UTC, milliseconds
    std::string type;
    Json fields = Json::object(); ///< without seq, time and event

    std::string toLine() const;
    /// Lenient: unknown types and fields are kept. Errors: not an object, no "event".
    static Result<RunEvent> fromLine(const std::string& line);
};

/// One line on the runner's standard input: {"command": name, ...}.
///   pause | resume | finish | stop | snapshot | {"command":"set","name":"learningRate|epochs|patience","value":v}
struct RunCommand {
    std::string name;
    Json fields = Json::object();

    std::string toLine() const;
    static Result<RunCommand> fromLine(const std::string& line);
};

/// "2026-11-21T08:15:30.123Z" of the system clock.
std::string utcNow();

/// Where things lie in a run's folder.
struct RunFolder {
    std::string root;

    std::string specFile() const { return root + "/run.json"; }
    std::string eventsFile() const { return root + "/events.jsonl"; }
    std::string logFile() const { return root + "/log.txt"; }
    std::string checkpointFolder() const { return root + "/checkpoints"; }
    std::string modelFolder() const { return root + "/model"; }
    std::string evaluationFolder() const { return root + "/evaluation"; }
    std::string lockFile() const { return root + "/.lock"; }
};

} // namespace ty
