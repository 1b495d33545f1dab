#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "app/runner/bench_process.h"
#include "app/runner/commands.h"
#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/files.h"
#include "engine/base/median.h"
#include "engine/bench/peer_process.h"
#include "engine/bench/step_benchmark.h"
#include "engine/nn/memory_bandwidth.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

// Ours, the peer's and the floor's turns alternate: all meet the same weather on a shared machine, which may change within seconds.
constexpr double kTurnSeconds = 1.5;
constexpr int kFewestTurns = 5;
constexpr int kFewestStepsAtFirst = 3;

BenchmarkCase inBFloat16(BenchmarkCase item)
{
    item.setup.precision = Precision::BFloat16;
    return item;
}

/// Of weights, gradients, the optimizer's numbers and what a step computes: what one precision takes, where two are measured in
/// one process.
double memoryMiB(const StepBenchmark& measured)
{
    constexpr double kMebi = 1024.0 * 1024.0;
    return static_cast<double>(measured.session().memoryBytes()) / kMebi;
}

Result<Json> measureCase(const BenchmarkCase& item, const BenchOptions& options)
{
    const auto backend = makeCpuBackend(options.threads);
    TY_TRY(StepBenchmark ours, StepBenchmark::create(*backend, item));
    std::unique_ptr<PeerProcess> peer;
    Json peerJson;
    if (options.hasPeer) {
        auto started = PeerProcess::start(peerInterpreter(), peerScript("torch_peer.py"), item, backend->threads());
        if (started) {
            peer = std::move(started).value();
        } else {
            peerJson = errorJson(started.error());
        }
    }
    std::optional<StepBenchmark> half;
    Json halfJson;
    double peak = 0; // of float32: before bfloat16, or the measurement of the bandwidth, takes memory of its own
    const int turns = std::max(kFewestTurns, static_cast<int>(options.seconds / kTurnSeconds));
    std::vector<double> pairs; // how many times the peer's seconds are ours
    for (int turn = 0; turn < turns; ++turn) {
        const int fewest = turn == 0 ? kFewestStepsAtFirst : 1;
        TY_CHECK(ours.run(options.seconds / turns, fewest));
        if (peer != nullptr) {
            TY_CHECK(peer->run(options.seconds / turns, fewest));
            pairs.push_back(peer->times().turnMedian() / ours.times().turnMedian());
        }
        peak = turn == 0 ? peakResidentMiB() : peak;
        if (turn == 0 && options.precision == "both") {
            auto made = StepBenchmark::create(*backend, inBFloat16(item));
            if (made) {
                half = std::move(made).value();
            } else {
                halfJson = errorJson(made.error());
            }
        }
        const double bandwidth = measureMemoryBandwidth(backend->threads());
        TY_CHECK(ours.measureFloor(bandwidth));
        if (half) {
            TY_CHECK(half->run(options.seconds / turns, fewest));
            TY_CHECK(half->measureFloor(bandwidth));
        }
    }
    const StepFloors& floors = ours.floors();
    const StepProfile profile = floors.profile();
    Json json{
        {"name", item.name},
        {"label", item.label},
        {"batch", item.batch},
        {"parameters", ours.session().summary().parameters},
        {"precision", item.setup.precision == Precision::BFloat16 ? "bfloat16" : "float32"},
        {"threads", backend->threads()},
        {"steps", ours.times().count()},
        {"stepMs", ours.times().median() * 1e3},
        {"fastestStepMs", ours.times().fastest() * 1e3},
        {"samplesPerSecond", static_cast<double>(item.batch) / ours.times().median()},
        {"kernelFloorMs", profile.librarySeconds() * 1e3},
        {"nodesAloneMs", profile.aloneSeconds() * 1e3},
        {"floorMs", floors.seconds() * 1e3},
        {"ratioToFloor", floors.ratio()},
        {"compileMs", ours.compileSeconds() * 1e3},
        {"peakResidentMiB", peak},
        {"memoryMiB", memoryMiB(ours)},
        {"copyGigabytesPerSecond", floors.bytesPerSecond() / 1e9}};
    if (peer != nullptr) {
        peerJson = {
            {"framework", peer->framework()},
            {"parameters", peer->parameters()},
            {"stepMs", peer->times().median() * 1e3},
            {"fastestStepMs", peer->times().fastest() * 1e3},
            {"peakResidentMiB", peer->peakResidentMiB()}};
        std::sort(pairs.begin(), pairs.end());
        json["timesFasterThanPeer"] = median(pairs);
        json["pairs"] = {
            {"count", pairs.size()},
            {"lowerQuartile", pairs[pairs.size() / 4]},
            {"upperQuartile", pairs[pairs.size() * 3 / 4]}};
    }
    if (!peerJson.is_null()) {
        json["peer"] = std::move(peerJson);
    }
    if (half) {
        halfJson = {
            {"stepMs", half->times().median() * 1e3},
            {"fastestStepMs", half->times().fastest() * 1e3},
            {"samplesPerSecond", static_cast<double>(item.batch) / half->times().median()},
            {"memoryMiB", memoryMiB(*half)},
            {"floorMs", half->floors().seconds() * 1e3},
            {"ratioToFloor", half->floors().ratio()},
            {"timesFasterThanFloat32", ours.times().median() / half->times().median()}};
    }
    if (!halfJson.is_null()) {
        json["bfloat16"] = std::move(halfJson);
    }
    if (options.hasNodes) {
        Json nodes = Json::array();
        for (const ProfiledNode& node : profile.nodes) {
            nodes.push_back(
                {{"node", node.name},
                 {"libraryKernel", node.isLibraryKernel},
                 {"us", node.seconds * 1e6},
                 {"memoryUs", node.bytes / floors.bytesPerSecond() * 1e6}});
        }
        json["nodes"] = std::move(nodes);
    }
    return json;
}

std::string number(const Json& json, const char* key, const char* form = "{:.2f}")
{
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? fmt::format(fmt::runtime(form), found->get<double>()) : "-";
}

/// Steps of some networks take less than a microsecond.
std::string milliseconds(const Json& json, const char* key)
{
    constexpr double kShort = 0.1;
    return number(json, key, json.value(key, 0.0) < kShort ? "{:.5f}" : "{:.3f}");
}

std::string row(const BenchmarkCase& item, const Json& json)
{
    if (const auto error = json.find("error"); error != json.end()) {
        return fmt::format("{:<28} {}\n", item.label, error->value("message", ""));
    }
    const Json peer = json.value("peer", Json::object());
    const Json half = json.value("bfloat16", Json::object());
    std::string text = fmt::format(
        "{:<28} {:>6} {:>10} {:>11} {:>10} {:>6} {:>9}", item.label, item.batch, milliseconds(json, "stepMs"),
        number(json, "samplesPerSecond", "{:.0f}"), milliseconds(json, "floorMs"), number(json, "ratioToFloor"),
        number(json, "peakResidentMiB", "{:.0f}"));
    if (const auto error = half.find("error"); error != half.end()) {
        text += "  " + error->value("message", "");
    } else if (!half.empty()) {
        text += fmt::format(
            " {:>10} {:>9}", milliseconds(half, "stepMs"), number(half, "timesFasterThanFloat32"));
    }
    if (const auto error = peer.find("error"); error != peer.end()) {
        text += "  " + error->value("message", "");
    } else if (!peer.empty()) {
        text += fmt::format(
            " {:>10} {:>7} {:>9}", milliseconds(peer, "stepMs"), number(json, "timesFasterThanPeer"),
            number(peer, "peakResidentMiB", "{:.0f}"));
    }
    return text + "\n";
}

std::string heading(bool hasHalf, bool hasPeer)
{
    std::string text = fmt::format(
        "{:<28} {:>6} {:>10} {:>11} {:>10} {:>6} {:>9}", "network", "batch", "step ms", "samples/s", "floor ms", "ratio",
        "peak MiB");
    text += hasHalf ? fmt::format(" {:>10} {:>9}", "bf16 ms", "x float32") : "";
    text += hasPeer ? fmt::format(" {:>10} {:>7} {:>9}", "peer ms", "x peer", "peer MiB") : "";
    return text + "\n";
}

} // namespace

int bench(const BenchOptions& options)
{
    if (options.suite == "data") {
        return benchData(options);
    }
    if (options.suite == "learners") {
        return benchLearners(options);
    }
    const bool isText = options.form == OutputForm::Text;
    std::vector<BenchmarkCase> cases;
    std::string known;
    for (BenchmarkCase& item : trainingSuite()) {
        known += (known.empty() ? "" : ", ") + item.name;
        if (options.cases.empty() || std::find(options.cases.begin(), options.cases.end(), item.name) != options.cases.end()) {
            item.setup.precision = options.precision == "bfloat16" ? Precision::BFloat16 : Precision::Float32;
            cases.push_back(std::move(item));
        }
    }
    for (const std::string& name : options.cases) {
        if (std::none_of(cases.begin(), cases.end(), [&name](const BenchmarkCase& item) { return item.name == name; })) {
            return reportError(
                {ErrorKind::Usage, fmt::format("there is no benchmark network \"{}\"", name), "Known: " + known}, options.form);
        }
    }
    Json results = Json::array();
    bool isWhole = true;
    if (isText && !printText(heading(options.precision == "both", options.hasPeer))) {
        return 1;
    }
    for (const BenchmarkCase& item : cases) {
        Json json = runApart([&item, &options] {
            const auto measured = measureCase(item, options);
            return measured ? measured.value() : errorJson(measured.error());
        });
        isWhole = isWhole && !json.contains("error");
        if (isText && !printText(row(item, json))) {
            return 1;
        }
        json["name"] = item.name;
        results.push_back(std::move(json));
    }
    if (!isText && !printJson({{"suite", "training"}, {"device", "cpu"}, {"results", results}})) {
        return 1;
    }
    return isWhole ? 0 : 1;
}

} // namespace ty::runner
