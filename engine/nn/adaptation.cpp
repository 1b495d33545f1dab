#include "engine/nn/adaptation.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/nn/layer_types.h"
#include "engine/nn/lowering.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

namespace {

Error unfit(const std::string& message, const std::string& advice)
{
    return Error{ErrorKind::InvalidInput, message, advice};
}

std::string named(const LayerDescription& layer)
{
    return fmt::format("layer \"{}\" ({})", layer.name, layer.type);
}

/// The first layer that is given the network's input.
const LayerDescription&
entryOf(const ModelDescription& network, const std::vector<std::vector<std::string>>& inputs)
{
    std::size_t entry = 0;
    while (entry + 1 < inputs.size()
           && std::find(inputs[entry].begin(), inputs[entry].end(), "input") == inputs[entry].end()) {
        ++entry;
    }
    return network.layers[entry];
}

/// Puts a reshape before the network: the columns of a table, row by row, are the steps of a sequence or the pixels of a picture.
void readAsShape(AdaptedNetwork& adapted, const Shape& input)
{
    ModelDescription& network = adapted.network;
    LayerDescription shaped;
    shaped.type = "reshape";
    shaped.name = "shaped";
    const auto isTaken = [&network](const std::string& name) {
        return std::any_of(
            network.layers.begin(), network.layers.end(), [&](const LayerDescription& layer) { return layer.name == name; });
    };
    while (isTaken(shaped.name)) {
        shaped.name += "_";
    }
    shaped.inputs = {"input"};
    shaped.settings = {{"shape", network.input}};
    for (LayerDescription& layer : network.layers) {
        std::replace(layer.inputs.begin(), layer.inputs.end(), std::string("input"), shaped.name);
    }
    adapted.changes.push_back(fmt::format(
        "the {} inputs that the columns make are read as {}, the network's input, row by row in their order", input.front(), toString(network.input)));
    network.input = input;
    network.layers.insert(network.layers.begin(), std::move(shaped));
}

/// @param isMeasured  the values are no numbers of words
Result<void> adaptInput(AdaptedNetwork& adapted, const LayerDescription& entry, const Shape& input, bool isMeasured)
{
    ModelDescription& network = adapted.network;
    if (network.input == input) {
        return {};
    }
    std::string message =
        fmt::format("{} takes {} a sample, but the data is {} a sample", named(entry), toString(network.input), toString(input));
    if (network.input.size() == 1) {
        ModelDescription candidate = network;
        candidate.input = input;
        const auto summary = summarise(candidate);
        if (summary) {
            adapted.changes.push_back(
                fmt::format("the network takes {} instead of {}", toString(input), toString(network.input)));
            network = std::move(candidate);
            return {};
        }
        message += ": " + summary.error().message;
    }
    if (input.size() == 1 && isMeasured && input.front() == elementCount(network.input)) {
        readAsShape(adapted, input);
        return {};
    }
    return unfit(
        message, network.input.size() == 3 && input.size() == 1
            ? "It is a network for pictures; choose one for tables."
            : "Change the network's input, or choose another network.");
}

/// The same numbers in the same rows; a row of values need not be flat.
bool areOutputs(const Shape& given, const Shape& outputs)
{
    return given == outputs || (outputs.size() == 1 && elementCount(given) == outputs.front());
}

Result<void> adaptOutput(AdaptedNetwork& adapted, const Shape& outputs)
{
    ModelDescription& network = adapted.network;
    TY_TRY(const ModelSummary summary, summarise(network));
    if (areOutputs(summary.outputShape, outputs)) {
        return {};
    }
    const auto last = std::find_if(network.layers.rbegin(), network.layers.rend(), [](const LayerDescription& layer) {
        return layer.type == "dense";
    });
    if (last != network.layers.rend()) {
        const Json before = last->settings.value("units", Json());
        last->settings["units"] = outputs.back();
        if (const auto now = summarise(network); now && areOutputs(now.value().outputShape, outputs)) {
            adapted.changes.push_back(fmt::format("{} has {} units instead of {}", named(*last), outputs.back(), before.dump()));
            return {};
        }
    }
    return unfit(
        fmt::format(
            "{} gives {} a sample, but the data asks for {}", named(network.layers.back()), toString(summary.outputShape),
            toString(outputs)),
        outputs.size() > 1
            ? "A running text asks for an answer to each word: choose lstm-language-model, or end with a dense layer over the last axis."
            : summary.outputShape.size() > 1
            ? "It answers each step of a sequence. Choose a network that answers once, for texts lstm-classifier."
            : "End the network with a dense layer that has a unit for each class, or one for a value.");
}

/// The softmax of a single value is 1 whatever the value.
Result<void> refuseSingleSoftmax(const ModelDescription& network)
{
    TY_TRY(const ModelSummary summary, summarise(network));
    for (const LayerSummary& layer : summary.layers) {
        if (layer.type == "softmax" && layer.outputShape.back() == 1) {
            return unfit(
                fmt::format(
                    "layer \"{}\" (softmax) gives {} a sample, which is always 1: the network is for classes", layer.name,
                    toString(layer.outputShape)),
                "Remove the layer, or choose another network.");
        }
    }
    return {};
}

/// "conv*, norm1" as names without the spaces around them.
std::vector<std::string> namesOf(const std::string& text)
{
    std::vector<std::string> names;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find(',', at), text.size());
        const std::string part = text.substr(at, end - at);
        if (const std::size_t first = part.find_first_not_of(' '); first != std::string::npos) {
            names.push_back(part.substr(first, part.find_last_not_of(' ') + 1 - first));
        }
        at = end + 1;
    }
    return names;
}

} // namespace

Result<std::optional<LayerDescription>> entryEmbedding(const ModelDescription& network)
{
    TY_TRY(const auto inputs, resolveInputs(network));
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        if (network.layers[i].type == "embedding" && inputs[i].front() == "input") {
            return std::optional(network.layers[i]);
        }
    }
    return std::optional<LayerDescription>();
}

Result<AdaptedNetwork>
adaptNetwork(ModelDescription network, const Shape& input, const Shape& outputs, std::int64_t vocabulary, bool areGiven)
{
    TY_CHECK(summarise(network)); // a mistake inside it is told before how it fits
    TY_TRY(const auto inputs, resolveInputs(network));
    TY_TRY(const auto embedding, entryEmbedding(network));
    const LayerDescription entry = entryOf(network, inputs);
    if (embedding && vocabulary == 0 && !areGiven) {
        return unfit(
            named(*embedding) + " takes numbers of words, but the data's inputs are measured values",
            "Choose a network for tables or pictures, or data with a column of text.");
    }
    if (!embedding && vocabulary > 0) {
        return unfit(
            named(entry) + " takes measured values, but the data is a text",
            "Choose a network that begins with an embedding: lstm-language-model, or lstm-classifier for texts of classes.");
    }
    AdaptedNetwork adapted{std::move(network), {}};
    for (std::size_t i = 0; i < inputs.size() && vocabulary > 0; ++i) {
        LayerDescription& layer = adapted.network.layers[i];
        if (layer.type == "embedding" && inputs[i].front() == "input") {
            const Json before = layer.settings.value("vocabulary", Json());
            if (before != Json(vocabulary)) {
                layer.settings["vocabulary"] = vocabulary;
                adapted.changes.push_back(
                    fmt::format("{} knows {} words instead of {}", named(layer), vocabulary, before.dump()));
            }
        }
    }
    TY_CHECK(adaptInput(adapted, entry, input, vocabulary == 0));
    TY_CHECK(adaptOutput(adapted, outputs));
    TY_CHECK(refuseSingleSoftmax(adapted.network));
    return adapted;
}

std::string limitedAnswers(const ModelDescription& network)
{
    const LayerDescription& last = network.layers.back();
    const Json setting = last.settings.value("activation", Json());
    const std::string name = setting.is_string() ? setting.get<std::string>() : last.type;
    struct Limit {
        const char* activation;
        const char* range;
    };
    static constexpr std::array<Limit, 9> kLimits{
        {{"relu", "above 0"},
         {"elu", "above -1"},
         {"gelu", "above -0.2"},
         {"silu", "above -0.3"},
         {"hardSwish", "above -0.4"},
         {"sigmoid", "between 0 and 1"},
         {"hardSigmoid", "between 0 and 1"},
         {"tanh", "between -1 and 1"},
         {"hardTanh", "between -1 and 1"}}};
    const auto* found =
        std::find_if(kLimits.begin(), kLimits.end(), [&name](const Limit& limit) { return name == limit.activation; });
    return found == kLimits.end() ? std::string()
                                  : fmt::format(
                                        "{} ends the network with {}, which keeps its answers {}; without it they could be any "
                                        "number, as the loss expects",
                                        named(last), name, found->range);
}

Result<std::string> frozenLayersText(const ModelDescription& network)
{
    constexpr std::size_t kNamesShown = 12;
    std::vector<std::string> names;
    for (const LayerDescription& layer : network.layers) {
        if (layer.settings.value("frozen", false)) {
            names.push_back(layer.name);
        }
    }
    if (names.empty()) {
        return std::string();
    }
    TY_TRY(const LoweredNetwork lowered, lowerNetwork(network, 1, NetworkMode::Training));
    std::int64_t all = 0;
    std::int64_t frozen = 0;
    for (const NetworkVariable& one : lowered.parameters) {
        const std::int64_t size = lowered.graph.value(one.value).size();
        all += size;
        frozen += one.isFrozen ? size : 0;
    }
    const std::size_t count = names.size();
    names.resize(std::min(count, kNamesShown));
    return fmt::format(
        "{} of {} parameters stay as they begin: {}{}", frozen, all, fmt::join(names, ", "),
        count > kNamesShown ? fmt::format(" and {} layers more", count - kNamesShown) : "");
}

Result<void> freezeLayers(ModelDescription& network, const std::string& names)
{
    for (const std::string& name : namesOf(names)) {
        const bool isBeginning = name.back() == '*';
        const std::string wanted = isBeginning ? name.substr(0, name.size() - 1) : name;
        bool isFound = false;
        for (LayerDescription& layer : network.layers) {
            if (isBeginning ? layer.name.starts_with(wanted) : layer.name == wanted) {
                layer.settings["frozen"] = true;
                isFound = true;
            }
        }
        if (!isFound) {
            std::vector<std::string> known;
            for (const LayerDescription& layer : network.layers) {
                known.push_back(layer.name);
            }
            return unfit(
                fmt::format("no layer to freeze is called \"{}\"", name),
                fmt::format("The layers are {}.", fmt::join(known, ", ")));
        }
    }
    TY_TRY(const LoweredNetwork lowered, lowerNetwork(network, 1, NetworkMode::Training));
    if (lowered.parameters.empty()) {
        return unfit("the network has no weights that could learn", "Add a layer that has: dense, conv2d, lstm.");
    }
    if (std::all_of(lowered.parameters.begin(), lowered.parameters.end(), [](const auto& one) { return one.isFrozen; })) {
        return unfit("no layer is left that could learn", "Leave at least the last layer free.");
    }
    return {};
}

} // namespace ty::engine
