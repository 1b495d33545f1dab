#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_kernels.h"

namespace ty::engine {

namespace {

/// A value as {outer, extent of one axis, inner}.
struct AxisView {
    std::size_t outer = 1;
    std::size_t extent = 1;
    std::size_t inner = 1;

    AxisView(const Shape& shape, std::size_t axis)
    {
        for (std::size_t i = 0; i < shape.size(); ++i) {
            (i < axis ? outer : i == axis ? extent : inner) *= static_cast<std::size_t>(shape[i]);
        }
    }
};

/// An axis of `shape`, counted from the end where it is negative.
Result<std::size_t> axisOf(std::int64_t axis, const Shape& shape)
{
    const auto rank = static_cast<std::int64_t>(shape.size());
    const std::int64_t place = axis < 0 ? axis + rank : axis;
    if (place < 0 || place >= rank) {
        return onnxError(fmt::format("{} has no axis {}", toString(shape), axis));
    }
    return static_cast<std::size_t>(place);
}

Result<OnnxArray> flatten(const OnnxNode& node, const OnnxArguments& inputs)
{
    if (inputs.empty() || inputs[0] == nullptr || inputs[0]->shape.empty() || node.integer("axis", 1) != 1) {
        return onnxError("only flattening all but the first axis is supported");
    }
    OnnxArray result = *inputs[0];
    const Shape rest(result.shape.begin() + 1, result.shape.end());
    TY_TRY(const auto features, checkedOnnxSize(rest));
    result.shape = {result.shape[0], static_cast<std::int64_t>(features)};
    return result;
}

Result<OnnxArray> reshape(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_TRY(Shape shape, integerInput(inputs, 1));
    OnnxArray result = *inputs[0];
    std::int64_t rest = static_cast<std::int64_t>(result.size());
    std::int64_t* unknown = nullptr;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 0 && i < result.shape.size()) {
            shape[i] = result.shape[i];
        }
        if (shape[i] == -1 && unknown == nullptr) {
            unknown = &shape[i];
        } else if (shape[i] > 0) {
            rest /= shape[i];
        }
    }
    if (unknown != nullptr) {
        *unknown = rest;
    }
    TY_TRY(const auto size, checkedOnnxSize(shape));
    if (size != result.size()) {
        return onnxError(fmt::format("{} cannot be reshaped to {}", toString(result.shape), toString(shape)));
    }
    result.shape = std::move(shape);
    return result;
}

Result<OnnxArray> unsqueeze(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_CHECK(floatInput(inputs, 0));
    TY_TRY(const auto axes, integerInput(inputs, 1, 1));
    OnnxArray result = *inputs[0];
    if (axes[0] < 0 || axes[0] > static_cast<std::int64_t>(result.shape.size())) {
        return onnxError(fmt::format("{} cannot have an axis {}", toString(result.shape), axes[0]));
    }
    result.shape.insert(result.shape.begin() + axes[0], 1);
    return result;
}

Result<OnnxArray> squeeze(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_CHECK(floatInput(inputs, 0));
    TY_TRY(const auto axes, integerInput(inputs, 1, 1));
    OnnxArray result = *inputs[0];
    TY_TRY(const auto axis, axisOf(axes[0], result.shape));
    if (result.shape[axis] != 1) {
        return onnxError(fmt::format("axis {} of {} is not 1", axis, toString(result.shape)));
    }
    result.shape.erase(result.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    return result;
}

Result<OnnxArray> concat(const OnnxNode& node, const OnnxArguments& inputs)
{
    if (inputs.empty() || inputs[0] == nullptr) {
        return onnxError("needs inputs");
    }
    TY_TRY(const auto axis, axisOf(node.integer("axis", 0), inputs[0]->shape));
    Shape shape = inputs[0]->shape;
    shape[axis] = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        TY_CHECK(floatInput(inputs, i));
        const auto& own = inputs[i]->shape;
        Shape joined = own;
        if (own.size() == shape.size()) {
            joined[axis] = shape[axis];
        }
        if (joined != shape) {
            return onnxError(fmt::format("{} does not fit {}", toString(own), toString(inputs[0]->shape)));
        }
        shape[axis] += own[axis];
    }
    TY_TRY(const auto size, checkedOnnxSize(shape));
    std::vector<float> dst;
    dst.reserve(size);
    for (std::size_t outer = 0; size > 0 && outer < AxisView(shape, axis).outer; ++outer) {
        for (const OnnxArray* input : inputs) {
            const AxisView view(input->shape, axis);
            const auto width = view.extent * view.inner;
            const auto& src = std::get<std::vector<float>>(input->data);
            const auto begin = src.begin() + static_cast<std::ptrdiff_t>(outer * width);
            dst.insert(dst.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
        }
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

Result<OnnxArray> transpose(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const Shape& source = inputs[0]->shape;
    TY_TRY(const auto order, node.list("perm", source.size(), 0, 0));
    std::vector<std::int64_t> axes(source.size());
    std::iota(axes.begin(), axes.end(), std::int64_t{0});
    if (!std::is_permutation(order.begin(), order.end(), axes.begin(), axes.end())) {
        return onnxError(fmt::format("the order {} does not fit {}", toString(order), toString(source)));
    }
    std::vector<std::size_t> steps(source.size(), 1);
    for (std::size_t axis = source.size(); axis-- > 1;) {
        steps[axis - 1] = steps[axis] * static_cast<std::size_t>(source[axis]);
    }
    Shape shape;
    for (const auto axis : order) {
        shape.push_back(source[static_cast<std::size_t>(axis)]);
    }
    std::vector<float> dst(src->size());
    for (std::size_t i = 0; i < dst.size(); ++i) {
        std::size_t rest = i;
        std::size_t from = 0;
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            const auto extent = static_cast<std::size_t>(shape[axis]);
            from += rest % extent * steps[static_cast<std::size_t>(order[axis])];
            rest /= extent;
        }
        dst[i] = (*src)[from];
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

/// Places [begin, end) of one axis.
Result<OnnxArray> slice(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    TY_TRY(const auto begins, integerInput(inputs, 1, 1));
    TY_TRY(const auto ends, integerInput(inputs, 2, 1));
    TY_TRY(const auto axes, integerInput(inputs, 3, 1));
    Shape shape = inputs[0]->shape;
    TY_TRY(const auto axis, axisOf(axes[0], shape));
    if (begins[0] < 0 || ends[0] <= begins[0] || ends[0] > shape[axis] || inputs.size() > 4) {
        return onnxError(fmt::format("places {} to {} are not in {}", begins[0], ends[0], toString(shape)));
    }
    const AxisView view(shape, axis);
    shape[axis] = ends[0] - begins[0];
    std::vector<float> dst;
    for (std::size_t outer = 0; outer < view.outer; ++outer) {
        const auto row = src->begin() + static_cast<std::ptrdiff_t>(outer * view.extent * view.inner);
        const auto inner = static_cast<std::ptrdiff_t>(view.inner);
        dst.insert(dst.end(), row + begins[0] * inner, row + ends[0] * inner);
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

/// With zeros.
Result<OnnxArray> pad(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const Shape& source = inputs[0]->shape;
    TY_TRY(const auto widths, integerInput(inputs, 1, 2 * source.size()));
    if (inputs.size() > 2 || (node.texts.contains("mode") && node.texts.at("mode") != "constant")) {
        return onnxError("only padding with zeros is supported");
    }
    Shape shape = source;
    for (std::size_t axis = 0; axis < source.size(); ++axis) {
        const auto before = widths[axis];
        const auto after = widths[source.size() + axis];
        if (before < 0 || after < 0 || before > kMaxOnnxElements || after > kMaxOnnxElements) {
            return onnxError("a width of the padding is not possible");
        }
        shape[axis] += before + after;
    }
    TY_TRY(const auto size, checkedOnnxSize(shape));
    std::vector<float> dst(size);
    for (std::size_t i = 0; i < src->size(); ++i) {
        std::size_t rest = i;
        std::size_t to = 0;
        std::size_t step = 1;
        for (std::size_t axis = source.size(); axis-- > 0;) {
            const auto extent = static_cast<std::size_t>(source[axis]);
            to += (rest % extent + static_cast<std::size_t>(widths[axis])) * step;
            step *= static_cast<std::size_t>(shape[axis]);
            rest /= extent;
        }
        dst[to] = (*src)[i];
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

/// Along one axis.
Result<OnnxArray> tile(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    Shape shape = inputs[0]->shape;
    TY_TRY(const auto times, integerInput(inputs, 1, shape.size()));
    const auto repeated = std::find_if(times.begin(), times.end(), [](std::int64_t n) { return n != 1; });
    if (repeated == times.end()) {
        return *inputs[0];
    }
    const auto axis = static_cast<std::size_t>(repeated - times.begin());
    if (*repeated < 1 || *repeated > kMaxOnnxElements
        || std::any_of(repeated + 1, times.end(), [](std::int64_t n) { return n != 1; })) {
        return onnxError("only repeating along one axis is supported");
    }
    const AxisView view(shape, axis);
    shape[axis] *= *repeated;
    TY_TRY(const auto size, checkedOnnxSize(shape));
    std::vector<float> dst;
    dst.reserve(size);
    const auto width = static_cast<std::ptrdiff_t>(view.extent * view.inner);
    for (std::size_t outer = 0; outer < view.outer; ++outer) {
        const auto row = src->begin() + static_cast<std::ptrdiff_t>(outer) * width;
        for (std::int64_t n = 0; n < *repeated; ++n) {
            dst.insert(dst.end(), row, row + width);
        }
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

Result<OnnxArray> reduceSum(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    TY_TRY(const auto axes, integerInput(inputs, 1, 1));
    Shape shape = inputs[0]->shape;
    TY_TRY(const auto axis, axisOf(axes[0], shape));
    if (node.integer("keepdims", 1) != 0) {
        return onnxError("only a sum that drops its axis is supported");
    }
    const AxisView view(shape, axis);
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
    std::vector<double> sums(view.outer * view.inner);
    for (std::size_t i = 0; i < src->size(); ++i) {
        sums[i / (view.extent * view.inner) * view.inner + i % view.inner] += static_cast<double>((*src)[i]);
    }
    std::vector<float> dst(sums.size());
    std::transform(sums.begin(), sums.end(), dst.begin(), [](double x) { return static_cast<float>(x); });
    return OnnxArray{std::move(shape), std::move(dst)};
}

/// Over the last axes, which stay with extent 1.
Result<OnnxArray> reduceMean(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    Shape shape = inputs[0]->shape;
    const auto found = node.integerLists.find("axes");
    if (found == node.integerLists.end() || found->second.empty() || found->second.size() >= shape.size()
        || src->empty() || node.integer("keepdims", 1) != 1) {
        return onnxError("only a mean over the last axes is supported");
    }
    std::size_t width = 1;
    const auto& axes = found->second;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::size_t axis = shape.size() - axes.size() + i;
        if (axes[i] != static_cast<std::int64_t>(axis)) {
            return onnxError("only a mean over the last axes is supported");
        }
        width *= static_cast<std::size_t>(shape[axis]);
    }
    std::fill(shape.end() - static_cast<std::ptrdiff_t>(axes.size()), shape.end(), std::int64_t{1});
    std::vector<float> dst;
    for (std::size_t begin = 0; begin < src->size(); begin += width) {
        double sum = 0;
        for (std::size_t i = 0; i < width; ++i) {
            sum += static_cast<double>((*src)[begin + i]);
        }
        dst.push_back(static_cast<float>(sum / static_cast<double>(width)));
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

/// One product of matrices for each of the leading axes, which are the same.
Result<OnnxArray> matMul(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_TRY(const auto* a, floatInput(inputs, 0));
    TY_TRY(const auto* b, floatInput(inputs, 1));
    const Shape& left = inputs[0]->shape;
    const Shape& right = inputs[1]->shape;
    const std::size_t rank = left.size();
    if (rank < 2 || right.size() != rank || !std::equal(left.begin(), left.end() - 2, right.begin())
        || left[rank - 1] != right[rank - 2]) {
        return onnxError(fmt::format("{} and {} do not fit", toString(left), toString(right)));
    }
    Shape shape = left;
    shape[rank - 1] = right[rank - 1];
    TY_TRY(const auto size, checkedOnnxSize(shape));
    const auto rows = static_cast<std::size_t>(left[rank - 2]);
    const auto inner = static_cast<std::size_t>(left[rank - 1]);
    const auto columns = static_cast<std::size_t>(right[rank - 1]);
    TY_CHECK(checkOnnxWork(static_cast<double>(size) * static_cast<double>(inner)));
    std::vector<float> dst(size);
    for (std::size_t i = 0; i < size; ++i) {
        const std::size_t matrix = i / (rows * columns);
        double sum = 0;
        for (std::size_t k = 0; k < inner; ++k) {
            sum += static_cast<double>((*a)[i / columns * inner + k])
                * static_cast<double>((*b)[(matrix * inner + k) * columns + i % columns]);
        }
        dst[i] = static_cast<float>(sum);
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

} // namespace

OnnxKernel onnxAxisKernel(const std::string& type)
{
    static const std::map<std::string, OnnxKernel> kernels{
        {"Flatten", flatten},
        {"Reshape", reshape},
        {"Unsqueeze", unsqueeze},
        {"Squeeze", squeeze},
        {"Concat", concat},
        {"Transpose", transpose},
        {"Slice", slice},
        {"Pad", pad},
        {"Tile", tile},
        {"ReduceSum", reduceSum},
        {"ReduceMean", reduceMean},
        {"MatMul", matMul},
    };
    const auto found = kernels.find(type);
    return found == kernels.end() ? nullptr : found->second;
}

} // namespace ty::engine
