#include "engine/backends/cpu/kernels/convolution_forms.h"

namespace ty::engine::kernels {

namespace {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;

bool isPlain(const Value& value)
{
    return canonicalBlock(value.shape, value.channelBlock) == 1;
}

bool isChannelsLast(const Value& value)
{
    return value.channelBlock == value.shape[1] || canonicalBlock(value.shape, 16) == 1;
}

Desc named(const Value& value, Tag tag)
{
    return {value.shape, dataTypeOf(value.dtype), tag};
}

/// The picture told as `tag`: kept under that name if it lies so, else under its own.
Desc keptAs(const Value& value, Tag tag)
{
    const bool isSame = tag == Tag::nchw ? isPlain(value) : isChannelsLast(value);
    return isSame ? named(value, tag) : pictureDesc(value.shape, value.channelBlock, value.dtype);
}

Value typed(Value value, DType dtype)
{
    value.dtype = dtype;
    return value;
}

ConvolutionForm formAs(const Value& src, const Value& dst, Tag tag)
{
    return {
        {named(src, tag), named(dst, tag)},
        {keptAs(src, tag), keptAs(dst, tag)},
        {named(typed(src, dst.dtype), tag), named(dst, tag)}};
}

/// The library fills blocks of channels with zeros and multiplies those too; a product over unfolded windows does not. Measured
/// for 1 to 8 channels, 6 to 32 filters, windows of 1, 3 and 5: from six filters a channel on the product is faster.
bool isProductFaster(const Value& src, const Shape& weight, std::int64_t groups, ConvolutionUse use)
{
    constexpr std::int64_t kFewChannels = 6;
    constexpr std::int64_t kManyFilters = 6;
    return use == ConvolutionUse::InputGrad && groups == 1 && src.dtype == DType::Float32
        && src.shape[1] <= kFewChannels && weight[0] >= kManyFilters * src.shape[1];
}

} // namespace

std::vector<ConvolutionForm> convolutionForms(
    const Value& src, const Value& dst, const Shape& weight, std::int64_t groups, ConvolutionUse use)
{
    std::vector<ConvolutionForm> forms;
    if (isProductFaster(src, weight, groups, use)) {
        forms.push_back(formAs(src, dst, Tag::nchw));
    }
    const PicturePair usual = convolutionDescs(src, dst);
    forms.push_back({usual, usual, convolutionDescs(typed(src, dst.dtype), dst)});
    forms.push_back(formAs(src, dst, Tag::nhwc)); // copies nothing where both lie so
    forms.push_back(formAs(src, dst, Tag::nchw));
    return forms;
}

} // namespace ty::engine::kernels
