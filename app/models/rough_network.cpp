#include "app/models/rough_network.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "app/models/dataset_summary.h"
#include "engine/data/dataset.h"
#include "engine/nn/adaptation.h"
#include "engine/nn/presets.h"
#include "engine/nn/zoo.h"

namespace ty::app {

namespace {

using engine::PresetFacts;

constexpr std::int64_t kWordsOfText = 100;
constexpr std::int64_t kLargestVocabulary = 10'000;

/// Words that come twice in a text of so many: they grow with its square root (Heaps, 1978).
std::int64_t vocabularyOf(double words)
{
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(10 * std::sqrt(words)), 16, kLargestVocabulary);
}

/// Inputs that a column becomes.
std::int64_t widthOf(const ColumnSummary& column)
{
    constexpr quint64 kMostCategories = 64;
    if (column.type == QLatin1String("category")) {
        return static_cast<std::int64_t>(std::clamp<quint64>(column.distinct, 1, kMostCategories));
    }
    return column.type == QLatin1String("date") ? 2 : column.missing > 0 ? 2 : 1;
}

PresetFacts factsOf(const DatasetSummary& data, qint64 samples)
{
    PresetFacts facts;
    facts.samples = static_cast<std::uint64_t>(std::max<qint64>(samples, 0));
    facts.outputs = std::max<std::int64_t>(1, static_cast<std::int64_t>(data.classes.size()));
    if (data.isImage()) {
        facts.input = {data.imageShape[0], data.imageShape[1], data.imageShape[2]};
        return facts;
    }
    if (data.isText()) {
        facts.isRunningText = true;
        facts.input = {engine::kUsualWordsPerSample};
        facts.vocabulary = vocabularyOf(static_cast<double>(samples) * engine::kUsualWordsPerSample);
        facts.outputs = facts.vocabulary;
        return facts;
    }
    std::int64_t features = 0;
    bool hasText = false;
    for (const ColumnSummary& column : data.columns) {
        if (column.role != QLatin1String("feature")) {
            continue;
        }
        const bool isText = column.type == QLatin1String("text");
        hasText = hasText || isText;
        features += isText ? 0 : widthOf(column);
    }
    if (hasText && features == 0) {
        facts.input = {kWordsOfText};
        facts.vocabulary = vocabularyOf(static_cast<double>(samples) * kWordsOfText);
    } else {
        facts.input = {std::max<std::int64_t>(1, features)};
    }
    return facts;
}

std::vector<std::int64_t> unitsOf(const std::string& hiddenLayers)
{
    std::vector<std::int64_t> units;
    const char* at = hiddenLayers.data();
    const char* const end = at + hiddenLayers.size();
    while (at != end) {
        std::int64_t value = 0;
        const auto [next, failure] = std::from_chars(at, end, value);
        if (failure == std::errc{} && value > 0) {
            units.push_back(value);
        }
        at = failure == std::errc{} ? next : at + 1;
    }
    return units;
}

} // namespace

std::optional<engine::ModelDescription>
roughNetwork(const DatasetSummary& data, const QString& learner, const Json& settings, const Json& own, qint64 samples)
{
    const PresetFacts facts = factsOf(data, samples);
    if (learner == QLatin1String("linear")) {
        return engine::perceptron({}, facts.input, facts.outputs);
    }
    if (learner != QLatin1String("network")) {
        return std::nullopt;
    }
    const auto textOf = [&settings](const char* name) {
        const auto found = settings.find(name);
        return found != settings.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const std::string name = textOf("network");
    if (!own.is_null() || !name.empty()) {
        auto chosen = own.is_null() ? engine::makeZooNetwork(name) : engine::ModelDescription::fromJson(own);
        if (!chosen) {
            return std::nullopt;
        }
        const bool arePictures = chosen->input.size() == 3; // they are scaled to what it takes
        const engine::Shape outputs = facts.isRunningText ? engine::Shape{facts.input.front(), facts.outputs}
                                                          : engine::Shape{facts.outputs};
        auto adapted = engine::adaptNetwork(*chosen, arePictures ? chosen->input : facts.input, outputs, facts.vocabulary);
        return adapted ? adapted->network : std::move(*chosen);
    }
    const auto units = unitsOf(textOf("hiddenLayers"));
    if (!units.empty() && facts.vocabulary == 0) {
        return engine::perceptron(units, facts.input, facts.outputs);
    }
    const std::string size = textOf("size");
    return engine::presetNetwork(
        size == "small" ? engine::PresetSize::Fast : size == "large" ? engine::PresetSize::Best : engine::PresetSize::Balanced,
        facts);
}

} // namespace ty::app
