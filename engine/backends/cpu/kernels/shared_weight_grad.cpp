#include "engine/backends/cpu/kernels/shared_weight_grad.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <omp.h>

#include "engine/backends/cpu/kernels/convolution_forms.h"
#include "engine/backends/cpu/kernels/primitive_kernel.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

namespace {

using Desc = dnnl::memory::desc;

/// Primitives are made for as many threads as OpenMP has at the time.
class OneThread {
public:
    OneThread() : m_threads(omp_get_max_threads()) { omp_set_num_threads(1); }
    ~OneThread() { omp_set_num_threads(m_threads); }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int m_threads;
};

/// One image of a picture.
void* imageOf(const KernelBuilder& builder, ValueId id, std::int64_t image)
{
    const Value& value = builder.value(id);
    const auto bytes = static_cast<std::size_t>(value.size() / value.shape[0]) * dtypeBytes(value.dtype);
    return static_cast<std::byte*>(builder.pointer(id)) + static_cast<std::size_t>(image) * bytes;
}

/// Arrays of the same length, one of each share, by their offsets in the scratch.
struct Sums {
    std::vector<std::size_t> offsets;
    std::int64_t count = 0;

    /// target = their sum, in their order; target may be the first of them.
    void addUp(int threads, std::byte* scratch, float* target) const
    {
        constexpr std::int64_t kGrain = 16'384;
        parallelRanges(threads, count, kGrain, [&](std::int64_t begin, std::int64_t end) {
            const auto size = static_cast<std::size_t>(end - begin);
            const float* total = floats(scratch, 0) + begin;
            for (std::size_t share = 1; share < offsets.size(); ++share) {
                loops::add(total, floats(scratch, share) + begin, target + begin, size);
                total = target + begin;
            }
        });
    }

    float* floats(std::byte* scratch, std::size_t share) const
    {
        return reinterpret_cast<float*>(scratch + offsets[share]);
    }
};

/// What turns a gradient as it was made into the one that is kept, where they differ.
struct Keeping {
    dnnl::stream stream;
    dnnl::reorder primitive;
    dnnl::memory made;
    dnnl::memory kept;
};

/// Null where they are the same.
std::shared_ptr<Keeping> makeKeeping(const KernelBuilder& builder, const Desc& made, const Desc& kept, float* target)
{
    if (made == kept) {
        return nullptr;
    }
    const dnnl::engine& engine = builder.engine();
    return std::make_shared<Keeping>(Keeping{
        builder.stream(),
        dnnl::reorder({engine, made, engine, kept, PrimitiveKernel::attributes()}),
        dnnl::memory(made, engine, nullptr),
        dnnl::memory(kept, engine, target)});
}

} // namespace

Kernel sharedWeightGrad(KernelBuilder& builder, const Node& node)
{
    const auto& settings = node.as<ConvolutionAttributes>();
    const Value& grad = builder.value(node.inputs[0]);
    const Value& input = builder.value(node.inputs[1]);
    const auto dims = weightDims(builder.value(node.outputs[0]).shape, settings.groups);
    const auto geometry = geometryOf(settings);
    const auto attributes = PrimitiveKernel::attributes();
    const Desc anyWeight(dims, dataTypeOf(grad.dtype), dnnl::memory::format_tag::any);
    const bool hasBias = settings.hasBiasGrad;
    const Desc biasDesc = hasBias ? plainDesc(builder.value(node.outputs[1]).shape) : Desc();
    const int threads = builder.threads();

    std::vector<Kernel> shares;
    Sums weights;
    Sums biases;
    std::size_t stride = 0;
    Desc made(dims, dataTypeOf(DType::Float32), dnnl::memory::format_tag::any);
    for (int i = 0; i < threads; ++i) {
        const OneThread one;
        const std::int64_t begin = grad.shape[0] * i / threads;
        Value src = input;
        Value dst = grad;
        src.shape[0] = grad.shape[0] * (i + 1) / threads - begin;
        dst.shape[0] = src.shape[0];
        const auto forms = convolutionForms(
            src, dst, builder.value(node.outputs[0]).shape, settings.groups, ConvolutionUse::WeightGrad);
        const auto [chosen, form] = chooseForm(forms, [&](const ConvolutionForm& way) {
            const auto hint = onednn::convolutionForward(
                builder.engine(), way.hint.src, anyWeight, nullptr, way.hint.dst, geometry, attributes);
            return onednn::convolutionBackwardWeights(
                builder.engine(),
                way.told.src,
                made, // as the first share has chosen
                hasBias ? &biasDesc : nullptr,
                way.told.dst,
                geometry,
                hint,
                attributes);
        });
        made = chosen.diff_weights_desc();

        PrimitiveKernel kernel(builder, dnnl::convolution_backward_weights(chosen), chosen.scratchpad_desc());
        kernel.bindInput(DNNL_ARG_DIFF_DST, form.told.dst, form.kept.dst, imageOf(builder, node.inputs[0], begin));
        kernel.bindInput(DNNL_ARG_SRC, form.told.src, form.kept.src, imageOf(builder, node.inputs[1], begin));
        weights.offsets.push_back(kernel.bindScratch(DNNL_ARG_DIFF_WEIGHTS, made));
        if (hasBias) {
            biases.offsets.push_back(kernel.bindScratch(DNNL_ARG_DIFF_BIAS, biasDesc));
        }
        stride = std::max(stride, kernel.scratchBytes());
        shares.push_back(kernel.finish(builder));
    }
    KernelParts parts;
    parts.shares = threads;
    parts.scratchBytes = stride * shares.size();
    builder.wishScratch(parts.scratchBytes);
    weights.count = static_cast<std::int64_t>(made.get_size() / sizeof(float));
    biases.count = hasBias ? builder.value(node.outputs[1]).size() : 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        weights.offsets[i] += i * stride;
        if (hasBias) {
            biases.offsets[i] += i * stride;
        }
    }

    float* weightGrad = builder.data(node.outputs[0]);
    float* biasGrad = hasBias ? builder.data(node.outputs[1]) : nullptr;
    const auto keeping = makeKeeping(builder, made, keptWeight(builder, node.outputs[0], settings.groups), weightGrad);
    parts.work = [stride, shares](const RunContext& context, int share) {
        const auto index = static_cast<std::size_t>(share);
        shares[index]({context.scratch + index * stride, 0, 0});
    };
    parts.end = [=](const RunContext& context) {
        weights.addUp(threads, context.scratch, keeping ? weights.floats(context.scratch, 0) : weightGrad);
        if (biasGrad != nullptr) {
            biases.addUp(threads, context.scratch, biasGrad);
        }
        if (keeping) {
            keeping->made.set_data_handle(weights.floats(context.scratch, 0));
            keeping->primitive.execute(keeping->stream, keeping->made, keeping->kept);
        }
    };
    return parts;
}

} // namespace ty::engine::kernels
