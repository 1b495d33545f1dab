// What onnx_column_math writes: conditions, and arithmetic in float64.
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_pairwise.h"

namespace ty::engine {

namespace {

Result<void> checkTwo(const OnnxArguments& inputs)
{
    return inputs.size() == 2 && inputs[0] != nullptr && inputs[1] != nullptr ? Result<void>() : onnxError("needs two inputs");
}

template<typename Comparison>
Result<OnnxArray> comparison(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_CHECK(checkTwo(inputs));
    return std::holds_alternative<std::vector<double>>(inputs[0]->data)
        ? pairwiseOnnx<double, std::uint8_t>(*inputs[0], *inputs[1], Comparison{})
        : pairwiseOnnx<float, std::uint8_t>(*inputs[0], *inputs[1], Comparison{});
}

template<typename Logic>
Result<OnnxArray> logic(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_CHECK(checkTwo(inputs));
    return pairwiseOnnx<std::uint8_t, std::uint8_t>(*inputs[0], *inputs[1], Logic{});
}

Result<OnnxArray> power(const OnnxNode&, const OnnxArguments& inputs)
{
    TY_CHECK(checkTwo(inputs));
    return pairwiseOnnx<double, double>(*inputs[0], *inputs[1], [](double a, double b) { return std::pow(a, b); });
}

template<double (*function)(double)>
Result<OnnxArray> eachWide(const OnnxNode&, const OnnxArguments& inputs)
{
    const auto* src = inputs.size() == 1 && inputs[0] != nullptr ? std::get_if<std::vector<double>>(&inputs[0]->data) : nullptr;
    if (src == nullptr) {
        return onnxError("needs float64 values");
    }
    std::vector<double> dst(src->size());
    for (std::size_t i = 0; i < dst.size(); ++i) {
        dst[i] = function((*src)[i]);
    }
    return OnnxArray{inputs[0]->shape, std::move(dst)};
}

double negated(double x) { return -x; }
double absolute(double x) { return std::abs(x); }
double logarithm(double x) { return std::log(x); }
double exponentialOf(double x) { return std::exp(x); }
double rootOf(double x) { return std::sqrt(x); }
double roundedUp(double x) { return std::ceil(x); }
double nearestOf(double x) { return std::nearbyint(x); } // halves to the even neighbour, as ONNX says

/// Texts to numbers.
Result<OnnxArray> labelEncoder(const OnnxNode& node, const OnnxArguments& inputs)
{
    const auto* texts =
        inputs.size() == 1 && inputs[0] != nullptr ? std::get_if<std::vector<std::string>>(&inputs[0]->data) : nullptr;
    const auto keys = node.textLists.find("keys_strings");
    const auto values = node.floatLists.find("values_floats");
    if (texts == nullptr || keys == node.textLists.end() || values == node.floatLists.end() || keys->second.size() != values->second.size()) {
        return onnxError("needs texts, and as many numbers as texts that it knows");
    }
    std::map<std::string, float> numbers;
    for (std::size_t i = 0; i < keys->second.size(); ++i) {
        numbers.emplace(keys->second[i], values->second[i]);
    }
    const float otherwise = node.number("default_float", 0);
    std::vector<float> dst;
    for (const std::string& text : *texts) {
        const auto found = numbers.find(text);
        dst.push_back(found == numbers.end() ? otherwise : found->second);
    }
    return OnnxArray{inputs[0]->shape, std::move(dst)};
}

} // namespace

OnnxKernel onnxLogicKernel(const std::string& type)
{
    static const std::map<std::string, OnnxKernel> kernels{
        {"Equal", comparison<std::equal_to<>>},
        {"Less", comparison<std::less<>>},
        {"LessOrEqual", comparison<std::less_equal<>>},
        {"Greater", comparison<std::greater<>>},
        {"GreaterOrEqual", comparison<std::greater_equal<>>},
        {"And", logic<std::logical_and<>>},
        {"Or", logic<std::logical_or<>>},
        {"Pow", power},
        {"Neg", eachWide<negated>},
        {"Abs", eachWide<absolute>},
        {"Log", eachWide<logarithm>},
        {"Exp", eachWide<exponentialOf>},
        {"Sqrt", eachWide<rootOf>},
        {"Ceil", eachWide<roundedUp>},
        {"Round", eachWide<nearestOf>},
        {"ai.onnx.ml:LabelEncoder", labelEncoder},
    };
    const auto found = kernels.find(type);
    return found == kernels.end() ? nullptr : found->second;
}

} // namespace ty::engine
