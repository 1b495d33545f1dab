#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/nn/model_description.h"

namespace ty::engine {

/// A network made to fit data, and what was changed for that, a sentence each.
struct AdaptedNetwork {
    ModelDescription network;
    std::vector<std::string> changes;
};

/// Keeps the layers. A network of flat inputs takes `input` whatever it is, if its layers can; flat values become a sequence or a
/// picture by a reshape before the first layer, if there are as many. The last dense layer gets as many units as make `outputs` values. Pictures of another size are not adapted here: they are scaled when they are
/// read.
/// @param input    without the batch: {features} or {channels, height, width}
/// @param outputs     of a sample: {classes}, {1}, or a row for each step of a sequence {steps, classes}
/// @param vocabulary  words that the inputs are numbers of; 0: they are measured values
/// @param areGiven    the inputs come as they are, not standardised: an embedding may take whole numbers of a table
/// Errors: InvalidInput naming both shapes where the network cannot fit, and those of summarise().
Result<AdaptedNetwork>
adaptNetwork(
    ModelDescription network, const Shape& input, const Shape& outputs, std::int64_t vocabulary = 0, bool areGiven = false);

/// The embedding that the network's input goes into; nothing: the network takes measured values.
/// Errors: those of resolveInputs().
Result<std::optional<LayerDescription>> entryEmbedding(const ModelDescription& network);

/// A sentence about a last activation that keeps the answers from being what the losses ask for: tanh before classes are told
/// apart, ReLU before a value that may lie on either side of the mean. Empty: there is none.
std::string limitedAnswers(const ModelDescription& network);

/// A sentence that names the frozen layers and counts what stays. Empty: nothing is frozen.
/// Errors: those of lowerNetwork().
Result<std::string> frozenLayersText(const ModelDescription& network);

/// Marks layers as frozen: their weights stay as they begin.
/// @param names  separated by commas; * at the end of one stands for any ending: "conv*, norm1"
/// Errors: InvalidInput for a name that no layer has, or when nothing is left to learn.
Result<void> freezeLayers(ModelDescription& network, const std::string& names);

} // namespace ty::engine
