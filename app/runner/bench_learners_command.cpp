#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "app/runner/bench_process.h"
#include "app/runner/commands.h"
#include "engine/base/files.h"
#include "engine/base/median.h"
#include "engine/bench/learner_benchmark.h"
#include "engine/learn/fit_progress.h"

namespace ty::runner {

namespace {

using namespace ty::engine;
namespace fs = std::filesystem;

constexpr int kLearnerRounds = 3; ///< ours and the peer's alternate, so that both meet the same weather on a shared machine
constexpr std::size_t kPartOfRows = 5; ///< of which support vectors see one part

/// Rounds of one side.
struct Side {
    std::vector<double> fit;
    std::vector<double> predict;
    double score = 0;
    double peak = 0;

    void add(const Json& one)
    {
        fit.push_back(one["fitSeconds"].get<double>());
        predict.push_back(one["predictSeconds"].get<double>());
        score = one["score"].get<double>();
        peak = std::max(peak, one["peakResidentMiB"].get<double>());
    }
    Json toJson() const
    {
        return {{"fitSeconds", median(fit)}, {"predictSeconds", median(predict)}, {"score", score}, {"peakResidentMiB", peak}, {"rounds", fit}};
    }
};

Json fitOnce(const LearnerCase& item, const std::string& file, int threads)
{
    auto done = item.fit(file, threads);
    if (!done) {
        return errorJson(done.error());
    }
    Json json = std::move(done).value();
    json["peakResidentMiB"] = peakResidentMiB();
    return json;
}

Json measureLearner(const LearnerCase& item, const BenchOptions& options, const std::string& file)
{
    const int threads = fitThreads(options.threads);
    const std::size_t rows = item.isRowLimited ? options.rows / kPartOfRows : options.rows;
    const Json made = runApart([&]() -> Json {
        const auto result = writeLearnerTable(file, rows);
        return result ? Json::object() : errorJson(result.error());
    });
    if (made.contains("error")) {
        return made;
    }
    const Json floor = runApart([&]() -> Json {
        const auto seconds = measureTableFloor(file);
        return seconds ? Json{{"seconds", seconds.value()}} : errorJson(seconds.error());
    });
    Side ours;
    Side theirs;
    Json peer;
    std::vector<double> ratios;
    for (int round = 0; round < kLearnerRounds; ++round) {
        const Json one = runApart([&] { return fitOnce(item, file, threads); });
        if (one.contains("error")) {
            return one;
        }
        ours.add(one);
        if (options.hasPeer && (round == 0 || !peer.contains("error"))) {
            peer = askPeer("learners_peer.py", {item.name, file, std::to_string(threads)}, "Install python3-sklearn.");
            if (!peer.contains("error")) {
                theirs.add(peer);
                ratios.push_back(theirs.fit.back() / ours.fit.back());
            }
        }
    }
    Json json = ours.toJson();
    json["label"] = item.label;
    json["rows"] = rows;
    json["threads"] = threads;
    json["scoreName"] = item.score;
    json["floorSeconds"] = floor.value("seconds", 0.0);
    json["leastTimesPeer"] = item.leastTimesPeer;
    json["isTargetMet"] = nullptr; // not known without the peer
    if (peer.is_null()) {
        return json;
    }
    if (peer.contains("error")) {
        json["peer"] = peer;
        return json;
    }
    json["peer"] = theirs.toJson();
    json["peer"]["framework"] = peer["framework"];
    json["timesFasterThanPeer"] = median(ratios);
    const double worse = (item.isLowBetter ? ours.score - theirs.score : theirs.score - ours.score) / std::abs(theirs.score);
    json["isScoreEqual"] = worse <= item.mostWorse;
    json["isMemoryNoHigher"] = ours.peak <= theirs.peak;
    json["isTargetMet"] = worse <= item.mostWorse && ours.peak <= theirs.peak && median(ratios) >= item.leastTimesPeer;
    return json;
}

std::string learnerRow(const LearnerCase& item, const Json& json)
{
    if (json.contains("error")) {
        return fmt::format("{:<28} {}\n", item.label, json["error"].value("message", std::string()));
    }
    std::string text = fmt::format(
        "{:<28} {:>7} {:>8.3f} {:>8.3f} {:>8.0f} {:>10.4f}", item.label, json["rows"].get<std::size_t>(), json["fitSeconds"].get<double>(),
        json["predictSeconds"].get<double>(), json["peakResidentMiB"].get<double>(), json["score"].get<double>());
    if (json.contains("timesFasterThanPeer")) {
        const Json& peer = json["peer"];
        text += fmt::format(
            " {:>8.3f} {:>8.3f} {:>8.0f} {:>10.4f} {:>7.2f}  {}", peer["fitSeconds"].get<double>(), peer["predictSeconds"].get<double>(),
            peer["peakResidentMiB"].get<double>(), peer["score"].get<double>(), json["timesFasterThanPeer"].get<double>(),
            fmt::format("at least {:g}: {}", item.leastTimesPeer, json["isTargetMet"].get<bool>() ? "yes" : "NO"));
    } else if (json.contains("peer")) {
        text += "  " + json["peer"]["error"].value("message", std::string());
    }
    return text + "\n";
}

} // namespace

int benchLearners(const BenchOptions& options)
{
    const bool isText = options.form == OutputForm::Text;
    const std::string folder = (fs::temp_directory_path() / fmt::format("trainyard-bench-{}", ::getpid())).string();
    if (const auto room = makeFolders(folder); !room) {
        return reportError(room.error(), options.form);
    }
    Json results = Json::array();
    bool isWhole = true;
    bool isTold = !isText
        || printText(fmt::format(
            "{:<28} {:>7} {:>8} {:>8} {:>8} {:>10}{}\n", "", "rows", "fit s", "ask s", "MiB", "score",
            options.hasPeer ? fmt::format(" {:>8} {:>8} {:>8} {:>10} {:>7}", "peer fit", "peer ask", "peer MiB", "score", "x peer") : ""));
    for (const LearnerCase& item : learnerSuite()) {
        const bool isWanted = options.cases.empty() || std::find(options.cases.begin(), options.cases.end(), item.name) != options.cases.end();
        if (!isWanted) {
            continue;
        }
        Json json = measureLearner(item, options, folder + "/table.bin");
        isWhole = isWhole && !json.contains("error");
        json["name"] = item.name;
        isTold = isTold && (!isText || printText(learnerRow(item, json)));
        results.push_back(std::move(json));
    }
    [[maybe_unused]] const auto removed = removeTree(folder);
    isTold = isTold && (isText || printJson({{"suite", "learners"}, {"results", results}}));
    return isWhole && isTold ? 0 : 1;
}

} // namespace ty::runner
