#include "engine/exchange/onnx_preprocessing.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <numbers>
#include <numeric>
#include <set>
#include <utility>

#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_steps.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kFloat32 = 1; // numbers of TensorProto.DataType
constexpr std::int64_t kFloat64 = 11;
constexpr const char* kProbabilities = "probabilities";
constexpr const char* kLabel = "label";
constexpr const char* kValue = "value";
constexpr const char* kReconstruction = "reconstruction";

std::string addImagePreprocessing(OnnxGraph& graph, const Encoder& encoder)
{
    const auto channels = static_cast<std::int64_t>(encoder.imageMean().size());
    const auto mean = graph.floats("image_mean", {1, channels, 1, 1}, encoder.imageMean());
    const auto deviation = graph.floats("image_deviation", {1, channels, 1, 1}, encoder.imageDeviation());
    const auto centred = graph.node("Sub", {kImageInput, mean}, {}, "image_centred");
    return graph.node("Div", {centred, deviation}, {}, "image_scaled");
}

/// Values that the encoder's order picks from, side by side {N, width}, and where each part begins.
struct Blocks {
    std::vector<std::string> names;
    std::int64_t width = 0;

    std::int64_t add(const std::string& name, std::size_t columns)
    {
        const auto begin = width;
        names.push_back(name);
        width += static_cast<std::int64_t>(columns);
        return begin;
    }
};

/// Where the numbers' encodings begin within the blocks; used for the columns that want them.
struct NumberBlocks {
    std::int64_t standardised = 0;
    std::int64_t flags = 0;
    std::int64_t sine = 0;
    std::int64_t cosine = 0;
};

/// One number for each place of `features`, taken from the columns that are standardised.
std::vector<double> perPlace(const std::vector<OnnxColumn>& columns, double EncodedColumn::*member, double otherwise)
{
    std::vector<double> values(numericWidth(columns), otherwise);
    for (const auto& entry : columns) {
        if (entry.column->kind == EncodedColumn::Kind::Standardised) {
            values[entry.position] = entry.column->*member;
        }
    }
    return values;
}

/// Sine and cosine of the year for the places of `dates`; 0 where the date is missing.
void addYearCycles(
    OnnxGraph& graph, Blocks& blocks, NumberBlocks& begin, const std::string& filled, const std::string& flags,
    const std::vector<std::int64_t>& dates)
{
    const auto number = [&](const char* name, double value) {
        const std::array values{value};
        return graph.doubles(name, {1}, values);
    };
    const std::array one{1.0F};
    const auto places = graph.integers("dates_places", {static_cast<std::int64_t>(dates.size())}, dates);
    const auto days = graph.node("Gather", {filled, places}, {{"axis", std::int64_t{1}}}, "dates_days");
    const auto missing = graph.node("Gather", {flags, places}, {{"axis", std::int64_t{1}}}, "dates_missing");
    const auto present = graph.node("Sub", {graph.floats("one", {1}, one), missing}, {}, "dates_present");
    const auto years = graph.node("Div", {days, number("days_per_year", 365.2425)}, {}, "dates_years");
    const auto fraction = graph.node("Sub", {years, graph.node("Floor", {years}, {}, "dates_whole_years")}, {}, "dates_fraction");
    const auto wide = graph.node("Mul", {fraction, number("full_turn", 2 * std::numbers::pi)}, {}, "dates_angle_wide");
    const auto angle = graph.cast(wide, kFloat32, "dates_angle");
    const auto sine = graph.node("Mul", {graph.node("Sin", {angle}, {}, "dates_sine"), present}, {}, "dates_sine_present");
    const auto cosine = graph.node("Mul", {graph.node("Cos", {angle}, {}, "dates_cosine"), present}, {}, "dates_cosine_present");
    begin.sine = blocks.add(sine, dates.size());
    begin.cosine = blocks.add(cosine, dates.size());
}

/// Adds the encodings of all numbers. `dates`: places that want the year's cycle.
NumberBlocks addNumbers(
    OnnxGraph& graph, Blocks& blocks, const std::vector<OnnxColumn>& columns, const std::vector<std::int64_t>& dates)
{
    const auto width = numericWidth(columns);
    const Shape shape{static_cast<std::int64_t>(width)};
    const auto constant = [&](const char* name, double EncodedColumn::*member, double otherwise) {
        return graph.doubles(name, shape, perPlace(columns, member, otherwise));
    };
    // In float64, as the encoder does it: a date of 19,000 days with a deviation of 2 would lose four digits.
    const auto missing = graph.node("IsNaN", {kFeaturesInput}, {}, "features_missing");
    const auto wide = graph.cast(kFeaturesInput, kFloat64, "features_wide");
    const auto fill = constant("features_fill", &EncodedColumn::fill, 0);
    const auto filled = graph.node("Where", {missing, fill, wide}, {}, "features_filled");
    const auto mean = constant("features_mean", &EncodedColumn::mean, 0);
    const auto centred = graph.node("Sub", {filled, mean}, {}, "features_centred");
    const auto deviation = constant("features_deviation", &EncodedColumn::deviation, 1);
    const auto scaled = graph.node("Div", {centred, deviation}, {}, "features_scaled");

    NumberBlocks begin;
    begin.standardised = blocks.add(graph.cast(scaled, kFloat32, "features_standardised"), width);
    const bool areFlagsWanted = std::any_of(columns.begin(), columns.end(), [](const OnnxColumn& entry) {
        return entry.isNumber() && entry.column->hasMissingFlag;
    });
    if (areFlagsWanted || !dates.empty()) {
        const auto flags = graph.cast(missing, kFloat32, "features_missing_flags");
        begin.flags = blocks.add(flags, width);
        if (!dates.empty()) {
            addYearCycles(graph, blocks, begin, filled, flags, dates);
        }
    }
    return begin;
}

/// All encodings are joined; one Gather then brings them into the encoder's order.
std::string addTablePreprocessing(OnnxGraph& graph, const Encoder& encoder)
{
    const auto columns = onnxColumns(encoder);
    std::vector<std::int64_t> dates;
    for (const auto& entry : columns) {
        if (entry.column->kind == EncodedColumn::Kind::YearCycle) {
            dates.push_back(static_cast<std::int64_t>(entry.position));
        }
    }
    Blocks blocks;
    const auto begin = numericWidth(columns) > 0 ? addNumbers(graph, blocks, columns, dates) : NumberBlocks{};

    std::vector<std::int64_t> order;
    std::int64_t date = 0;
    for (const auto& entry : columns) {
        const auto place = static_cast<std::int64_t>(entry.position);
        switch (entry.column->kind) {
        case EncodedColumn::Kind::Standardised:
            order.push_back(begin.standardised + place);
            if (entry.column->hasMissingFlag) {
                order.push_back(begin.flags + place);
            }
            break;
        case EncodedColumn::Kind::YearCycle:
            order.push_back(begin.sine + date);
            order.push_back(begin.cosine + date);
            ++date;
            break;
        case EncodedColumn::Kind::Words:
            break; // comes as numbers, alone
        case EncodedColumn::Kind::OneHot:
            if (!entry.column->categories.empty()) { // ONNX has no empty one-hot encoding
                const auto first = blocks.add(addOneHot(graph, entry), entry.column->categories.size());
                for (std::size_t category = 0; category < entry.column->categories.size(); ++category) {
                    order.push_back(first + static_cast<std::int64_t>(category));
                }
            }
            break;
        }
    }

    const auto joined = blocks.names.size() == 1
        ? blocks.names.front()
        : graph.node("Concat", blocks.names, {{"axis", std::int64_t{1}}}, "columns_joined");
    std::vector<std::int64_t> identity(static_cast<std::size_t>(blocks.width));
    std::iota(identity.begin(), identity.end(), std::int64_t{0});
    if (order == identity) {
        return joined;
    }
    const auto indices = graph.integers("columns_order", {static_cast<std::int64_t>(order.size())}, order);
    return graph.node("Gather", {joined, indices}, {{"axis", std::int64_t{1}}}, "columns_ordered");
}

} // namespace

std::set<std::string> onnxReservedNames()
{
    return {kFeaturesInput, kPreparedInput, kProbabilities, kLabel, kValue};
}

std::string freeOnnxName(const std::string& wanted, std::set<std::string>& taken)
{
    std::string name = wanted.empty() ? "column" : wanted;
    while (!taken.insert(name).second) {
        name += "_";
    }
    return name;
}

std::vector<OnnxColumn> onnxColumns(const Encoder& encoder)
{
    std::set<std::string> taken = onnxReservedNames();
    const bool isAfterSteps = hasOnnxSteps(encoder);
    for (const OnnxPort& port : isAfterSteps ? onnxRawPorts(encoder) : std::vector<OnnxPort>()) {
        taken.insert(port.name);
    }
    std::map<std::string, std::size_t> places;
    std::vector<OnnxColumn> columns;
    for (const auto& column : encoder.columns()) {
        if (column.kind == EncodedColumn::Kind::Words) {
            columns.push_back({&column, kWordsInput, 0});
        } else if (column.kind == EncodedColumn::Kind::OneHot) {
            columns.push_back({&column, freeOnnxName(isAfterSteps ? "prepared_" + column.name : column.name, taken), 0});
        } else {
            columns.push_back({&column, kFeaturesInput, places.emplace(column.name, places.size()).first->second});
        }
    }
    return columns;
}

std::size_t numericWidth(const std::vector<OnnxColumn>& columns)
{
    std::size_t width = 0;
    for (const auto& entry : columns) {
        width = entry.isNumber() ? std::max(width, entry.position + 1) : width;
    }
    return width;
}

std::vector<OnnxPort> onnxInputPorts(const Encoder& encoder)
{
    if (encoder.kind() == DataKind::Image) {
        Shape shape{-1};
        shape.insert(shape.end(), encoder.inputShape().begin(), encoder.inputShape().end());
        return {{kImageInput, "float32", shape}};
    }
    std::vector<OnnxPort> ports;
    if (!encoder.vocabulary().empty()) {
        return {{kWordsInput, "float32", {-1, encoder.inputShape().front()}}};
    }
    const auto columns = onnxColumns(encoder);
    if (const auto numeric = numericWidth(columns); numeric > 0) {
        ports.push_back({hasOnnxSteps(encoder) ? kPreparedInput : kFeaturesInput, "float32", {-1, static_cast<std::int64_t>(numeric)}});
    }
    for (const auto& entry : columns) {
        if (!entry.isNumber() && !entry.column->categories.empty()) {
            ports.push_back({entry.input, "string", {-1, 1}});
        }
    }
    return ports;
}

Json onnxColumnsJson(const Encoder& encoder)
{
    Json list = Json::array();
    for (const auto& entry : onnxColumns(encoder)) {
        if (entry.column->kind == EncodedColumn::Kind::YearCycle) {
            continue; // the same date once more
        }
        Json item = {{"name", entry.column->name}, {"type", columnTypeName(entry.column->sourceType)}, {"input", entry.input}};
        if (entry.isNumber()) {
            item["position"] = entry.position;
        } else if (entry.isText()) {
            item["words"] = entry.column->words;
            item["vocabulary"] = entry.column->categories;
        } else {
            item["categories"] = entry.column->categories;
        }
        list.push_back(std::move(item));
    }
    return list;
}

std::string addOneHot(OnnxGraph& graph, const OnnxColumn& entry)
{
    const auto hot = graph.node(
        "ai.onnx.ml:OneHotEncoder",
        {entry.input},
        {{"cats_strings", entry.column->categories}, {"zeros", std::int64_t{1}}},
        entry.input + "_categories");
    graph.describe(hot, {-1, 1, static_cast<std::int64_t>(entry.column->categories.size())});
    return graph.node("Flatten", {hot}, {{"axis", std::int64_t{1}}}, entry.input + "_encoded");
}

std::string addPreprocessing(OnnxGraph& graph, const Encoder& encoder)
{
    if (!encoder.vocabulary().empty()) {
        return kWordsInput;
    }
    return encoder.kind() == DataKind::Image ? addImagePreprocessing(graph, encoder) : addTablePreprocessing(graph, encoder);
}

std::vector<OnnxPort> addOutputs(OnnxGraph& graph, const Encoder& encoder, const OnnxAnswer& answer)
{
    const std::string& network = answer.value;
    std::vector<OnnxPort> ports;
    if (encoder.areAnswersNames()) {
        const auto classes = static_cast<std::int64_t>(encoder.classes().size());
        ports = {{kProbabilities, "float32", {-1, classes}}, {kLabel, "string", {-1}}};
    } else if (encoder.task() == Task::Reconstruction) {
        ports = {{kReconstruction, "float32", {-1, static_cast<std::int64_t>(encoder.inputSize())}}};
    } else if (encoder.task() == Task::NextWord) {
        const Shape shape = encoder.outputShape();
        ports = {{kProbabilities, "float32", {-1, shape[0], shape[1]}}};
    } else {
        ports = {{kValue, "float32", {-1, 1}}};
    }
    for (const auto& port : ports) {
        graph.addOutput(port);
    }

    if (encoder.areAnswersNames()) {
        const auto probabilities = answer.kind == OnnxAnswer::Kind::Probabilities
            ? network
            : graph.node("Softmax", {network}, {{"axis", std::int64_t{1}}}, "softmax");
        graph.nameOutput(probabilities, kProbabilities);
        const auto best = graph.node(
            "ArgMax", {probabilities}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}}, "best_class");
        const auto names =
            graph.texts("class_names", {static_cast<std::int64_t>(encoder.classes().size())}, encoder.classes());
        graph.nameOutput(graph.node("Gather", {names, best}, {{"axis", std::int64_t{0}}}, "best_label"), kLabel);
        return ports;
    }
    if (encoder.task() == Task::Reconstruction) {
        graph.nameOutput(graph.node("Identity", {network}, {}, "reconstructed"), kReconstruction);
        return ports;
    }
    if (encoder.task() == Task::NextWord) {
        graph.nameOutput(graph.node("Softmax", {network}, {{"axis", std::int64_t{2}}}, "softmax"), kProbabilities);
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
