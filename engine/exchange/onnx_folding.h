#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/exchange/onnx_kernels.h"

namespace ty::engine {

using OnnxConstants = std::map<std::string, OnnxArray>;

/// Whether constants may be computed from constants by this operator: the arithmetic of shapes, and weights that a file
/// stores in another form.
bool isOnnxFoldable(const std::string& type);
/// The node's first result from constant inputs, by ONNX's rules of opset 9 to 21. Numbers are float32 or int64.
/// Errors: InvalidInput for inputs that do not fit.
Result<OnnxArray> foldOnnxNode(const OnnxNode& node, const OnnxArguments& inputs);

/// Whole numbers. Errors: InvalidInput for other values.
Result<std::vector<std::int64_t>> onnxIntegers(const OnnxArray& array);
/// ONNX counts axes from the end too. Errors: InvalidInput outside the rank.
Result<std::size_t> onnxAxis(std::int64_t axis, std::size_t rank);
/// What Reshape makes of `shape`, with its zeros and its -1.
Result<Shape> onnxReshaped(const Shape& shape, const std::vector<std::int64_t>& target, bool isZeroKept);

/// What a slice takes of one axis.
struct OnnxRange {
    std::size_t axis = 0;
    std::int64_t begin = 0;
    std::int64_t count = 0;
    std::int64_t step = 1; ///< below 0: backwards
};
/// `lists`: starts, ends, axes, steps; the last two may be empty.
Result<std::vector<OnnxRange>> onnxRanges(const Shape& shape, const std::vector<std::vector<std::int64_t>>& lists);
/// Attributes or inputs, as the opset has it; nothing if neither is there.
Result<std::optional<std::vector<std::int64_t>>> onnxList(
    const OnnxNode& node, const std::string& attribute, const OnnxArray* input);

} // namespace ty::engine
