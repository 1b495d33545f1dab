#include "engine/exchange/onnx_import.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/exchange/float_weights.h"
#include "engine/exchange/onnx_entry.h"
#include "engine/exchange/onnx_network_reader.h"

namespace ty::engine {

namespace {

constexpr int kFirstOpset = 9;
constexpr int kLastOpset = 21;
constexpr int kLastIrVersion = 10;
constexpr std::int64_t kAnyBatch = 7; // stands for an open batch: not 1, and no likely factor of another extent
constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;
constexpr std::size_t kMaxNamed = 20; // unknown operators that a message names
constexpr int kFloat = 1;
constexpr int kString = 8;

/// What is read of a file, and how.
struct Plan {
    std::vector<OnnxNode> nodes; ///< those that lead to the output, in the file's order
    std::string input;
    std::string output;
    Shape inputShape; ///< without the batch
    std::int64_t batch = kAnyBatch;
    bool isPrepared = false;
    bool isChannelsLast = false; ///< `inputShape` is {channels, height, width} all the same
    std::vector<std::string> columns; ///< names of the inputs, where a file has one for each
};

Result<void> checkVersions(const OnnxFile& file)
{
    if (file.opset < kFirstOpset || file.opset > kLastOpset || file.irVersion > kLastIrVersion) {
        return onnxUnsupported(
            fmt::format("opset {} and IR version {} cannot be read", file.opset, file.irVersion),
            fmt::format(
                "Export with opset {} to {} (opset_version=13 in PyTorch) and IR version {} or less.",
                kFirstOpset,
                kLastOpset,
                kLastIrVersion));
    }
    return {};
}

/// The first output that is a number, or a table of such.
Result<std::string> chosenOutput(const OnnxFile& file, const OnnxImportOptions& options)
{
    if (!options.output.empty()) {
        const bool isThere = std::any_of(file.nodes.begin(), file.nodes.end(), [&](const OnnxNode& node) {
            return std::find(node.outputs.begin(), node.outputs.end(), options.output) != node.outputs.end();
        });
        return isThere ? Result<std::string>(options.output)
                       : onnxError(fmt::format("no node gives a value \"{}\"", onnxShown(options.output)));
    }
    if (const auto found = file.metadata.find("network_output"); found != file.metadata.end()) {
        return found->second;
    }
    for (const auto& output : file.outputs) {
        const std::string end = onnxEndOf(file, output.name);
        if (output.elementType == kFloat || end != output.name) {
            return end;
        }
    }
    if (file.outputs.empty()) {
        return onnxError("the graph has no output");
    }
    return file.outputs.front().name;
}

std::vector<std::string> otherOutputs(const OnnxFile& file, const std::string& chosen)
{
    std::vector<std::string> others;
    for (const auto& output : file.outputs) {
        if (output.elementType == kFloat && output.name != chosen && onnxEndOf(file, output.name) != chosen) {
            others.push_back(onnxShown(output.name));
        }
    }
    return others;
}

/// Nodes that lead from `plan.input` to `plan.output`, and the inputs of the graph that they need.
std::set<std::string> needNodes(const OnnxFile& file, Plan& plan)
{
    plan.nodes.clear();
    const std::vector<OnnxNode> all = joinSpelledForms(file);
    std::set<std::string> needed{plan.output};
    for (std::size_t i = all.size(); i-- > 0;) {
        const bool isNeeded = std::any_of(all[i].outputs.begin(), all[i].outputs.end(), [&](const std::string& name) {
            return name != plan.input && needed.contains(name);
        });
        if (isNeeded) {
            needed.insert(all[i].inputs.begin(), all[i].inputs.end());
            plan.nodes.push_back(all[i]);
        }
    }
    std::reverse(plan.nodes.begin(), plan.nodes.end());
    std::set<std::string> inputs;
    for (const auto& input : file.inputs) {
        if (needed.contains(input.name)) {
            inputs.insert(input.name);
        }
    }
    return inputs;
}

Result<void> checkShape(const Shape& shape)
{
    const bool isPossible = !shape.empty() && shape.size() <= 3
        && std::all_of(shape.begin(), shape.end(), [](std::int64_t extent) { return extent >= 1 && extent <= kMaxExtent; });
    if (!isPossible) {
        return onnxUnsupported(
            fmt::format("samples of {} are not known", toString(shape)),
            "A sample is {features}, {steps, features} or {channels, height, width}; where the file leaves extents open, "
            "give the shape of a sample.");
    }
    return {};
}

Result<Plan> planFor(const OnnxFile& file, const OnnxImportOptions& options)
{
    Plan plan;
    TY_TRY(plan.output, chosenOutput(file, options));
    const auto prepared = file.metadata.find("network_input");
    const auto shape = file.metadata.find("network_shape");
    if (prepared != file.metadata.end() && shape != file.metadata.end()) {
        plan.isPrepared = true;
        plan.input = prepared->second;
        TY_TRY(const Json extents, parseJson(shape->second, "network_shape"));
        for (const auto& extent : extents) {
            plan.inputShape.push_back(extent.is_number_integer() ? extent.get<std::int64_t>() : 0);
        }
        needNodes(file, plan);
    } else {
        const auto inputs = needNodes(file, plan);
        OnnxJoinedInputs joined;
        if (inputs.size() > 1) {
            joined = onnxJoinedInputs(file, {inputs.begin(), inputs.end()});
        }
        if (inputs.size() != 1 && joined.joined.empty() && file.metadata.contains("preprocessing")) {
            return onnxUnsupported(
                "it holds a model of this program that is no network; as a file such models go to other programs, but not back",
                "Give the folder of the model that it was exported from.");
        }
        if (inputs.size() != 1 && joined.joined.empty()) {
            return onnxUnsupported(fmt::format(
                "a network has one input, this has {}: {}", inputs.size(), onnxShown(fmt::format("{}", fmt::join(inputs, ", ")))));
        }
        if (!joined.joined.empty()) {
            plan.input = joined.joined;
            plan.inputShape = {joined.width};
            plan.columns = joined.columns;
            needNodes(file, plan);
            return plan;
        }
        plan.input = *inputs.begin();
        const auto declared = std::find_if(
            file.inputs.begin(), file.inputs.end(), [&](const OnnxDeclared& input) { return input.name == plan.input; });
        if (declared->elementType == kString) {
            return onnxUnsupported(fmt::format("input \"{}\" is text", onnxShown(plan.input)));
        }
        if (!declared->shape.empty()) {
            plan.batch = declared->shape.front() > 0 ? declared->shape.front() : kAnyBatch;
            plan.inputShape.assign(declared->shape.begin() + 1, declared->shape.end());
        }
        if (isOnnxChannelsLast(plan.inputShape)) {
            plan.isChannelsLast = true;
            std::rotate(plan.inputShape.begin(), plan.inputShape.begin() + 2, plan.inputShape.end());
        }
    }
    const bool isOpen = plan.inputShape.empty()
        || std::any_of(plan.inputShape.begin(), plan.inputShape.end(), [](std::int64_t extent) { return extent < 0; });
    if (isOpen && !options.inputShape.empty()) {
        bool fits = plan.inputShape.empty() || plan.inputShape.size() == options.inputShape.size();
        for (std::size_t i = 0; fits && i < plan.inputShape.size(); ++i) {
            fits = plan.inputShape[i] < 0 || plan.inputShape[i] == options.inputShape[i];
        }
        if (!fits) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format("it takes samples of {}, these are {}", toString(plan.inputShape), toString(options.inputShape)),
                "The data must have the shape that the model was made for; -1 stands for any extent."};
        }
        plan.inputShape = options.inputShape;
    }
    TY_CHECK(checkShape(plan.inputShape));
    if (plan.batch > kMaxExtent) {
        return onnxError(fmt::format("a batch of {}", plan.batch));
    }
    return plan;
}

/// All operators that no layer is known for, at once, with how many nodes each has.
Result<void> checkOperators(const OnnxFile& file, const Plan& plan)
{
    std::set<std::string> computed{plan.input};
    std::map<std::string, std::pair<int, std::string>> unknown; // nodes, and the first one's name
    for (const auto& node : plan.nodes) {
        const bool isComputed = std::any_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& input) {
            return !input.empty() && computed.contains(input);
        });
        const bool isConstant = !isComputed || node.type == "Shape";
        if (!isConstant) {
            computed.insert(node.outputs.begin(), node.outputs.end());
        }
        const bool isKnown = onnxRule(node.type) != nullptr || (isConstant && isOnnxFoldable(node.type));
        if (!isKnown && unknown[node.type].first++ == 0) {
            unknown[node.type].second = node.name;
        }
    }
    if (unknown.empty()) {
        return {};
    }
    std::vector<std::string> named;
    for (const auto& [type, where] : unknown) {
        if (named.size() == kMaxNamed) {
            named.push_back(fmt::format("and {} more", unknown.size() - kMaxNamed));
            break;
        }
        named.push_back(
            where.first == 1 ? fmt::format("{} (node \"{}\")", onnxShown(type), onnxShown(where.second))
                             : fmt::format("{} ({} nodes)", onnxShown(type), where.first));
    }
    return onnxUnsupported(
        fmt::format("unknown operators: {}", fmt::join(named, ", ")),
        file.opset < kLastOpset ? "Export with another opset, or leave these parts out of the model and choose an output before them."
                                : "Leave these parts out of the model, or choose an output before them.");
}

/// The parameters are those of the model, in its order.
Result<std::vector<NamedTensor>> checkedParameters(const ModelDescription& model, std::vector<NamedTensor> given)
{
    TY_TRY(const auto network, lowerNetwork(model, 1, NetworkMode::Inference));
    std::map<std::string, Tensor> byName;
    for (auto& entry : given) {
        byName.emplace(entry.name, std::move(entry.tensor));
    }
    std::vector<NamedTensor> result;
    for (const auto* variables : {&network.parameters, &network.states}) {
        for (const auto& variable : *variables) {
            const auto& value = network.graph.value(variable.value);
            const auto found = byName.find(value.name);
            if (found == byName.end() || found->second.shape() != value.shape) {
                return onnxError(fmt::format(
                    "the weights \"{}\" do not fit: {}, expected {}",
                    value.name,
                    found == byName.end() ? "missing" : toString(found->second.shape()),
                    toString(value.shape)));
            }
            result.push_back({value.name, found->second});
        }
    }
    return result;
}

/// The layer that the network ends with, and what is left to the loss: the last softmax or sigmoid.
/// A file of this program ends before such an operator: what is there belongs to the network.
Result<std::string> endOf(OnnxLayers& layers, const OnnxActivation& output, bool isPrepared, OnnxOutput& kind)
{
    OnnxActivation value = output;
    if (value.view.axes.size() == 1) {
        value.view.axes.emplace_back(); // one number a sample
    }
    const auto typeOf = [&layers](const std::string& layer) {
        const OnnxLayer* found = layers.find(layer);
        return found != nullptr ? found->description.type : std::string();
    };
    if (!isPrepared && typeOf(value.layer) == "softmax" && value.view.parts().size() == 1) {
        // {N, C, 1, 1} is {N, C}: a reshape would stand between the softmax and the end.
        std::erase_if(value.view.axes, [](const AxisParts& axis) { return axis.empty(); });
    }
    TY_TRY(value, layers.plain("output", value));
    if (value.base.size() == 3 && elementCount(value.base) == value.base[0]) {
        TY_TRY(value, layers.add("output.flat", "flatten", {value.layer}, Json::object()));
    }
    std::string end = value.layer;
    const std::string type = typeOf(end);
    if (!isPrepared && (type == "softmax" || type == "sigmoid")) {
        const std::string before = layers.find(end)->description.inputs.front();
        if (type == "softmax" || before != "input") {
            kind = type == "softmax" ? OnnxOutput::Softmax : OnnxOutput::Sigmoid;
            end = before;
        }
    }
    // A loss takes the softmax of scores, so a network must not end with one; a softmax before the last one is part of it.
    if (typeOf(end) == "softmax") {
        TY_TRY(const auto scores, layers.add("output.scores", "scale", {end}, {{"factor", 1.0}}));
        end = scores.layer;
    }
    return end;
}

Result<ImportedNetwork> imported(const OnnxFile& file, const OnnxImportOptions& options)
{
    TY_CHECK(checkVersions(file));
    TY_CHECK(checkOnnxGraph(file));
    TY_TRY(const Plan plan, planFor(file, options));
    TY_CHECK(checkOperators(file, plan));

    OnnxNetworkReader reader(file, plan.inputShape, plan.batch);
    for (const auto& node : plan.nodes) {
        for (const auto& input : node.inputs) {
            reader.countUse(input);
        }
    }
    reader.countUse(plan.output);
    reader.setInput(plan.input, plan.isChannelsLast);
    for (const auto& node : plan.nodes) {
        TY_CHECK(reader.read(node));
    }
    const OnnxActivation* output = reader.findValue(plan.output);
    if (output == nullptr) {
        return onnxError(fmt::format("output \"{}\" is never computed from the samples", onnxShown(plan.output)));
    }
    ImportedNetwork result;
    TY_TRY(const std::string end, endOf(reader.layers(), OnnxActivation(*output), plan.isPrepared, result.output));
    TY_TRY(result.model, reader.layers().model(end));
    TY_TRY(result.parameters, checkedParameters(result.model, reader.layers().parameters(result.model)));
    for (const auto& [name, tensor] : result.parameters) {
        TY_CHECK(checkFinite(tensor.floats(), fmt::format("weights \"{}\"", name)));
    }
    const OnnxNode* last = reader.producer(plan.output);
    if (result.output == OnnxOutput::Softmax && last != nullptr && last->type == "LogSoftmax") {
        result.output = OnnxOutput::LogSoftmax;
    }
    result.inputName = plan.input;
    result.outputName = plan.output;
    result.otherOutputs = otherOutputs(file, plan.output);
    result.isPrepared = plan.isPrepared;
    result.isChannelsLast = plan.isChannelsLast;
    result.columns = plan.columns;
    result.classes = onnxClassesOf(file);
    result.opset = file.opset;
    result.irVersion = file.irVersion;
    result.metadata = file.metadata;
    return result;
}

} // namespace

Result<ImportedNetwork> importOnnx(const std::string& file, const OnnxImportOptions& options)
{
    TY_TRY(const std::string bytes, readFile(file));
    return importOnnxBytes(bytes, file, options);
}

Result<ImportedNetwork> importOnnxBytes(
    std::string_view bytes, const std::string& what, const OnnxImportOptions& options)
{
    TY_TRY(const auto file, OnnxFile::parse(bytes, what));
    auto result = imported(file, options);
    if (!result) {
        return std::move(result).error().withContext(what);
    }
    return result;
}

} // namespace ty::engine
