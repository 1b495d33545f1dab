#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"

// LSTM, GRU and the simple recurrent layer.
namespace ty::engine {

namespace {

constexpr std::int64_t kMaxUnits = 1 << 20;

/// One node as it is written.
struct Recurrent {
    std::string type; ///< of the layer
    bool isRelu = false;
    std::int64_t gates = 0;
    std::int64_t units = 0;
    std::int64_t features = 0;
    std::vector<bool> isReverse; ///< of each direction
    std::vector<float> weight;   ///< {directions, gates units, features}
    std::vector<float> recurrent;
    std::vector<float> bias;     ///< {directions, 2 gates units}; empty: none
};

Result<void> checkInitial(const OnnxNetworkReader& reader, const OnnxNode& node, std::size_t index)
{
    if (!reader.isThere(node, index)) {
        return {};
    }
    TY_TRY(const auto* state, reader.needConstant(node, index));
    TY_TRY(const auto values, onnxFloats(*state));
    if (std::any_of(values.begin(), values.end(), [](float value) { return value != 0; })) {
        return onnxUnsupported("sequences that do not begin with zeros");
    }
    return {};
}

std::string directionOf(const OnnxNode& node)
{
    const auto found = node.texts.find("direction");
    return found == node.texts.end() ? "forward" : found->second;
}

Result<Recurrent> recurrentOf(const OnnxNetworkReader& reader, const OnnxNode& node, std::int64_t features)
{
    Recurrent cell;
    cell.type = node.type == "LSTM" ? "lstm" : node.type == "GRU" ? "gru" : "rnn";
    cell.gates = node.type == "LSTM" ? 4 : node.type == "GRU" ? 3 : 1;
    cell.features = features;
    TY_TRY(cell.weight, reader.needWeights(node, 1, 3));
    TY_TRY(cell.recurrent, reader.needWeights(node, 2, 3));
    const Shape& weight = reader.constant(node, 1)->shape;
    const Shape& recurrent = reader.constant(node, 2)->shape;
    cell.units = recurrent[2];
    const std::string direction = directionOf(node);
    cell.isReverse = direction == "bidirectional" ? std::vector{false, true} : std::vector{direction == "reverse"};
    const auto directions = static_cast<std::int64_t>(cell.isReverse.size());
    if (cell.units < 1 || cell.units > kMaxUnits || weight != Shape{directions, cell.gates * cell.units, features}
        || recurrent != Shape{directions, cell.gates * cell.units, cell.units}) {
        return onnxError(fmt::format(
            "weights {} and {} do not fit {} features", toString(weight), toString(recurrent), features));
    }
    if (reader.isThere(node, 3)) {
        TY_TRY(cell.bias, reader.needWeights(node, 3, 2));
        if (static_cast<std::int64_t>(cell.bias.size()) != directions * 2 * cell.gates * cell.units) {
            return onnxError("its biases do not fit");
        }
    }
    TY_CHECK(checkInitial(reader, node, 5));
    TY_CHECK(checkInitial(reader, node, 6));
    if (reader.isThere(node, 7) || node.floats.contains("clip") || node.integer("input_forget", 0) != 0) {
        return onnxUnsupported("peepholes, clipping or coupled gates");
    }
    if (reader.isThere(node, 4)) {
        TY_CHECK(reader.needConstant(node, 4)); // lengths that are all alike are the sequence's own
    }
    if (node.type == "GRU" && node.integer("linear_before_reset", 0) != 1) {
        return onnxUnsupported("a GRU with linear_before_reset 0", "PyTorch's form, and reset_after=True in Keras, have 1.");
    }
    if (const auto names = node.textLists.find("activations"); names != node.textLists.end()) {
        const std::vector<std::string> usual = node.type == "LSTM" ? std::vector<std::string>{"Sigmoid", "Tanh", "Tanh"}
            : node.type == "GRU"                                   ? std::vector<std::string>{"Sigmoid", "Tanh"}
                                                                   : std::vector<std::string>{"Tanh"};
        cell.isRelu = node.type == "RNN" && !names->second.empty() && names->second.front() == "Relu";
        for (std::size_t i = 0; i < names->second.size(); ++i) {
            if (names->second[i] != (cell.isRelu ? "Relu" : usual[i % usual.size()])) {
                return onnxUnsupported(fmt::format("the activation {}", names->second[i]));
            }
        }
    }
    return cell;
}

/// Parameters of one direction in our order of gates; ONNX has i, o, f, g where we have i, f, g, o.
void addParameters(OnnxLayer& layer, const Recurrent& cell, std::size_t direction, const std::string& suffix)
{
    const std::vector<std::size_t> order =
        cell.gates == 4 ? std::vector<std::size_t>{0, 2, 3, 1} : std::vector<std::size_t>{0, 1, 2};
    const auto gates = static_cast<std::size_t>(cell.gates);
    const auto units = static_cast<std::size_t>(cell.units);
    const auto matrix = [&](const std::vector<float>& values, std::int64_t columns) {
        const std::size_t block = units * static_cast<std::size_t>(columns);
        std::vector<float> result;
        for (std::size_t gate = 0; gate < gates; ++gate) {
            const auto begin = values.begin() + static_cast<std::ptrdiff_t>((direction * gates + order[gate]) * block);
            result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(block));
        }
        return onnxTensor({cell.gates * cell.units, columns}, result);
    };
    layer.parameters["weight" + suffix] = matrix(cell.weight, cell.features);
    layer.parameters["recurrent" + suffix] = matrix(cell.recurrent, cell.units);
    // The input's biases and the state's are one, but for the last gate of a GRU.
    const bool isGru = cell.type == "gru";
    std::vector<float> bias((gates + (isGru ? 1 : 0)) * units, 0.0F);
    for (std::size_t gate = 0; gate < gates && !cell.bias.empty(); ++gate) {
        for (std::size_t unit = 0; unit < units; ++unit) {
            const std::size_t input = (2 * direction * gates + order[gate]) * units + unit;
            const std::size_t state = input + gates * units;
            const bool isApart = isGru && gate == 2;
            bias[gate * units + unit] = cell.bias[input] + (isApart ? 0.0F : cell.bias[state]);
            if (isApart) {
                bias[3 * units + unit] = cell.bias[state];
            }
        }
    }
    layer.parameters["bias" + suffix] = onnxTensor({static_cast<std::int64_t>(bias.size())}, bias);
}

/// A direction that is not there: its result is never used.
void addZeros(OnnxLayer& layer, const Recurrent& cell, const std::string& suffix)
{
    const std::int64_t rows = cell.gates * cell.units;
    layer.parameters["weight" + suffix] = Tensor(DType::Float32, {rows, cell.features});
    layer.parameters["recurrent" + suffix] = Tensor(DType::Float32, {rows, cell.units});
    layer.parameters["bias" + suffix] = Tensor(DType::Float32, {rows + (cell.type == "gru" ? cell.units : 0)});
}

/// What a node reads, seen through the transpose that puts steps first.
std::string sourceOf(const OnnxNetworkReader& reader, const OnnxNode& node)
{
    if (node.inputs.empty()) {
        return {};
    }
    const OnnxNode* other = reader.producer(node.inputs.front());
    if (other != nullptr && other->type == "Transpose" && !other->inputs.empty()) {
        const auto order = other->integerLists.find("perm");
        return order == other->integerLists.end() ? node.inputs.front() : other->inputs.front() + toString(order->second);
    }
    return node.inputs.front();
}

/// The node that walks over the same sequence the other way.
const OnnxNode* partnerOf(const OnnxNetworkReader& reader, const OnnxNode& node, const Recurrent& cell)
{
    const std::string source = sourceOf(reader, node);
    int attempts = 8; // whoever writes more of them does not mean pairs
    for (const auto& other : reader.file().nodes) {
        if (other.type != node.type || other.outputs == node.outputs || other.integer("layout", 0) != node.integer("layout", 0) || reader.isGiven(other)
            || other.outputs.empty() || reader.uses(other.outputs.front()) == 0 || sourceOf(reader, other) != source) {
            continue;
        }
        const auto* weight = reader.constant(other, 1);
        if (weight == nullptr || weight->shape != Shape{1, cell.gates * cell.units, cell.features}
            || directionOf(other) != (cell.isReverse.front() ? "forward" : "reverse") || --attempts < 0) {
            continue;
        }
        const auto partner = recurrentOf(reader, other, cell.features);
        if (partner && partner.value().units == cell.units && partner.value().isRelu == cell.isRelu
            && partner.value().isReverse == std::vector{!cell.isReverse.front()}) {
            return &other;
        }
    }
    return nullptr;
}

/// The node's results: all steps, and the last states. `whole`: the layer {steps, directions units}.
Result<void> giveResults(
    OnnxNetworkReader& reader,
    const OnnxNode& node,
    const Recurrent& cell,
    const OnnxActivation& whole,
    const AxisParts& batch)
{
    const std::int64_t units = cell.units;
    const auto hint = reader.hint(node);
    const bool isBatchFirst = node.integer("layout", 0) != 0;
    const auto directions = static_cast<std::int64_t>(cell.isReverse.size());
    const auto partsOf = [](std::size_t axis, std::int64_t extent, std::int64_t stride) {
        return extent > 1 ? AxisParts{{axis, extent, stride}} : AxisParts{};
    };
    OnnxActivation all = whole;
    const bool isHalf = whole.base[1] != directions * units;
    if (isHalf) {
        TY_TRY(
            all,
            reader.layers().add(
                hint + (cell.isReverse[0] ? ".back" : ".forth"),
                "slice",
                {whole.layer},
                {{"axis", 2}, {"begin", cell.isReverse[0] ? units : 0}, {"count", units}}));
    }
    all.isSole = false;
    const AxisParts steps = partsOf(1, all.base[0], 1);
    const AxisParts ways = partsOf(2, directions, units);
    all.view.axes = isBatchFirst ? std::vector{batch, steps, ways, partsOf(2, units, 1)}
                                 : std::vector{steps, ways, batch, partsOf(2, units, 1)};
    if (node.outputs.size() > 2 && reader.uses(node.outputs[2]) > 0) {
        return onnxUnsupported("the last cell state is used");
    }
    if (node.outputs.size() > 1 && reader.uses(node.outputs[1]) > 0) {
        std::vector<std::string> last;
        for (std::size_t i = 0; i < cell.isReverse.size(); ++i) {
            OnnxActivation way = all;
            if (directions == 2) {
                TY_TRY(
                    way,
                    reader.layers().add(
                        hint + ".way",
                        "slice",
                        {all.layer},
                        {{"axis", 2}, {"begin", static_cast<std::int64_t>(i) * units}, {"count", units}}));
            }
            const std::int64_t step = cell.isReverse[i] ? 0 : all.base[0] - 1;
            TY_TRY(
                const auto state,
                reader.layers().add(hint + ".last", "slice", {way.layer}, {{"axis", 1}, {"begin", step}, {"count", 1}}));
            last.push_back(state.layer);
        }
        OnnxActivation states{last.front(), {1, directions * units}, {}, false};
        if (directions == 2) {
            TY_TRY(states, reader.layers().add(hint + ".states", "concat", last, {{"axis", 2}}));
        }
        states.view.axes = isBatchFirst ? std::vector{batch, ways, partsOf(2, units, 1)}
                                        : std::vector{ways, batch, partsOf(2, units, 1)};
        reader.give(node, std::move(states), 1);
    }
    reader.give(node, std::move(all), 0);
    return {};
}

Result<void> recurrent(OnnxNetworkReader& reader, const OnnxNode& node)
{
    if (reader.isGiven(node)) {
        return {}; // read together with its partner
    }
    TY_TRY(const auto src, reader.value(node, 0));
    const auto hint = reader.hint(node);
    TY_TRY(const auto value, reader.layers().plain(hint, src));
    const std::size_t expected = node.integer("layout", 0) != 0 ? 0 : 1;
    const auto batch = value.view.batchAxis();
    if (value.base.size() != 2 || batch != expected) {
        return onnxUnsupported(fmt::format("{} is no sequence of samples", toString(src.view.shape())));
    }
    TY_TRY(const auto cell, recurrentOf(reader, node, value.base[1]));
    const bool isOneWay = cell.isReverse.size() == 1;
    const OnnxNode* partner = isOneWay ? partnerOf(reader, node, cell) : nullptr;
    const bool isBoth = !isOneWay || partner != nullptr || cell.isReverse[0];

    Json settings = {{"units", cell.units}, {"output", "all"}};
    if (isBoth) {
        settings["bidirectional"] = true;
    }
    if (cell.isRelu) {
        settings["activation"] = "relu";
    }
    TY_TRY(const auto whole, reader.layers().add(hint, cell.type, {value.layer}, std::move(settings)));
    OnnxLayer& layer = *reader.layers().find(whole.layer);
    for (std::size_t i = 0; i < cell.isReverse.size(); ++i) {
        addParameters(layer, cell, i, cell.isReverse[i] ? "Back" : "");
    }
    const AxisParts batchParts = value.view.axes[*batch];
    if (partner != nullptr) {
        TY_TRY(const auto other, recurrentOf(reader, *partner, value.base[1]));
        addParameters(layer, other, 0, other.isReverse[0] ? "Back" : "");
        TY_CHECK(giveResults(reader, *partner, other, whole, batchParts));
    } else if (isBoth && isOneWay) {
        addZeros(layer, cell, "");
    }
    return giveResults(reader, node, cell, whole, batchParts);
}

} // namespace

const OnnxRules& onnxSequenceRules()
{
    static const OnnxRules rules{{"LSTM", recurrent}, {"GRU", recurrent}, {"RNN", recurrent}};
    return rules;
}

} // namespace ty::engine
