#include "engine/learn/decision_threshold.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/train/metrics.h"

namespace ty::engine {

namespace {

Error badThreshold(const std::string& why, const Encoder& encoder)
{
    std::string classes;
    for (std::size_t c = 0; c < encoder.classes().size() && c < 20; ++c) {
        classes += (classes.empty() ? "" : ", ") + encoder.classes()[c];
    }
    return {
        ErrorKind::InvalidInput, "threshold: " + why,
        classes.empty() ? "A model of values has no threshold." : "Write CLASS=VALUE with a value from 0 to 1; classes: " + classes + "."};
}

Result<DecisionThreshold> makeThreshold(const std::string& name, double value, const Encoder& encoder)
{
    const auto& classes = encoder.classes();
    const auto found = std::find(classes.begin(), classes.end(), name);
    if (!encoder.areAnswersNames() || found == classes.end()) {
        return badThreshold("the model has no class \"" + name + "\"", encoder);
    }
    if (!(value >= 0 && value <= 1)) {
        return badThreshold(fmt::format("{} is not between 0 and 1", value), encoder);
    }
    return DecisionThreshold{static_cast<std::size_t>(found - classes.begin()), value};
}

} // namespace

Result<std::optional<DecisionThreshold>> thresholdOf(const Json& card, const Encoder& encoder)
{
    const auto found = card.is_object() ? card.find("threshold") : card.end();
    if (!card.is_object() || found == card.end() || found->is_null()) {
        return std::optional<DecisionThreshold>();
    }
    TY_TRY(const auto name, jsonField<std::string>(*found, "class", "model.json: threshold"));
    TY_TRY(const double value, jsonField<double>(*found, "value", "model.json: threshold"));
    TY_TRY(const DecisionThreshold threshold, makeThreshold(name, value, encoder));
    return std::optional(threshold);
}

Result<DecisionThreshold> parseThreshold(const std::string& text, const Encoder& encoder)
{
    const auto equals = text.rfind('=');
    if (equals == std::string::npos && encoder.classes().size() != 2) {
        return badThreshold(fmt::format("the model has {} classes: say of which it is", encoder.classes().size()), encoder);
    }
    const std::string number = equals == std::string::npos ? text : text.substr(equals + 1);
    std::istringstream stream(number);
    stream.imbue(std::locale::classic());
    double value = 0;
    if (!(stream >> value) || !stream.eof()) {
        return badThreshold("\"" + number + "\" is not a number", encoder);
    }
    return makeThreshold(equals == std::string::npos ? encoder.classes()[1] : text.substr(0, equals), value, encoder);
}

std::size_t decide(std::span<const float> probabilities, const std::optional<DecisionThreshold>& threshold)
{
    if (!threshold || probabilities.size() < 2) {
        return largestIndex(probabilities);
    }
    if (static_cast<double>(probabilities[threshold->classIndex]) >= threshold->value) {
        return threshold->classIndex;
    }
    std::size_t best = threshold->classIndex == 0 ? 1 : 0; // of the others
    for (std::size_t c = 0; c < probabilities.size(); ++c) {
        if (c != threshold->classIndex && probabilities[c] > probabilities[best]) {
            best = c;
        }
    }
    return best;
}

Result<void> keepThreshold(const std::string& folder, const std::optional<DecisionThreshold>& threshold, const Encoder& encoder)
{
    const std::string file = folder + "/model.json";
    TY_TRY(Json card, readJsonFile(file));
    if (threshold) {
        card["threshold"] = {{"class", encoder.classes().at(threshold->classIndex)}, {"value", threshold->value}};
        TY_CHECK(thresholdOf(card, encoder));
    } else {
        card.erase("threshold");
    }
    return writeJsonFile(file, card);
}

} // namespace ty::engine
