#pragma once

#include <oneapi/dnnl/dnnl.hpp>

// The one place that knows which oneDNN is there: up to 2.7 a primitive is made from an operation descriptor, from 3.0
// on directly. Everything else that we use has the same form in both. All functions throw dnnl::error.
namespace ty::engine::onednn {

/// dilation: 0 is a dense window, as oneDNN counts.
struct ConvolutionGeometry {
    dnnl::memory::dims stride;
    dnnl::memory::dims dilation;
    dnnl::memory::dims paddingBegin;
    dnnl::memory::dims paddingEnd;
};

/// `bias` may be null. Formats may be any.
dnnl::convolution_forward::primitive_desc convolutionForward(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc* bias,
    const dnnl::memory::desc& dst,
    const ConvolutionGeometry& geometry,
    const dnnl::primitive_attr& attributes);

dnnl::convolution_backward_data::primitive_desc convolutionBackwardData(
    const dnnl::engine& engine,
    const dnnl::memory::desc& diffSrc,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc& diffDst,
    const ConvolutionGeometry& geometry,
    const dnnl::convolution_forward::primitive_desc& hint,
    const dnnl::primitive_attr& attributes);

/// `diffBias` may be null.
dnnl::convolution_backward_weights::primitive_desc convolutionBackwardWeights(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& diffWeights,
    const dnnl::memory::desc* diffBias,
    const dnnl::memory::desc& diffDst,
    const ConvolutionGeometry& geometry,
    const dnnl::convolution_forward::primitive_desc& hint,
    const dnnl::primitive_attr& attributes);

/// `bias` {1, columns} may be null.
dnnl::matmul::primitive_desc matmul(
    const dnnl::engine& engine,
    const dnnl::memory::desc& src,
    const dnnl::memory::desc& weights,
    const dnnl::memory::desc* bias,
    const dnnl::memory::desc& dst,
    const dnnl::primitive_attr& attributes);

void appendActivation(dnnl::post_ops& operations, dnnl::algorithm algorithm, float alpha, float beta);

} // namespace ty::engine::onednn
