#include "app/runner/validation_text.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "engine/train/metric_names.h"
#include "engine/validation/scored_fit.h"

namespace ty::runner {

namespace {

using engine::metricLabel;
using engine::studyMetrics;
using engine::Task;
using engine::taskName;

std::string spread(const Json& summaries, const std::string& metric)
{
    const Json summary = summaries.value(metric, Json());
    if (!summary.is_object() || !summary.value("mean", Json()).is_number()) {
        return "-";
    }
    return fmt::format("{:.4f} ± {:.4f}", summary["mean"].get<double>(), summary.value("deviation", 0.0));
}

/// The chief metric first, then those of the task that a person asks for first.
std::vector<std::string> chiefMetrics(const Json& result)
{
    std::vector<std::string> metrics{result.value("metric", std::string())};
    const std::string task = result.value("task", std::string());
    for (const std::string& metric : studyMetrics(
             task == taskName(Task::Classification) ? Task::Classification
             : task == taskName(Task::Grouping)     ? Task::Grouping
                                                    : Task::Regression)) {
        if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) {
            metrics.push_back(metric);
        }
    }
    return metrics;
}

} // namespace

TableCells validationCells(const Json& result)
{
    const auto metrics = chiefMetrics(result);
    TableCells cells{{"learner"}};
    for (const std::string& metric : metrics) {
        cells.front().push_back(metricLabel(metric));
    }
    cells.front().emplace_back("seconds");
    for (const Json& learner : result.at("learners")) {
        std::vector<std::string> line{learner.at("label").get<std::string>()};
        for (const std::string& metric : metrics) {
            line.push_back(spread(learner.at("summary"), metric));
        }
        line.push_back(learner.value("problem", fmt::format("{:.2f}", learner.value("seconds", 0.0))));
        cells.push_back(std::move(line));
    }
    return cells;
}

TableCells foldCells(const Json& result)
{
    TableCells cells{{"learner", "repeat", "fold", "training samples", "seconds"}};
    std::vector<std::string> metrics;
    for (const Json& learner : result.at("learners")) {
        for (const auto& [metric, summary] : learner.at("summary").items()) {
            if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) {
                metrics.push_back(metric);
            }
        }
    }
    cells.front().insert(cells.front().end(), metrics.begin(), metrics.end());
    for (const Json& learner : result.at("learners")) {
        for (const Json& fit : learner.at("folds")) {
            std::vector<std::string> line{
                learner.at("label").get<std::string>(), fmt::format("{}", fit.value("repeat", 0) + 1),
                fmt::format("{}", fit.value("fold", 0) + 1), fmt::format("{}", fit.value("samples", 0)),
                fmt::format("{:.4g}", fit.value("seconds", 0.0))};
            const Json scores = fit.value("metrics", Json::object());
            for (const std::string& metric : metrics) {
                const Json score = scores.is_object() ? scores.value(metric, Json()) : Json();
                line.push_back(score.is_number() ? fmt::format("{:.10g}", score.get<double>()) : "");
            }
            cells.push_back(std::move(line));
        }
    }
    return cells;
}

TableCells curveCells(const Json& result)
{
    TableCells cells{{"learner", "training samples", "held out", "training"}};
    const std::string metric = result.value("metric", std::string());
    for (const Json& learner : result.at("curve")) {
        for (const Json& point : learner.at("points")) {
            cells.push_back(
                {learner.at("label").get<std::string>(), fmt::format("{:.0f}", point.value("samples", 0.0)),
                 spread(point.at("held"), metric), spread(point.at("training"), metric)});
        }
    }
    return cells.size() > 1 ? cells : TableCells();
}

std::string validationText(const Json& result)
{
    const Json& folds = result.at("folds");
    std::string text = fmt::format(
        "{}, {} samples, {} folds{}{}\n\n", result.value("task", std::string()), result.value("samples", 0),
        folds.value("folds", 0), folds.value("repeats", 1) > 1 ? fmt::format(" repeated {} times", folds.value("repeats", 1)) : "",
        result.value("outcome", std::string()) == "completed" ? "" : "; ended early");
    text += inColumns(validationCells(result));
    if (const TableCells curve = curveCells(result); !curve.empty()) {
        text += "\nLearning curve, " + metricLabel(result.value("metric", std::string())) + "\n" + inColumns(curve);
    }
    if (!result.at("comparisons").empty()) {
        text += "\n";
    }
    for (const Json& comparison : result.at("comparisons")) {
        text += comparison.value("words", std::string()) + "\n";
    }
    return text;
}

} // namespace ty::runner
