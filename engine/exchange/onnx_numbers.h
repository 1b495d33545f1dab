#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/exchange/onnx_folding.h"

namespace ty::engine {

/// A constant while it is computed with, in float64: exact for float32 and for the whole numbers of shapes.
struct OnnxNumbers {
    Shape shape;
    std::vector<double> values;
    bool isWhole = false;
};

/// Errors: InvalidInput for negative extents and for more elements than a constant may have.
Result<std::size_t> onnxFoldedSize(const Shape& shape);
/// Errors: InvalidInput if it is not there, or text.
Result<OnnxNumbers> onnxNumbers(const OnnxArray* array);
/// A result whose element at each place is the source's at another.
OnnxNumbers pickedNumbers(
    const OnnxNumbers& src, Shape shape, const std::function<std::size_t(const std::vector<std::int64_t>&)>& sourceOf);
std::vector<std::size_t> onnxStrides(const Shape& shape);

// What these operators make of constants.
Result<OnnxNumbers> gatheredNumbers(const OnnxNode& node, const OnnxNumbers& src, const OnnxArguments& inputs);
Result<OnnxNumbers> joinedNumbers(const OnnxNode& node, const OnnxArguments& inputs);
Result<OnnxNumbers> slicedNumbers(const OnnxNode& node, const OnnxNumbers& src, const OnnxArguments& inputs);
/// Reshape, Squeeze, Unsqueeze.
Result<OnnxNumbers> reshapedNumbers(const OnnxNode& node, OnnxNumbers src, const OnnxArguments& inputs);
Result<OnnxNumbers> transposedNumbers(const OnnxNode& node, const OnnxNumbers& src);

} // namespace ty::engine
