#include "engine/exchange/onnx_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ty::engine {

namespace {

/// Sizes of a window moving over a picture.
struct Window {
    std::int64_t batch = 0;
    std::int64_t channels = 0;
    std::array<std::int64_t, 2> src{};
    std::array<std::int64_t, 2> dst{};
    std::vector<std::int64_t> kernel;
    std::vector<std::int64_t> strides;
    std::vector<std::int64_t> dilations;
    std::vector<std::int64_t> pads; ///< top, left, bottom, right

    /// Row or column of the picture under element `k` of the window at `position`; may lie outside.
    std::int64_t at(std::size_t axis, std::int64_t position, std::int64_t k) const
    {
        return position * strides[axis] + k * dilations[axis] - pads[axis];
    }
    bool contains(std::size_t axis, std::int64_t place) const { return place >= 0 && place < src[axis]; }
};

/// `outputsPerChannel`: how many output planes each input plane is read for.
Result<Window> readWindow(
    const OnnxNode& node, const Shape& src, const std::vector<std::int64_t>& kernel, double outputsPerChannel)
{
    if (src.size() != 4) {
        return onnxError(fmt::format("needs a picture batch of rank 4, got {}", toString(src)));
    }
    Window window;
    window.batch = src[0];
    window.channels = src[1];
    window.src = {src[2], src[3]};
    window.kernel = kernel;
    TY_TRY(window.strides, node.list("strides", 2, 1, 1));
    TY_TRY(window.dilations, node.list("dilations", 2, 1, 1));
    TY_TRY(window.pads, node.list("pads", 4, 0, 0));
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const auto span = window.dilations[axis] * (kernel[axis] - 1) + 1;
        const auto room = window.src[axis] + window.pads[axis] + window.pads[axis + 2] - span;
        if (room < 0) {
            return onnxError(fmt::format("a window of {} does not fit the picture {}", span, toString(src)));
        }
        window.dst[axis] = room / window.strides[axis] + 1;
    }
    const double positions = static_cast<double>(window.dst[0]) * static_cast<double>(window.dst[1]);
    const double perPosition = static_cast<double>(kernel[0]) * static_cast<double>(kernel[1]);
    TY_CHECK(checkOnnxWork(
        positions * perPosition * static_cast<double>(src[0]) * static_cast<double>(src[1]) * outputsPerChannel));
    return window;
}

/// Adds weight * src to one output plane for one element of the kernel.
void addShifted(const Window& window, std::int64_t kh, std::int64_t kw, float weight, const float* src, float* dst)
{
    const auto stride = window.strides[1];
    // First and last output column whose source column lies inside the picture.
    const auto offset = kw * window.dilations[1] - window.pads[1];
    const auto first = offset < 0 ? (-offset + stride - 1) / stride : 0;
    const auto reach = window.src[1] - 1 - offset;
    const auto last = reach < 0 ? -1 : std::min(window.dst[1] - 1, reach / stride);
    for (std::int64_t y = 0; y < window.dst[0]; ++y) {
        const auto row = window.at(0, y, kh);
        if (!window.contains(0, row)) {
            continue;
        }
        const float* const from = src + row * window.src[1] + offset;
        float* const to = dst + y * window.dst[1];
        if (stride == 1) {
            for (std::int64_t x = first; x <= last; ++x) {
                to[x] += weight * from[x];
            }
        } else {
            for (std::int64_t x = first; x <= last; ++x) {
                to[x] += weight * from[x * stride];
            }
        }
    }
}

Result<OnnxArray> convolution(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    TY_TRY(const auto* weight, floatInput(inputs, 1));
    const auto& weightShape = inputs[1]->shape;
    if (weightShape.size() != 4) {
        return onnxError(fmt::format("needs a weight of rank 4, got {}", toString(weightShape)));
    }
    const auto groups = node.integer("group", 1);
    const auto filters = weightShape[0];
    const auto depth = weightShape[1];
    if (groups < 1 || groups > kMaxOnnxElements || filters % groups != 0 || inputs[0]->shape.size() != 4
        || depth * groups != inputs[0]->shape[1] || weightShape[2] < 1 || weightShape[3] < 1) {
        return onnxError(fmt::format(
            "weight {} in {} groups does not fit {}", toString(weightShape), groups, toString(inputs[0]->shape)));
    }
    TY_TRY(
        const auto window,
        readWindow(
            node,
            inputs[0]->shape,
            {weightShape[2], weightShape[3]},
            static_cast<double>(filters) / static_cast<double>(groups)));
    const std::vector<float>* bias = nullptr;
    if (inputs.size() > 2 && inputs[2] != nullptr) {
        TY_TRY(bias, floatInput(inputs, 2));
        if (static_cast<std::int64_t>(bias->size()) != filters) {
            return onnxError("the bias does not fit the filters");
        }
    }

    OnnxArray result;
    result.shape = {window.batch, filters, window.dst[0], window.dst[1]};
    TY_TRY(const auto size, checkedOnnxSize(result.shape));
    std::vector<float> dst(size);
    const auto srcPlane = window.src[0] * window.src[1];
    const auto dstPlane = window.dst[0] * window.dst[1];
    const auto filtersInGroup = filters / groups;
    for (std::int64_t n = 0; n < window.batch; ++n) {
        for (std::int64_t f = 0; f < filters; ++f) {
            float* const plane = dst.data() + (n * filters + f) * dstPlane;
            std::fill(plane, plane + dstPlane, bias != nullptr ? (*bias)[static_cast<std::size_t>(f)] : 0.0F);
            for (std::int64_t c = 0; c < depth; ++c) {
                const auto channel = f / filtersInGroup * depth + c;
                const float* const from = src->data() + (n * window.channels + channel) * srcPlane;
                const float* weights = weight->data() + (f * depth + c) * weightShape[2] * weightShape[3];
                for (std::int64_t kh = 0; kh < weightShape[2]; ++kh) {
                    for (std::int64_t kw = 0; kw < weightShape[3]; ++kw) {
                        addShifted(window, kh, kw, *weights++, from, plane);
                    }
                }
            }
        }
    }
    result.data = std::move(dst);
    return result;
}

/// Each element of the source adds the weight times itself to its window of the result.
Result<OnnxArray> transposedConvolution(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    TY_TRY(const auto* weight, floatInput(inputs, 1));
    const auto& shape = inputs[0]->shape;
    const auto& weightShape = inputs[1]->shape;
    const auto groups = node.integer("group", 1);
    if (shape.size() != 4 || weightShape.size() != 4 || groups < 1 || groups > kMaxOnnxElements
        || weightShape[0] != shape[1] || shape[1] % groups != 0 || inputs.size() > 2) {
        return onnxError(
            fmt::format("weight {} in {} groups does not fit {}", toString(weightShape), groups, toString(shape)));
    }
    TY_TRY(const auto strides, node.list("strides", 2, 1, 1));
    TY_TRY(const auto dilations, node.list("dilations", 2, 1, 1));
    TY_TRY(const auto pads, node.list("pads", 4, 0, 0));
    TY_TRY(const auto beyond, node.list("output_padding", 2, 0, 0));
    OnnxArray result;
    result.shape = {shape[0], weightShape[1] * groups, 0, 0};
    for (std::size_t i = 0; i < 2; ++i) {
        result.shape[i + 2] = (shape[i + 2] - 1) * strides[i] + (weightShape[i + 2] - 1) * dilations[i] + 1 + beyond[i]
            - pads[i] - pads[i + 2];
    }
    TY_TRY(const auto size, checkedOnnxSize(result.shape));
    TY_CHECK(checkOnnxWork(
        static_cast<double>(src->size()) * static_cast<double>(weight->size()) / static_cast<double>(shape[1])));
    std::vector<float> dst(size);
    const auto channelsInGroup = shape[1] / groups;
    std::size_t at = 0;
    for (std::int64_t n = 0; n < shape[0]; ++n) {
        for (std::int64_t c = 0; c < shape[1]; ++c) {
            for (std::int64_t h = 0; h < shape[2]; ++h) {
                for (std::int64_t w = 0; w < shape[3]; ++w, ++at) {
                    const float* factor = weight->data() + c * weightShape[1] * weightShape[2] * weightShape[3];
                    for (std::int64_t f = 0; f < weightShape[1]; ++f) {
                        const auto filter = c / channelsInGroup * weightShape[1] + f;
                        for (std::int64_t kh = 0; kh < weightShape[2]; ++kh) {
                            for (std::int64_t kw = 0; kw < weightShape[3]; ++kw, ++factor) {
                                const auto row = h * strides[0] + kh * dilations[0] - pads[0];
                                const auto column = w * strides[1] + kw * dilations[1] - pads[1];
                                if (row >= 0 && row < result.shape[2] && column >= 0 && column < result.shape[3]) {
                                    const auto to =
                                        ((n * result.shape[1] + filter) * result.shape[2] + row) * result.shape[3] + column;
                                    dst[static_cast<std::size_t>(to)] += *factor * (*src)[at];
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    result.data = std::move(dst);
    return result;
}

/// Nearest pixel, whole factors.
Result<OnnxArray> resize(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    TY_TRY(const auto* scales, floatInput(inputs, 2));
    const auto is = [&node](const char* name, const char* value) {
        return node.texts.contains(name) && node.texts.at(name) == value;
    };
    const auto& shape = inputs[0]->shape;
    if (shape.size() != 4 || scales->size() != 4 || (*scales)[0] != 1.0F || (*scales)[1] != 1.0F || inputs.size() > 3
        || !is("mode", "nearest") || !is("coordinate_transformation_mode", "asymmetric")
        || !is("nearest_mode", "floor")) {
        return onnxError("only repeating the nearest pixel of a picture is supported");
    }
    std::array<std::int64_t, 2> factor{};
    for (std::size_t i = 0; i < 2; ++i) {
        const float scale = (*scales)[i + 2];
        if (!(scale >= 1.0F && scale <= 4096.0F) || scale != std::floor(scale)) {
            return onnxError("only whole factors are supported");
        }
        factor[i] = static_cast<std::int64_t>(scale);
    }
    OnnxArray result;
    result.shape = {shape[0], shape[1], shape[2] * factor[0], shape[3] * factor[1]};
    TY_TRY(const auto size, checkedOnnxSize(result.shape));
    std::vector<float> dst(size);
    for (std::size_t i = 0; i < size; ++i) {
        const auto at = static_cast<std::int64_t>(i);
        const auto w = at % result.shape[3];
        const auto h = at / result.shape[3] % result.shape[2];
        const auto plane = at / (result.shape[3] * result.shape[2]);
        dst[i] = (*src)[static_cast<std::size_t>((plane * shape[2] + h / factor[0]) * shape[3] + w / factor[1])];
    }
    result.data = std::move(dst);
    return result;
}

enum class PoolKind { Maximum, Average };

float pooled(const Window& window, PoolKind kind, bool isPaddingCounted, const float* plane, std::int64_t y, std::int64_t x)
{
    float maximum = std::numeric_limits<float>::lowest();
    float sum = 0;
    std::int64_t count = 0;
    for (std::int64_t kh = 0; kh < window.kernel[0]; ++kh) {
        const auto row = window.at(0, y, kh);
        for (std::int64_t kw = 0; kw < window.kernel[1]; ++kw) {
            const auto column = window.at(1, x, kw);
            if (window.contains(0, row) && window.contains(1, column)) {
                const float value = plane[row * window.src[1] + column];
                maximum = std::max(maximum, value);
                sum += value;
                ++count;
            }
        }
    }
    if (kind == PoolKind::Maximum) {
        return maximum;
    }
    const auto divisor = isPaddingCounted ? window.kernel[0] * window.kernel[1] : std::max<std::int64_t>(count, 1);
    return sum / static_cast<float>(divisor);
}

template<PoolKind kind>
Result<OnnxArray> pooling(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    TY_TRY(const auto kernel, node.list("kernel_shape", 2, 1, 1));
    TY_TRY(const auto window, readWindow(node, inputs[0]->shape, kernel, 1));
    if (node.integer("ceil_mode", 0) != 0) {
        return onnxError("ceil_mode is not supported");
    }
    OnnxArray result;
    result.shape = {window.batch, window.channels, window.dst[0], window.dst[1]};
    TY_TRY(const auto size, checkedOnnxSize(result.shape));
    std::vector<float> dst(size);
    const bool isPaddingCounted = node.integer("count_include_pad", 0) != 0;
    std::size_t i = 0;
    for (std::int64_t plane = 0; plane < window.batch * window.channels; ++plane) {
        const float* const from = src->data() + plane * window.src[0] * window.src[1];
        for (std::int64_t y = 0; y < window.dst[0]; ++y) {
            for (std::int64_t x = 0; x < window.dst[1]; ++x) {
                dst[i++] = pooled(window, kind, isPaddingCounted, from, y, x);
            }
        }
    }
    result.data = std::move(dst);
    return result;
}

Result<OnnxArray> globalAverage(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const auto& shape = inputs[0]->shape;
    if (shape.size() != 4 || shape[2] * shape[3] == 0) {
        return onnxError(fmt::format("needs a picture batch of rank 4, got {}", toString(shape)));
    }
    const auto plane = static_cast<std::size_t>(shape[2] * shape[3]);
    std::vector<float> dst;
    for (std::size_t begin = 0; begin < src->size(); begin += plane) {
        double sum = 0;
        for (std::size_t i = 0; i < plane; ++i) {
            sum += (*src)[begin + i];
        }
        dst.push_back(static_cast<float>(sum / static_cast<double>(plane)));
    }
    return OnnxArray{{shape[0], shape[1], 1, 1}, std::move(dst)};
}

Result<OnnxArray> batchNormalization(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const auto& shape = inputs[0]->shape;
    if (shape.size() < 2) {
        return onnxError("needs a channel axis");
    }
    const auto channels = static_cast<std::size_t>(shape[1]);
    std::vector<const std::vector<float>*> perChannel; // scale, shift, mean, variance
    for (std::size_t i = 1; i <= 4; ++i) {
        TY_TRY(const auto* values, floatInput(inputs, i));
        if (values->size() != channels) {
            return onnxError(fmt::format("{} values for {} channels", values->size(), channels));
        }
        perChannel.push_back(values);
    }
    const double epsilon = node.number("epsilon", 1e-5F);
    const auto batch = static_cast<std::size_t>(shape[0]);
    const auto plane = src->empty() ? 0 : src->size() / (batch * channels);
    std::vector<float> dst(src->size());
    for (std::size_t n = 0; n < batch; ++n) {
        for (std::size_t c = 0; c < channels && plane > 0; ++c) {
            const double factor = (*perChannel[0])[c] / std::sqrt((*perChannel[3])[c] + epsilon);
            const double offset = (*perChannel[1])[c] - (*perChannel[2])[c] * factor;
            const auto begin = (n * channels + c) * plane;
            for (std::size_t i = begin; i < begin + plane; ++i) {
                dst[i] = static_cast<float>((*src)[i] * factor + offset);
            }
        }
    }
    return OnnxArray{shape, std::move(dst)};
}

Result<OnnxArray> gemm(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* a, floatInput(inputs, 0));
    TY_TRY(const auto* b, floatInput(inputs, 1));
    const auto& aShape = inputs[0]->shape;
    const auto& bShape = inputs[1]->shape;
    if (node.integer("transA", 0) != 0 || node.integer("transB", 0) != 1 || node.number("alpha", 1) != 1.0F
        || node.number("beta", 1) != 1.0F) {
        return onnxError("only A times transposed B plus C is supported");
    }
    if (aShape.size() != 2 || bShape.size() != 2 || aShape[1] != bShape[1]) {
        return onnxError(fmt::format("{} and transposed {} do not fit", toString(aShape), toString(bShape)));
    }
    const auto units = static_cast<std::size_t>(bShape[0]);
    const auto depth = static_cast<std::size_t>(aShape[1]);
    TY_CHECK(checkOnnxWork(static_cast<double>(aShape[0]) * static_cast<double>(units) * static_cast<double>(depth)));
    const std::vector<float>* bias = nullptr;
    if (inputs.size() > 2 && inputs[2] != nullptr) {
        TY_TRY(bias, floatInput(inputs, 2));
        if (bias->size() != units) {
            return onnxError("the bias does not fit the units");
        }
    }
    OnnxArray result;
    result.shape = {aShape[0], bShape[0]};
    TY_TRY(const auto size, checkedOnnxSize(result.shape));
    std::vector<float> dst(size);
    for (std::size_t i = 0; i < size; ++i) {
        const float* const row = a->data() + i / units * depth;
        const float* const column = b->data() + i % units * depth;
        double sum = bias != nullptr ? (*bias)[i % units] : 0.0F;
        for (std::size_t k = 0; k < depth; ++k) {
            sum += static_cast<double>(row[k]) * column[k];
        }
        dst[i] = static_cast<float>(sum);
    }
    result.data = std::move(dst);
    return result;
}

Result<OnnxArray> softmax(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const auto& shape = inputs[0]->shape;
    const auto axis = node.integer("axis", -1);
    if (shape.empty() || (axis != -1 && axis != static_cast<std::int64_t>(shape.size()) - 1)) {
        return onnxError("softmax over another axis than the last is not supported");
    }
    const auto width = static_cast<std::size_t>(shape.back());
    std::vector<float> dst(src->size());
    for (std::size_t begin = 0; width > 0 && begin < src->size(); begin += width) {
        const float top = *std::max_element(src->begin() + static_cast<std::ptrdiff_t>(begin),
            src->begin() + static_cast<std::ptrdiff_t>(begin + width));
        double sum = 0;
        for (std::size_t i = begin; i < begin + width; ++i) {
            sum += std::exp(static_cast<double>((*src)[i]) - top);
        }
        for (std::size_t i = begin; i < begin + width; ++i) {
            dst[i] = static_cast<float>(std::exp(static_cast<double>((*src)[i]) - top) / sum);
        }
    }
    return OnnxArray{shape, std::move(dst)};
}

} // namespace

OnnxKernel onnxSpatialKernel(const std::string& type)
{
    static const std::map<std::string, OnnxKernel> kernels{
        {"Conv", convolution},
        {"ConvTranspose", transposedConvolution},
        {"Resize", resize},
        {"MaxPool", pooling<PoolKind::Maximum>},
        {"AveragePool", pooling<PoolKind::Average>},
        {"GlobalAveragePool", globalAverage},
        {"BatchNormalization", batchNormalization},
        {"Gemm", gemm},
        {"Softmax", softmax},
    };
    const auto found = kernels.find(type);
    return found == kernels.end() ? nullptr : found->second;
}

} // namespace ty::engine
