#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/nn/model_description.h"

namespace ty::engine {

enum class PresetSize { Fast, Balanced, Best };

/// A multilayer perceptron with sizes chosen from the data; a direct path from inputs to outputs keeps linear
/// relations easy on small tables.
ModelDescription tablePreset(PresetSize size, std::int64_t features, std::int64_t outputs, std::uint64_t samples);
/// A convolution network for {channels, height, width}; depth follows the picture's size (8 x 8 and up).
ModelDescription imagePreset(PresetSize size, const Shape& imageShape, std::int64_t outputs, std::uint64_t samples);

/// An embedding and LSTMs over the numbers of words, the largest as in the zoo. Of a running text it tells at each word which
/// one follows; of other texts the last layer gives `outputs` values.
ModelDescription
wordPreset(PresetSize size, std::int64_t words, std::int64_t vocabulary, std::int64_t outputs, bool isRunningText);

/// What a network's layers follow from where nobody names them.
struct PresetFacts {
    Shape input;                 ///< {features}, {channels, height, width} or {words}
    std::int64_t outputs = 1;    ///< classes or values; of a running text the vocabulary's
    std::int64_t vocabulary = 0; ///< words that the inputs are numbers of; 0: they are measured values
    bool isRunningText = false;
    std::uint64_t samples = 0;   ///< to train on
};
ModelDescription presetNetwork(PresetSize size, const PresetFacts& facts);

/// Dense layers of so many units with a relu, and one of `outputs`.
ModelDescription perceptron(const std::vector<std::int64_t>& units, const Shape& input, std::int64_t outputs);

/// Samples of a step where neither a person nor the memory says otherwise.
std::int64_t usualBatch(bool arePictures, std::uint64_t samples);

/// Passes over the data that count as one epoch: as many as make 50 updates.
std::int64_t usualRepeats(std::int64_t batch, std::uint64_t samples);

} // namespace ty::engine
