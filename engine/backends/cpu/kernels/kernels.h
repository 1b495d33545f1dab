#pragma once

#include "engine/backends/cpu/kernel_builder.h"

// One maker for each kind of op; what a kind computes is said in engine/graph/op.h.
namespace ty::engine::kernels {

Kernel matMul(KernelBuilder& builder, const Node& node);
Kernel addBias(KernelBuilder& builder, const Node& node);
Kernel sumChannels(KernelBuilder& builder, const Node& node);
Kernel conv2d(KernelBuilder& builder, const Node& node);
Kernel conv2dInputGrad(KernelBuilder& builder, const Node& node);
Kernel conv2dWeightGrad(KernelBuilder& builder, const Node& node);
Kernel reorder(KernelBuilder& builder, const Node& node);
Kernel maxPool(KernelBuilder& builder, const Node& node);
Kernel maxPoolGrad(KernelBuilder& builder, const Node& node);
Kernel averagePool(KernelBuilder& builder, const Node& node);
Kernel averagePoolGrad(KernelBuilder& builder, const Node& node);
Kernel globalAveragePool(KernelBuilder& builder, const Node& node);
Kernel globalAveragePoolGrad(KernelBuilder& builder, const Node& node);
Kernel batchNorm(KernelBuilder& builder, const Node& node);
Kernel batchNormInference(KernelBuilder& builder, const Node& node);
Kernel batchNormGrad(KernelBuilder& builder, const Node& node);
Kernel batchNormInferenceGrad(KernelBuilder& builder, const Node& node);
Kernel layerNorm(KernelBuilder& builder, const Node& node);
Kernel layerNormGrad(KernelBuilder& builder, const Node& node);
Kernel groupNorm(KernelBuilder& builder, const Node& node);
Kernel groupNormGrad(KernelBuilder& builder, const Node& node);
Kernel dropout(KernelBuilder& builder, const Node& node);
Kernel activate(KernelBuilder& builder, const Node& node);
Kernel activateGrad(KernelBuilder& builder, const Node& node);
Kernel softmax(KernelBuilder& builder, const Node& node);
Kernel softmaxGrad(KernelBuilder& builder, const Node& node);
Kernel add(KernelBuilder& builder, const Node& node);
Kernel multiply(KernelBuilder& builder, const Node& node);
Kernel cast(KernelBuilder& builder, const Node& node);
Kernel elementwise(KernelBuilder& builder, const Node& node);
Kernel concat(KernelBuilder& builder, const Node& node);
Kernel slice(KernelBuilder& builder, const Node& node);
Kernel pad(KernelBuilder& builder, const Node& node);
Kernel permute(KernelBuilder& builder, const Node& node);
Kernel sumAxis(KernelBuilder& builder, const Node& node);
Kernel repeatAxis(KernelBuilder& builder, const Node& node);
Kernel embedding(KernelBuilder& builder, const Node& node);
Kernel embeddingGrad(KernelBuilder& builder, const Node& node);
Kernel recurrent(KernelBuilder& builder, const Node& node);
Kernel recurrentGrad(KernelBuilder& builder, const Node& node);
Kernel upsample(KernelBuilder& builder, const Node& node);
Kernel upsampleGrad(KernelBuilder& builder, const Node& node);
Kernel softmaxCrossEntropy(KernelBuilder& builder, const Node& node);
Kernel softmaxCrossEntropyGrad(KernelBuilder& builder, const Node& node);
Kernel softmaxCrossEntropyStep(KernelBuilder& builder, const Node& node);
Kernel regressionLoss(KernelBuilder& builder, const Node& node);
Kernel regressionLossGrad(KernelBuilder& builder, const Node& node);
Kernel ctcLoss(KernelBuilder& builder, const Node& node);
Kernel ctcLossGrad(KernelBuilder& builder, const Node& node);
Kernel ctcCorrect(KernelBuilder& builder, const Node& node);
Kernel countSigns(KernelBuilder& builder, const Node& node);
Kernel countCorrect(KernelBuilder& builder, const Node& node);
Kernel errorSums(KernelBuilder& builder, const Node& node);
Kernel fill(KernelBuilder& builder, const Node& node);

/// Elements of an elementwise loop below which a second thread does not pay.
inline constexpr std::int64_t kElementGrain = 16'384;
/// Multiplications below which our own loop is done before a primitive has started (measured: about 2 us a call).
inline constexpr std::int64_t kSmallProduct = 50'000;

} // namespace ty::engine::kernels
