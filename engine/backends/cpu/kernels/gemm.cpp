#include "engine/backends/cpu/kernels/gemm.h"

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/kernels/primitive_kernel.h"
#include "engine/backends/cpu/onednn_compat.h"

namespace ty::engine::kernels {

namespace {

void* writable(const void* data)
{
    return const_cast<void*>(data); // oneDNN only reads it
}

} // namespace

Gemm::Gemm(
    KernelBuilder& builder,
    ScratchPlan& plan,
    const loops::SmallMatMul& shape,
    bool hasBias,
    Packing packing,
    Formats formats)
    : m_shape(shape)
    , m_isSmall(
          formats.products == DType::Float32 && shape.rows * shape.columns * shape.inner <= kSmallProduct)
    , m_stream(builder.stream())
{
    if (m_isSmall) {
        return;
    }
    using Desc = dnnl::memory::desc;
    using Dims = dnnl::memory::dims;
    constexpr auto kFloat = dnnl::memory::data_type::f32;
    const dnnl::engine& engine = builder.engine();
    const std::int64_t row = shape.cRow != 0 ? shape.cRow : shape.columns;
    const auto type = dataTypeOf(formats.products);
    const bool isPacked = packing == Packing::Yes || formats.b != formats.products;
    const Desc src({shape.rows, shape.inner}, type, Dims{shape.aRow, shape.aInner});
    const Desc given({shape.inner, shape.columns}, dataTypeOf(formats.b), Dims{shape.bInner, shape.bColumn});
    const Desc any({shape.inner, shape.columns}, type, dnnl::memory::format_tag::any);
    const Desc bias({1, shape.columns}, kFloat, Dims{shape.columns, 1});
    const Desc dst({shape.rows, shape.columns}, kFloat, Dims{row, 1});
    const auto chosen = onednn::matmul(
        engine,
        src,
        isPacked ? any : given,
        hasBias ? &bias : nullptr,
        dst,
        PrimitiveKernel::attributes());
    m_primitive = dnnl::matmul(chosen);
    m_given = dnnl::memory(given, engine, nullptr);
    const Desc weights = chosen.weights_desc();
    m_arguments.emplace(DNNL_ARG_SRC, dnnl::memory(src, engine, nullptr));
    m_arguments.emplace(DNNL_ARG_WEIGHTS, dnnl::memory(weights, engine, nullptr));
    m_arguments.emplace(DNNL_ARG_DST, dnnl::memory(dst, engine, nullptr));
    if (hasBias) {
        m_arguments.emplace(DNNL_ARG_BIAS, dnnl::memory(bias, engine, nullptr));
    }
    if (const std::size_t bytes = chosen.scratchpad_desc().get_size(); bytes > 0) {
        m_scratchOffset = plan.add(bytes);
        m_arguments.emplace(DNNL_ARG_SCRATCHPAD, dnnl::memory(chosen.scratchpad_desc(), engine, nullptr));
    }
    if (weights != given) {
        m_packedOffset = plan.add(weights.get_size());
        m_reorder = dnnl::reorder({engine, given, engine, weights, PrimitiveKernel::attributes()});
    }
}

void Gemm::pack(const RunContext& context, void* b)
{
    if (m_isSmall) {
        m_b = static_cast<const float*>(b);
        return;
    }
    dnnl::memory& weights = m_arguments.at(DNNL_ARG_WEIGHTS);
    if (!m_reorder) {
        weights.set_data_handle(b);
        return;
    }
    m_given.set_data_handle(b);
    weights.set_data_handle(context.scratch + m_packedOffset);
    m_reorder->execute(m_stream, m_given, weights);
}

void Gemm::run(const RunContext& context, const void* a, const float* bias, float* c)
{
    if (m_isSmall) {
        loops::smallMatMul(m_shape, static_cast<const float*>(a), m_b, bias, c);
        return;
    }
    m_arguments.at(DNNL_ARG_SRC).set_data_handle(writable(a));
    m_arguments.at(DNNL_ARG_DST).set_data_handle(c);
    if (const auto found = m_arguments.find(DNNL_ARG_BIAS); found != m_arguments.end()) {
        found->second.set_data_handle(writable(bias));
    }
    if (const auto found = m_arguments.find(DNNL_ARG_SCRATCHPAD); found != m_arguments.end()) {
        found->second.set_data_handle(context.scratch + m_scratchOffset);
    }
    m_primitive.execute(m_stream, m_arguments);
}

void Gemm::run(const RunContext& context, const void* a, void* b, const float* bias, float* c)
{
    pack(context, b);
    run(context, a, bias, c);
}

} // namespace ty::engine::kernels
