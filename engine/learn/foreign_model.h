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

/// The model package in `folder` as it meets data: where it came from another program and nobody has named its columns, target or
/// classes, they are those of `data`. Those of the data that it was imported with count as named. Data without answers is taken:
/// a table with just its columns, pictures without labels. Errors: those of loadModel() and inputForData().
/// @param words  count over those that came with it
Result<std::unique_ptr<Model>> loadModelFor(
    const std::string& folder, const std::string& data, const ForeignWords& words, const std::string& device);

/// What a run needs to begin with the model in `folder`, where it came from a network file, or is of a run that began with one of
/// another program: its network, and the units of its pixels ("0..1"; empty: a file of this program). Null network: it did not,
/// and is begun with like any other.
struct ForeignStart {
    Json network;
    std::string pixels;
};
ForeignStart foreignStart(const std::string& folder);

/// {"assumed": {...}} of a model that came from another program; an empty object for others.
/// @param data  not null: the data that it meets; where numbers are missing there, "missing" says what stands for them
Json assumptionsOf(const Model& model, const Dataset* data = nullptr);

/// What a person wants to know of a model before it is kept: name, source, task, input, classes or target, columns, the
/// network with its layers, parameters, assumptions.
Json describeModel(const Model& model);

} // namespace ty::engine
