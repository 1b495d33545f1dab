#pragma once

#include <cstddef>
#include <functional>
#include <set>
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
inline constexpr const char* kPreparedInput = "prepared_features"; ///< in place of `features` where steps were done before the file
inline constexpr const char* kWordsInput = "words"; ///< numbers of words: no operator makes them of a text

/// The inputs of a file for `encoder`'s table, in the encoder's order. Points into `encoder`.
std::vector<OnnxColumn> onnxColumns(const Encoder& encoder);
/// Names that no column may have as an input.
std::set<std::string> onnxReservedNames();
/// An input's name that no other input and no output has; it is taken then.
std::string freeOnnxName(const std::string& wanted, std::set<std::string>& taken);
/// Width of `features`.
std::size_t numericWidth(const std::vector<OnnxColumn>& columns);
std::vector<OnnxPort> onnxInputPorts(const Encoder& encoder);
/// metadata_props "columns": [{"name", "input", "position", "type", "categories"}].
Json onnxColumnsJson(const Encoder& encoder);

/// {N, categories} float32: 1 at the category of a column, 0 elsewhere.
std::string addOneHot(OnnxGraph& graph, const OnnxColumn& entry);

/// Adds the inputs and what turns raw samples into network inputs. Returns the name of the encoded batch,
/// {N, ...encoder.inputShape()} float32.
std::string addPreprocessing(OnnxGraph& graph, const Encoder& encoder);

/// A value of the graph, {N, outputs}, from which the outputs are computed.
struct OnnxAnswer {
    enum class Kind { Logits, Probabilities };
    std::string value;
    Kind kind = Kind::Logits; ///< of classes
};

/// Adds the graph's outputs. Returns their ports.
std::vector<OnnxPort> addOutputs(OnnxGraph& graph, const Encoder& encoder, const OnnxAnswer& answer);

/// Writes a model of any kind with its inputs, outputs and metadata: the frame of writeOnnx and its like.
/// @param addModel  adds what stands between: from the inputs, which are there, to the answer
/// Errors: those of writeOnnx.
Result<OnnxReport> writeOnnxWith(
    const Encoder& encoder,
    const OnnxOptions& options,
    const std::string& file,
    const std::function<Result<OnnxAnswer>(OnnxGraph& graph)>& addModel);

} // namespace ty::engine
