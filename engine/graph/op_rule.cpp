#include "engine/graph/op_rule.h"

#include <vector>

#include "engine/graph/ops/rules.h"

namespace ty::engine {

namespace {

OpRule makeRule(OpKind kind)
{
    switch (kind) {
    case OpKind::MatMul: return ops::matMul();
    case OpKind::AddBias: return ops::addBias();
    case OpKind::SumChannels: return ops::sumChannels();
    case OpKind::Conv2d: return ops::conv2d();
    case OpKind::Conv2dInputGrad: return ops::conv2dInputGrad();
    case OpKind::Conv2dWeightGrad: return ops::conv2dWeightGrad();
    case OpKind::MaxPool: return ops::maxPool();
    case OpKind::MaxPoolGrad: return ops::maxPoolGrad();
    case OpKind::AveragePool: return ops::averagePool();
    case OpKind::AveragePoolGrad: return ops::averagePoolGrad();
    case OpKind::GlobalAveragePool: return ops::globalAveragePool();
    case OpKind::GlobalAveragePoolGrad: return ops::globalAveragePoolGrad();
    case OpKind::BatchNorm: return ops::batchNorm();
    case OpKind::BatchNormInference: return ops::batchNormInference();
    case OpKind::BatchNormGrad: return ops::batchNormGrad();
    case OpKind::BatchNormInferenceGrad: return ops::batchNormInferenceGrad();
    case OpKind::LayerNorm: return ops::layerNorm();
    case OpKind::LayerNormGrad: return ops::layerNormGrad();
    case OpKind::GroupNorm: return ops::groupNorm();
    case OpKind::GroupNormGrad: return ops::groupNormGrad();
    case OpKind::Dropout: return ops::dropout();
    case OpKind::Activate: return ops::activate();
    case OpKind::ActivateGrad: return ops::activateGrad();
    case OpKind::Softmax: return ops::softmax();
    case OpKind::SoftmaxGrad: return ops::softmaxGrad();
    case OpKind::Add: return ops::add();
    case OpKind::Multiply: return ops::multiply();
    case OpKind::Concat: return ops::concat();
    case OpKind::Slice: return ops::slice();
    case OpKind::Pad: return ops::pad();
    case OpKind::Permute: return ops::permute();
    case OpKind::SumAxis: return ops::sumAxis();
    case OpKind::RepeatAxis: return ops::repeatAxis();
    case OpKind::Upsample: return ops::upsample();
    case OpKind::UpsampleGrad: return ops::upsampleGrad();
    case OpKind::Embedding: return ops::embedding();
    case OpKind::EmbeddingGrad: return ops::embeddingGrad();
    case OpKind::Recurrent: return ops::recurrent();
    case OpKind::RecurrentGrad: return ops::recurrentGrad();
    case OpKind::Reshape: return ops::reshape();
    case OpKind::Reorder: return ops::reorder();
    case OpKind::Cast: return ops::cast();
    case OpKind::Elementwise: return ops::elementwise();
    case OpKind::SoftmaxCrossEntropy: return ops::softmaxCrossEntropy();
    case OpKind::SoftmaxCrossEntropyGrad: return ops::softmaxCrossEntropyGrad();
    case OpKind::SoftmaxCrossEntropyStep: return ops::softmaxCrossEntropyStep();
    case OpKind::RegressionLoss: return ops::regressionLoss();
    case OpKind::RegressionLossGrad: return ops::regressionLossGrad();
    case OpKind::CtcLoss: return ops::ctcLoss();
    case OpKind::CtcLossGrad: return ops::ctcLossGrad();
    case OpKind::CtcCorrect: return ops::ctcCorrect();
    case OpKind::CountSigns: return ops::countSigns();
    case OpKind::CountCorrect: return ops::countCorrect();
    case OpKind::ErrorSums: return ops::errorSums();
    case OpKind::Fill: return ops::fill();
    }
    return {};
}

} // namespace

const OpRule& ruleOf(OpKind kind)
{
    static const std::vector<OpRule> rules = [] {
        std::vector<OpRule> made;
        for (int i = 0; i <= static_cast<int>(OpKind::Fill); ++i) {
            made.push_back(makeRule(static_cast<OpKind>(i)));
        }
        return made;
    }();
    return rules[static_cast<std::size_t>(kind)];
}

} // namespace ty::engine
