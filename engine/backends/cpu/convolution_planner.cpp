#include "engine/backends/cpu/convolution_planner.h"

#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ty::engine {

namespace {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

constexpr std::int64_t kNominalBatch = 32;
constexpr auto kFloat = dnnl::memory::data_type::f32;

/// The channel block that `desc` has, if it is one of ours and needs no padding channels.
std::optional<std::int64_t> blockOf(const Desc& desc, const Shape& shape)
{
    for (const std::int64_t block : std::array<std::int64_t, 4>{1, 16, 8, shape[1]}) {
        const bool isBlocked = block == 8 || block == 16;
        if (isBlocked && shape[1] % block != 0) {
            continue;
        }
        if (desc == pictureDesc(shape, block)) {
            return block;
        }
    }
    // Of 8 or 16 channels in all, channels-last is the same memory under another name.
    if (desc == Desc(shape, kFloat, Tag::nhwc)) {
        return shape[1];
    }
    return std::nullopt;
}

Shape withBatch(Shape shape)
{
    shape[0] = kNominalBatch;
    return shape;
}

} // namespace

Desc pictureDesc(const Shape& shape, std::int64_t channelBlock)
{
    switch (channelBlock) {
    case 1: return {shape, kFloat, Tag::nchw};
    case 8: return {shape, kFloat, Tag::nChw8c};
    case 16: return {shape, kFloat, Tag::nChw16c};
    default: return {shape, kFloat, Tag::nhwc};
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
    const bool isLast = (isOwnBlock(src) || isOwnBlock(dst)) && isChannelsLast(src) && isChannelsLast(dst);
    const auto descOf = [isLast](const Value& value) {
        return isLast ? Desc(value.shape, kFloat, Tag::nhwc) : pictureDesc(value.shape, value.channelBlock);
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
    const std::string key = fmt::format(
        "{} {} {} {} {} {}",
        fmt::join(input, ","),
        fmt::join(shapes.weight, ","),
        fmt::join(attributes.stride, ","),
        fmt::join(attributes.dilation, ","),
        fmt::join(attributes.padding, ","),
        attributes.groups);
    const auto [found, isNew] = m_plans.try_emplace(key);
    ConvolutionPlan& plan = found->second;
    if (!isNew) {
        return plan;
    }
    const Desc anyWeights(weightDims(shapes.weight, attributes.groups), kFloat, Tag::any);
    const auto ask = [&](const Desc& src, const Desc& dst) {
        return onednn::convolutionForward(m_engine, src, anyWeights, nullptr, dst, geometryOf(attributes), {});
    };
    auto chosen = ask(Desc(input, kFloat, Tag::any), Desc(result, kFloat, Tag::any));
    auto inputBlock = blockOf(chosen.src_desc(), input);
    auto resultBlock = blockOf(chosen.dst_desc(), result);
    if (!inputBlock || !resultBlock) {
        // Channels that do not fill the blocks would need zeros kept beside them: channels-last needs none.
        inputBlock = input[1];
        resultBlock = result[1];
        chosen = ask(Desc(input, kFloat, Tag::nhwc), Desc(result, kFloat, Tag::nhwc));
    }
    plan.layout = {*inputBlock, *resultBlock};
    plan.weights = chosen.weights_desc();
    return plan;
}

} // namespace ty::engine
