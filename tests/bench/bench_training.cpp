// Measures training steps on the processor. Prints one JSON object a line, asserts nothing.
//   bench_training [NAME...] [--threads N] [--seconds S] [--steps]
// "floor" is what the step could take at best: oneDNN's primitives each run alone, and our own loops at the speed at
// which this machine copies memory. "--steps" adds the time of each node.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <omp.h>
#include <sys/resource.h>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/backends/cpu/cpu_session.h"
#include "engine/base/json.h"
#include "engine/base/random.h"
#include "engine/nn/presets.h"

using namespace ty;
using namespace ty::engine;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

struct Case {
    std::string name;
    ModelDescription model;
    std::int64_t batch = 1;
    std::int64_t classes = 2;
};

ModelDescription parse(const char* text)
{
    return ModelDescription::fromJson(Json::parse(text)).value();
}

std::vector<Case> cases()
{
    const ModelDescription mnist = parse(R"({"input":[1,28,28],"layers":[
        {"type":"conv2d","filters":32,"activation":"relu"},{"type":"maxPool2d"},
        {"type":"conv2d","filters":64,"activation":"relu"},{"type":"maxPool2d"},
        {"type":"conv2d","filters":128,"activation":"relu"},{"type":"maxPool2d"},
        {"type":"dense","units":128,"activation":"relu"},{"type":"dense","units":10}]})");
    const ModelDescription playground = parse(R"({"input":[2],"layers":[
        {"type":"dense","units":4,"activation":"tanh"},{"type":"dense","units":2,"activation":"tanh"},
        {"type":"dense","units":2}]})");
    const ModelDescription wide = parse(R"({"input":[784],"layers":[
        {"type":"dense","units":1024,"activation":"relu"},{"type":"dense","units":1024,"activation":"relu"},
        {"type":"dense","units":10}]})");
    return {
        {"playground 2-4-2-2", playground, 10, 2},
        {"iris balanced", tablePreset(PresetSize::Balanced, 4, 3, 150), 32, 3},
        {"mlp 784-1024-1024-10", wide, 128, 10},
        {"mnist 32-64-128", mnist, 128, 10},
        {"image fast 28", imagePreset(PresetSize::Fast, {1, 28, 28}, 10, 60'000), 128, 10},
        {"image balanced 28", imagePreset(PresetSize::Balanced, {1, 28, 28}, 10, 60'000), 128, 10},
        {"image best 32x3", imagePreset(PresetSize::Best, {3, 32, 32}, 10, 50'000), 128, 10},
    };
}

/// Bytes a second that `threads` threads read and write when they copy far more than the caches hold.
double copyBandwidth(int threads)
{
    std::vector<float> source(16'000'000, 1.0F);
    std::vector<float> target(source.size());
    double best = 1e9;
    for (int i = 0; i < 6; ++i) {
        const auto begin = Clock::now();
#pragma omp parallel for num_threads(threads)
        for (int part = 0; part < threads; ++part) {
            const std::size_t from = source.size() * static_cast<std::size_t>(part) / static_cast<std::size_t>(threads);
            const std::size_t to = source.size() * static_cast<std::size_t>(part + 1) / static_cast<std::size_t>(threads);
            std::memcpy(target.data() + from, source.data() + from, (to - from) * sizeof(float));
        }
        best = std::min(best, secondsSince(begin));
    }
    return 2.0 * static_cast<double>(source.size()) * sizeof(float) / best;
}

Json measure(const Case& item, int threads, double seconds, double bandwidth, bool hasSteps)
{
    const auto backend = makeCpuBackend(threads);
    const auto made = backend->createSession(item.model, TrainingSetup{}, 1);
    if (!made) {
        return {{"name", item.name}, {"error", made.error().message}};
    }
    auto& session = static_cast<CpuSession&>(**made);
    Random random(1);
    const auto count = static_cast<std::size_t>(item.batch);
    std::vector<float> inputs(count * static_cast<std::size_t>(elementCount(item.model.input)));
    std::vector<float> targets(count);
    for (float& value : inputs) {
        value = static_cast<float>(random.normal());
    }
    for (float& value : targets) {
        value = static_cast<float>(random.below(static_cast<std::uint64_t>(item.classes)));
    }

    const auto compileBegin = Clock::now();
    CpuExecutable& executable = session.ensureTrainingExecutable(item.batch);
    const double compileSeconds = secondsSince(compileBegin);
    double best = 1e9;
    long steps = 0;
    for (const auto begin = Clock::now(); secondsSince(begin) < seconds; ++steps) {
        const auto stepBegin = Clock::now();
        if (!session.step(inputs, targets, 1e-4)) {
            return {{"name", item.name}, {"error", "a step failed"}};
        }
        best = std::min(best, secondsSince(stepBegin));
    }

    double primitives = 0;
    double loops = 0;
    double loopFloor = 0;
    Json rows = Json::array();
    omp_set_num_threads(executable.threads());
    for (const CpuExecutable::Step& step : executable.steps()) {
        double alone = 1e9;
        for (int i = 0; i < 12; ++i) {
            const auto begin = Clock::now();
            step.run(executable.context());
            alone = std::min(alone, secondsSince(begin));
        }
        (step.isPrimitive ? primitives : loops) += alone;
        loopFloor += step.isPrimitive ? 0 : step.bytes / bandwidth;
        if (hasSteps) {
            rows.push_back({{"node", step.name}, {"us", alone * 1e6}, {"memoryUs", step.bytes / bandwidth * 1e6}});
        }
    }
    // The optimizer reads and writes parameters, gradients and two slots.
    loopFloor += 7.0 * static_cast<double>(session.summary().parameters) * sizeof(float) / bandwidth;
    const double floor = primitives + loopFloor;
    Json json{
        {"name", item.name},
        {"batch", item.batch},
        {"threads", executable.threads()},
        {"parameters", session.summary().parameters},
        {"stepMs", best * 1e3},
        {"samplesPerSecond", static_cast<double>(item.batch) / best},
        {"steps", steps},
        {"primitivesMs", primitives * 1e3},
        {"ownLoopsMs", loops * 1e3},
        {"floorMs", floor * 1e3},
        {"ratio", best / floor},
        {"compileMs", compileSeconds * 1e3},
        {"arenaBytes", executable.arenaBytes()}};
    if (hasSteps) {
        json["nodes"] = std::move(rows);
    }
    return json;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> names;
    int threads = omp_get_num_procs();
    double seconds = 3;
    bool hasSteps = false;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--threads" && i + 1 < argc) {
            threads = std::max(1, std::atoi(argv[++i]));
        } else if (argument == "--seconds" && i + 1 < argc) {
            seconds = std::atof(argv[++i]);
        } else if (argument == "--steps") {
            hasSteps = true;
        } else {
            names.push_back(argument);
        }
    }
    std::puts(toJsonLine({{"device", makeCpuBackend(threads)->description()}}).c_str());
    const double bandwidth = copyBandwidth(threads);
    for (const Case& item : cases()) {
        const bool isWanted = names.empty() || std::any_of(names.begin(), names.end(), [&item](const std::string& name) {
            return item.name.find(name) != std::string::npos;
        });
        if (isWanted) {
            std::puts(toJsonLine(measure(item, threads, seconds, bandwidth, hasSteps)).c_str());
            std::fflush(stdout);
        }
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::puts(toJsonLine(
                  {{"copyGigabytesPerSecond", bandwidth / 1e9}, {"peakResidentMiB", usage.ru_maxrss / 1024}})
                  .c_str());
    return 0;
}
