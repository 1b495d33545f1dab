#include "engine/learn/onnx_network.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/files.h"

namespace ty::engine {

namespace {

void putBefore(ModelDescription& model, const Shape& input, LayerDescription first)
{
    first.inputs = {"input"};
    for (auto& layer : model.layers) {
        std::replace(layer.inputs.begin(), layer.inputs.end(), std::string("input"), first.name);
    }
    model.layers.insert(model.layers.begin(), std::move(first));
    model.input = input;
}

/// Pictures of ours are {channels, height, width}; some files have {height, width} for grey ones.
void takePictures(ModelDescription& model)
{
    const Shape shape = model.input;
    if (shape.size() == 2) {
        putBefore(model, {1, shape[0], shape[1]}, {"input.arranged", "reshape", {}, {{"shape", shape}}});
    }
}

/// The columns of a table, in the order of the file's input, as the steps of a sequence or the pixels of a picture.
void takeColumns(ImportedNetwork& network)
{
    ModelDescription& model = network.model;
    Shape shape = model.input;
    if (shape.size() <= 1) {
        return;
    }
    if (network.isChannelsLast) {
        shape = {shape[1], shape[2], shape[0]};
        putBefore(model, shape, {"input.channelsFirst", "transpose", {}, {{"order", {3, 1, 2}}}});
    }
    putBefore(model, {elementCount(shape)}, {"input.arranged", "reshape", {}, {{"shape", shape}}});
}

} // namespace

bool hasSuffix(const std::string& path, std::string_view suffix)
{
    const auto isSame = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return path.size() >= suffix.size() && std::equal(suffix.rbegin(), suffix.rend(), path.rbegin(), [&isSame](char b, char a) { return isSame(a, b); });
}

bool isOnnxFile(const std::string& path)
{
    return hasSuffix(path, ".onnx") && pathExists(path) && !isFolder(path);
}

Result<ImportedNetwork> readOnnxNetwork(const std::string& file, const DatasetInfo& data)
{
    OnnxImportOptions options;
    if (data.kind == DataKind::Image) {
        options.inputShape.assign(data.imageShape.begin(), data.imageShape.end());
    }
    TY_TRY(auto network, importOnnx(file, options));
    TY_CHECK(meetSamples(network, data.kind, file));
    return network;
}

Result<void> meetSamples(ImportedNetwork& network, DataKind kind, const std::string& file)
{
    if (kind == DataKind::Image && !network.isPrepared) {
        takePictures(network.model);
    }
    if (kind == DataKind::Table && !network.isPrepared) {
        takeColumns(network);
    }
    if (network.output == OnnxOutput::Sigmoid && !makeTwoOutputs(network)) {
        return Error{
            ErrorKind::Unsupported, file + ": it gives several answers of yes or no, where one class is asked for",
            "Export a model that ends with a softmax, or with the values before the sigmoid."};
    }
    return {};
}

bool makeTwoOutputs(ImportedNetwork& network)
{
    LayerDescription& last = network.model.layers.back();
    if (last.type != "dense" || last.settings.value("units", 0) != 1 || last.settings.contains("activation")
        || last.settings.contains("over")) {
        return false;
    }
    // The softmax of (0, z) is (1 - s, s) with s the sigmoid of z.
    last.settings["units"] = 2;
    for (NamedTensor& parameter : network.parameters) {
        if (parameter.name == last.name + ".weight" || parameter.name == last.name + ".bias") {
            Shape shape = parameter.tensor.shape();
            shape[0] = 2;
            Tensor both(DType::Float32, shape);
            const auto one = std::as_const(parameter.tensor).floats();
            std::copy(one.begin(), one.end(), both.floats().end() - std::ssize(one));
            parameter.tensor = both;
        }
    }
    return true;
}

} // namespace ty::engine
