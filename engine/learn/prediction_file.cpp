#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "engine/base/csv_field.h"
#include "engine/base/files.h"
#include "engine/learn/decision_threshold.h"
#include "engine/learn/evaluation.h"
#include "engine/learn/group_facts.h"
#include "engine/learn/learner.h"
#include "engine/train/metrics.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kChunk = 4096;
constexpr std::uint64_t kChunkOfWords = 256; ///< each with a probability for every word of the vocabulary

} // namespace

Result<std::uint64_t> predictToCsv(
    Model& model, const Dataset& dataset, const std::string& file, const std::optional<DecisionThreshold>& asked)
{
    const Encoder& encoder = model.encoder();
    TY_CHECK(encoder.checkFits(dataset));
    TY_TRY(const auto kept, thresholdOf(model.card(), encoder));
    const std::optional<DecisionThreshold> threshold = asked ? asked : kept;
    const bool isClassifier = encoder.areAnswersNames();
    const bool isGrouped = encoder.task() == Task::Grouping;
    // A row is of one group of points, wholly; of clouds it is by parts.
    const bool areSharesTold = isClassifier && (!isGrouped || areGroupsByParts(model.card()));
    // Who groups rows wants to look at them by group.
    const std::size_t columns = isGrouped ? dataset.info().columns.size() : 0;
    const bool areWords = encoder.task() == Task::NextWord;
    std::string text = areWords ? "id,prediction,probability" : isClassifier || encoder.task() == Task::Regression
        ? "id,prediction"
        : "id,error";
    for (std::size_t i = 0; areSharesTold && i < encoder.classes().size(); ++i) {
        text += "," + csvField("probability " + encoder.classes()[i]);
    }
    for (std::size_t c = 0; c < columns; ++c) {
        text += "," + csvField(dataset.info().columns[c].name);
    }
    text += "\n";
    const std::uint64_t chunk = areWords ? kChunkOfWords : kChunk;
    for (std::uint64_t first = 0; first < dataset.size(); first += chunk) {
        std::vector<std::uint32_t> samples(std::min(chunk, dataset.size() - first));
        std::iota(samples.begin(), samples.end(), static_cast<std::uint32_t>(first));
        TY_TRY(const Predictions predictions, model.predict(dataset, samples));
        for (std::size_t i = 0; i < samples.size(); ++i) {
            text += csvField(dataset.sampleId(samples[i]));
            if (areWords) { // not one column a word
                const std::size_t width = encoder.vocabulary().size();
                const auto row = std::span(predictions.probabilities).subspan(i * width, width);
                const std::size_t best = largestIndex(row);
                text += "," + csvField(encoder.vocabulary()[best]);
                fmt::format_to(std::back_inserter(text), ",{:.6g}\n", row[best]);
                continue;
            }
            if (!isClassifier) {
                fmt::format_to(std::back_inserter(text), ",{:.9g}\n", predictions.values[i]);
                continue;
            }
            const std::size_t classes = encoder.classes().size();
            const auto row = std::span(predictions.probabilities).subspan(i * classes, classes);
            text += "," + csvField(encoder.classes()[decide(row, threshold)]);
            for (std::size_t c = 0; areSharesTold && c < classes; ++c) {
                fmt::format_to(std::back_inserter(text), ",{:.6g}", row[c]);
            }
            for (std::size_t c = 0; c < columns; ++c) {
                text += "," + csvField(dataset.cellText(samples[i], c));
            }
            text += "\n";
        }
    }
    TY_CHECK(writeFileAtomically(file, text));
    return dataset.size();
}

} // namespace ty::engine
