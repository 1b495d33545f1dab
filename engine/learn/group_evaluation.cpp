#include "engine/learn/group_evaluation.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/base/csv_field.h"
#include "engine/data/text_values.h"
#include "engine/learn/decision_threshold.h"
#include "engine/learn/group_facts.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMostProfiled = 100;       ///< columns; nobody reads more
constexpr std::size_t kMostGroupsProfiled = 100;

struct ColumnProfile {
    Json told;
    double difference = 0; ///< between the groups, 0 to 1: what share of the column's spread they account for
};

Json meanJson(double mean, ColumnType type)
{
    if (!std::isfinite(mean)) {
        return nullptr;
    }
    return type == ColumnType::Date ? Json(formatDate(std::floor(mean))) : Json(mean);
}

ColumnProfile numberProfile(
    const ColumnInfo& column, std::span<const float> values, std::span<const std::uint32_t> samples, std::span<const std::size_t> groupOf,
    std::size_t groups)
{
    std::vector<double> sums(groups);
    std::vector<double> counts(groups);
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto value = static_cast<double>(values[samples[i]]);
        if (std::isfinite(value)) {
            sums[groupOf[i]] += value;
            ++counts[groupOf[i]];
            sum += value;
            ++count;
        }
    }
    const double mean = count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
    double whole = 0;
    for (const std::uint32_t sample : samples) {
        const auto value = static_cast<double>(values[sample]);
        whole += std::isfinite(value) ? (value - mean) * (value - mean) : 0;
    }
    double between = 0;
    Json means = Json::array();
    for (std::size_t g = 0; g < groups; ++g) {
        const double own = counts[g] > 0 ? sums[g] / counts[g] : std::numeric_limits<double>::quiet_NaN();
        between += counts[g] > 0 ? counts[g] * (own - mean) * (own - mean) : 0;
        means.push_back(meanJson(own, column.type));
    }
    ColumnProfile profile;
    profile.difference = whole > 0 ? between / whole : 0;
    profile.told = {{"column", column.name}, {"type", columnTypeName(column.type)}, {"all", meanJson(mean, column.type)}, {"groups", means}};
    return profile;
}

/// The most frequent value and its share among those present; null if there is none.
Json usualValue(const std::vector<double>& counts, const ColumnInfo& column)
{
    double all = 0;
    for (const double count : counts) {
        all += count;
    }
    if (all <= 0) {
        return nullptr;
    }
    const auto most = std::max_element(counts.begin(), counts.end());
    return {{"value", column.categories[static_cast<std::size_t>(most - counts.begin())]}, {"share", *most / all}};
}

ColumnProfile categoryProfile(
    const ColumnInfo& column, std::span<const std::int32_t> codes, std::span<const std::uint32_t> samples, std::span<const std::size_t> groupOf,
    std::size_t groups)
{
    const std::size_t values = column.categories.size();
    std::vector<std::vector<double>> counts(groups, std::vector<double>(values));
    std::vector<double> whole(values);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::int32_t code = codes[samples[i]];
        if (code >= 0 && static_cast<std::size_t>(code) < values) {
            ++counts[groupOf[i]][static_cast<std::size_t>(code)];
            ++whole[static_cast<std::size_t>(code)];
        }
    }
    // Of the chance to be wrong when the value is guessed by its share, what knowing the group takes away (Goodman, Kruskal: tau).
    const auto chance = [](const std::vector<double>& of) {
        double all = 0;
        double squares = 0;
        for (const double count : of) {
            all += count;
            squares += count * count;
        }
        return all > 0 ? std::pair(all, 1 - squares / (all * all)) : std::pair(0.0, 0.0);
    };
    const auto [all, before] = chance(whole);
    double after = 0;
    Json usual = Json::array();
    for (const auto& of : counts) {
        const auto [rows, left] = chance(of);
        after += all > 0 ? left * rows / all : 0;
        usual.push_back(usualValue(of, column));
    }
    ColumnProfile profile;
    profile.difference = before > 0 ? (before - after) / before : 0;
    profile.told = {{"column", column.name}, {"type", columnTypeName(column.type)}, {"all", usualValue(whole, column)}, {"groups", usual}};
    return profile;
}

Json profileOf(
    const Encoder& encoder, const Dataset& dataset, std::span<const std::uint32_t> samples, std::span<const std::size_t> groupOf)
{
    std::set<std::string> learned;
    for (const EncodedColumn& column : encoder.columns()) {
        learned.insert(column.name);
    }
    const std::size_t groups = encoder.classes().size();
    std::vector<ColumnProfile> profiles;
    const auto& columns = dataset.info().columns;
    for (std::size_t c = 0; c < columns.size() && groups <= kMostGroupsProfiled; ++c) {
        if (!learned.contains(columns[c].name)) {
            continue;
        }
        if (const auto numbers = dataset.numericColumn(c); !numbers.empty()) {
            profiles.push_back(numberProfile(columns[c], numbers, samples, groupOf, groups));
        } else if (const auto codes = dataset.categoryColumn(c); !codes.empty()) {
            profiles.push_back(categoryProfile(columns[c], codes, samples, groupOf, groups));
        }
    }
    std::stable_sort(profiles.begin(), profiles.end(), [](const ColumnProfile& a, const ColumnProfile& b) {
        return a.difference > b.difference;
    });
    Json told = Json::array();
    for (std::size_t i = 0; i < std::min(profiles.size(), kMostProfiled); ++i) {
        profiles[i].told["difference"] = profiles[i].difference;
        told.push_back(std::move(profiles[i].told));
    }
    return told;
}

} // namespace

Result<Evaluation> evaluateGroups(Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    const Encoder& encoder = model.encoder();
    const auto& names = encoder.classes();
    TY_TRY(const Predictions predictions, model.predict(dataset, samples));
    TY_TRY(Json metrics, model.measureGroups(dataset, samples));
    TY_TRY(const auto threshold, thresholdOf(model.card(), encoder));
    const bool isByParts = areGroupsByParts(model.card());
    std::vector<std::size_t> groupOf;
    std::vector<std::size_t> sizes(names.size());
    Evaluation evaluation;
    evaluation.samplesCsv = "id,true,predicted,confidence,loss,sample\n";
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto row = std::span(predictions.probabilities).subspan(i * names.size(), names.size());
        const std::size_t group = decide(row, threshold);
        groupOf.push_back(group);
        ++sizes[group];
        fmt::format_to(
            std::back_inserter(evaluation.samplesCsv), "{},,{},{},,{}\n", csvField(dataset.sampleId(samples[i])), csvField(names[group]),
            isByParts ? fmt::format("{:.6g}", row[group]) : std::string(), samples[i]);
    }
    Json groups = Json::array();
    std::size_t occurring = 0;
    const double all = static_cast<double>(std::max<std::size_t>(1, samples.size()));
    for (std::size_t g = 0; g < names.size(); ++g) {
        groups.push_back({{"name", names[g]}, {"samples", sizes[g]}, {"share", static_cast<double>(sizes[g]) / all}});
        if (names[g] == kNoiseName) {
            metrics["noise"] = sizes[g];
        } else {
            occurring += sizes[g] > 0 ? 1 : 0;
        }
    }
    if (model.card().contains("groups")) { // else rows are told apart, not grouped
        metrics["groups"] = occurring;
    }
    evaluation.report = {
        {"task", taskName(Task::Grouping)}, {"samples", samples.size()}, {"unlabelled", 0}, {"metrics", std::move(metrics)},
        {"intervals", Json::object()},      {"groups", std::move(groups)}};
    if (encoder.kind() == DataKind::Table) {
        evaluation.report["profile"] = profileOf(encoder, dataset, samples, groupOf);
    }
    return evaluation;
}

} // namespace ty::engine
