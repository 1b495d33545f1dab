#include "engine/exchange/onnx_preprocessing.h"

#include <cstdint>
#include <numeric>
#include <set>

#include "engine/exchange/onnx_graph.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kFloat32 = 1; // numbers of TensorProto.DataType
constexpr std::int64_t kFloat64 = 11;
constexpr const char* kProbabilities = "probabilities";
constexpr const char* kLabel = "label";
constexpr const char* kValue = "value";

/// An input's name that no other input and no output has.
std::string freeName(const std::string& wanted, std::set<std::string>& taken)
{
    std::string name = wanted.empty() ? "column" : wanted;
    while (!taken.insert(name).second) {
        name += "_";
    }
    return name;
}

std::string addImagePreprocessing(OnnxGraph& graph, const Encoder& encoder)
{
    const auto channels = static_cast<std::int64_t>(encoder.imageMean().size());
    const auto mean = graph.floats("image_mean", {1, channels, 1, 1}, encoder.imageMean());
    const auto deviation = graph.floats("image_deviation", {1, channels, 1, 1}, encoder.imageDeviation());
    const auto centred = graph.node("Sub", {kImageInput, mean}, {}, "image_centred");
    return graph.node("Div", {centred, deviation}, {}, "image_scaled");
}

/// What the numeric columns give: {N, numeric} standardised values, and {N, numeric} flags if a column wants them.
struct NumericBlocks {
    std::string standardised;
    std::string flags;
};

NumericBlocks addNumericColumns(OnnxGraph& graph, const std::vector<OnnxColumn>& columns)
{
    std::vector<double> fill;
    std::vector<double> mean;
    std::vector<double> deviation;
    bool areFlagsWanted = false;
    for (const auto& entry : columns) {
        if (entry.column->kind == EncodedColumn::Kind::Standardised) {
            fill.push_back(entry.column->fill);
            mean.push_back(entry.column->mean);
            deviation.push_back(entry.column->deviation);
            areFlagsWanted = areFlagsWanted || entry.column->hasMissingFlag;
        }
    }
    const auto count = static_cast<std::int64_t>(fill.size());
    // In float64, as the encoder does it: a date of 19,000 days with a deviation of 2 would lose four digits.
    const auto missing = graph.node("IsNaN", {kFeaturesInput}, {}, "features_missing");
    const auto wide = graph.cast(kFeaturesInput, kFloat64, "features_wide");
    const auto filled =
        graph.node("Where", {missing, graph.doubles("features_fill", {count}, fill), wide}, {}, "features_filled");
    const auto centred =
        graph.node("Sub", {filled, graph.doubles("features_mean", {count}, mean)}, {}, "features_centred");
    const auto scaled =
        graph.node("Div", {centred, graph.doubles("features_deviation", {count}, deviation)}, {}, "features_scaled");

    NumericBlocks blocks;
    blocks.standardised = graph.cast(scaled, kFloat32, "features_standardised");
    if (areFlagsWanted) {
        blocks.flags = graph.cast(missing, kFloat32, "features_missing_flags");
    }
    return blocks;
}

/// Blocks are joined in the order [numeric, flags, one-hot...]; one Gather then brings them into the encoder's order.
std::string addTablePreprocessing(OnnxGraph& graph, const Encoder& encoder)
{
    const auto columns = onnxColumns(encoder);
    const auto numeric = numericColumns(columns);
    std::vector<std::string> blocks;
    std::size_t offset = 0;
    std::size_t flagsOffset = 0;
    if (numeric > 0) {
        const auto added = addNumericColumns(graph, columns);
        blocks.push_back(added.standardised);
        offset += numeric;
        if (!added.flags.empty()) {
            flagsOffset = offset;
            blocks.push_back(added.flags);
            offset += numeric;
        }
    }

    std::vector<std::int64_t> order;
    for (const auto& entry : columns) {
        const auto& column = *entry.column;
        if (column.kind == EncodedColumn::Kind::Standardised) {
            order.push_back(static_cast<std::int64_t>(entry.position));
            if (column.hasMissingFlag) {
                order.push_back(static_cast<std::int64_t>(flagsOffset + entry.position));
            }
            continue;
        }
        if (column.categories.empty()) {
            continue; // no input of the network, and ONNX has no empty one-hot encoding
        }
        const auto hot = graph.node(
            "ai.onnx.ml:OneHotEncoder",
            {entry.input},
            {{"cats_strings", column.categories}, {"zeros", std::int64_t{1}}},
            entry.input + "_categories");
        blocks.push_back(graph.node("Flatten", {hot}, {{"axis", std::int64_t{1}}}, entry.input + "_encoded"));
        for (std::size_t category = 0; category < column.categories.size(); ++category) {
            order.push_back(static_cast<std::int64_t>(offset++));
        }
    }

    const auto joined =
        blocks.size() == 1 ? blocks.front() : graph.node("Concat", blocks, {{"axis", std::int64_t{1}}}, "columns_joined");
    std::vector<std::int64_t> identity(offset);
    std::iota(identity.begin(), identity.end(), std::int64_t{0});
    if (order == identity) {
        return joined;
    }
    const auto indices = graph.integers("columns_order", {static_cast<std::int64_t>(order.size())}, order);
    return graph.node("Gather", {joined, indices}, {{"axis", std::int64_t{1}}}, "columns_ordered");
}

} // namespace

std::vector<OnnxColumn> onnxColumns(const Encoder& encoder)
{
    std::set<std::string> taken{kFeaturesInput, kProbabilities, kLabel, kValue};
    std::vector<OnnxColumn> columns;
    std::size_t position = 0;
    for (const auto& column : encoder.columns()) {
        if (column.kind == EncodedColumn::Kind::Standardised) {
            columns.push_back({&column, kFeaturesInput, position++});
        } else {
            columns.push_back({&column, freeName(column.name, taken), 0});
        }
    }
    return columns;
}

std::size_t numericColumns(const std::vector<OnnxColumn>& columns)
{
    std::size_t count = 0;
    for (const auto& entry : columns) {
        count += entry.column->kind == EncodedColumn::Kind::Standardised ? 1U : 0U;
    }
    return count;
}

std::vector<OnnxPort> onnxInputPorts(const Encoder& encoder)
{
    if (encoder.kind() == DataKind::Image) {
        Shape shape{-1};
        shape.insert(shape.end(), encoder.inputShape().begin(), encoder.inputShape().end());
        return {{kImageInput, "float32", shape}};
    }
    std::vector<OnnxPort> ports;
    const auto columns = onnxColumns(encoder);
    if (const auto numeric = numericColumns(columns); numeric > 0) {
        ports.push_back({kFeaturesInput, "float32", {-1, static_cast<std::int64_t>(numeric)}});
    }
    for (const auto& entry : columns) {
        if (entry.column->kind == EncodedColumn::Kind::OneHot && !entry.column->categories.empty()) {
            ports.push_back({entry.input, "string", {-1, 1}});
        }
    }
    return ports;
}

Json onnxColumnsJson(const Encoder& encoder)
{
    Json list = Json::array();
    for (const auto& entry : onnxColumns(encoder)) {
        Json item = {{"name", entry.column->name}, {"type", columnTypeName(entry.column->sourceType)}, {"input", entry.input}};
        if (entry.column->kind == EncodedColumn::Kind::Standardised) {
            item["position"] = entry.position;
        } else {
            item["categories"] = entry.column->categories;
        }
        list.push_back(std::move(item));
    }
    return list;
}

std::string addPreprocessing(OnnxGraph& graph, const Encoder& encoder)
{
    for (const auto& port : onnxInputPorts(encoder)) {
        graph.addInput(port);
    }
    return encoder.kind() == DataKind::Image ? addImagePreprocessing(graph, encoder) : addTablePreprocessing(graph, encoder);
}

std::vector<OnnxPort> addOutputs(OnnxGraph& graph, const Encoder& encoder, const std::string& network)
{
    std::vector<OnnxPort> ports;
    if (encoder.task() == Task::Classification) {
        const auto classes = static_cast<std::int64_t>(encoder.classes().size());
        ports = {{kProbabilities, "float32", {-1, classes}}, {kLabel, "string", {-1}}};
    } else {
        ports = {{kValue, "float32", {-1, 1}}};
    }
    for (const auto& port : ports) {
        graph.addOutput(port);
    }

    if (encoder.task() == Task::Classification) {
        const auto probabilities = graph.node("Softmax", {network}, {{"axis", std::int64_t{1}}}, "softmax");
        graph.nameOutput(probabilities, kProbabilities);
        const auto best = graph.node(
            "ArgMax", {probabilities}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}}, "best_class");
        const auto names =
            graph.texts("class_names", {static_cast<std::int64_t>(encoder.classes().size())}, encoder.classes());
        graph.nameOutput(graph.node("Gather", {names, best}, {{"axis", std::int64_t{0}}}, "best_label"), kLabel);
        return ports;
    }
    const std::vector<double> deviation{encoder.targetDeviation()};
    const std::vector<double> mean{encoder.targetMean()};
    const auto wide = graph.cast(network, kFloat64, "target_encoded");
    const auto scaled = graph.node("Mul", {wide, graph.doubles("target_deviation", {1}, deviation)}, {}, "target_scaled");
    const auto shifted = graph.node("Add", {scaled, graph.doubles("target_mean", {1}, mean)}, {}, "target_shifted");
    graph.nameOutput(graph.cast(shifted, kFloat32, "target_value"), kValue);
    return ports;
}

} // namespace ty::engine
