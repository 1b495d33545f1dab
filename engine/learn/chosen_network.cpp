#include "engine/learn/chosen_network.h"

#include <numeric>
#include <string>

#include <fmt/format.h>

#include "engine/nn/zoo.h"

namespace ty::engine {

Result<std::optional<ModelDescription>> chosenNetwork(const RunSpec& spec)
{
    const Json name = spec.settings.value("network", Json());
    if (!spec.network.is_null() && !name.is_null()) {
        return Error{
            ErrorKind::InvalidInput,
            "the run describes a network and also names the network " + name.dump(),
            "Leave out one of the two."};
    }
    std::optional<ModelDescription> network;
    if (!spec.network.is_null()) {
        TY_TRY(network, ModelDescription::fromJson(spec.network));
    } else if (name.is_string()) {
        TY_TRY(network, makeZooNetwork(name.get<std::string>()));
    }
    return network;
}

void scaleAsStandardised(AdaptedNetwork& made, const Encoder& encoder)
{
    LayerDescription& first = made.network.layers.front();
    if (first.type != "scale" || encoder.imageDeviation().empty()) {
        return;
    }
    const auto& deviations = encoder.imageDeviation();
    const double sum = std::accumulate(deviations.begin(), deviations.end(), 0.0);
    const double before = first.settings.value("factor", 1.0);
    const double factor = before * sum / static_cast<double>(deviations.size());
    first.settings["factor"] = factor;
    made.changes.push_back(fmt::format(
        "layer \"{}\" ({}) multiplies by {:.4g} instead of {:.4g}: pixels come to it less their mean, divided by their deviation",
        first.name,
        first.type,
        factor,
        before));
}

void freeAnswers(AdaptedNetwork& made)
{
    LayerDescription& last = made.network.layers.back();
    if (limitedAnswers(made.network).empty() || !last.settings.contains("activation")) {
        return;
    }
    const std::string name = last.settings["activation"].get<std::string>();
    last.settings.erase("activation");
    made.changes.push_back(fmt::format(
        "layer \"{}\" ({}) ends the network without {}: the loss expects that answers can be any number", last.name, last.type, name));
}

Result<DataNeeds> dataNeedsOf(const RunSpec& spec)
{
    TY_TRY(const auto network, chosenNetwork(spec));
    DataNeeds needs;
    std::array<int, 3>& shape = needs.pictureShape;
    needs.areTextsRead = !network;
    if (network) {
        TY_TRY(const auto embedding, entryEmbedding(*network));
        const bool areWordsRead = spec.start.pixels.empty(); // which number a word of another program has, nobody knows
        if (embedding && network->input.size() == 1 && areWordsRead) {
            needs.areTextsRead = true;
            needs.form.words = network->input.front();
            needs.form.vocabulary = embedding->settings.value("vocabulary", needs.form.vocabulary);
        }
        needs.form.isReconstruction = spec.settings.value("network", Json()) == Json("autoencoder");
    }
    if (network && network->input.size() == shape.size()) {
        for (std::size_t i = 0; i < shape.size(); ++i) {
            shape[i] = static_cast<int>(network->input[i]);
        }
        if (shape[0] != 1 && shape[0] != 3) {
            return Error{
                ErrorKind::InvalidInput,
                "the network takes pictures " + toString(network->input) + ", but pictures have 1 or 3 channels",
                "Write [1, height, width] or [3, height, width] as the network's input."};
        }
        if (shape[1] > 4096 || shape[2] > 4096) {
            return Error{
                ErrorKind::InvalidInput,
                "the network takes pictures " + toString(network->input) + "; sides above 4096 are not supported",
                "Choose a network for smaller pictures."};
        }
    }
    return needs;
}

} // namespace ty::engine
