#include "engine/learn/onnx_network.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "engine/base/files.h"

namespace ty::engine {

namespace {

/// The only layers that read the input, if all of them do nothing but put channels first.
bool areChannelsPutFirst(const ModelDescription& model)
{
    bool isFound = false;
    for (const auto& layer : model.layers) {
        for (const auto& input : layer.inputs) {
            if (input != "input") {
                continue;
            }
            if (layer.type != "transpose" || layer.settings.value("order", Json()) != Json{3, 1, 2}) {
                return false;
            }
            isFound = true;
        }
    }
    return isFound && model.layers.back().type != "transpose";
}

void putBefore(ModelDescription& model, const Shape& input, LayerDescription first)
{
    first.name = "input.arranged";
    first.inputs = {"input"};
    for (auto& layer : model.layers) {
        std::replace(layer.inputs.begin(), layer.inputs.end(), std::string("input"), first.name);
    }
    model.layers.insert(model.layers.begin(), std::move(first));
    model.input = input;
}

/// Pictures of ours are {channels, height, width}; others have {height, width, channels}, or {height, width} for grey ones.
void takePictures(ModelDescription& model)
{
    const Shape shape = model.input;
    const auto isChannels = [](std::int64_t extent) { return extent == 1 || extent == 3; };
    if (shape.size() == 2) {
        putBefore(model, {1, shape[0], shape[1]}, {"", "reshape", {}, {{"shape", shape}}});
        return;
    }
    if (shape.size() != 3 || isChannels(shape[0]) || !isChannels(shape[2])) {
        return;
    }
    const Shape input{shape[2], shape[0], shape[1]};
    if (!areChannelsPutFirst(model)) {
        putBefore(model, input, {"", "transpose", {}, {{"order", {2, 3, 1}}}});
        return;
    }
    std::map<std::string, std::string> gone;
    std::erase_if(model.layers, [&](const LayerDescription& layer) {
        const bool isFirst = layer.inputs == std::vector<std::string>{"input"};
        if (isFirst) {
            gone[layer.name] = "input";
        }
        return isFirst;
    });
    for (auto& layer : model.layers) {
        for (auto& name : layer.inputs) {
            name = gone.contains(name) ? "input" : name;
        }
    }
    model.input = input;
}

Result<std::vector<double>> numbersIn(std::string_view text, double least)
{
    std::vector<double> numbers;
    for (bool isLast = false; !isLast;) {
        const auto comma = text.find(',');
        isLast = comma == std::string_view::npos;
        const auto end = isLast ? text.size() : comma;
        double value = 0;
        const auto [rest, failure] = std::from_chars(text.data(), text.data() + end, value);
        if (failure != std::errc{} || rest != text.data() + end || !(value >= least) || value > 1e6 || numbers.size() == 3) {
            return Error{ErrorKind::Usage, "no list of numbers", {}};
        }
        numbers.push_back(value);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return numbers;
}

} // namespace

bool isOnnxFile(const std::string& path)
{
    return path.ends_with(".onnx") && pathExists(path) && !isFolder(path);
}

Result<PixelUnits> PixelUnits::parse(const std::string& text)
{
    static const std::map<std::string, PixelUnits> named{
        {"", {}},
        {"0..1", {}},
        {"-1..1", {{127.5}, {127.5}}},
        {"0..255", {{0}, {1}}},
        {"imagenet", {{123.675, 116.28, 103.53}, {58.395, 57.12, 57.375}}}};
    if (const auto found = named.find(text); found != named.end()) {
        return found->second;
    }
    const auto slash = text.find('/');
    if (slash != std::string::npos) {
        const auto mean = numbersIn(std::string_view(text).substr(0, slash), -1e6);
        const auto deviation = numbersIn(std::string_view(text).substr(slash + 1), 1e-6);
        if (mean && deviation) {
            return PixelUnits{mean.value(), deviation.value()};
        }
    }
    return Error{
        ErrorKind::Usage, "\"" + text + "\" does not say what pixels are",
        "Known are 0..1, -1..1, 0..255, imagenet, and MEAN/DEVIATION in pixels of 0 to 255, for example 127.5/127.5."};
}

Result<ImportedNetwork> readOnnxNetwork(const std::string& file, const DatasetInfo& data)
{
    OnnxImportOptions options;
    const bool isPicture = data.kind == DataKind::Image;
    if (isPicture) {
        options.inputShape.assign(data.imageShape.begin(), data.imageShape.end());
    }
    TY_TRY(auto network, importOnnx(file, options));
    if (isPicture && !network.isPrepared) {
        takePictures(network.model);
    }
    if (network.output == OnnxOutput::Sigmoid && !makeTwoOutputs(network)) {
        return Error{
            ErrorKind::Unsupported, file + ": it gives several answers of yes or no, where one class is asked for",
            "Export a model that ends with a softmax, or with the values before the sigmoid."};
    }
    return network;
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
    network.output = OnnxOutput::Softmax;
    return true;
}

} // namespace ty::engine
