#include "app/runner/comparison_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ty::runner {

namespace {

bool isMoreBetter(const std::string& metric)
{
    for (const char* error : {"loss", "mae", "rmse", "error", "brier"}) {
        if (metric.find(error) != std::string::npos) {
            return false;
        }
    }
    return true;
}

std::string shownScore(double value)
{
    return std::isfinite(value) ? fmt::format("{:.4f}", value) : "-";
}

/// Cells of a table, the heading first.
using Cells = std::vector<std::vector<std::string>>;

/// One subject: the learners, the best first.
Cells learnerCells(const Comparison& comparison, const std::vector<std::string>& metrics)
{
    std::vector<Score> scores = comparison.rows.front().scores;
    const std::string& first = metrics.front();
    const double sign = isMoreBetter(first) ? -1 : 1;
    std::stable_sort(scores.begin(), scores.end(), [&](const Score& a, const Score& b) {
        const double x = metricOf(a, first);
        const double y = metricOf(b, first);
        return std::isfinite(x) != std::isfinite(y) ? std::isfinite(x) : sign * x < sign * y;
    });
    Cells cells{{"learner"}};
    cells.front().insert(cells.front().end(), metrics.begin(), metrics.end());
    cells.front().emplace_back("seconds");
    for (const Score& score : scores) {
        std::vector<std::string> line{score.learner};
        for (const std::string& metric : metrics) {
            line.push_back(shownScore(metricOf(score, metric)));
        }
        line.push_back(score.problem.empty() ? fmt::format("{:.2f}", score.seconds) : score.problem);
        cells.push_back(std::move(line));
    }
    return cells;
}

/// Several subjects, one metric.
Cells subjectCells(const Comparison& comparison, const std::string& metric)
{
    Cells cells{{metric, "examples"}};
    cells.front().insert(cells.front().end(), comparison.learners.begin(), comparison.learners.end());
    double all = 0;
    for (const ComparedSubject& row : comparison.rows) {
        all += samplesOf(row);
        std::vector<std::string> line{row.subject.name, fmt::format("{:.0f}", samplesOf(row))};
        for (const Score& score : row.scores) {
            line.push_back(shownScore(metricOf(score, metric)));
        }
        cells.push_back(std::move(line));
    }
    std::vector<std::string> means{"mean, weighted by examples", fmt::format("{:.0f}", all)};
    for (std::size_t l = 0; l < comparison.learners.size(); ++l) {
        means.push_back(shownScore(weightedMean(comparison, l, metric)));
    }
    cells.push_back(std::move(means));
    return cells;
}

std::vector<Cells> tablesOf(const Comparison& comparison, const std::string& asked)
{
    const auto metrics = shownMetrics(comparison, asked);
    if (comparison.rows.size() == 1) {
        return {learnerCells(comparison, metrics)};
    }
    std::vector<Cells> tables;
    for (const std::string& metric : metrics) {
        tables.push_back(subjectCells(comparison, metric));
    }
    return tables;
}

std::string inColumns(const Cells& cells)
{
    std::vector<std::size_t> widths(cells.front().size());
    for (const auto& line : cells) {
        for (std::size_t c = 0; c + 1 < line.size() || (c < line.size() && &line == &cells.front()); ++c) {
            widths[c] = std::max(widths[c], line[c].size()); // a problem in the last column may be long
        }
    }
    std::string text;
    for (const auto& line : cells) {
        text += fmt::format("{:<{}}", line.front(), widths.front());
        for (std::size_t c = 1; c < line.size(); ++c) {
            text += fmt::format("  {:>{}}", line[c], widths[c]);
        }
        text += "\n";
    }
    return text;
}

std::string quoted(const std::string& cell)
{
    if (cell.find_first_of(",\"\n") == std::string::npos) {
        return cell;
    }
    std::string made = "\"";
    for (const char letter : cell) {
        made += letter == '"' ? "\"\"" : std::string(1, letter);
    }
    return made + "\"";
}

/// @param before, between, after  of the cells of a line
std::string joined(const Cells& cells, const char* before, const char* between, const char* after, bool hasRule)
{
    std::string text;
    for (const auto& line : cells) {
        text += before;
        for (std::size_t c = 0; c < line.size(); ++c) {
            text += (c == 0 ? "" : between) + (hasRule ? line[c] : quoted(line[c]));
        }
        text += after;
        if (hasRule && &line == &cells.front()) {
            text += "|";
            for (std::size_t c = 0; c < line.size(); ++c) {
                text += c == 0 ? " --- |" : " ---: |";
            }
            text += "\n";
        }
    }
    return text;
}

std::string allTables(const std::vector<Cells>& tables, const std::function<std::string(const Cells&)>& write)
{
    std::string text;
    for (const Cells& cells : tables) {
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
    if (!comparison.areClasses) {
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
    return allTables(tablesOf(comparison, asked), [](const Cells& cells) { return joined(cells, "", ",", "\n", false); });
}

std::string comparisonMarkdown(const Comparison& comparison, const std::string& asked)
{
    return allTables(tablesOf(comparison, asked), [](const Cells& cells) { return joined(cells, "| ", " | ", " |\n", true); });
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
        for (const char* metric : {"roc_auc", "accuracy", "r2"}) {
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
