#include "engine/backends/cpu/kernels/activation_post_op.h"

#include "engine/backends/cpu/onednn_compat.h"

namespace ty::engine::kernels {

dnnl::post_ops activationPostOp(const Activation& activation)
{
    dnnl::post_ops operations;
    const auto append = [&operations](dnnl::algorithm algorithm, float alpha) {
        onednn::appendActivation(operations, algorithm, alpha);
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
    }
    return operations;
}

} // namespace ty::engine::kernels
