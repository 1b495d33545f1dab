#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/nn/model_description.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

struct OnnxOptions {
    int opset = 13;                              ///< 13 to 17: older readers know 13, our checker knows 17
    std::string name = "trainyard";              ///< of the graph
    std::string description;                     ///< shown by viewers
    std::map<std::string, std::string> metadata; ///< added to metadata_props
};

/// An input or output of the file.
struct OnnxPort {
    std::string name;
    std::string dtype; ///< "float32", "string"
    Shape shape;       ///< -1: the batch, any number
};

struct OnnxReport {
    std::uint64_t bytes = 0;
    int opset = 0;
    int irVersion = 0;
    std::vector<OnnxPort> inputs;
    std::vector<OnnxPort> outputs;
    std::vector<std::string> notes; ///< sentences for whoever uses the file
    bool checked = false; ///< ONNX's own checker and strict shape inference passed on the bytes that were written

    Json toJson() const;
};

/// Writes a network with its preprocessing and labels as one ONNX file that needs nothing of ours to be used.
///
/// Images: input `image` {N, C, H, W} float32 in 0..255.
/// Tables: input `features` {N, columns} float32, the numeric and date columns in the encoder's order, NaN where
/// missing, dates as days since 1970-01-01; and one string input {N, 1} for each category column, named like the
/// column (unknown or empty: all zero).
/// Tables whose columns go through steps first (not only scaling): the columns as data brings them, one input {N, 1} each, named like the column,
/// float32 or string; the steps are in the file. If a step has no ONNX form, a note says which, and the inputs are the columns after the
/// steps: `prepared_features`, and `prepared_` before the name of each category column.
/// Classification: `probabilities` {N, classes} float32 and `label` {N} string. Regression: `value` {N, 1} float32 in
/// the target's own unit. metadata_props: producer, task, labels, columns, image_mean, image_deviation, layout;
/// preprocessing: the encoder; network_input, network_output, network_shape: the values between which the network stands,
/// for importOnnx.
///
/// The file is built in memory, checked, and only then put in place whole.
/// @param parameters  as TrainingSession::parameters() gives them
/// Errors: InvalidInput for a missing parameter or one of the wrong shape, Unsupported for a layer without an ONNX
/// form (named) or an opset outside 13..17, Internal if the checker refuses what we wrote, Io and DiskFull.
Result<OnnxReport> writeOnnx(
    const ModelDescription& model,
    const std::vector<NamedTensor>& parameters,
    const Encoder& encoder,
    const OnnxOptions& options,
    const std::string& file);

} // namespace ty::engine
