#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/graph/gradient.h"
#include "engine/graph/op_rule.h"

namespace ty::engine::ops {

// One function a kind of op; op_rule.cpp makes the table of them. A file holds ops that belong together, each with its
// shape rule, its gradient and its ONNX form.
OpRule matMul();
OpRule addBias();
OpRule sumChannels();
OpRule conv2d();
OpRule conv2dInputGrad();
OpRule conv2dWeightGrad();
OpRule maxPool();
OpRule maxPoolGrad();
OpRule averagePool();
OpRule averagePoolGrad();
OpRule globalAveragePool();
OpRule globalAveragePoolGrad();
OpRule batchNorm();
OpRule batchNormInference();
OpRule batchNormGrad();
OpRule batchNormInferenceGrad();
OpRule layerNorm();
OpRule layerNormGrad();
OpRule groupNorm();
OpRule groupNormGrad();
OpRule dropout();
OpRule activate();
OpRule activateGrad();
OpRule softmax();
OpRule softmaxGrad();
OpRule add();
OpRule multiply();
OpRule elementwise();
OpRule concat();
OpRule slice();
OpRule pad();
OpRule permute();
OpRule sumAxis();
OpRule repeatAxis();
OpRule upsample();
OpRule upsampleGrad();
OpRule embedding();
OpRule embeddingGrad();
OpRule recurrent();
OpRule recurrentGrad();
OpRule reshape();
OpRule reorder();
OpRule cast();
OpRule softmaxCrossEntropy();
OpRule softmaxCrossEntropyGrad();
OpRule softmaxCrossEntropyStep();
OpRule regressionLoss();
OpRule regressionLossGrad();
OpRule ctcLoss();
OpRule ctcLossGrad();
OpRule ctcCorrect();
OpRule countCorrect();
OpRule countSigns();
OpRule errorSums();
OpRule fill();

using Specs = std::vector<ValueSpec>;
using Operands = std::vector<const Value*>;

template<typename... Arguments>
Error shapeError(fmt::format_string<Arguments...> format, Arguments&&... arguments)
{
    return Error{ErrorKind::InvalidInput, fmt::format(format, std::forward<Arguments>(arguments)...), {}};
}

/// One result with the shape of the first operand.
Result<Specs> sameAsFirst(const Operands& operands, const Attributes& attributes);
/// One result with the attributes' resultShape.
template<typename T>
Result<Specs> givenShape(const Operands& /*operands*/, const Attributes& attributes)
{
    return Specs{{std::get<T>(attributes).resultShape}};
}
/// `axis` is one of the operand's, and not the batch.
Result<void> checkAxis(const char* op, const Value& operand, std::int64_t axis);
/// The operand is {N, C, H, W}.
Result<void> checkPicture(const char* op, const Value& operand);
/// Extent of a convolution's or pool's result along axis 2 (rows) or 3 (columns) of its input; an error names the op and
/// both sizes if nothing fits.
Result<std::int64_t> windowExtent(
    const char* op,
    const Shape& input,
    std::size_t axis,
    std::int64_t kernel,
    std::int64_t stride,
    std::int64_t dilation,
    std::int64_t padding);

} // namespace ty::engine::ops
