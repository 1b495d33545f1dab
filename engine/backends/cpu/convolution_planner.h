#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/backends/cpu/onednn_compat.h"
#include "engine/graph/layout_plan.h"

namespace ty::engine {

dnnl::memory::data_type dataTypeOf(DType dtype);
/// The memory descriptor of a {N, C, H, W} picture with this channel block.
dnnl::memory::desc pictureDesc(const Shape& shape, std::int64_t channelBlock, DType dtype);
struct PicturePair {
    dnnl::memory::desc src;
    dnnl::memory::desc dst;
};
/// The descriptors under which a convolution is told its pictures. 8 or 16 channels in all are blocked and
/// channels-last at once: they go by the name that fits the other picture, for kernels take no mixed pair.
PicturePair convolutionDescs(const Value& src, const Value& dst);
/// Row-major, any rank, float32.
dnnl::memory::desc plainDesc(const dnnl::memory::dims& dims);
/// {filters, channels, kh, kw}, or {groups, filters / groups, channels, kh, kw}.
dnnl::memory::dims weightDims(const Shape& weight, std::int64_t groups);
/// The layout that a builder has for a convolution's weight or its gradient; plain where none is set.
dnnl::memory::desc keptWeight(const KernelBuilder& builder, ValueId id, std::int64_t groups);
/// Whether this is the library's reference, which may be a thousand times slower than its kernels.
bool isReference(const char* implementation);
onednn::ConvolutionGeometry geometryOf(const ConvolutionAttributes& attributes);

/// What a convolution's kernel wants.
struct ConvolutionPlan {
    ConvolutionLayout layout;
    dnnl::memory::desc weights; ///< the layout in which the parameter is kept
};

/// Asks our own rule and oneDNN once for each convolution, at a nominal batch size: so the layout of the parameters, and with it every
/// bit of the results, does not depend on which batch size was compiled first.
class ConvolutionPlanner {
public:
    explicit ConvolutionPlanner(const dnnl::engine& engine) : m_engine(engine) {}

    const ConvolutionPlan& planOf(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes);
    /// Whether we or oneDNN have fast kernels on bfloat16 for the convolution and both of its gradients.
    bool isHalfFast(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes);

private:
    dnnl::engine m_engine;
    std::map<std::string, ConvolutionPlan> m_plans;
    std::map<std::string, bool> m_isHalfFast;
};

} // namespace ty::engine
