#include "engine/exchange/onnx_kernels.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_pairwise.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxListValue = std::int64_t{1} << 20;

template<typename Operation>
Result<OnnxArray> arithmetic(const OnnxNode&, const OnnxArguments& inputs)
{
    if (inputs.size() != 2 || inputs[0] == nullptr || inputs[1] == nullptr) {
        return onnxError("needs two inputs");
    }
    if (std::holds_alternative<std::vector<double>>(inputs[0]->data)) {
        return pairwiseOnnx<double, double>(*inputs[0], *inputs[1], Operation{});
    }
    return pairwiseOnnx<float, float>(*inputs[0], *inputs[1], Operation{});
}

struct Sum {
    template<typename T>
    T operator()(T a, T b) const { return a + b; }
};
struct Difference {
    template<typename T>
    T operator()(T a, T b) const { return a - b; }
};
struct Product {
    template<typename T>
    T operator()(T a, T b) const { return a * b; }
};
struct Quotient {
    template<typename T>
    T operator()(T a, T b) const { return a / b; }
};

float relu(float x, float) { return x > 0 ? x : 0; }
float leakyRelu(float x, float alpha) { return x >= 0 ? x : alpha * x; }
float elu(float x, float alpha) { return x >= 0 ? x : alpha * std::expm1(x); }
float sigmoid(float x, float) { return 1.0F / (1.0F + std::exp(-x)); }
float hyperbolicTangent(float x, float) { return std::tanh(x); }
float errorFunction(float x, float) { return std::erf(x); }
float squareRoot(float x, float) { return std::sqrt(x); }
float exponential(float x, float) { return std::exp(x); }
float sine(float x, float) { return std::sin(x); }
float cosine(float x, float) { return std::cos(x); }

template<float (*function)(float, float)>
Result<OnnxArray> eachElement(const OnnxNode& node, const OnnxArguments& inputs)
{
    if (!inputs.empty() && inputs[0] != nullptr && std::holds_alternative<std::vector<double>>(inputs[0]->data)) {
        const OnnxKernel wide = onnxLogicKernel(node.type);
        return wide != nullptr ? wide(node, inputs) : onnxError("needs float32 values");
    }
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const float alpha = node.number("alpha", node.type == "Elu" ? 1.0F : 0.01F);
    std::vector<float> dst(src->size());
    std::transform(src->begin(), src->end(), dst.begin(), [alpha](float x) { return function(x, alpha); });
    return OnnxArray{inputs[0]->shape, std::move(dst)};
}

Result<OnnxArray> hardSigmoid(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const float alpha = node.number("alpha", 0.2F);
    const float beta = node.number("beta", 0.5F);
    std::vector<float> dst(src->size());
    std::transform(src->begin(), src->end(), dst.begin(), [=](float x) {
        return std::clamp(alpha * x + beta, 0.0F, 1.0F);
    });
    return OnnxArray{inputs[0]->shape, std::move(dst)};
}

Result<OnnxArray> clip(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    TY_TRY(const auto* low, floatInput(inputs, 1));
    TY_TRY(const auto* high, floatInput(inputs, 2));
    if (low->size() != 1 || high->size() != 1 || !(low->front() <= high->front())) {
        return onnxError("needs two limits, the lower one first");
    }
    std::vector<float> dst(src->size());
    std::transform(src->begin(), src->end(), dst.begin(), [=](float x) {
        return std::clamp(x, low->front(), high->front());
    });
    return OnnxArray{inputs[0]->shape, std::move(dst)};
}

Result<OnnxArray> roundDown(const OnnxNode&, const OnnxArguments& inputs)
{
    const auto* src =
        inputs.size() == 1 && inputs[0] != nullptr ? std::get_if<std::vector<double>>(&inputs[0]->data) : nullptr;
    if (src == nullptr) {
        return onnxError("needs float64 values");
    }
    std::vector<double> dst(src->size());
    std::transform(src->begin(), src->end(), dst.begin(), [](double x) { return std::floor(x); });
    return OnnxArray{inputs[0]->shape, std::move(dst)};
}

Result<OnnxArray> identity(const OnnxNode&, const OnnxArguments& inputs)
{
    if (inputs.empty() || inputs[0] == nullptr) {
        return onnxError("needs an input");
    }
    return *inputs[0];
}

Result<OnnxArray> isNan(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    std::vector<std::uint8_t> dst(src->size());
    std::transform(src->begin(), src->end(), dst.begin(), [](float x) { return std::isnan(x) ? 1 : 0; });
    return OnnxArray{inputs[0]->shape, std::move(dst)};
}

Result<OnnxArray> castTo(const OnnxNode& node, const OnnxArguments& inputs)
{
    if (inputs.empty() || inputs[0] == nullptr || std::holds_alternative<std::vector<std::string>>(inputs[0]->data)) {
        return onnxError("needs numbers");
    }
    const auto target = node.integer("to", 0);
    OnnxArray result;
    result.shape = inputs[0]->shape;
    bool isKnown = true;
    std::visit(
        [&](const auto& src) {
            using Source = typename std::decay_t<decltype(src)>::value_type;
            if constexpr (!std::is_same_v<Source, std::string>) {
                if (target == 1) {
                    std::vector<float> dst;
                    std::transform(src.begin(), src.end(), std::back_inserter(dst), [](Source x) { return static_cast<float>(x); });
                    result.data = std::move(dst);
                } else if (target == 11) {
                    std::vector<double> dst;
                    std::transform(src.begin(), src.end(), std::back_inserter(dst), [](Source x) { return static_cast<double>(x); });
                    result.data = std::move(dst);
                } else if (target == 7) {
                    std::vector<std::int64_t> dst;
                    for (const Source x : src) {
                        const bool isInRange = std::abs(static_cast<double>(x)) < 9.0e18; // also not NaN
                        dst.push_back(isInRange ? static_cast<std::int64_t>(x) : -1);
                    }
                    result.data = std::move(dst);
                } else {
                    isKnown = false;
                }
            }
        },
        inputs[0]->data);
    if (!isKnown) {
        return onnxError(fmt::format("a cast to data type {} is not supported", target));
    }
    return result;
}

Result<OnnxArray> where(const OnnxNode&, const OnnxArguments& inputs)
{
    if (inputs.size() != 3 || inputs[0] == nullptr || inputs[1] == nullptr || inputs[2] == nullptr) {
        return onnxError("needs three inputs");
    }
    const auto* condition = std::get_if<std::vector<std::uint8_t>>(&inputs[0]->data);
    const auto* yes = std::get_if<std::vector<double>>(&inputs[1]->data);
    const auto* no = std::get_if<std::vector<double>>(&inputs[2]->data);
    if (condition == nullptr || yes == nullptr || no == nullptr) {
        return onnxError("needs a condition and two float64 values");
    }
    TY_TRY(auto both, broadcastOnnx(inputs[1]->shape, inputs[2]->shape));
    TY_TRY(auto shape, broadcastOnnx(inputs[0]->shape, both));
    TY_TRY(const auto size, checkedOnnxSize(shape));
    std::vector<double> dst(size);
    for (std::size_t i = 0; i < size; ++i) {
        const bool isYes = (*condition)[onnxSourceIndex(i, shape, inputs[0]->shape)] != 0;
        dst[i] = isYes ? (*yes)[onnxSourceIndex(i, shape, inputs[1]->shape)] : (*no)[onnxSourceIndex(i, shape, inputs[2]->shape)];
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

template<typename T>
Result<OnnxArray> gatherFrom(
    const std::vector<T>& src, const Shape& srcShape, const OnnxArray& indexArray, std::int64_t axis)
{
    const auto* indices = std::get_if<std::vector<std::int64_t>>(&indexArray.data);
    if (indices != nullptr && axis == 0 && srcShape.size() == 1 && indexArray.shape.size() == 2) {
        TY_TRY(auto listed, gatherFrom(src, srcShape, OnnxArray{{static_cast<std::int64_t>(indices->size())}, *indices}, axis));
        listed.shape = indexArray.shape;
        return listed;
    }
    if (indices == nullptr || indexArray.shape.size() != 1 || axis < 0 || axis > 1
        || static_cast<std::int64_t>(srcShape.size()) != axis + 1) {
        return onnxError("only picking along the last axis with a list of int64 is supported");
    }
    const auto width = static_cast<std::size_t>(srcShape.back());
    const auto rows = axis == 0 ? 1 : static_cast<std::size_t>(srcShape[0]);
    Shape shape = srcShape;
    shape.back() = static_cast<std::int64_t>(indices->size());
    TY_CHECK(checkedOnnxSize(shape));
    std::vector<T> dst;
    for (std::size_t row = 0; row < rows; ++row) {
        for (const auto index : *indices) {
            if (index < 0 || static_cast<std::size_t>(index) >= width) {
                return onnxError(fmt::format("index {} is outside 0..{}", index, width));
            }
            dst.push_back(src[row * width + static_cast<std::size_t>(index)]);
        }
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

/// Rows of a table.
Result<OnnxArray> gatherRows(const OnnxArguments& inputs)
{
    TY_TRY(const auto* table, floatInput(inputs, 0));
    TY_TRY(const auto indices, integerInput(inputs, 1));
    const auto rows = inputs[0]->shape[0];
    const auto width = inputs[0]->shape[1];
    Shape shape = inputs[1]->shape;
    shape.push_back(width);
    TY_TRY(const auto size, checkedOnnxSize(shape));
    std::vector<float> dst;
    dst.reserve(size);
    for (const auto index : indices) {
        if (index < 0 || index >= rows) {
            return onnxError(fmt::format("index {} is outside 0..{}", index, rows));
        }
        const auto row = table->begin() + static_cast<std::ptrdiff_t>(index * width);
        dst.insert(dst.end(), row, row + static_cast<std::ptrdiff_t>(width));
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

Result<OnnxArray> gather(const OnnxNode& node, const OnnxArguments& inputs)
{
    if (inputs.size() != 2 || inputs[0] == nullptr || inputs[1] == nullptr) {
        return onnxError("needs two inputs");
    }
    const auto axis = node.integer("axis", 0);
    if (axis == 0 && inputs[0]->shape.size() == 2) {
        return gatherRows(inputs);
    }
    if (const auto* texts = std::get_if<std::vector<std::string>>(&inputs[0]->data)) {
        return gatherFrom(*texts, inputs[0]->shape, *inputs[1], axis);
    }
    if (const auto* wide = std::get_if<std::vector<double>>(&inputs[0]->data)) {
        return gatherFrom(*wide, inputs[0]->shape, *inputs[1], axis);
    }
    TY_TRY(const auto* src, floatInput(inputs, 0));
    return gatherFrom(*src, inputs[0]->shape, *inputs[1], axis);
}

Result<OnnxArray> argMax(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* src, floatInput(inputs, 0));
    const auto& shape = inputs[0]->shape;
    if (shape.size() != 2 || shape[1] < 1 || node.integer("axis", 0) != 1 || node.integer("keepdims", 1) != 0) {
        return onnxError("only the largest of each row is supported");
    }
    std::vector<std::int64_t> dst;
    for (auto row = src->begin(); row != src->end(); row += shape[1]) {
        dst.push_back(std::max_element(row, row + shape[1]) - row);
    }
    return OnnxArray{{shape[0]}, std::move(dst)};
}

Result<OnnxArray> oneHot(const OnnxNode& node, const OnnxArguments& inputs)
{
    const auto* texts =
        inputs.size() == 1 && inputs[0] != nullptr ? std::get_if<std::vector<std::string>>(&inputs[0]->data) : nullptr;
    const auto categories = node.textLists.find("cats_strings");
    if (texts == nullptr || categories == node.textLists.end() || categories->second.empty()) {
        return onnxError("needs texts and categories of texts");
    }
    Shape shape = inputs[0]->shape;
    shape.push_back(static_cast<std::int64_t>(categories->second.size()));
    TY_TRY(const auto size, checkedOnnxSize(shape));
    std::vector<float> dst(size);
    for (std::size_t i = 0; i < texts->size(); ++i) {
        for (std::size_t category = 0; category < categories->second.size(); ++category) {
            dst[i * categories->second.size() + category] = (*texts)[i] == categories->second[category] ? 1.0F : 0.0F;
        }
    }
    return OnnxArray{std::move(shape), std::move(dst)};
}

} // namespace

Result<Shape> broadcastOnnx(const Shape& a, const Shape& b)
{
    Shape result(std::max(a.size(), b.size()));
    for (std::size_t i = 0; i < result.size(); ++i) {
        const auto fromEnd = result.size() - i;
        const auto extentA = fromEnd <= a.size() ? a[a.size() - fromEnd] : 1;
        const auto extentB = fromEnd <= b.size() ? b[b.size() - fromEnd] : 1;
        if (extentA != extentB && extentA != 1 && extentB != 1) {
            return onnxError(fmt::format("shapes {} and {} do not fit", toString(a), toString(b)));
        }
        result[i] = extentA == 1 ? extentB : extentA;
    }
    return result;
}

std::size_t onnxSourceIndex(std::size_t flat, const Shape& result, const Shape& src)
{
    std::size_t index = 0;
    std::size_t step = 1;
    for (std::size_t fromEnd = 1; fromEnd <= src.size(); ++fromEnd) {
        const auto extent = static_cast<std::size_t>(result[result.size() - fromEnd]);
        const auto place = flat % extent;
        flat /= extent;
        const auto own = static_cast<std::size_t>(src[src.size() - fromEnd]);
        index += own == 1 ? 0 : place * step;
        step *= own;
    }
    return index;
}

std::size_t OnnxArray::size() const
{
    return std::visit([](const auto& values) { return values.size(); }, data);
}

std::int64_t OnnxNode::integer(const std::string& attribute, std::int64_t fallback) const
{
    const auto found = integers.find(attribute);
    return found == integers.end() ? fallback : found->second;
}

float OnnxNode::number(const std::string& attribute, float fallback) const
{
    const auto found = floats.find(attribute);
    return found == floats.end() ? fallback : found->second;
}

Result<std::vector<std::int64_t>> OnnxNode::list(
    const std::string& attribute, std::size_t count, std::int64_t fallback, std::int64_t least) const
{
    const auto found = integerLists.find(attribute);
    if (found == integerLists.end()) {
        return std::vector<std::int64_t>(count, fallback);
    }
    const auto& values = found->second;
    const bool isInRange = std::all_of(
        values.begin(), values.end(), [&](std::int64_t value) { return value >= least && value <= kMaxListValue; });
    if (values.size() != count || !isInRange) {
        return onnxError(fmt::format("attribute {} must be {} numbers from {} to {}", attribute, count, least, kMaxListValue));
    }
    return values;
}

Result<std::size_t> checkedOnnxSize(const Shape& shape)
{
    std::int64_t size = 1;
    for (const auto extent : shape) {
        if (extent < 0 || __builtin_mul_overflow(size, extent, &size) || size > kMaxOnnxElements) {
            return onnxError(fmt::format("a value of shape {} is not possible", toString(shape)));
        }
    }
    return static_cast<std::size_t>(size);
}

Result<void> checkOnnxWork(double multiplications)
{
    constexpr double kMaxWork = 17e9; // a hostile file is refused, the program does not hang
    if (multiplications > kMaxWork) {
        return onnxError("takes too many multiplications");
    }
    return {};
}

Result<std::vector<std::int64_t>> integerInput(
    const OnnxArguments& inputs, std::size_t index, std::optional<std::size_t> count)
{
    const auto* values = index < inputs.size() && inputs[index] != nullptr
        ? std::get_if<std::vector<std::int64_t>>(&inputs[index]->data)
        : nullptr;
    if (values == nullptr || (count && values->size() != *count)) {
        return onnxError(
            count ? fmt::format("input {} must be {} numbers of int64", index + 1, *count)
                  : fmt::format("input {} must be int64", index + 1));
    }
    return *values;
}

Error onnxError(const std::string& message)
{
    return Error{ErrorKind::InvalidInput, message, ""};
}

Result<const std::vector<float>*> floatInput(const OnnxArguments& inputs, std::size_t index)
{
    const auto* values =
        index < inputs.size() && inputs[index] != nullptr ? std::get_if<std::vector<float>>(&inputs[index]->data) : nullptr;
    if (values == nullptr) {
        return onnxError(fmt::format("input {} must be float32", index + 1));
    }
    return values;
}

OnnxKernel onnxKernel(const std::string& type)
{
    static const std::map<std::string, OnnxKernel> kernels{
        {"Add", arithmetic<Sum>},
        {"Sub", arithmetic<Difference>},
        {"Mul", arithmetic<Product>},
        {"Div", arithmetic<Quotient>},
        {"Relu", eachElement<relu>},
        {"LeakyRelu", eachElement<leakyRelu>},
        {"Elu", eachElement<elu>},
        {"Sigmoid", eachElement<sigmoid>},
        {"Tanh", eachElement<hyperbolicTangent>},
        {"HardSigmoid", hardSigmoid},
        {"Clip", clip},
        {"Erf", eachElement<errorFunction>},
        {"Exp", eachElement<exponential>},
        {"Sqrt", eachElement<squareRoot>},
        {"Sin", eachElement<sine>},
        {"Cos", eachElement<cosine>},
        {"Floor", roundDown},
        {"Identity", identity},
        {"IsNaN", isNan},
        {"Cast", castTo},
        {"Where", where},
        {"Gather", gather},
        {"ArgMax", argMax},
        {"ai.onnx.ml:OneHotEncoder", oneHot},
    };
    const auto found = kernels.find(type);
    if (found != kernels.end()) {
        return found->second;
    }
    for (const auto kernelOf : {onnxAxisKernel, onnxSequenceKernel, onnxSpatialKernel, onnxLearnerKernel, onnxLogicKernel}) {
        if (const OnnxKernel kernel = kernelOf(type); kernel != nullptr) {
            return kernel;
        }
    }
    return nullptr;
}

} // namespace ty::engine
