#include "engine/backends/cpu/convolution_planner.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/backends/cpu/strided_window_rule.h"
#include "engine/backends/cpu/winograd_rule.h"

namespace ty::engine {

namespace {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

constexpr std::int64_t kNominalBatch = 32;
constexpr auto kFloat = dnnl::memory::data_type::f32;

/// The channel block that `desc` has, if it is one of ours and needs no padding channels.
std::optional<std::int64_t> blockOf(const Desc& desc, const Shape& shape, DType dtype)
{
    for (const std::int64_t block : std::array<std::int64_t, 4>{1, 16, 8, shape[1]}) {
        const bool isBlocked = block == 8 || block == 16;
        if (isBlocked && shape[1] % block != 0) {
            continue;
        }
        if (desc == pictureDesc(shape, block, dtype)) {
            return block;
        }
    }
    // Of 8 or 16 channels in all, channels-last is the same memory under another name.
    if (desc == Desc(shape, dataTypeOf(dtype), Tag::nhwc)) {
        return shape[1];
    }
    return std::nullopt;
}

Shape withBatch(Shape shape)
{
    shape[0] = kNominalBatch;
    return shape;
}

std::string keyOf(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes)
{
    return fmt::format(
        "{} {} {} {} {} {} {}",
        fmt::join(withBatch(shapes.input), ","),
        fmt::join(shapes.weight, ","),
        fmt::join(attributes.stride, ","),
        fmt::join(attributes.dilation, ","),
        fmt::join(attributes.padding, ","),
        attributes.groups,
        dtypeName(shapes.dtype));
}

} // namespace

bool isReference(const char* implementation)
{
    return std::string_view(implementation).starts_with("ref");
}

dnnl::memory::data_type dataTypeOf(DType dtype)
{
    return dtype == DType::BFloat16 ? dnnl::memory::data_type::bf16 : kFloat;
}

Desc pictureDesc(const Shape& shape, std::int64_t channelBlock, DType dtype)
{
    switch (channelBlock) {
    case 1: return {shape, dataTypeOf(dtype), Tag::nchw};
    case 8: return {shape, dataTypeOf(dtype), Tag::nChw8c};
    case 16: return {shape, dataTypeOf(dtype), Tag::nChw16c};
    default: return {shape, dataTypeOf(dtype), Tag::nhwc};
    }
}

PicturePair convolutionDescs(const Value& src, const Value& dst)
{
    const auto isOwnBlock = [](const Value& value) {
        return value.channelBlock != 1 && value.channelBlock != 8 && value.channelBlock != 16;
    };
    const auto isChannelsLast = [](const Value& value) {
        return value.channelBlock == value.shape[1] || canonicalBlock(value.shape, 16) == 1;
    };
    // Blocks of 8 beside blocks of 16 have no gradients but the reference's.
    const bool isMixed = std::max(src.channelBlock, dst.channelBlock) == 16 && std::min(src.channelBlock, dst.channelBlock) == 8;
    const bool isLast
        = (isOwnBlock(src) || isOwnBlock(dst) || isMixed) && isChannelsLast(src) && isChannelsLast(dst);
    const auto descOf = [isLast](const Value& value) {
        return isLast ? Desc(value.shape, dataTypeOf(value.dtype), Tag::nhwc)
                      : pictureDesc(value.shape, value.channelBlock, value.dtype);
    };
    return {descOf(src), descOf(dst)};
}

Desc plainDesc(const dnnl::memory::dims& dims)
{
    dnnl::memory::dims strides(dims.size(), 1);
    for (std::size_t i = dims.size(); i-- > 1;) {
        strides[i - 1] = strides[i] * dims[i];
    }
    return {dims, kFloat, strides};
}

dnnl::memory::dims weightDims(const Shape& weight, std::int64_t groups)
{
    if (groups == 1) {
        return weight;
    }
    return {groups, weight[0] / groups, weight[1], weight[2], weight[3]};
}

Desc keptWeight(const KernelBuilder& builder, ValueId id, std::int64_t groups)
{
    const Desc* layout = builder.weightLayout(id);
    return layout != nullptr ? *layout : plainDesc(weightDims(builder.value(id).shape, groups));
}

onednn::ConvolutionGeometry geometryOf(const ConvolutionAttributes& attributes)
{
    return {
        {attributes.stride[0], attributes.stride[1]},
        {attributes.dilation[0] - 1, attributes.dilation[1] - 1},
        {attributes.padding[0], attributes.padding[1]},
        {attributes.padding[2], attributes.padding[3]}};
}

const ConvolutionPlan& ConvolutionPlanner::planOf(
    const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes)
{
    const Shape input = withBatch(shapes.input);
    const Shape result = withBatch(shapes.result);
    const auto type = dataTypeOf(shapes.dtype);
    const auto [found, isNew] = m_plans.try_emplace(keyOf(shapes, attributes));
    ConvolutionPlan& plan = found->second;
    if (!isNew) {
        return plan;
    }
    if (isWinogradFaster({input, shapes.weight, result, shapes.dtype}, attributes)) {
        plan.layout = {16, 16};
        plan.weights = winogradWeightDesc(shapes.weight);
        return plan;
    }
    if (isStridedWindowFaster({input, shapes.weight, result, shapes.dtype}, attributes)) {
        plan.layout = {1, 16};
        plan.weights = plainDesc(shapes.weight);
        return plan;
    }
    const Desc anyWeights(weightDims(shapes.weight, attributes.groups), type, Tag::any);
    const auto ask = [&](const Desc& src, const Desc& dst) {
        return onednn::convolutionForward(m_engine, src, anyWeights, nullptr, dst, geometryOf(attributes), {});
    };
    auto chosen = ask(Desc(input, type, Tag::any), Desc(result, type, Tag::any));
    auto inputBlock = blockOf(chosen.src_desc(), input, shapes.dtype);
    auto resultBlock = blockOf(chosen.dst_desc(), result, shapes.dtype);
    // The forward kernel may like pictures for which there are no gradients but the reference's, a thousand times slower
    // (6 channels to 16 filters). Up to 3 channels are usually data, which need no gradient themselves.
    const auto hasSlowGradients = [&](const auto& forward) {
        const Desc anyGrad(weightDims(shapes.weight, attributes.groups), kFloat, Tag::any);
        const auto weight = onednn::convolutionBackwardWeights(
            m_engine, forward.src_desc(), anyGrad, nullptr, forward.dst_desc(), geometryOf(attributes), forward, {});
        const auto data = onednn::convolutionBackwardData(
            m_engine, forward.src_desc(), anyWeights, forward.dst_desc(), geometryOf(attributes), forward, {});
        constexpr std::int64_t kMostDataChannels = 3;
        return isReference(weight.impl_info_str())
            || (input[1] > kMostDataChannels && isReference(data.impl_info_str()));
    };
    const bool isSlow = inputBlock && resultBlock && shapes.dtype == DType::Float32 && hasSlowGradients(chosen)
        && !hasSlowGradients(ask(Desc(input, type, Tag::nhwc), Desc(result, type, Tag::nhwc)));
    if (!inputBlock || !resultBlock || isSlow) {
        // Channels that do not fill the blocks would need zeros kept beside them: channels-last needs none.
        inputBlock = input[1];
        resultBlock = result[1];
        chosen = ask(Desc(input, type, Tag::nhwc), Desc(result, type, Tag::nhwc));
    }
    plan.layout = {*inputBlock, *resultBlock};
    plan.weights = chosen.weights_desc();
    return plan;
}

bool ConvolutionPlanner::isHalfFast(const ConvolutionShapes& shapes, const ConvolutionAttributes& attributes)
{
    const auto [found, isNew] = m_isHalfFast.try_emplace(keyOf(shapes, attributes), false);
    if (!isNew) {
        return found->second;
    }
    ConvolutionShapes half = shapes;
    half.dtype = DType::BFloat16;
    if (isWinogradFaster({withBatch(half.input), half.weight, withBatch(half.result), half.dtype}, attributes)) {
        return found->second = true;
    }
    try {
        Value src;
        src.shape = withBatch(shapes.input);
        src.dtype = half.dtype;
        Value dst = src;
        dst.shape = withBatch(shapes.result);
        const ConvolutionLayout& layout = planOf(half, attributes).layout;
        src.channelBlock = canonicalBlock(src.shape, layout.inputBlock);
        dst.channelBlock = canonicalBlock(dst.shape, layout.resultBlock);
        const auto [srcDesc, dstDesc] = convolutionDescs(src, dst);
        const auto dims = weightDims(shapes.weight, attributes.groups);
        const Desc weights(dims, dnnl::memory::data_type::bf16, Tag::any);
        const auto geometry = geometryOf(attributes);
        const auto forward =
            onednn::convolutionForward(m_engine, srcDesc, weights, nullptr, dstDesc, geometry, {});
        const auto data =
            onednn::convolutionBackwardData(m_engine, srcDesc, weights, dstDesc, geometry, forward, {});
        const auto weight = onednn::convolutionBackwardWeights(
            m_engine, srcDesc, Desc(dims, kFloat, Tag::any), nullptr, dstDesc, geometry, forward, {});
        found->second = !isReference(forward.impl_info_str()) && !isReference(data.impl_info_str())
            && !isReference(weight.impl_info_str());
    } catch (const dnnl::error& error) {
        if (error.status != dnnl_unimplemented) {
            throw;
        }
    }
    return found->second;
}

} // namespace ty::engine
