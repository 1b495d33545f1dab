#include "engine/backends/cpu/kernels/library_product.h"

#include "engine/backends/cpu/kernels/activation_post_op.h"
#include "engine/backends/cpu/kernels/primitive_kernel.h"
#include "engine/backends/cpu/onednn_compat.h"

namespace ty::engine::kernels {

Kernel libraryProduct(KernelBuilder& builder, const LibraryProduct& product)
{
    using Desc = dnnl::memory::desc;
    using Dims = dnnl::memory::dims;
    constexpr auto kFloat = dnnl::memory::data_type::f32;
    const auto writable = [](const float* data) { return const_cast<float*>(data); }; // oneDNN only reads it
    const loops::SmallMatMul& shape = product.shape;
    const Desc src({shape.rows, shape.inner}, kFloat, Dims{shape.aRow, shape.aInner});
    const Desc weights({shape.inner, shape.columns}, kFloat, Dims{shape.bInner, shape.bColumn});
    const Desc bias({1, shape.columns}, kFloat, Dims{shape.columns, 1});
    const Desc dst({shape.rows, shape.columns}, kFloat, Dims{shape.cRow != 0 ? shape.cRow : shape.columns, 1});
    dnnl::primitive_attr attributes = PrimitiveKernel::attributes();
    attributes.set_post_ops(activationPostOp(product.activation));
    const auto chosen = onednn::matmul(
        builder.engine(), src, weights, product.bias != nullptr ? &bias : nullptr, dst, attributes);
    PrimitiveKernel kernel(builder, dnnl::matmul(chosen), chosen.scratchpad_desc());
    kernel.bind(DNNL_ARG_SRC, src, writable(product.a));
    kernel.bind(DNNL_ARG_WEIGHTS, weights, writable(product.b));
    if (product.bias != nullptr) {
        kernel.bind(DNNL_ARG_BIAS, bias, writable(product.bias));
    }
    kernel.bind(DNNL_ARG_DST, dst, product.c);
    return kernel.finish(builder);
}

} // namespace ty::engine::kernels
