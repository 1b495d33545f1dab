#include "engine/backends/cpu/kernels/library_product.h"

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernels/activation_post_op.h"
#include "engine/backends/cpu/kernels/primitive_kernel.h"
#include "engine/backends/cpu/onednn_compat.h"

namespace ty::engine::kernels {

Kernel libraryProduct(KernelBuilder& builder, const LibraryProduct& product)
{
    using Desc = dnnl::memory::desc;
    using Dims = dnnl::memory::dims;
    constexpr auto kFloat = dnnl::memory::data_type::f32;
    const auto writable = [](const void* data) { return const_cast<void*>(data); }; // oneDNN only reads it
    const auto descOf = [&](DType dtype, const Dims& extents, const Dims& strides) {
        const auto type = dataTypeOf(dtype);
        return product.matrices > 0 ? Desc({product.matrices, extents[0], extents[1]}, type, Dims{extents[0] * extents[1], strides[0], strides[1]})
                                    : Desc(extents, type, strides);
    };
    const loops::SmallMatMul& shape = product.shape;
    const Desc src = descOf(product.aType, {shape.rows, shape.inner}, {shape.aRow, shape.aInner});
    const Desc weights = descOf(product.bType, {shape.inner, shape.columns}, {shape.bInner, shape.bColumn});
    const Desc dst = descOf(
        product.cType, {shape.rows, shape.columns}, {shape.cRow != 0 ? shape.cRow : shape.columns, 1});
    const Desc bias({1, shape.columns}, kFloat, Dims{shape.columns, 1});
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
