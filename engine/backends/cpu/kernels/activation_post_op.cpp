#include "engine/backends/cpu/kernels/activation_post_op.h"

#include <cassert>

#include "engine/backends/cpu/onednn_compat.h"

namespace ty::engine::kernels {

dnnl::post_ops activationPostOp(const Activation& activation)
{
    dnnl::post_ops operations;
    const auto append = [&operations](dnnl::algorithm algorithm, float alpha, float beta = 0.0F) {
        onednn::appendActivation(operations, algorithm, alpha, beta);
    };
    switch (activation.kind) {
    case ActivationKind::None: break;
    case ActivationKind::Relu: append(dnnl::algorithm::eltwise_relu, 0.0F); break;
    case ActivationKind::LeakyRelu: append(dnnl::algorithm::eltwise_relu, activation.alpha); break;
    case ActivationKind::Elu: append(dnnl::algorithm::eltwise_elu, activation.alpha); break;
    case ActivationKind::Gelu: append(dnnl::algorithm::eltwise_gelu_erf, 0.0F); break;
    case ActivationKind::Silu: append(dnnl::algorithm::eltwise_swish, 1.0F); break;
    case ActivationKind::Sigmoid: append(dnnl::algorithm::eltwise_logistic, 0.0F); break;
    case ActivationKind::Tanh: append(dnnl::algorithm::eltwise_tanh, 0.0F); break;
    case ActivationKind::HardSigmoid:
        append(dnnl::algorithm::eltwise_linear, 1.0F / 6.0F, 0.5F);
        append(dnnl::algorithm::eltwise_clip, 0.0F, 1.0F);
        break;
    case ActivationKind::HardTanh: append(dnnl::algorithm::eltwise_clip, -1.0F, 1.0F); break;
    case ActivationKind::Scale: append(dnnl::algorithm::eltwise_linear, activation.alpha); break;
    case ActivationKind::HardSwish: assert(false); break; // never fused: releases differ in what they compute
    }
    return operations;
}

} // namespace ty::engine::kernels
