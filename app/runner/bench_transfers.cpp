#include "app/runner/bench_transfers.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "app/runner/bench_process.h"

namespace ty::runner {

namespace {

constexpr std::uint64_t kMostMebibytes = 256; ///< more takes minutes and says the same
constexpr double kMegabytesPerMebibyte = 1.048576;
/// What a server gives to whoever asks best: the floor of that row.
constexpr const char* kFloor = "curl, 8 parts at once";

Json rowOf(const std::string& name, const std::string& label, const Json& measured)
{
    Json row{{"name", name}, {"label", label}};
    if (!measured.is_object() || !measured.contains("ours")) {
        row["error"] = measured.is_object() && measured.contains("error") ? measured["error"] : Json{{"message", "was not measured"}};
        return row;
    }
    const double ours = measured["ours"].get<double>() * kMegabytesPerMebibyte;
    row["megabytesPerSecond"] = ours;
    double best = 0;
    for (const auto& [peer, speed] : measured.items()) {
        const double theirs = speed.get<double>() * kMegabytesPerMebibyte;
        if (peer == kFloor) {
            row["floorMegabytesPerSecond"] = theirs;
            row["partOfFloorSpeed"] = ours / theirs;
        } else if (peer != "ours") {
            row["peers"][peer] = theirs;
            best = std::max(best, theirs);
        }
    }
    row["target"] = "as fast as the fastest of them";
    row["isTargetMet"] = ours >= best;
    return row;
}

} // namespace

std::vector<Json> measureTransfers(const BenchOptions& options)
{
    std::error_code code;
    const std::string folder = std::filesystem::read_symlink("/proc/self/exe", code).parent_path().string();
    const auto mebibytes = std::clamp<std::uint64_t>(options.megabytes, 16, kMostMebibytes);
    const Json measured = askPeer(
        "transfers_peer.py", {"--bin", folder, "--mebibytes", std::to_string(mebibytes), "--rounds", "3"},
        "Needs the program trainyard beside this one, node, openssh-server and curl.");
    std::vector<Json> rows;
    constexpr std::array<std::array<const char*, 3>, 2> kStores{{{"azurite", "blob", "Blob"}, {"sshd", "sftp", "SFTP"}}};
    for (const auto& [store, name, label] : kStores) {
        for (const char* way : {"upload", "download"}) {
            Json one = measured;
            if (measured.contains(store)) {
                one = measured[store].contains(way) ? measured[store][way] : measured[store];
            }
            if (one.is_object() && one.contains("error") && one["error"].is_string()) {
                one = errorJson({ErrorKind::Unsupported, one["error"].get<std::string>(), {}});
            }
            rows.push_back(rowOf(fmt::format("{}-{}", name, way), fmt::format("{} {}", label, way), one));
        }
    }
    return rows;
}

std::string transferRow(const Json& row)
{
    const std::string label = row.value("label", "");
    if (row.contains("error")) {
        return fmt::format("{:<24} {}\n", label, row["error"].value("message", std::string()));
    }
    std::string text = fmt::format(
        "{:<24} {:>8} {:>8.0f} {:>8} {:>9}", label, "", row["megabytesPerSecond"].get<double>(), "",
        row.contains("partOfFloorSpeed") ? fmt::format("{:.2f}", row["partOfFloorSpeed"].get<double>()) : "");
    for (const auto& [peer, speed] : row["peers"].items()) {
        text += fmt::format("   {} {:.0f}", peer, speed.get<double>());
    }
    return text + fmt::format("   {}: {}\n", row.value("target", ""), row.value("isTargetMet", false) ? "yes" : "NO");
}

} // namespace ty::runner
