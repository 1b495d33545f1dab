#include "engine/exchange/onnx_writer.h"

#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_network.h"
#include "engine/exchange/onnx_preprocessing.h"
#include "engine/exchange/onnx_steps.h"

namespace ty::engine {

namespace {

constexpr int kFirstOpset = 13; // axes of Squeeze and friends became inputs; older readers are rare
constexpr int kLastOpset = 17;  // the newest that Debian 12's ONNX checker knows

Result<void> checkFits(const ModelDescription& model, const Encoder& encoder)
{
    if (model.input != encoder.inputShape()) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format(
                "the network takes {}, the preprocessing gives {}", toString(model.input), toString(encoder.inputShape())),
            ""};
    }
    TY_TRY(const auto summary, summarise(model));
    const Shape outputs = encoder.outputShape();
    if (summary.outputShape != outputs) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("the network gives {}, expected {}", toString(summary.outputShape), toString(outputs)),
            ""};
    }
    return {};
}

/// Facts about the model for people and programs that open the file elsewhere.
void addMetadata(OnnxGraph& graph, const Encoder& encoder, const OnnxOptions& options, const OnnxReport& report)
{
    std::map<std::string, std::string> metadata = options.metadata;
    metadata["producer"] = "Trainyard";
    metadata["task"] = taskName(encoder.task());
    if (encoder.areAnswersNames()) {
        metadata["labels"] = toJsonLine(Json(encoder.classes()));
    } else if (encoder.task() != Task::Reconstruction) {
        metadata["target"] = encoder.targetName();
    }
    if (encoder.kind() == DataKind::Image) {
        metadata["layout"] = encoder.imageMean().size() == 3 ? "NCHW, RGB, 0..255" : "NCHW, 0..255";
        metadata["image_mean"] = toJsonLine(Json(encoder.imageMean()));
        metadata["image_deviation"] = toJsonLine(Json(encoder.imageDeviation()));
    } else if (!encoder.vocabulary().empty()) {
        metadata["layout"] = encoder.task() == Task::NextWord
            ? "numbers of the words of a running text in the vocabulary, <eos> for the end of a line, <unk> for unknown words"
            : "numbers of a text's first words in the vocabulary, <unk> for unknown words, <eos> before texts that are shorter";
        metadata["columns"] = toJsonLine(onnxColumnsJson(encoder));
    } else {
        const bool areStepsInside = hasOnnxSteps(encoder) && report.notes.empty();
        metadata["layout"] = "one row a sample; NaN where a number is missing, empty where a word is, dates as days since 1970-01-01";
        metadata["columns"] = toJsonLine(areStepsInside ? onnxRawColumnsJson(encoder) : onnxColumnsJson(encoder));
        if (!report.notes.empty()) {
            metadata["preparation"] = report.notes.front();
        }
    }
    for (const auto& [key, value] : metadata) {
        graph.setMetadata(key, value);
    }
}

/// The columns that data brings, and the steps; or the columns after them where a step has no ONNX form.
Result<void> addInputs(OnnxGraph& graph, const Encoder& encoder, OnnxReport& report)
{
    const bool hasSteps = hasOnnxSteps(encoder);
    const std::string problem = hasSteps ? onnxStepProblem(encoder) : std::string();
    report.inputs = hasSteps && problem.empty() ? onnxRawPorts(encoder) : onnxInputPorts(encoder);
    for (const OnnxPort& port : report.inputs) {
        graph.addInput(port);
    }
    if (!hasSteps) {
        return {};
    }
    if (problem.empty()) {
        return addSteps(graph, encoder);
    }
    report.notes.push_back(
        "The file takes columns as they are after the preparation (their names begin with \"prepared_\"), because a step is not in it: " + problem);
    if (numericWidth(onnxColumns(encoder)) > 0) {
        graph.nameOutput(kPreparedInput, kFeaturesInput);
    }
    return {};
}

Json portsJson(const std::vector<OnnxPort>& ports)
{
    Json list = Json::array();
    for (const auto& port : ports) {
        list.push_back({{"name", port.name}, {"dtype", port.dtype}, {"shape", port.shape}});
    }
    return list;
}

} // namespace

Json OnnxReport::toJson() const
{
    Json json{
        {"bytes", bytes},
        {"opset", opset},
        {"irVersion", irVersion},
        {"inputs", portsJson(inputs)},
        {"outputs", portsJson(outputs)},
        {"checked", checked}};
    if (!notes.empty()) {
        json["notes"] = notes;
    }
    return json;
}

Result<OnnxReport> writeOnnxWith(
    const Encoder& encoder,
    const OnnxOptions& options,
    const std::string& file,
    const std::function<Result<OnnxAnswer>(OnnxGraph& graph)>& addModel)
{
    if (options.opset < kFirstOpset || options.opset > kLastOpset) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format("ONNX opset {} cannot be written", options.opset),
            fmt::format("Choose {} to {}.", kFirstOpset, kLastOpset)};
    }
    OnnxGraph graph(options);
    OnnxReport report;
    report.opset = options.opset;
    report.irVersion = graph.irVersion();
    TY_CHECK(addInputs(graph, encoder, report));
    TY_TRY(const OnnxAnswer answer, addModel(graph));
    report.outputs = addOutputs(graph, encoder, answer);
    addMetadata(graph, encoder, options, report);
    graph.setMetadata("preprocessing", toJsonLine(encoder.toJson()));

    TY_TRY(const auto bytes, graph.finish());
    report.checked = true;
    report.bytes = bytes.size();
    TY_CHECK(writeFileAtomically(file, bytes));
    return report;
}

Result<OnnxReport> writeOnnx(
    const ModelDescription& model,
    const std::vector<NamedTensor>& parameters,
    const Encoder& encoder,
    const OnnxOptions& options,
    const std::string& file)
{
    return writeOnnxWith(encoder, options, file, [&](OnnxGraph& graph) -> Result<OnnxAnswer> {
        TY_CHECK(checkFits(model, encoder));
        const auto encoded = addPreprocessing(graph, encoder);
        TY_TRY(const auto network, addNetwork(graph, model, parameters, encoded));
        // Where the network begins and ends, for reading it back.
        graph.setMetadata("network_input", encoded);
        graph.setMetadata("network_output", network);
        graph.setMetadata("network_shape", toJsonLine(Json(encoder.inputShape())));
        return OnnxAnswer{network, OnnxAnswer::Kind::Logits};
    });
}

} // namespace ty::engine
