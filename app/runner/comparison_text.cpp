#include "app/runner/comparison_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/runner/text_table.h"
#include "engine/train/metric_names.h"

namespace ty::runner {

namespace {

using engine::isHigherBetter;

std::string shownScore(double value, const std::string& metric)
{
    return !std::isfinite(value) ? "-" : metric == "groups" ? fmt::format("{:.0f}", value) : fmt::format("{:.4f}", value);
}

/// One subject: the learners, the best first.
TableCells learnerTableCells(const Comparison& comparison, const std::vector<std::string>& metrics)
{
    std::vector<Score> scores = comparison.rows.front().scores;
    const std::string& first = metrics.front();
    const double sign = isHigherBetter(first) ? -1 : 1;
    std::stable_sort(scores.begin(), scores.end(), [&](const Score& a, const Score& b) {
        const double x = metricOf(a, first);
        const double y = metricOf(b, first);
        return std::isfinite(x) != std::isfinite(y) ? std::isfinite(x) : sign * x < sign * y;
    });
    TableCells cells{{"learner"}};
    cells.front().insert(cells.front().end(), metrics.begin(), metrics.end());
    cells.front().emplace_back("seconds");
    for (const Score& score : scores) {
        std::vector<std::string> line{score.learner};
        for (const std::string& metric : metrics) {
            line.push_back(shownScore(metricOf(score, metric), metric));
        }
        line.push_back(score.problem.empty() ? fmt::format("{:.2f}", score.seconds) : score.problem);
        cells.push_back(std::move(line));
    }
    return cells;
}

/// Several subjects, one metric.
TableCells subjectTableCells(const Comparison& comparison, const std::string& metric)
{
    TableCells cells{{metric, "examples"}};
    cells.front().insert(cells.front().end(), comparison.learners.begin(), comparison.learners.end());
    double all = 0;
    for (const ComparedSubject& row : comparison.rows) {
        all += samplesOf(row);
        std::vector<std::string> line{row.subject.name, fmt::format("{:.0f}", samplesOf(row))};
        for (const Score& score : row.scores) {
            line.push_back(shownScore(metricOf(score, metric), metric));
        }
        cells.push_back(std::move(line));
    }
    std::vector<std::string> means{"mean, weighted by examples", fmt::format("{:.0f}", all)};
    for (std::size_t l = 0; l < comparison.learners.size(); ++l) {
        means.push_back(shownScore(weightedMean(comparison, l, metric), metric));
    }
    cells.push_back(std::move(means));
    return cells;
}

std::vector<TableCells> tablesOf(const Comparison& comparison, const std::string& asked)
{
    const auto metrics = shownMetrics(comparison, asked);
    if (comparison.rows.size() == 1) {
        return {learnerTableCells(comparison, metrics)};
    }
    std::vector<TableCells> tables;
    for (const std::string& metric : metrics) {
        tables.push_back(subjectTableCells(comparison, metric));
    }
    return tables;
}

std::string allTables(const std::vector<TableCells>& tables, const std::function<std::string(const TableCells&)>& write)
{
    std::string text;
    for (const TableCells& cells : tables) {
        text += (text.empty() ? "" : "\n") + write(cells);
    }
    return text;
}

} // namespace

std::vector<std::string> shownMetrics(const Comparison& comparison, const std::string& asked)
{
    if (!asked.empty()) {
        return {asked};
    }
    if (comparison.task == engine::Task::Grouping) {
        return {"silhouette", "groups"};
    }
    if (comparison.task != engine::Task::Classification) {
        return {"r2", "rmse"};
    }
    for (const Score& score : comparison.rows.front().scores) {
        if (score.metrics.is_object() && score.metrics.contains("roc_auc")) {
            return {"roc_auc", "accuracy"};
        }
    }
    return {"accuracy"};
}

std::string comparisonText(const Comparison& comparison, const std::string& asked)
{
    return allTables(tablesOf(comparison, asked), inColumns);
}

std::string comparisonCsv(const Comparison& comparison, const std::string& asked)
{
    return allTables(tablesOf(comparison, asked), inCsv);
}

std::string comparisonMarkdown(const Comparison& comparison, const std::string& asked)
{
    return allTables(tablesOf(comparison, asked), inMarkdown);
}

Json comparisonJson(const Comparison& comparison)
{
    Json list = Json::array();
    for (const ComparedSubject& row : comparison.rows) {
        Json scores = Json::array();
        for (const Score& score : row.scores) {
            scores.push_back(
                {{"learner", score.learner},
                 {"seconds", score.seconds},
                 {"metrics", score.metrics},
                 {"problem", score.problem.empty() ? Json() : Json(score.problem)}});
        }
        list.push_back({{"subject", row.subject.name}, {"examples", samplesOf(row)}, {"scores", scores}});
    }
    Json means = Json::object();
    for (std::size_t l = 0; l < comparison.learners.size(); ++l) {
        for (const char* metric : {"roc_auc", "accuracy", "r2", "silhouette"}) {
            const double mean = weightedMean(comparison, l, metric);
            if (std::isfinite(mean)) {
                means[comparison.learners[l]][metric] = mean;
            }
        }
    }
    return {
        {"learners", comparison.learners}, {"metrics", shownMetrics(comparison, {})}, {"subjects", list}, {"weightedMeans", means}};
}

} // namespace ty::runner
