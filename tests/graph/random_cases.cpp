#include "op_cases.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "engine/graph/op_rule.h"

namespace ty::engine {

namespace {

constexpr std::uint64_t kDraws = 8; // of each op; of an activation, a recurrent cell and a loss, too

/// Extents and settings of one case, the same on every machine. The first draw takes the least of everything, extents
/// of 1 above all; in the second, windows are as large as their pictures.
class Draw {
public:
    Draw(OpKind kind, std::uint64_t number) : m_random(number, static_cast<std::uint64_t>(kind)), m_number(number) {}

    bool isSmallest() const { return m_number == 0; }
    bool areWindowsWhole() const { return m_number == 1; }

    std::int64_t between(std::int64_t least, std::int64_t most)
    {
        const auto choices = static_cast<std::uint64_t>(most - least + 1);
        return isSmallest() ? least : least + static_cast<std::int64_t>(m_random.below(choices));
    }
    /// One in four is the least, so that extents of 1 meet others.
    std::int64_t extent(std::int64_t least = 1) { return between(0, 3) == 0 ? least : between(least, 7); }
    Shape shape(std::int64_t leastRank, std::int64_t mostRank)
    {
        Shape made(static_cast<std::size_t>(between(leastRank, mostRank)));
        std::generate(made.begin(), made.end(), [this] { return extent(); });
        return made;
    }
    /// Not the batch's.
    std::int64_t axisOf(const Shape& shape) { return between(1, static_cast<std::int64_t>(shape.size()) - 1); }
    bool flag() { return between(0, 1) == 1; }
    double uniform(double low, double high) { return m_random.uniform(low, high); }

private:
    Random m_random;
    std::uint64_t m_number;
};

struct Operand {
    const char* name;
    Shape shape;
    ValueRole role = ValueRole::Parameter;
};

struct Drawn {
    std::vector<Operand> operands;
    Attributes attributes;
    std::string settings; ///< what the shapes do not tell
};

template<std::size_t N>
std::string listed(const std::array<std::int64_t, N>& numbers)
{
    return toString(Shape(numbers.begin(), numbers.end()));
}

Drawn drawMatMul(Draw& draw)
{
    const MatMulAttributes attributes{draw.flag(), draw.flag(), {}};
    const std::int64_t rows = draw.extent();
    const std::int64_t inner = draw.extent();
    const std::int64_t columns = draw.extent();
    Shape a = draw.shape(0, 2);
    Shape b = a;
    const auto add = [](Shape& shape, std::int64_t height, std::int64_t width, bool isTransposed) {
        shape.push_back(isTransposed ? width : height);
        shape.push_back(isTransposed ? height : width);
    };
    add(a, rows, inner, attributes.isLeftTransposed);
    add(b, inner, columns, attributes.isRightTransposed);
    return {
        {{"a", a}, {"b", b}},
        attributes,
        fmt::format("transposed {} {}", attributes.isLeftTransposed, attributes.isRightTransposed)};
}

Drawn drawAddBias(Draw& draw)
{
    const Shape x = draw.shape(2, 4);
    return {{{"x", x}, {"bias", {x[1]}}}, {}, ""};
}

/// A window and one axis of a picture that it fits into.
struct WindowAxis {
    std::int64_t kernel = 1;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    std::int64_t before = 0; ///< padding
    std::int64_t after = 0;
    std::int64_t extent = 1;

    WindowAxis(Draw& draw, std::int64_t mostDilation)
        : kernel(draw.between(draw.areWindowsWhole() ? 2 : 1, 4))
        , stride(draw.between(1, 3))
        , dilation(draw.between(1, mostDilation))
    {
        if (draw.areWindowsWhole()) {
            extent = span();
            return;
        }
        before = draw.between(0, kernel - 1);
        after = draw.between(0, kernel - 1);
        extent = std::max(std::int64_t{1}, span() - before - after) + draw.between(0, 4);
    }

    std::int64_t span() const { return (kernel - 1) * dilation + 1; }
    std::int64_t places() const { return (extent + before + after - span()) / stride + 1; }
};

Drawn drawConvolution(Draw& draw, bool isTransposed)
{
    const WindowAxis rows(draw, 2);
    const WindowAxis columns(draw, 2);
    ConvolutionAttributes attributes;
    attributes.stride = {rows.stride, columns.stride};
    attributes.dilation = {rows.dilation, columns.dilation};
    attributes.padding = {rows.before, columns.before, rows.after, columns.after};
    attributes.groups = draw.between(1, 3);
    const std::int64_t batch = draw.between(1, 3);
    const std::int64_t channels = draw.between(1, 3);
    const std::int64_t filters = attributes.groups * draw.between(1, 3);
    Shape x{batch, channels * attributes.groups, rows.extent, columns.extent};
    const Shape weight{filters, channels, rows.kernel, columns.kernel};
    if (isTransposed) {
        attributes.resultShape = std::exchange(x, Shape{batch, filters, rows.places(), columns.places()});
    }
    return {
        {{"x", x}, {"weight", weight}},
        attributes,
        fmt::format(
            "stride {}, dilation {}, padding {}, groups {}{}",
            listed(attributes.stride),
            listed(attributes.dilation),
            listed(attributes.padding),
            attributes.groups,
            isTransposed ? " to " + toString(attributes.resultShape) : "")};
}

Drawn drawPool(Draw& draw)
{
    const WindowAxis rows(draw, 1);
    const WindowAxis columns(draw, 1);
    const PoolAttributes attributes{
        {rows.kernel, columns.kernel},
        {rows.stride, columns.stride},
        {rows.before, columns.before, rows.after, columns.after},
        {}};
    return {
        {{"x", {draw.between(1, 3), draw.extent(), rows.extent, columns.extent}}},
        attributes,
        fmt::format(
            "window {}, stride {}, padding {}",
            listed(attributes.kernel),
            listed(attributes.stride),
            listed(attributes.padding))};
}

Drawn drawPicture(Draw& draw)
{
    return {{{"x", draw.shape(4, 4)}}, {}, ""};
}

/// Large, because two values of a group that lie close together curve the usual 1e-5 more than a difference can follow.
constexpr double kEpsilon = 0.1;

Drawn drawBatchNorm(Draw& draw, ValueRole parameters)
{
    const Shape x = draw.shape(2, 4);
    const Shape channels{x[1]};
    NormAttributes attributes;
    attributes.epsilon = kEpsilon;
    return {
        {{"x", x},
         {"scale", channels, parameters},
         {"shift", channels, parameters},
         {"mean", channels, ValueRole::State},
         {"weights", channels, ValueRole::State}},
        attributes,
        ""};
}

Drawn drawLayerNorm(Draw& draw)
{
    const Shape x = draw.shape(2, 4);
    const Shape features{std::accumulate(x.begin() + draw.axisOf(x), x.end(), std::int64_t{1}, std::multiplies<>())};
    NormAttributes attributes;
    attributes.epsilon = kEpsilon;
    return {{{"x", x}, {"scale", features}, {"shift", features}}, attributes, ""};
}

Drawn drawGroupNorm(Draw& draw)
{
    Shape x = draw.shape(2, 4);
    NormAttributes attributes;
    attributes.epsilon = kEpsilon;
    attributes.groups = draw.between(1, 3);
    x[1] = attributes.groups * draw.between(1, 3);
    return {
        {{"x", x}, {"scale", {x[1]}}, {"shift", {x[1]}}}, attributes, fmt::format("groups {}", attributes.groups)};
}

Drawn drawDropout(Draw& draw)
{
    const DropoutAttributes attributes{draw.uniform(0.0, 0.9), static_cast<std::uint32_t>(draw.between(0, 9))};
    return {{{"x", draw.shape(1, 4)}}, attributes, fmt::format("rate {:.3}", attributes.rate)};
}

Drawn drawActivate(Draw& draw, ActivationKind kind)
{
    const Activation activation{kind, static_cast<float>(draw.uniform(0.1, 2.0))};
    return {
        {{"x", draw.shape(1, 4)}},
        ActivationAttributes{activation},
        fmt::format("{} with alpha {:.3}", activationName(kind), activation.alpha)};
}

Drawn drawSoftmax(Draw& draw)
{
    const SoftmaxAttributes attributes{draw.flag()};
    Shape x = draw.shape(attributes.isCausal ? 3 : 2, 4);
    if (attributes.isCausal) {
        x[x.size() - 2] = x.back();
    }
    return {{{"x", x}}, attributes, attributes.isCausal ? "causal" : ""};
}

Drawn drawPair(Draw& draw)
{
    const Shape shape = draw.shape(1, 4);
    return {{{"a", shape}, {"b", shape}}, {}, ""};
}

Drawn drawConcat(Draw& draw)
{
    Shape shape = draw.shape(2, 4);
    const std::int64_t axis = draw.axisOf(shape);
    Drawn drawn{{}, AxisAttributes{axis}, fmt::format("axis {}", axis)};
    const std::vector<const char*> names{"a", "b", "c", "d"};
    const auto count = static_cast<std::size_t>(draw.between(1, 4));
    for (std::size_t i = 0; i < count; ++i) {
        shape[static_cast<std::size_t>(axis)] = draw.extent();
        drawn.operands.push_back({names[i], shape});
    }
    return drawn;
}

Drawn drawSlice(Draw& draw)
{
    const Shape x = draw.shape(2, 4);
    const std::int64_t axis = draw.axisOf(x);
    const std::int64_t extent = x[static_cast<std::size_t>(axis)];
    const std::int64_t begin = draw.between(0, extent - 1);
    const std::int64_t count = draw.between(1, extent - begin);
    return {{{"x", x}}, SliceAttributes{axis, begin, count}, fmt::format("{} from {} of axis {}", count, begin, axis)};
}

Drawn drawPad(Draw& draw)
{
    const Shape x = draw.shape(2, 4);
    const std::int64_t axis = draw.axisOf(x);
    const std::int64_t begin = draw.between(0, 4);
    const std::int64_t count = begin + x[static_cast<std::size_t>(axis)] + draw.between(0, 4);
    return {
        {{"x", x}}, SliceAttributes{axis, begin, count}, fmt::format("from {} of axis {} in {}", begin, axis, count)};
}

Drawn drawPermute(Draw& draw)
{
    const Shape x = draw.shape(3, 5);
    PermuteAttributes attributes;
    attributes.order.resize(x.size());
    std::iota(attributes.order.begin(), attributes.order.end(), std::int64_t{0});
    for (std::size_t i = x.size() - 1; i > 1; --i) { // Fisher-Yates behind the batch
        const auto other = static_cast<std::size_t>(draw.between(1, static_cast<std::int64_t>(i)));
        std::swap(attributes.order[i], attributes.order[other]);
    }
    return {{{"x", x}}, attributes, "order " + toString(attributes.order)};
}

Drawn drawSumAxis(Draw& draw)
{
    const Shape x = draw.shape(2, 4);
    const std::int64_t axis = draw.axisOf(x);
    return {{{"x", x}}, AxisAttributes{axis}, fmt::format("axis {}", axis)};
}

Drawn drawRepeatAxis(Draw& draw)
{
    const Shape x = draw.shape(1, 4);
    const std::int64_t axis = draw.between(1, static_cast<std::int64_t>(x.size()));
    const std::int64_t count = draw.extent();
    return {{{"x", x}}, RepeatAttributes{axis, count}, fmt::format("{} times along axis {}", count, axis)};
}

Drawn drawUpsample(Draw& draw)
{
    const UpsampleAttributes attributes{{draw.between(1, 3), draw.between(1, 3)}};
    return {{{"x", draw.shape(4, 4)}}, attributes, fmt::format("factor {}", listed(attributes.factor))};
}

Drawn drawEmbedding(Draw& draw)
{
    const Shape numbers = draw.shape(1, 3);
    return {{{"numbers", numbers, ValueRole::Input}, {"table", {draw.extent(), draw.extent()}}}, {}, ""};
}

const char* nameOf(RecurrentCell cell)
{
    switch (cell) { // without a default: the compiler names a new cell that is missing
    case RecurrentCell::Lstm: return "lstm";
    case RecurrentCell::Gru: return "gru";
    case RecurrentCell::Tanh: return "tanh";
    case RecurrentCell::Relu: return "relu";
    }
    return nullptr;
}

Drawn drawRecurrent(Draw& draw, RecurrentCell cell)
{
    const RecurrentAttributes attributes{cell, draw.flag()};
    const std::int64_t batch = draw.between(1, 3);
    const std::int64_t steps = draw.extent();
    const std::int64_t features = draw.extent();
    const std::int64_t units = draw.extent();
    const std::int64_t gates = attributes.gateCount() * units;
    Drawn drawn{
        {{"x", {batch, steps, features}},
         {"weight", {gates, features}},
         {"recurrent", {gates, units}},
         {"bias", {attributes.biasCount() * units}},
         {"h0", {batch, units}}},
        attributes,
        fmt::format("{}{}", nameOf(cell), attributes.isReverse ? " backwards" : "")};
    if (cell == RecurrentCell::Lstm) {
        drawn.operands.push_back({"c0", {batch, units}});
    }
    return drawn;
}

Drawn drawReshape(Draw& draw)
{
    const Shape x = draw.shape(1, 4);
    const Shape result = draw.flag() ? Shape{x[0], elementCount(x) / x[0]} : Shape(x.rbegin(), x.rend());
    return {{{"x", x}}, ShapeAttributes{result}, "to " + toString(result)};
}

Drawn drawCrossEntropy(Draw& draw)
{
    const Shape logits{draw.extent(), draw.extent(2)};
    LossAttributes attributes;
    attributes.labelSmoothing = draw.uniform(0.0, 0.5);
    return {
        {{"logits", logits},
         draw.flag() ? Operand{"shares", logits, ValueRole::Input} : Operand{"labels", {logits[0]}, ValueRole::Input},
         {"weights", {logits[1]}, ValueRole::Input}},
        attributes,
        fmt::format("smoothing {:.3}", attributes.labelSmoothing)};
}

const char* nameOf(RegressionLossKind kind)
{
    switch (kind) {
    case RegressionLossKind::Squared: return "squared";
    case RegressionLossKind::Absolute: return "absolute";
    case RegressionLossKind::Huber: return "huber";
    case RegressionLossKind::BinaryCrossEntropy: return "binary cross-entropy";
    case RegressionLossKind::Hinge: return "hinge";
    }
    return nullptr;
}

Drawn drawRegressionLoss(Draw& draw, RegressionLossKind kind)
{
    const Shape shape = draw.shape(1, 4);
    LossAttributes attributes;
    attributes.kind = kind;
    const bool isBinary = kind == RegressionLossKind::BinaryCrossEntropy;
    Drawn drawn{
        {{"prediction", shape}, {isBinary ? "labels" : "target", shape, ValueRole::Input}}, {}, nameOf(kind)};
    if (isBinary) {
        attributes.labelSmoothing = draw.uniform(0.0, 0.5);
        drawn.settings += fmt::format(" smoothing {:.3}", attributes.labelSmoothing);
        if (draw.flag()) {
            drawn.operands.push_back({"weights", {2}, ValueRole::Input});
        }
    }
    drawn.attributes = attributes;
    return drawn;
}

Drawn drawCtcLoss(Draw& draw)
{
    const Shape logits{draw.extent(), draw.extent(), draw.extent(3)};
    return {{{"logits", logits}, {"words", {logits[0], logits[1] + 1}, ValueRole::Input}}, {}, ""};
}

struct Row {
    OpKind kind;
    std::function<Drawn(Draw&)> draw;
};

std::vector<Row> rows()
{
    std::vector<Row> made{
        {OpKind::MatMul, drawMatMul},
        {OpKind::AddBias, drawAddBias},
        {OpKind::Conv2d, [](Draw& draw) { return drawConvolution(draw, false); }},
        {OpKind::Conv2dInputGrad, [](Draw& draw) { return drawConvolution(draw, true); }},
        {OpKind::MaxPool, drawPool},
        {OpKind::AveragePool, drawPool},
        {OpKind::GlobalAveragePool, drawPicture},
        {OpKind::BatchNorm, [](Draw& draw) { return drawBatchNorm(draw, ValueRole::Parameter); }},
        {OpKind::BatchNormInference, [](Draw& draw) { return drawBatchNorm(draw, ValueRole::Input); }},
        {OpKind::LayerNorm, drawLayerNorm},
        {OpKind::GroupNorm, drawGroupNorm},
        {OpKind::Dropout, drawDropout},
        {OpKind::Softmax, drawSoftmax},
        {OpKind::Add, drawPair},
        {OpKind::Multiply, drawPair},
        {OpKind::Concat, drawConcat},
        {OpKind::Slice, drawSlice},
        {OpKind::Pad, drawPad},
        {OpKind::Permute, drawPermute},
        {OpKind::SumAxis, drawSumAxis},
        {OpKind::RepeatAxis, drawRepeatAxis},
        {OpKind::Upsample, drawUpsample},
        {OpKind::Embedding, drawEmbedding},
        {OpKind::Reshape, drawReshape},
        {OpKind::SoftmaxCrossEntropy, drawCrossEntropy},
        {OpKind::CtcLoss, drawCtcLoss},
    };
    // Each of these kinds has a derivative of its own.
    const auto activationNameOf = [](ActivationKind kind) -> const char* {
        try {
            return activationName(kind);
        } catch (const std::out_of_range&) {
            return nullptr;
        }
    };
    for (int k = 0; activationNameOf(static_cast<ActivationKind>(k)) != nullptr; ++k) {
        made.push_back(
            {OpKind::Activate, [k](Draw& draw) { return drawActivate(draw, static_cast<ActivationKind>(k)); }});
    }
    for (int k = 0; nameOf(static_cast<RecurrentCell>(k)) != nullptr; ++k) {
        made.push_back(
            {OpKind::Recurrent, [k](Draw& draw) { return drawRecurrent(draw, static_cast<RecurrentCell>(k)); }});
    }
    for (int k = 0; nameOf(static_cast<RegressionLossKind>(k)) != nullptr; ++k) {
        made.push_back(
            {OpKind::RegressionLoss,
             [k](Draw& draw) { return drawRegressionLoss(draw, static_cast<RegressionLossKind>(k)); }});
    }
    return made;
}

OpCase makeCase(OpKind kind, std::uint64_t number, const Drawn& drawn)
{
    std::string name = fmt::format("{} {}:", ruleOf(kind).name, number);
    for (const Operand& operand : drawn.operands) {
        name += fmt::format(" {} {}", operand.name, toString(operand.shape));
    }
    name += drawn.settings.empty() ? "" : ", " + drawn.settings;
    return {name, [kind, drawn](Graph& graph) {
                std::vector<ValueId> inputs;
                for (const Operand& operand : drawn.operands) {
                    switch (operand.role) {
                    case ValueRole::Input: inputs.push_back(graph.addInput(operand.name, operand.shape)); break;
                    case ValueRole::State: inputs.push_back(graph.addState(operand.name, operand.shape)); break;
                    default: inputs.push_back(graph.addParameter(operand.name, operand.shape)); break;
                    }
                }
                return graph.apply(kind, inputs, drawn.attributes);
            }};
}

} // namespace

std::vector<OpCase> randomOpCases()
{
    std::vector<OpCase> cases;
    for (const Row& row : rows()) {
        for (std::uint64_t number = 0; number < kDraws; ++number) {
            Draw draw(row.kind, number);
            cases.push_back(makeCase(row.kind, number, row.draw(draw)));
        }
    }
    return cases;
}

} // namespace ty::engine
