#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_writer.h"

namespace ty::engine {

class OnnxGraph;

/// Whether steps change the columns that data brings before they are encoded, so that a file of the model has to do them as well.
bool hasOnnxSteps(const Encoder& encoder);

/// Why the steps cannot be written, with the place of the one that cannot: "step 2 (compute): ..."; empty if all can.
std::string onnxStepProblem(const Encoder& encoder);

/// One input {N, 1} for each column that data has to bring: float32 for numbers and dates (NaN: missing), string for words (empty:
/// missing), named like the column.
std::vector<OnnxPort> onnxRawPorts(const Encoder& encoder);
/// metadata_props "columns" of such a file: [{"name", "type", "input"}].
Json onnxRawColumnsJson(const Encoder& encoder);

/// Writes the steps: from the inputs of onnxRawPorts() to what onnxColumns() reads.
/// Errors: Unsupported that begins with the step's place.
Result<void> addSteps(OnnxGraph& graph, const Encoder& encoder);

} // namespace ty::engine
