#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "app/runner/bench_process.h"
#include "app/runner/bench_transfers.h"
#include "app/runner/commands.h"
#include "engine/base/files.h"
#include "engine/base/large_vector.h"
#include "engine/base/median.h"
#include "engine/bench/data_benchmark.h"

namespace ty::runner {

namespace {

using namespace ty::engine;
namespace fs = std::filesystem;

/// The floor, ours and the peer's alternate, so that all meet the same weather on a shared machine.
constexpr int kDataRounds = 3;
constexpr int kQuickRounds = 7;
constexpr double kQuickSeconds = 2; ///< readings that take less are done more often

/// Pages of memory for who comes next. A virtual machine gives pages that lie idle back to its host, and getting them again takes longer
/// than what is measured: who comes after a pause would pay for it. Large pages, which serve those who want small ones too.
void stockPages(double bytes)
{
    constexpr std::size_t kPage = 4096;
    static_cast<void>(runApart([bytes]() -> Json {
        const auto size = static_cast<std::size_t>(bytes);
        void* const pages = takeLargeBlock(size, LargePlace::Memory);
        for (std::size_t at = 0; at < size; at += kPage) {
            static_cast<volatile char*>(pages)[at] = 1;
        }
        giveLargeBlock(pages, size, LargePlace::Memory);
        return Json::object();
    }));
}

/// Seconds and memory of one reading, in a process of its own.
Json readOnce(const DataCase& item, const std::string& path)
{
    if (item.mostResidentMiB > 0) { // it has to know what it may use
        ::setenv("TRAINYARD_MEMORY", fmt::format("{:.0f}M", item.mostResidentMiB).c_str(), 1);
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto done = item.read(path);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return done ? Json{{"seconds", took.count()}, {"peakResidentMiB", peakResidentMiB()}} : errorJson(done.error());
}

Json measure(const DataCase& item, const BenchOptions& options, const std::string& folder)
{
    std::string path;
    const Json made = runApart([&]() -> Json {
        const auto result = item.make(folder, options.megabytes);
        return result ? Json{{"path", result.value()}} : errorJson(result.error());
    });
    if (made.contains("error")) {
        return made;
    }
    path = made["path"].get<std::string>();
    const auto bytes = static_cast<double>(treeBytes(path));
    const auto measureFloor = [&]() -> Json {
        const auto seconds = item.measureFloor(path);
        return seconds ? Json{{"seconds", seconds.value()}} : errorJson(seconds.error());
    };
    static_cast<void>(runApart(measureFloor)); // into the page cache
    std::vector<double> floors;
    std::vector<double> ours;
    std::vector<double> theirs;
    double peak = 0;
    Json peer;
    const double stock = std::min(2 * bytes, 1.2e9);
    int rounds = kDataRounds;
    for (int round = 0; round < rounds; ++round) {
        stockPages(stock);
        if (const Json floor = runApart(measureFloor); floor.contains("seconds")) {
            floors.push_back(floor["seconds"].get<double>());
        }
        stockPages(stock);
        const Json one = runApart([&] { return readOnce(item, path); });
        if (one.contains("error")) {
            return one;
        }
        ours.push_back(one["seconds"].get<double>());
        peak = std::max(peak, one["peakResidentMiB"].get<double>());
        rounds = ours.front() < kQuickSeconds ? kQuickRounds : kDataRounds;
        if (options.hasPeer && (round == 0 || !peer.contains("error"))) {
            stockPages(stock);
            peer = askPeer("data_peer.py", {item.name, path}, "Install python3-pandas, python3-numpy and python3-pil.");
            theirs.push_back(peer.value("seconds", 0.0));
        }
    }
    const double seconds = median(ours);
    Json json{
        {"label", item.label},       {"bytes", bytes},
        {"seconds", seconds},        {"megabytesPerSecond", bytes / 1e6 / seconds},
        {"peakResidentMiB", peak},   {"floor", item.floor},
        {"target", item.target}};
    bool isMet = item.mostResidentMiB <= 0 || peak <= item.mostResidentMiB;
    if (!floors.empty()) {
        json["floorSeconds"] = median(floors);
        json["partOfFloorSpeed"] = median(floors) / seconds;
        isMet = isMet && json["partOfFloorSpeed"].get<double>() >= item.leastFloorPart;
    }
    if (options.hasPeer) {
        if (!peer.contains("error")) {
            peer["seconds"] = median(theirs);
            json["timesFasterThanPeer"] = median(theirs) / seconds;
            isMet = isMet && json["timesFasterThanPeer"].get<double>() >= item.leastTimesPeer;
        } else {
            isMet = isMet && item.leastTimesPeer <= 0;
        }
        json["peer"] = peer;
    }
    json["isTargetMet"] = item.leastTimesPeer > 0 && !options.hasPeer ? Json() : Json(isMet); // null: not known without the peer
    return json;
}

std::string rowOf(const DataCase& item, const Json& json)
{
    if (json.contains("error")) {
        return fmt::format("{:<24} {}\n", item.label, json["error"].value("message", std::string()));
    }
    std::string text = fmt::format(
        "{:<24} {:>8.2f} {:>8.0f} {:>8.0f} {:>9.2f}", item.label, json["seconds"].get<double>(), json["megabytesPerSecond"].get<double>(),
        json["peakResidentMiB"].get<double>(), json.value("partOfFloorSpeed", 0.0));
    if (json.contains("timesFasterThanPeer")) {
        text += fmt::format(" {:>8.2f} {:>7.2f}", json["peer"].value("seconds", 0.0), json["timesFasterThanPeer"].get<double>());
    }
    const Json& met = json["isTargetMet"];
    return text + fmt::format("   {}{}\n", item.target, met.is_null() ? "" : met.get<bool>() ? ": yes" : ": NO");
}

} // namespace

int benchData(const BenchOptions& options)
{
    const bool isText = options.form == OutputForm::Text;
    const std::string folder = (fs::temp_directory_path() / fmt::format("trainyard-bench-{}", ::getpid())).string();
    Json results = Json::array();
    bool isWhole = true;
    if (isText && !printText(fmt::format(
                      "{:<24} {:>8} {:>8} {:>8} {:>9}{}   target\n", "", "s", "MB/s", "MiB", "of floor",
                      options.hasPeer ? fmt::format(" {:>8} {:>7}", "peer s", "x peer") : ""))) {
        return 1;
    }
    for (const DataCase& item : dataSuite()) {
        const bool isWanted = options.cases.empty() || std::find(options.cases.begin(), options.cases.end(), item.name) != options.cases.end();
        if (!isWanted) {
            continue;
        }
        if (const auto room = makeFolders(folder); !room) {
            return reportError(room.error(), options.form);
        }
        Json json = measure(item, options, folder);
        [[maybe_unused]] const auto removed = removeTree(folder);
        isWhole = isWhole && !json.contains("error");
        json["name"] = item.name;
        if (isText && !printText(rowOf(item, json))) {
            return 1;
        }
        results.push_back(std::move(json));
    }
    const bool areTransfersWanted = options.hasPeer
        && (options.cases.empty() || std::find(options.cases.begin(), options.cases.end(), "transfers") != options.cases.end());
    for (Json& row : areTransfersWanted ? measureTransfers(options) : std::vector<Json>()) {
        if (isText && !printText(transferRow(row))) {
            return 1;
        }
        results.push_back(std::move(row)); // one that could not be measured is no failure of ours
    }
    if (!isText && !printJson({{"suite", "data"}, {"results", results}})) {
        return 1;
    }
    return isWhole ? 0 : 1;
}

} // namespace ty::runner
