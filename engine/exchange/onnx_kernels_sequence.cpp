#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_kernels.h"

namespace ty::engine {

namespace {

double sigmoid(double x)
{
    return 1.0 / (1.0 + std::exp(-x));
}

/// One recurrent node of one direction, without initial states.
struct Sequence {
    const float* x = nullptr;
    const float* weight = nullptr;    ///< {gates, units, features}
    const float* recurrent = nullptr; ///< {gates, units, units}
    const float* bias = nullptr;      ///< {2, gates, units}: of the input's part, of the state's part
    std::size_t steps = 0;
    std::size_t batch = 0;
    std::size_t features = 0;
    std::size_t units = 0;
    std::size_t gates = 0;
    bool isReverse = false;

    double fromInput(std::size_t step, std::size_t n, std::size_t gate, std::size_t unit) const
    {
        const std::size_t row = gate * units + unit;
        double sum = static_cast<double>(bias[row]);
        for (std::size_t i = 0; i < features; ++i) {
            sum += static_cast<double>(weight[row * features + i])
                * static_cast<double>(x[(step * batch + n) * features + i]);
        }
        return sum;
    }

    double fromState(const std::vector<double>& h, std::size_t n, std::size_t gate, std::size_t unit) const
    {
        const std::size_t row = gate * units + unit;
        double sum = static_cast<double>(bias[gates * units + row]);
        for (std::size_t k = 0; k < units; ++k) {
            sum += static_cast<double>(recurrent[row * units + k]) * h[n * units + k];
        }
        return sum;
    }
};

Result<Sequence> readSequence(const OnnxNode& node, const OnnxArguments& inputs, std::size_t gates)
{
    if (inputs.size() != 4) {
        return onnxError("only a recurrent node without initial states and lengths is supported");
    }
    TY_TRY(const auto* x, floatInput(inputs, 0));
    TY_TRY(const auto* weight, floatInput(inputs, 1));
    TY_TRY(const auto* recurrent, floatInput(inputs, 2));
    TY_TRY(const auto* bias, floatInput(inputs, 3));
    const Shape& shape = inputs[0]->shape;
    const auto units = node.integer("hidden_size", 0);
    const auto direction = node.texts.find("direction");
    const std::string way = direction == node.texts.end() ? "forward" : direction->second;
    const auto rows = static_cast<std::int64_t>(gates) * units;
    if (shape.size() != 3 || units < 1 || units > kMaxOnnxElements || (way != "forward" && way != "reverse")
        || inputs[1]->shape != Shape{1, rows, shape[2]} || inputs[2]->shape != Shape{1, rows, units}
        || inputs[3]->shape != Shape{1, 2 * rows} || node.integer("layout", 0) != 0 || node.floats.contains("clip")) {
        return onnxError(fmt::format(
            "weights {} and {} do not fit {}",
            toString(inputs[1]->shape),
            toString(inputs[2]->shape),
            toString(shape)));
    }
    Sequence sequence;
    sequence.x = x->data();
    sequence.weight = weight->data();
    sequence.recurrent = recurrent->data();
    sequence.bias = bias->data();
    sequence.steps = static_cast<std::size_t>(shape[0]);
    sequence.batch = static_cast<std::size_t>(shape[1]);
    sequence.features = static_cast<std::size_t>(shape[2]);
    sequence.units = static_cast<std::size_t>(units);
    sequence.gates = gates;
    sequence.isReverse = way == "reverse";
    TY_CHECK(checkOnnxWork(
        static_cast<double>(shape[0]) * static_cast<double>(shape[1]) * static_cast<double>(rows)
        * static_cast<double>(shape[2] + units)));
    return sequence;
}

/// Calls stepOf(step, sample, unit) -> new h for every step, and gathers {steps, 1, batch, units}.
template<typename StepOf>
Result<OnnxArray> walk(const Sequence& sequence, std::vector<double>& h, StepOf stepOf)
{
    OnnxArray result;
    result.shape = {
        static_cast<std::int64_t>(sequence.steps),
        1,
        static_cast<std::int64_t>(sequence.batch),
        static_cast<std::int64_t>(sequence.units)};
    TY_TRY(const auto size, checkedOnnxSize(result.shape));
    std::vector<float> dst(size);
    const std::size_t states = sequence.batch * sequence.units;
    std::vector<double> next(states);
    for (std::size_t index = 0; index < sequence.steps; ++index) {
        const std::size_t step = sequence.isReverse ? sequence.steps - 1 - index : index;
        for (std::size_t n = 0; n < sequence.batch; ++n) {
            for (std::size_t unit = 0; unit < sequence.units; ++unit) {
                next[n * sequence.units + unit] = stepOf(step, n, unit);
            }
        }
        h = next;
        for (std::size_t i = 0; i < states; ++i) {
            dst[step * states + i] = static_cast<float>(h[i]);
        }
    }
    result.data = std::move(dst);
    return result;
}

Result<OnnxArray> lstm(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto sequence, readSequence(node, inputs, 4));
    if (node.textLists.contains("activations") || node.integer("input_forget", 0) != 0) {
        return onnxError("only the usual LSTM is supported");
    }
    std::vector<double> h(sequence.batch * sequence.units);
    std::vector<double> c(h);
    return walk(sequence, h, [&](std::size_t step, std::size_t n, std::size_t unit) {
        const auto sum = [&](std::size_t gate) {
            return sequence.fromInput(step, n, gate, unit) + sequence.fromState(h, n, gate, unit);
        };
        double& cell = c[n * sequence.units + unit];
        cell = sigmoid(sum(2)) * cell + sigmoid(sum(0)) * std::tanh(sum(3));
        return sigmoid(sum(1)) * std::tanh(cell);
    });
}

Result<OnnxArray> gru(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto sequence, readSequence(node, inputs, 3));
    if (node.textLists.contains("activations") || node.integer("linear_before_reset", 0) != 1) {
        return onnxError("only a GRU that resets after the product is supported");
    }
    std::vector<double> h(sequence.batch * sequence.units);
    return walk(sequence, h, [&](std::size_t step, std::size_t n, std::size_t unit) {
        const auto sum = [&](std::size_t gate) {
            return sequence.fromInput(step, n, gate, unit) + sequence.fromState(h, n, gate, unit);
        };
        const double update = sigmoid(sum(0));
        const double reset = sigmoid(sum(1));
        const double fresh =
            std::tanh(sequence.fromInput(step, n, 2, unit) + reset * sequence.fromState(h, n, 2, unit));
        return (1 - update) * fresh + update * h[n * sequence.units + unit];
    });
}

Result<OnnxArray> simpleRecurrent(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto sequence, readSequence(node, inputs, 1));
    const auto activations = node.textLists.find("activations");
    const bool isRelu = activations != node.textLists.end() && activations->second == std::vector<std::string>{"Relu"};
    if (activations != node.textLists.end() && !isRelu) {
        return onnxError("only tanh and relu are supported");
    }
    std::vector<double> h(sequence.batch * sequence.units);
    return walk(sequence, h, [&](std::size_t step, std::size_t n, std::size_t unit) {
        const double sum = sequence.fromInput(step, n, 0, unit) + sequence.fromState(h, n, 0, unit);
        return isRelu ? std::max(sum, 0.0) : std::tanh(sum);
    });
}

} // namespace

OnnxKernel onnxSequenceKernel(const std::string& type)
{
    static const std::map<std::string, OnnxKernel> kernels{{"LSTM", lstm}, {"GRU", gru}, {"RNN", simpleRecurrent}};
    const auto found = kernels.find(type);
    return found == kernels.end() ? nullptr : found->second;
}

} // namespace ty::engine
