#pragma once

#include <string>
#include <vector>

#include "engine/exchange/onnx_file.h"

namespace ty::engine {

/// The value that a network of scikit-learn really ends with: before tables of probabilities (ZipMap), and of the pair
/// (1 - p, p) the probability p alone.
std::string onnxEndOf(const OnnxFile& file, const std::string& output);

/// The names of the classes, in the order of the outputs, where an operator holds them (ZipMap, LinearClassifier, the
/// table that ArrayFeatureExtractor or LabelEncoder takes them from); empty: none does.
std::vector<std::string> onnxClassesOf(const OnnxFile& file);

/// Whether pictures of `shape` {.., .., ..} (-1: open) have their channels last, as TensorFlow gives them.
bool isOnnxChannelsLast(const Shape& shape);

/// Inputs {N, columns} that are joined before anything else is done with them.
struct OnnxJoinedInputs {
    std::string joined; ///< the value; empty: they are not joined
    std::int64_t width = 0;
    std::vector<std::string> columns; ///< names of the inputs, if each has one column
};
OnnxJoinedInputs onnxJoinedInputs(const OnnxFile& file, const std::vector<std::string>& inputs);

} // namespace ty::engine
