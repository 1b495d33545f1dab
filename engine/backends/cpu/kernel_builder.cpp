#include "engine/backends/cpu/kernel_builder.h"

#include "engine/backends/cpu/kernels/kernels.h"

namespace ty::engine {

ChannelView viewOf(const Value& value)
{
    const Shape& shape = value.shape;
    ChannelView view;
    view.batch = shape.empty() ? 1 : shape[0];
    const std::int64_t channels = shape.size() < 2 ? 1 : shape[1];
    for (std::size_t i = 2; i < shape.size(); ++i) {
        view.spatial *= shape[i];
    }
    view.inner = view.spatial == 1 ? channels : value.channelBlock;
    view.outer = channels / view.inner;
    return view;
}

const dnnl::memory::desc* KernelBuilder::weightLayout(ValueId id) const
{
    const auto found = m_weightLayouts.find(id);
    return found == m_weightLayouts.end() ? nullptr : &found->second;
}

Kernel makeKernel(KernelBuilder& builder, const Node& node)
{
    switch (node.kind) {
    case OpKind::MatMul: return kernels::matMul(builder, node);
    case OpKind::AddBias: return kernels::addBias(builder, node);
    case OpKind::SumChannels: return kernels::sumChannels(builder, node);
    case OpKind::Conv2d: return kernels::conv2d(builder, node);
    case OpKind::Conv2dInputGrad: return kernels::conv2dInputGrad(builder, node);
    case OpKind::Conv2dWeightGrad: return kernels::conv2dWeightGrad(builder, node);
    case OpKind::MaxPool: return kernels::maxPool(builder, node);
    case OpKind::MaxPoolGrad: return kernels::maxPoolGrad(builder, node);
    case OpKind::AveragePool: return kernels::averagePool(builder, node);
    case OpKind::AveragePoolGrad: return kernels::averagePoolGrad(builder, node);
    case OpKind::GlobalAveragePool: return kernels::globalAveragePool(builder, node);
    case OpKind::GlobalAveragePoolGrad: return kernels::globalAveragePoolGrad(builder, node);
    case OpKind::BatchNorm: return kernels::batchNorm(builder, node);
    case OpKind::BatchNormInference: return kernels::batchNormInference(builder, node);
    case OpKind::BatchNormGrad: return kernels::batchNormGrad(builder, node);
    case OpKind::BatchNormInferenceGrad: return kernels::batchNormInferenceGrad(builder, node);
    case OpKind::LayerNorm: return kernels::layerNorm(builder, node);
    case OpKind::LayerNormGrad: return kernels::layerNormGrad(builder, node);
    case OpKind::GroupNorm: return kernels::groupNorm(builder, node);
    case OpKind::GroupNormGrad: return kernels::groupNormGrad(builder, node);
    case OpKind::Dropout: return kernels::dropout(builder, node);
    case OpKind::Activate: return kernels::activate(builder, node);
    case OpKind::ActivateGrad: return kernels::activateGrad(builder, node);
    case OpKind::Softmax: return kernels::softmax(builder, node);
    case OpKind::SoftmaxGrad: return kernels::softmaxGrad(builder, node);
    case OpKind::Add: return kernels::add(builder, node);
    case OpKind::Multiply: return kernels::multiply(builder, node);
    case OpKind::Cast: return kernels::cast(builder, node);
    case OpKind::Elementwise: return kernels::elementwise(builder, node);
    case OpKind::Concat: return kernels::concat(builder, node);
    case OpKind::Slice: return kernels::slice(builder, node);
    case OpKind::Pad: return kernels::pad(builder, node);
    case OpKind::Permute: return kernels::permute(builder, node);
    case OpKind::SumAxis: return kernels::sumAxis(builder, node);
    case OpKind::RepeatAxis: return kernels::repeatAxis(builder, node);
    case OpKind::Upsample: return kernels::upsample(builder, node);
    case OpKind::UpsampleGrad: return kernels::upsampleGrad(builder, node);
    case OpKind::Embedding: return kernels::embedding(builder, node);
    case OpKind::EmbeddingGrad: return kernels::embeddingGrad(builder, node);
    case OpKind::Recurrent: return kernels::recurrent(builder, node);
    case OpKind::RecurrentGrad: return kernels::recurrentGrad(builder, node);
    case OpKind::Reshape: return {}; // a view
    case OpKind::Reorder: return kernels::reorder(builder, node);
    case OpKind::SoftmaxCrossEntropy: return kernels::softmaxCrossEntropy(builder, node);
    case OpKind::SoftmaxCrossEntropyGrad: return kernels::softmaxCrossEntropyGrad(builder, node);
    case OpKind::SoftmaxCrossEntropyStep: return kernels::softmaxCrossEntropyStep(builder, node);
    case OpKind::RegressionLoss: return kernels::regressionLoss(builder, node);
    case OpKind::RegressionLossGrad: return kernels::regressionLossGrad(builder, node);
    case OpKind::CtcLoss: return kernels::ctcLoss(builder, node);
    case OpKind::CtcLossGrad: return kernels::ctcLossGrad(builder, node);
    case OpKind::CtcCorrect: return kernels::ctcCorrect(builder, node);
    case OpKind::CountSigns: return kernels::countSigns(builder, node);
    case OpKind::CountCorrect: return kernels::countCorrect(builder, node);
    case OpKind::ErrorSums: return kernels::errorSums(builder, node);
    case OpKind::Fill: return kernels::fill(builder, node);
    }
    return {};
}

} // namespace ty::engine
