#include "engine/exchange/onnx_spelled_forms.h"

#include <array>
#include <limits>
#include <numbers>
#include <utility>

namespace ty::engine {

namespace {

constexpr std::int64_t kSameAsInput = 0; // of Reshape
constexpr std::int64_t kTheRest = -1;

std::string number(OnnxGraph& onnx, const std::string& name, float value)
{
    const std::array values{value};
    return onnx.floats(name, {1}, values);
}

std::string integers(OnnxGraph& onnx, const std::string& name, const std::vector<std::int64_t>& values)
{
    return onnx.integers(name, {static_cast<std::int64_t>(values.size())}, values);
}

std::string writeScaled(OnnxGraph& onnx, float factor, const std::string& src, const std::string& layer)
{
    return onnx.node("Mul", {src, number(onnx, layer + ".factor", factor)}, {}, layer + "_scaled");
}

std::string writeHardSigmoid(OnnxGraph& onnx, const std::string& src, const std::string& hint)
{
    return onnx.node("HardSigmoid", {src}, {{"alpha", 1.0F / 6.0F}, {"beta", 0.5F}}, hint);
}

/// x (1 + erf(x / sqrt 2)) / 2; a Gelu operator came with opset 20.
std::string writeGelu(OnnxGraph& onnx, const std::string& src, const std::string& layer)
{
    const auto rootHalf = number(onnx, layer + ".root_half", static_cast<float>(1.0 / std::numbers::sqrt2));
    const auto erf = onnx.node("Erf", {onnx.node("Mul", {src, rootHalf}, {}, layer + "_scaled")}, {}, layer + "_erf");
    const auto shifted = onnx.node("Add", {erf, number(onnx, layer + ".one", 1)}, {}, layer + "_shifted");
    const auto gated = onnx.node("Mul", {src, shifted}, {}, layer + "_gated");
    return onnx.node("Mul", {gated, number(onnx, layer + ".half", 0.5F)}, {}, layer + "_gelu");
}

/// (x - mean) / sqrt(variance + epsilon) over `axes`.
std::string writeNormalised(
    OnnxGraph& onnx,
    const std::vector<std::int64_t>& axes,
    double epsilon,
    const std::string& src,
    const std::string& layer)
{
    const auto mean = onnx.node("ReduceMean", {src}, {{"axes", axes}}, layer + "_mean");
    const auto centred = onnx.node("Sub", {src, mean}, {}, layer + "_centred");
    const auto squares = onnx.node("Mul", {centred, centred}, {}, layer + "_squares");
    const auto variance = onnx.node("ReduceMean", {squares}, {{"axes", axes}}, layer + "_variance");
    const auto small = number(onnx, layer + ".epsilon", static_cast<float>(epsilon));
    const auto positive = onnx.node("Add", {variance, small}, {}, layer + "_above_zero");
    const auto deviation = onnx.node("Sqrt", {positive}, {}, layer + "_deviation");
    return onnx.node("Div", {centred, deviation}, {}, layer + "_normalised");
}

} // namespace

std::string writeActivation(
    OnnxGraph& onnx, const Activation& activation, const std::string& src, const std::string& layer)
{
    const auto one = [&](const char* type, std::vector<OnnxAttribute> attributes = {}) {
        return onnx.node(type, {src}, attributes, layer + "_activated");
    };
    switch (activation.kind) {
    case ActivationKind::None: return one("Identity");
    case ActivationKind::Relu: return one("Relu");
    case ActivationKind::LeakyRelu: return one("LeakyRelu", {{"alpha", activation.alpha}});
    case ActivationKind::Elu: return one("Elu", {{"alpha", activation.alpha}});
    case ActivationKind::Sigmoid: return one("Sigmoid");
    case ActivationKind::Tanh: return one("Tanh");
    case ActivationKind::Gelu: return writeGelu(onnx, src, layer);
    case ActivationKind::Silu: {
        const auto gate = onnx.node("Sigmoid", {src}, {}, layer + "_gate");
        return onnx.node("Mul", {src, gate}, {}, layer + "_silu");
    }
    case ActivationKind::HardSigmoid: return writeHardSigmoid(onnx, src, layer + "_activated");
    case ActivationKind::HardSwish:
        return onnx.node("Mul", {src, writeHardSigmoid(onnx, src, layer + "_gate")}, {}, layer + "_hard_swish");
    case ActivationKind::HardTanh: {
        // Clip wants scalars.
        const std::array low{-1.0F};
        const std::array high{1.0F};
        return onnx.node(
            "Clip",
            {src, onnx.floats(layer + ".low", {}, low), onnx.floats(layer + ".high", {}, high)},
            {},
            layer + "_clipped");
    }
    case ActivationKind::Scale: return writeScaled(onnx, activation.alpha, src, layer);
    }
    return src;
}

std::string writeLayerNorm(
    OnnxGraph& onnx,
    const Shape& shape,
    std::int64_t features,
    double epsilon,
    const std::string& src,
    const std::string& scale,
    const std::string& shift,
    const std::string& layer)
{
    std::vector<std::int64_t> axes;
    std::int64_t counted = 1;
    for (std::size_t axis = shape.size(); axis-- > 1 && (counted < features || axes.empty());) {
        axes.insert(axes.begin(), static_cast<std::int64_t>(axis));
        counted *= shape[axis];
    }
    const auto normalised = writeNormalised(onnx, axes, epsilon, src, layer);
    const auto scaled = onnx.node("Mul", {normalised, scale}, {}, layer + "_scaled");
    return onnx.node("Add", {scaled, shift}, {}, layer);
}

std::string writeGroupNorm(
    OnnxGraph& onnx,
    const Shape& shape,
    const NormAttributes& attributes,
    const std::string& src,
    const std::string& scale,
    const std::string& shift,
    const std::string& layer)
{
    const auto rows = integers(onnx, layer + ".rows", {kSameAsInput, attributes.groups, kTheRest});
    const auto grouped = onnx.node("Reshape", {src, rows}, {}, layer + "_grouped");
    const auto normalised = writeNormalised(onnx, {2}, attributes.epsilon, grouped, layer);
    Shape back = shape;
    back.front() = kSameAsInput;
    const auto whole = onnx.node("Reshape", {normalised, integers(onnx, layer + ".shape", back)}, {}, layer + "_whole");
    const auto scaled = onnx.node("Mul", {whole, scale}, {}, layer + "_scaled");
    return onnx.node("Add", {scaled, shift}, {}, layer);
}

std::string writeReshape(
    OnnxGraph& onnx, const Shape& shape, Shape target, const std::string& src, const std::string& layer)
{
    const bool isBatchKept = target.front() == shape.front();
    if (isBatchKept && target.size() == 2) {
        return onnx.node("Flatten", {src}, {{"axis", std::int64_t{1}}}, layer + "_flat");
    }
    // The first axis of either side is the batch times something, so that the rest tells it.
    target.front() = isBatchKept ? kSameAsInput : kTheRest;
    return onnx.node("Reshape", {src, integers(onnx, layer + ".shape", target)}, {}, layer + "_shaped");
}

std::string writeSoftmax(
    OnnxGraph& onnx, const Shape& shape, bool isCausal, const std::string& src, const std::string& layer)
{
    std::string visible = src;
    if (isCausal) {
        const std::int64_t steps = shape.back();
        std::vector<float> mask(static_cast<std::size_t>(steps * steps), 0.0F);
        for (std::int64_t row = 0; row < steps; ++row) {
            for (std::int64_t column = row + 1; column < steps; ++column) {
                mask[static_cast<std::size_t>(row * steps + column)] = -std::numeric_limits<float>::infinity();
            }
        }
        visible = onnx.node("Add", {src, onnx.floats(layer + ".mask", {steps, steps}, mask)}, {}, layer + "_masked");
    }
    return onnx.node("Softmax", {visible}, {{"axis", std::int64_t{-1}}}, layer + "_softmax");
}

std::string writeMatMul(
    OnnxGraph& onnx,
    const MatMulAttributes& attributes,
    std::size_t rank,
    const std::string& left,
    const std::string& right,
    const std::string& layer)
{
    const auto operand = [&](const std::string& name, bool isTransposed, const char* suffix) {
        if (!isTransposed) {
            return name;
        }
        std::vector<std::int64_t> order;
        for (std::size_t axis = 0; axis < rank; ++axis) {
            order.push_back(static_cast<std::int64_t>(axis));
        }
        std::swap(order[rank - 2], order[rank - 1]);
        return onnx.node("Transpose", {name}, {{"perm", order}}, layer + suffix);
    };
    const auto a = operand(left, attributes.isLeftTransposed, "_left");
    const auto b = operand(right, attributes.isRightTransposed, "_right");
    return onnx.node("MatMul", {a, b}, {}, layer + "_product");
}

std::string writeSlice(
    OnnxGraph& onnx, const SliceAttributes& attributes, const std::string& src, const std::string& layer)
{
    const auto begin = integers(onnx, layer + ".begin", {attributes.begin});
    const auto end = integers(onnx, layer + ".end", {attributes.begin + attributes.count});
    const auto axis = integers(onnx, layer + ".axis", {attributes.axis});
    return onnx.node("Slice", {src, begin, end, axis}, {}, layer + "_slice");
}

std::string writePad(
    OnnxGraph& onnx,
    const Shape& shape,
    const SliceAttributes& attributes,
    const std::string& src,
    const std::string& layer)
{
    std::vector<std::int64_t> widths(2 * shape.size(), 0);
    const auto axis = static_cast<std::size_t>(attributes.axis);
    widths[axis] = attributes.begin;
    widths[shape.size() + axis] = attributes.count - shape[axis] - attributes.begin;
    return onnx.node("Pad", {src, integers(onnx, layer + ".widths", widths)}, {}, layer + "_padded");
}

std::string writeSumAxis(OnnxGraph& onnx, std::int64_t axis, const std::string& src, const std::string& layer)
{
    return onnx.node(
        "ReduceSum",
        {src, integers(onnx, layer + ".axis", {axis})},
        {{"keepdims", std::int64_t{0}}},
        layer + "_sum");
}

std::string writeRepeatAxis(
    OnnxGraph& onnx,
    const RepeatAttributes& attributes,
    std::size_t rank,
    const std::string& src,
    const std::string& layer)
{
    const auto axis = integers(onnx, layer + ".axis", {attributes.axis});
    const auto wider = onnx.node("Unsqueeze", {src, axis}, {}, layer + "_wider");
    std::vector<std::int64_t> times(rank + 1, 1);
    times[static_cast<std::size_t>(attributes.axis)] = attributes.count;
    return onnx.node("Tile", {wider, integers(onnx, layer + ".times", times)}, {}, layer + "_repeated");
}

std::string writeUpsample(
    OnnxGraph& onnx, const UpsampleAttributes& attributes, const std::string& src, const std::string& layer)
{
    const std::array scales{
        1.0F, 1.0F, static_cast<float>(attributes.factor[0]), static_cast<float>(attributes.factor[1])};
    return onnx.node(
        "Resize",
        {src, "", onnx.floats(layer + ".scales", {4}, scales)},
        {{"mode", std::string("nearest")},
         {"coordinate_transformation_mode", std::string("asymmetric")},
         {"nearest_mode", std::string("floor")}},
        layer + "_upsampled");
}

std::string writeRecurrent(
    OnnxGraph& onnx,
    const std::string& type,
    const RecurrentAttributes& attributes,
    const std::string& src,
    const RecurrentParameters& parameters)
{
    const std::string& prefix = parameters.prefix;
    const std::int64_t units = parameters.units;
    const std::int64_t gates = attributes.gateCount();
    // ONNX has i, o, f, g where we have i, f, g, o; the others agree.
    const std::vector<std::int64_t> order =
        gates == 4 ? std::vector<std::int64_t>{0, 3, 1, 2} : std::vector<std::int64_t>{0, 1, 2};
    const auto ordered = [&](std::span<const float> values, std::vector<float>& to) {
        const auto block = values.size() / static_cast<std::size_t>(gates);
        for (std::int64_t gate = 0; gate < gates; ++gate) {
            const auto part = values.subspan(static_cast<std::size_t>(order[static_cast<std::size_t>(gate)]) * block, block);
            to.insert(to.end(), part.begin(), part.end());
        }
    };
    const auto matrix = [&](const char* suffix, std::span<const float> values) {
        std::vector<float> stored;
        ordered(values, stored);
        const auto columns = static_cast<std::int64_t>(values.size()) / (gates * units);
        return onnx.floats(prefix + suffix, {1, gates * units, columns}, stored);
    };
    // The biases of the input's part, then those of the state's part: zero but for a GRU's last gate.
    const auto biases = static_cast<std::size_t>(gates * units);
    std::vector<float> stored;
    ordered(parameters.bias.subspan(0, biases), stored);
    const auto more = parameters.bias.subspan(biases);
    stored.resize(2 * biases - more.size(), 0.0F);
    stored.insert(stored.end(), more.begin(), more.end());

    std::vector<OnnxAttribute> described{
        {"hidden_size", units}, {"direction", std::string(attributes.isReverse ? "reverse" : "forward")}};
    if (attributes.cell == RecurrentCell::Gru) {
        described.push_back({"linear_before_reset", std::int64_t{1}});
    } else if (attributes.cell == RecurrentCell::Relu) {
        described.push_back({"activations", std::vector<std::string>{"Relu"}});
    }
    const std::vector<std::int64_t> stepsFirst{1, 0, 2};
    const auto steps = onnx.node("Transpose", {src}, {{"perm", stepsFirst}}, prefix + "_steps");
    const auto states = onnx.node(
        type,
        {steps,
         matrix(".input", parameters.weight),
         matrix(".state", parameters.recurrent),
         onnx.floats(prefix + ".biases", {1, 2 * gates * units}, stored)},
        described,
        prefix + "_states");
    const auto oneWay = onnx.node("Squeeze", {states, integers(onnx, prefix + ".direction", {1})}, {}, prefix + "_one_way");
    return onnx.node("Transpose", {oneWay}, {{"perm", stepsFirst}}, prefix + "_sequence");
}

} // namespace ty::engine
