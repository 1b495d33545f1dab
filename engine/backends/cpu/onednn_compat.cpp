#include "engine/backends/cpu/onednn_compat.h"

namespace ty::engine::onednn {

namespace {

constexpr dnnl::algorithm kDirect = dnnl::algorithm::convolution_direct;
constexpr dnnl::prop_kind kTraining = dnnl::prop_kind::forward_training;

} // namespace

#if DNNL_VERSION_MAJOR >= 3

dnnl::convolution_forward::primitive_desc convolutionForward(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc* bias,
    const dnnl::memory::desc& dst,
    const ConvolutionGeometry& g,
    const dnnl::primitive_attr& attributes)
{
    if (bias != nullptr) {
        return {engine, kTraining, kDirect, src, weights, *bias, dst, g.stride, g.dilation, g.paddingBegin,
                g.paddingEnd, attributes};
    }
    return {engine, kTraining, kDirect, src, weights, dst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd,
            attributes};
}

dnnl::convolution_backward_data::primitive_desc convolutionBackwardData(
    const dnnl::engine& engine,
    const dnnl::memory::desc& diffSrc,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc& diffDst,
    const ConvolutionGeometry& g,
    const dnnl::convolution_forward::primitive_desc& hint,
    const dnnl::primitive_attr& attributes)
{
    return {engine, kDirect, diffSrc, weights, diffDst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd, hint,
            attributes};
}

dnnl::convolution_backward_weights::primitive_desc convolutionBackwardWeights(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& diffWeights,
    const dnnl::memory::desc* diffBias,
    const dnnl::memory::desc& diffDst,
    const ConvolutionGeometry& g,
    const dnnl::convolution_forward::primitive_desc& hint,
    const dnnl::primitive_attr& attributes)
{
    if (diffBias != nullptr) {
        return {engine, kDirect, src, diffWeights, *diffBias, diffDst, g.stride, g.dilation, g.paddingBegin,
                g.paddingEnd, hint, attributes};
    }
    return {engine, kDirect, src, diffWeights, diffDst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd, hint,
            attributes};
}

dnnl::matmul::primitive_desc matmul(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc* bias,
    const dnnl::memory::desc& dst,
    const dnnl::primitive_attr& attributes)
{
    if (bias != nullptr) {
        return {engine, src, weights, *bias, dst, attributes};
    }
    return {engine, src, weights, dst, attributes};
}

void appendActivation(dnnl::post_ops& operations, dnnl::algorithm algorithm, float alpha, float beta)
{
    operations.append_eltwise(algorithm, alpha, beta);
}

#else

dnnl::convolution_forward::primitive_desc convolutionForward(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc* bias,
    const dnnl::memory::desc& dst,
    const ConvolutionGeometry& g,
    const dnnl::primitive_attr& attributes)
{
    using Forward = dnnl::convolution_forward;
    const Forward::desc operation = bias != nullptr
        ? Forward::desc(
            kTraining, kDirect, src, weights, *bias, dst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd)
        : Forward::desc(kTraining, kDirect, src, weights, dst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd);
    return {operation, attributes, engine};
}

dnnl::convolution_backward_data::primitive_desc convolutionBackwardData(
    const dnnl::engine& engine,
    const dnnl::memory::desc& diffSrc,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc& diffDst,
    const ConvolutionGeometry& g,
    const dnnl::convolution_forward::primitive_desc& hint,
    const dnnl::primitive_attr& attributes)
{
    const dnnl::convolution_backward_data::desc operation(
        kDirect, diffSrc, weights, diffDst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd);
    return {operation, attributes, engine, hint};
}

dnnl::convolution_backward_weights::primitive_desc convolutionBackwardWeights(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& diffWeights,
    const dnnl::memory::desc* diffBias,
    const dnnl::memory::desc& diffDst,
    const ConvolutionGeometry& g,
    const dnnl::convolution_forward::primitive_desc& hint,
    const dnnl::primitive_attr& attributes)
{
    using Backward = dnnl::convolution_backward_weights;
    const Backward::desc operation = diffBias != nullptr
        ? Backward::desc(
            kDirect, src, diffWeights, *diffBias, diffDst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd)
        : Backward::desc(kDirect, src, diffWeights, diffDst, g.stride, g.dilation, g.paddingBegin, g.paddingEnd);
    return {operation, attributes, engine, hint};
}

dnnl::matmul::primitive_desc matmul(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc* bias,
    const dnnl::memory::desc& dst,
    const dnnl::primitive_attr& attributes)
{
    const dnnl::matmul::desc operation =
        bias != nullptr ? dnnl::matmul::desc(src, weights, *bias, dst) : dnnl::matmul::desc(src, weights, dst);
    return {operation, attributes, engine};
}

void appendActivation(dnnl::post_ops& operations, dnnl::algorithm algorithm, float alpha, float beta)
{
    operations.append_eltwise(1.0F, algorithm, alpha, beta);
}

#endif

} // namespace ty::engine::onednn
