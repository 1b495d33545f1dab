#include "engine/backends/cpu/kernels/primitive_kernel.h"

#include <memory>
#include <utility>

namespace ty::engine::kernels {

PrimitiveKernel::PrimitiveKernel(
    KernelBuilder& builder, const dnnl::primitive& primitive, const dnnl::memory::desc& scratchpad)
    : m_engine(builder.engine()), m_stream(builder.stream()), m_primitive(primitive)
{
    if (scratchpad.get_size() > 0) {
        m_arguments.emplace(DNNL_ARG_SCRATCHPAD, scratchMemory(scratchpad));
    }
}

dnnl::primitive_attr PrimitiveKernel::attributes()
{
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

dnnl::memory PrimitiveKernel::scratchMemory(const dnnl::memory::desc& desc)
{
    dnnl::memory memory(desc, m_engine, nullptr);
    m_inScratch.emplace_back(memory, m_scratchBytes);
    m_scratchBytes += (desc.get_size() + 4095) / 4096 * 4096;
    return memory;
}

void PrimitiveKernel::bind(int argument, const dnnl::memory::desc& desc, void* data)
{
    m_arguments.emplace(argument, dnnl::memory(desc, m_engine, data));
}

void PrimitiveKernel::bindInput(
    int argument, const dnnl::memory::desc& wanted, const dnnl::memory::desc& given, void* data)
{
    if (wanted == given) {
        bind(argument, wanted, data);
        return;
    }
    dnnl::memory src(given, m_engine, data);
    dnnl::memory dst = scratchMemory(wanted);
    m_before.push_back({dnnl::reorder({m_engine, given, m_engine, wanted, attributes()}), src, dst});
    m_arguments.emplace(argument, dst);
}

void PrimitiveKernel::bindOutput(
    int argument, const dnnl::memory::desc& made, const dnnl::memory::desc& wanted, void* data)
{
    if (wanted == made) {
        bind(argument, made, data);
        return;
    }
    dnnl::memory src = scratchMemory(made);
    dnnl::memory dst(wanted, m_engine, data);
    m_after.push_back({dnnl::reorder({m_engine, made, m_engine, wanted, attributes()}), src, dst});
    m_arguments.emplace(argument, src);
}

std::size_t PrimitiveKernel::bindScratch(int argument, const dnnl::memory::desc& desc)
{
    const std::size_t offset = m_scratchBytes;
    m_arguments.emplace(argument, scratchMemory(desc));
    return offset;
}

Kernel PrimitiveKernel::finish(KernelBuilder& builder)
{
    builder.wishScratch(m_scratchBytes);
    return [self = std::make_shared<PrimitiveKernel>(std::move(*this))](const RunContext& context) {
        for (auto& [memory, offset] : self->m_inScratch) {
            memory.set_data_handle(context.scratch + offset);
        }
        for (Reorder& reorder : self->m_before) {
            reorder.primitive.execute(self->m_stream, reorder.src, reorder.dst);
        }
        self->m_primitive.execute(self->m_stream, self->m_arguments);
        for (Reorder& reorder : self->m_after) {
            reorder.primitive.execute(self->m_stream, reorder.src, reorder.dst);
        }
    };
}

} // namespace ty::engine::kernels
