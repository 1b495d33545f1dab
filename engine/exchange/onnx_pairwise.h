#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/exchange/onnx_kernels.h"

namespace ty::engine {

/// function(left, right) of each pair of elements of two arrays of T, broadcast as ONNX says. Errors: InvalidInput for other types and extents.
template<typename T, typename Out, typename Function>
Result<OnnxArray> pairwiseOnnx(const OnnxArray& a, const OnnxArray& b, Function function)
{
    const auto* left = std::get_if<std::vector<T>>(&a.data);
    const auto* right = std::get_if<std::vector<T>>(&b.data);
    if (left == nullptr || right == nullptr) {
        return onnxError("operands of different types");
    }
    TY_TRY(auto shape, broadcastOnnx(a.shape, b.shape));
    TY_TRY(const auto size, checkedOnnxSize(shape));
    std::vector<Out> dst(size);
    const bool isPlain = a.shape == b.shape;
    for (std::size_t i = 0; i < size; ++i) {
        dst[i] = static_cast<Out>(
            isPlain ? function((*left)[i], (*right)[i])
                    : function((*left)[onnxSourceIndex(i, shape, a.shape)], (*right)[onnxSourceIndex(i, shape, b.shape)]));
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

} // namespace ty::engine
