#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/learn/foreign_words.h"
#include "engine/learn/learner.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// Whether `path` is a file whose name says that it holds a network or weights: .onnx, .safetensors.
bool isNetworkFile(const std::string& path);

/// How a network file is to be read.
struct ForeignOptions {
    ForeignWords words;
    Shape input;      ///< extents that an ONNX file leaves open, as it orders them; empty: as the data has them
    std::string name; ///< of the model; empty: the file's without its suffix
};

/// A network file as a model. One that this program has written knows its columns, classes and units. An ONNX file of another
/// program is understood as inputForData() says, without data as inputWithoutData() does; its card holds under "source" the
/// file, its words and what was assumed. Names of classes come from metadata "labels", "classes", "class_names" or "names".
/// @param data  file or folder; may be empty
/// Errors: those of importOnnx(), readSafetensors(), openDataset(), inputForData() and inputWithoutData(); Unsupported for
/// weights without a network.
Result<std::unique_ptr<Model>> openNetworkFile(
    const std::string& file, const std::string& data, const ForeignOptions& options, const std::string& device);

/// What a person wants to know of a model before it is kept: name, source, task, input, classes or target, columns, the
/// network with its layers, parameters, assumptions.
Json describeModel(const Model& model);

} // namespace ty::engine
