#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/learn/learner.h"
#include "engine/learn/onnx_network.h"

namespace ty::engine {

/// What a person says about a network file that says nothing itself.
struct OnnxModelOptions {
    std::vector<std::string> classes; ///< in the order of the outputs; empty: the file's, else the data's
    PixelUnits pixels;
};

/// A network file as a model. One that this program has written knows its columns, classes and units; another is given
/// `data`'s samples as they are: the numbers of a table, categories as one 1 among zeros, pixels in the units that the options
/// say, values to predict in their own unit.
/// Classes are named by the options, else by the file (metadata "labels", "classes", "class_names" or "names"), else they are
/// the data's in their order.
/// @param data  file or folder; may be empty for a file of this program
/// Errors: InvalidInput naming both shapes or both counts where file and data do not fit; those of importOnnx() and
/// openDataset().
Result<std::unique_ptr<Model>> openOnnxModel(
    const std::string& file, const std::string& data, const OnnxModelOptions& options, const std::string& device);

/// What a run that begins with a network of another program gives it: plainEncoder() where StartSpec::pixels says so, else
/// `encoder` itself.
Result<Encoder> encoderToBeginWith(const StartSpec& start, Encoder encoder);

/// `encoder` with the numbers of a table as they are, and pixels in `pixels`. Inputs that only this program makes, flags of
/// missing values and the course of the year, are left out.
Result<Encoder> plainEncoder(const Encoder& encoder, const PixelUnits& pixels);

} // namespace ty::engine
