#include "engine/exchange/onnx_check.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/files.h"
#include "engine/exchange/onnx_file.h"
#include "engine/exchange/onnx_kernels.h"
#include "engine/exchange/onnx_preprocessing.h"
#include "engine/exchange/onnx_steps.h"
#include "engine/exchange/raw_rows.h"

namespace ty::engine {

namespace {

Result<OnnxArray> fromValue(const std::string& name, const OnnxValue& value)
{
    OnnxArray array;
    array.shape = value.shape;
    TY_TRY(const auto size, checkedOnnxSize(value.shape));
    if (value.texts.empty()) {
        array.data = value.numbers;
    } else {
        array.data = value.texts;
    }
    if (array.size() != size) {
        return onnxError(fmt::format("input \"{}\": {} values for shape {}", name, array.size(), toString(value.shape)));
    }
    return array;
}

} // namespace

namespace {

constexpr std::size_t kSamplesAtOnce = 16;
constexpr double kTieMargin = 1e-4; // two classes closer than this may change places by rounding

Result<OnnxValues> imageInputs(const Encoder& encoder, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    OnnxValue value;
    value.shape = {static_cast<std::int64_t>(samples.size())};
    value.shape.insert(value.shape.end(), encoder.inputShape().begin(), encoder.inputShape().end());
    std::vector<std::uint8_t> pixels(encoder.inputSize());
    for (const auto sample : samples) {
        TY_CHECK(dataset.readImage(sample, pixels));
        value.numbers.insert(value.numbers.end(), pixels.begin(), pixels.end());
    }
    return OnnxValues{{kImageInput, std::move(value)}};
}

Result<std::size_t> columnIndex(const Dataset& dataset, const std::string& name)
{
    const auto& columns = dataset.info().columns;
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const ColumnInfo& c) { return c.name == name; });
    if (found == columns.end()) {
        return Error{ErrorKind::InvalidInput, fmt::format("the data has no column \"{}\"", name), ""};
    }
    return static_cast<std::size_t>(found - columns.begin());
}

Result<OnnxValues> tableInputs(const Encoder& encoder, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    const auto batch = static_cast<std::int64_t>(samples.size());
    const auto columns = onnxColumns(encoder);
    const auto numeric = numericWidth(columns);
    OnnxValue features{{batch, static_cast<std::int64_t>(numeric)}, std::vector<float>(samples.size() * numeric), {}};
    OnnxValues inputs;
    for (const auto& entry : columns) {
        TY_TRY(const auto index, columnIndex(dataset, entry.column->name));
        if (entry.isNumber()) {
            const auto cells = dataset.numericColumn(index);
            for (std::size_t i = 0; i < samples.size(); ++i) {
                features.numbers[i * numeric + entry.position] = cells[samples[i]];
            }
            continue;
        }
        const auto codes = dataset.categoryColumn(index);
        const auto& categories = dataset.info().columns[index].categories;
        OnnxValue texts{{batch, 1}, {}, {}};
        for (const auto sample : samples) {
            const auto code = codes[sample];
            texts.texts.push_back(code < 0 ? std::string() : categories[static_cast<std::size_t>(code)]);
        }
        inputs[entry.input] = std::move(texts);
    }
    if (numeric > 0) {
        inputs[hasOnnxSteps(encoder) ? kPreparedInput : kFeaturesInput] = std::move(features);
    }
    return inputs;
}

Result<OnnxValues> wordInputs(const Encoder& encoder, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    const std::size_t width = encoder.inputSize();
    OnnxValue words{
        {static_cast<std::int64_t>(samples.size()), static_cast<std::int64_t>(width)},
        std::vector<float>(samples.size() * width),
        {}};
    for (std::size_t i = 0; i < samples.size(); ++i) {
        TY_CHECK(encoder.encodeInput(dataset, samples[i], std::span(words.numbers).subspan(i * width, width)));
    }
    OnnxValues inputs;
    inputs[kWordsInput] = std::move(words);
    return inputs;
}

/// Largest difference in one batch; the labels must name the best class unless two are as good as equal.
Result<double> batchDifference(const Encoder& encoder, const OnnxValues& outputs, std::span<const double> expected)
{
    const bool isClassification = encoder.areAnswersNames();
    const auto given = outputs.find(
        isClassification || encoder.task() == Task::NextWord ? "probabilities"
            : encoder.task() == Task::Reconstruction         ? "reconstruction"
                                                             : "value");
    if (given == outputs.end() || given->second.numbers.size() != expected.size()) {
        return onnxError("the file does not give the outputs of this model");
    }
    const double unit = encoder.task() == Task::Regression ? std::abs(encoder.targetDeviation()) : 1.0;
    double largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double difference = std::abs(static_cast<double>(given->second.numbers[i]) - expected[i]) / unit;
        largest = std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(largest, difference);
    }
    if (!isClassification) {
        return largest;
    }
    const auto classes = encoder.classes().size();
    const auto labels = outputs.find("label");
    for (std::size_t row = 0; row < expected.size() / classes; ++row) {
        const auto* const probabilities = expected.data() + row * classes;
        const auto best = *std::max_element(probabilities, probabilities + classes);
        const auto name = labels != outputs.end() && row < labels->second.texts.size() ? labels->second.texts[row] : "";
        const auto index = std::find(encoder.classes().begin(), encoder.classes().end(), name) - encoder.classes().begin();
        if (static_cast<std::size_t>(index) == classes || probabilities[index] < best - kTieMargin) {
            return onnxError(fmt::format("the file calls sample {} \"{}\", the model does not", row, name));
        }
    }
    return largest;
}

} // namespace

struct OnnxProgram::Content {
    std::map<std::string, OnnxArray> constants;
    std::vector<OnnxNode> nodes;
    std::vector<OnnxKernel> kernels; ///< of each node
    std::vector<std::string> inputs;
    std::vector<std::string> outputs;
    std::map<std::string, std::string> metadata;
};

OnnxProgram::OnnxProgram(std::unique_ptr<Content> content) : m_content(std::move(content)) {}
OnnxProgram::OnnxProgram(OnnxProgram&& other) noexcept = default;
OnnxProgram& OnnxProgram::operator=(OnnxProgram&& other) noexcept = default;
OnnxProgram::~OnnxProgram() = default;

Result<OnnxProgram> OnnxProgram::load(const std::string& file)
{
    TY_TRY(const std::string bytes, readFile(file));
    return parse(bytes, file);
}

Result<OnnxProgram> OnnxProgram::parse(std::string_view bytes, const std::string& what)
{
    TY_TRY(auto file, OnnxFile::parse(bytes, what));
    auto content = std::make_unique<Content>();
    content->metadata = std::move(file.metadata);
    content->constants = std::move(file.constants);
    content->nodes = std::move(file.nodes);
    std::set<std::string> unknown;
    for (const auto& node : content->nodes) {
        content->kernels.push_back(onnxKernel(node.type));
        if (content->kernels.back() == nullptr) {
            unknown.insert(node.type);
        }
    }
    if (!unknown.empty()) {
        return Error{
            ErrorKind::Unsupported, fmt::format("{}: unknown operators: {}", what, fmt::join(unknown, ", ")), ""};
    }
    for (const auto& input : file.inputs) {
        content->inputs.push_back(input.name);
    }
    for (const auto& output : file.outputs) {
        content->outputs.push_back(output.name);
    }
    return OnnxProgram(std::move(content));
}

std::map<std::string, std::string> OnnxProgram::metadata() const
{
    return m_content->metadata;
}

Result<OnnxValues> OnnxProgram::run(const OnnxValues& inputs) const
{
    std::map<std::string, OnnxArray> values;
    for (const auto& name : m_content->inputs) {
        const auto given = inputs.find(name);
        if (given == inputs.end()) {
            return onnxError(fmt::format("input \"{}\" is missing", name));
        }
        TY_TRY(values[name], fromValue(name, given->second));
    }
    const auto find = [&](const std::string& name) -> const OnnxArray* {
        if (const auto computed = values.find(name); computed != values.end()) {
            return &computed->second;
        }
        const auto constant = m_content->constants.find(name);
        return constant == m_content->constants.end() ? nullptr : &constant->second;
    };

    for (std::size_t i = 0; i < m_content->nodes.size(); ++i) {
        const auto& node = m_content->nodes[i];
        OnnxArguments arguments;
        for (const auto& name : node.inputs) {
            arguments.push_back(name.empty() ? nullptr : find(name));
        }
        auto result = m_content->kernels[i](node, arguments);
        if (!result) {
            return std::move(result).error().withContext(fmt::format("node \"{}\" ({})", node.name, node.type));
        }
        if (node.outputs.size() != 1) {
            return onnxError(fmt::format("node \"{}\" ({}) must have one output", node.name, node.type));
        }
        values[node.outputs.front()] = std::move(result).value();
    }

    OnnxValues outputs;
    for (const auto& name : m_content->outputs) {
        const auto* array = find(name);
        if (array == nullptr) {
            return onnxError(fmt::format("output \"{}\" is never computed", name));
        }
        OnnxValue value;
        value.shape = array->shape;
        if (const auto* texts = std::get_if<std::vector<std::string>>(&array->data)) {
            value.texts = *texts;
        } else if (const auto* numbers = std::get_if<std::vector<float>>(&array->data)) {
            value.numbers = *numbers;
        } else {
            return onnxError(fmt::format("output \"{}\" is neither float32 nor text", name));
        }
        outputs[name] = std::move(value);
    }
    return outputs;
}

Result<OnnxValues> onnxInputs(const Encoder& encoder, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    if (const auto* rows = dynamic_cast<const RawRows*>(&dataset); rows != nullptr) {
        return rows->onnxRawInputs(encoder, samples);
    }
    if (!encoder.vocabulary().empty()) {
        return wordInputs(encoder, dataset, samples);
    }
    return encoder.kind() == DataKind::Image ? imageInputs(encoder, dataset, samples)
                                             : tableInputs(encoder, dataset, samples);
}

Result<double> onnxMaxDifference(
    const std::string& file,
    const Encoder& encoder,
    const Dataset& dataset,
    std::span<const std::uint32_t> samples,
    std::span<const double> expected)
{
    TY_TRY(const auto program, OnnxProgram::load(file));
    const auto width = static_cast<std::size_t>(elementCount(encoder.outputShape()));
    assert(expected.size() == samples.size() * width);
    double largest = 0;
    for (std::size_t begin = 0; begin < samples.size(); begin += kSamplesAtOnce) {
        const auto count = std::min(kSamplesAtOnce, samples.size() - begin);
        TY_TRY(const auto inputs, onnxInputs(encoder, dataset, samples.subspan(begin, count)));
        TY_TRY(const auto outputs, program.run(inputs));
        TY_TRY(const auto difference, batchDifference(encoder, outputs, expected.subspan(begin * width, count * width)));
        largest = std::max(largest, difference);
    }
    return largest;
}

} // namespace ty::engine
