#include "engine/exchange/onnx_writer.h"

#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/exchange/onnx_graph.h"
#include "engine/exchange/onnx_network.h"
#include "engine/exchange/onnx_preprocessing.h"

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
void addMetadata(OnnxGraph& graph, const Encoder& encoder, const OnnxOptions& options)
{
    std::map<std::string, std::string> metadata = options.metadata;
    metadata["producer"] = "Trainyard";
    metadata["task"] = taskName(encoder.task());
    if (encoder.task() == Task::Classification) {
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
        metadata["layout"] = "one row a sample; NaN where a number is missing, dates as days since 1970-01-01";
        metadata["columns"] = toJsonLine(onnxColumnsJson(encoder));
    }
    for (const auto& [key, value] : metadata) {
        graph.setMetadata(key, value);
    }
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
    return {
        {"bytes", bytes},
        {"opset", opset},
        {"irVersion", irVersion},
        {"inputs", portsJson(inputs)},
        {"outputs", portsJson(outputs)},
        {"checked", checked}};
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
    for (std::size_t i = 0; i < encoder.preparation().steps.size() && encoder.areColumnsPrepared(); ++i) {
        const PrepareStep& step = encoder.preparation().steps[i];
        if (step.isEnabled && !isTrainingOnly(step.kind) && step.kind != StepKind::Scale) {
            return Error{
                ErrorKind::Unsupported, stepPlace(i, step.kind) + "has no ONNX form here", "Train without this step, or use the model with trainyard-run predict."};
        }
    }
    OnnxGraph graph(options);
    OnnxReport report;
    report.opset = options.opset;
    report.irVersion = graph.irVersion();
    report.inputs = onnxInputPorts(encoder);
    addInputs(graph, encoder);
    TY_TRY(const OnnxAnswer answer, addModel(graph));
    report.outputs = addOutputs(graph, encoder, answer);
    addMetadata(graph, encoder, options);
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
