#include "app/runner/tuning_text.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "engine/train/metric_names.h"

namespace ty::runner {

namespace {

std::string valueText(const Json& value)
{
    return value.is_number_float() ? fmt::format("{:.6g}", value.get<double>())
        : value.is_string()        ? value.get<std::string>()
        : value.is_null()          ? "auto"
                                   : value.dump();
}

std::string numberText(const Json& trial, const char* key, const char* form)
{
    const Json value = trial.value(key, Json());
    return value.is_number() ? fmt::format(fmt::runtime(form), value.get<double>()) : "-";
}

} // namespace

std::string changedSettings(const Json& space, const Json& settings)
{
    std::string text;
    for (const Json& range : space) {
        const std::string name = range.value("name", std::string());
        text += (text.empty() ? "" : ", ") + name + " " + valueText(settings.value(name, Json()));
    }
    return text;
}

TableCells trialCells(const Json& result)
{
    const Json& space = result.at("space");
    TableCells cells{{"trial", result.value("metric", std::string()), "deviation", "seconds", "bytes"}};
    for (const Json& range : space) {
        cells.front().push_back(range.value("name", std::string()));
    }
    cells.front().emplace_back("samples");
    cells.front().emplace_back("state");
    for (const Json& trial : result.at("trials")) {
        std::vector<std::string> line{
            fmt::format("{}", trial.value("trial", 0)), numberText(trial, "score", "{:.6f}"), numberText(trial, "deviation", "{:.6f}"),
            numberText(trial, "seconds", "{:.3g}"), numberText(trial, "bytes", "{:.0f}")};
        for (const Json& range : space) {
            line.push_back(valueText(trial.at("settings").value(range.value("name", std::string()), Json())));
        }
        line.push_back(fmt::format("{:.0f} %", 100 * trial.value("share", 1.0)));
        line.push_back(trial.value("problem", trial.value("state", std::string())));
        cells.push_back(std::move(line));
    }
    return cells;
}

std::string tuningText(const Json& result)
{
    constexpr std::size_t kShownTrials = 20;
    TableCells cells = trialCells(result);
    const std::size_t all = cells.size() - 1;
    cells.resize(std::min(cells.size(), kShownTrials + 1));
    const std::string outcome = result.value("outcome", std::string());
    std::string text = fmt::format(
        "{}, {}, {} trials{}\n\n", result.value("label", std::string()), result.value("search", std::string()), all,
        outcome == "out-of-time" ? "; the time is up" : outcome == "completed" ? "" : "; ended early");
    text += inColumns(cells);
    if (all > kShownTrials) {
        text += fmt::format("... and {} more\n", all - kShownTrials);
    }
    const Json& best = result.at("best");
    const Json& first = result.at("first");
    const std::string metric = engine::metricLabel(result.value("metric", std::string()));
    if (best.is_object()) {
        text += fmt::format(
            "\nBest: {} with {:.4f} {}", changedSettings(result.at("space"), best.at("settings")), best.at("score").get<double>(), metric);
        text += first.is_object() ? fmt::format("; as it was set: {:.4f}\n", first.at("score").get<double>()) : "\n";
        text += "It was chosen by these scores, so expect a little less on new data.\n";
    } else {
        text += "\nNo trial has come to its end on all samples yet.\n";
    }
    return text;
}

} // namespace ty::runner
