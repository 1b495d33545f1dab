#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// A value while an ONNX graph is run by plain loops, row-major. Booleans are bytes.
struct OnnxArray {
    using Data = std::variant<
        std::vector<float>,
        std::vector<double>,
        std::vector<std::int64_t>,
        std::vector<std::uint8_t>,
        std::vector<std::string>>;
    Shape shape;
    Data data;

    std::size_t size() const;
};

/// A node as the program needs it, free of protobuf.
struct OnnxNode {
    std::string type; ///< "Conv"; "ai.onnx.ml:OneHotEncoder"
    std::string name;
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::map<std::string, std::int64_t> integers;
    std::map<std::string, float> floats;
    std::map<std::string, std::vector<std::int64_t>> integerLists;
    std::map<std::string, std::string> texts;
    std::map<std::string, std::vector<std::string>> textLists;
    std::map<std::string, std::vector<float>> floatLists;
    std::map<std::string, OnnxArray> tensors;

    std::int64_t integer(const std::string& attribute, std::int64_t fallback) const;
    float number(const std::string& attribute, float fallback) const;
    /// Errors: InvalidInput unless the list has `count` values, each in [least, 2^20]; a missing one is all `fallback`.
    Result<std::vector<std::int64_t>> list(
        const std::string& attribute, std::size_t count, std::int64_t fallback, std::int64_t least) const;
};

using OnnxArguments = std::vector<const OnnxArray*>; ///< null: an optional input that is not there
using OnnxKernel = Result<OnnxArray> (*)(const OnnxNode& node, const OnnxArguments& inputs);

/// No value may have more elements: a hostile file is refused, memory is not exhausted.
inline constexpr std::int64_t kMaxOnnxElements = std::int64_t{1} << 26;

/// The function for an operator, or null.
OnnxKernel onnxKernel(const std::string& type);
/// Those that move values along axes, or reduce axes.
OnnxKernel onnxAxisKernel(const std::string& type);
/// LSTM, GRU and RNN.
OnnxKernel onnxSequenceKernel(const std::string& type);
/// Those of networks: Conv, Gemm, pooling, batch normalisation, softmax.
OnnxKernel onnxSpatialKernel(const std::string& type);
/// Trees and support vectors of ai.onnx.ml.
OnnxKernel onnxLearnerKernel(const std::string& type);
/// Comparisons, conditions and numbers of float64, as steps of a preparation are written.
OnnxKernel onnxLogicKernel(const std::string& type);

/// Extents of the result of numpy's broadcasting.
Result<Shape> broadcastOnnx(const Shape& a, const Shape& b);
/// Where element `flat` of `result` lies in an operand of shape `src` that is broadcast to it.
std::size_t onnxSourceIndex(std::size_t flat, const Shape& result, const Shape& src);

/// Errors: InvalidInput for negative extents or more than kMaxOnnxElements.
Result<std::size_t> checkedOnnxSize(const Shape& shape);
Error onnxError(const std::string& message);
/// Errors: InvalidInput if a product of so many multiplications is more than a network needs.
Result<void> checkOnnxWork(double multiplications);
/// Input `index` as a list of int64. Errors: InvalidInput if it is missing, of another type, or not of `count` values.
Result<std::vector<std::int64_t>> integerInput(
    const OnnxArguments& inputs, std::size_t index, std::optional<std::size_t> count = {});
/// Input `index` as float32. Errors: InvalidInput if it is missing or of another type.
Result<const std::vector<float>*> floatInput(const OnnxArguments& inputs, std::size_t index);

} // namespace ty::engine
