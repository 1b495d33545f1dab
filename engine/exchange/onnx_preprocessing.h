#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/data/encoder.h"
#include "engine/exchange/onnx_writer.h"

namespace ty::engine {

class OnnxGraph;

/// Where one encoded column enters the ONNX file. A date that is encoded in two ways enters once.
struct OnnxColumn {
    const EncodedColumn* column = nullptr;
    std::string input;        ///< "features", "words", or its own string input
    std::size_t position = 0; ///< within `features`; 0 for a string input

    bool isNumber() const { return column->kind != EncodedColumn::Kind::OneHot && !isText(); }
    bool isText() const { return column->kind == EncodedColumn::Kind::Words; }
};

inline constexpr const char* kImageInput = "image";
inline constexpr const char* kFeaturesInput = "features";
inline constexpr const char* kWordsInput = "words"; ///< numbers of words: no operator makes them of a text

/// The inputs of a file for `encoder`'s table, in the encoder's order. Points into `encoder`.
std::vector<OnnxColumn> onnxColumns(const Encoder& encoder);
/// Width of `features`.
std::size_t numericWidth(const std::vector<OnnxColumn>& columns);
std::vector<OnnxPort> onnxInputPorts(const Encoder& encoder);
/// metadata_props "columns": [{"name", "input", "position", "type", "categories"}].
Json onnxColumnsJson(const Encoder& encoder);

/// Adds the inputs and what turns raw samples into network inputs. Returns the name of the encoded batch,
/// {N, ...encoder.inputShape()} float32.
std::string addPreprocessing(OnnxGraph& graph, const Encoder& encoder);

/// Adds the graph's outputs, computed from what the network gives, {N, outputs}. Returns their ports.
std::vector<OnnxPort> addOutputs(OnnxGraph& graph, const Encoder& encoder, const std::string& network);

} // namespace ty::engine
