#include "engine/learn/onnx_model.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine/learn/device.h"
#include "engine/learn/model_package.h"
#include "engine/learn/network_model.h"

namespace ty::engine {

namespace {

/// {"0": "cat", "1": "dog"} or ["cat", "dog"], also as Python writes them.
std::vector<std::string> classNames(const ImportedNetwork& network)
{
    for (const char* key : {"labels", "classes", "class_names", "names"}) {
        const auto found = network.metadata.find(key);
        if (found == network.metadata.end()) {
            continue;
        }
        auto json = parseJson(found->second, key);
        if (!json) {
            std::string text = found->second;
            std::replace(text.begin(), text.end(), '\'', '"');
            // The keys of Python's dictionaries are numbers in their order.
            for (std::size_t at = 0; (at = text.find_first_of("{,", at)) != std::string::npos; ++at) {
                const auto digit = text.find_first_not_of(' ', at + 1);
                const auto end = digit == std::string::npos ? digit : text.find_first_not_of("0123456789", digit);
                if (end != std::string::npos && end > digit && text[end] == ':') {
                    text.insert(end, "\"");
                    text.insert(digit, "\"");
                }
            }
            json = parseJson(text, key);
        }
        if (!json || !json.value().is_structured()) {
            continue;
        }
        std::vector<std::string> names;
        for (std::size_t i = 0; i < json.value().size(); ++i) {
            const Json& all = json.value();
            const std::string number = std::to_string(i);
            const Json name = all.is_array() ? all[i] : all.contains(number) ? all[number] : Json();
            if (!name.is_string()) {
                return {};
            }
            names.push_back(name.get<std::string>());
        }
        return names;
    }
    return {};
}

Error unfit(const std::string& message, const std::string& advice)
{
    return Error{ErrorKind::InvalidInput, message, advice};
}

/// The encoder that this program has left in its own file.
Result<std::optional<Encoder>> ownEncoder(const ImportedNetwork& network, const std::string& file)
{
    const auto stored = network.metadata.find("preprocessing");
    if (!network.isPrepared || stored == network.metadata.end()) {
        return std::optional<Encoder>();
    }
    TY_TRY(const Json json, parseJson(stored->second, file + ": preprocessing"));
    TY_TRY(auto encoder, Encoder::fromJson(json));
    if (encoder.inputShape() != network.model.input) {
        return unfit(file + ": the network does not fit the preprocessing", {});
    }
    return std::optional<Encoder>(std::move(encoder));
}

Result<std::unique_ptr<Dataset>> openForShape(const std::string& path)
{
    OpenOptions options;
    options.areDuplicatesSought = false;
    return openDataset(path, options);
}

/// What the network is given: `data`'s own samples, with the network's extents and classes.
Result<Encoder> encoderFor(
    const ImportedNetwork& network, std::int64_t outputs, const Dataset& data, const OnnxModelOptions& options, const std::string& file)
{
    const DatasetInfo& info = data.info();
    std::vector<std::uint32_t> samples(static_cast<std::size_t>(info.samples));
    std::iota(samples.begin(), samples.end(), 0U);
    if (info.kind == DataKind::Image && !samples.empty()) {
        samples.resize(1); // its statistics are not used
    }
    TY_TRY(const Encoder fitted, Encoder::fit(data, samples));
    TY_TRY(const Encoder plain, plainEncoder(fitted, options.pixels));
    if (plain.inputShape().size() != network.model.input.size()
        || (info.kind == DataKind::Image ? plain.inputShape()[0] != network.model.input[0]
                                         : plain.inputShape() != network.model.input)) {
        return unfit(
            fmt::format(
                "{} takes samples of {}, {} has samples of {}", file, toString(network.model.input), info.name,
                toString(plain.inputShape())),
            "The data must have the features or channels that the model was made for.");
    }
    Json json = plain.toJson();
    json["inputShape"] = network.model.input; // pictures are scaled to it where their format allows
    if (info.task == Task::Regression) {
        return outputs == 1
            ? Encoder::fromJson(json)
            : Result<Encoder>(unfit(fmt::format("{} gives {} values, {} has one to predict", file, outputs, info.name), {}));
    }
    std::vector<std::string> names = options.classes.empty() ? classNames(network) : options.classes;
    if (names.empty()) {
        names = plain.classes();
    }
    if (static_cast<std::int64_t>(names.size()) != outputs) {
        return unfit(
            fmt::format("{} gives {} classes, {} are named", file, outputs, names.size()),
            "Name the classes in the order of the model's outputs: --classes cat,dog,bird.");
    }
    json["classes"] = names;
    for (Json& column : json["sourceColumns"]) {
        if (column["role"] == columnRoleName(ColumnRole::Target)) {
            column["categories"] = names; // by which data is read
        }
    }
    return Encoder::fromJson(json);
}

} // namespace

Result<Encoder> encoderToBeginWith(const StartSpec& start, Encoder encoder)
{
    if (start.pixels.empty()) {
        return encoder;
    }
    TY_TRY(const PixelUnits pixels, PixelUnits::parse(start.pixels));
    return plainEncoder(encoder, pixels);
}

Result<Encoder> plainEncoder(const Encoder& encoder, const PixelUnits& pixels)
{
    Json json = encoder.toJson();
    json["target"]["mean"] = 0.0;
    json["target"]["deviation"] = 1.0;
    if (encoder.kind() == DataKind::Image) {
        const auto channels = static_cast<std::size_t>(encoder.inputShape()[0]);
        const auto perChannel = [&](const std::vector<double>& values) {
            return values.size() == 1 ? std::vector<double>(channels, values[0]) : values;
        };
        json["image"] = {{"mean", perChannel(pixels.mean)}, {"deviation", perChannel(pixels.deviation)}};
        return Encoder::fromJson(json);
    }
    Json columns = Json::array();
    std::int64_t width = 0;
    for (const EncodedColumn& column : encoder.columns()) {
        Json entry = json["columns"][static_cast<std::size_t>(&column - encoder.columns().data())];
        if (column.kind == EncodedColumn::Kind::YearCycle) {
            continue;
        }
        if (column.kind == EncodedColumn::Kind::Standardised) {
            entry["mean"] = 0.0;
            entry["deviation"] = 1.0;
            entry["hasMissingFlag"] = false;
        }
        width += column.kind == EncodedColumn::Kind::OneHot ? static_cast<std::int64_t>(column.width()) : 1;
        columns.push_back(std::move(entry));
    }
    json["columns"] = std::move(columns);
    json["inputShape"] = {width};
    return Encoder::fromJson(json);
}

Result<std::unique_ptr<Model>> openOnnxModel(
    const std::string& file, const std::string& data, const OnnxModelOptions& options, const std::string& device)
{
    auto read = importOnnx(file, {});
    if (!read && data.empty()) {
        return std::move(read).error();
    }
    std::optional<Encoder> encoder;
    if (read) {
        TY_TRY(encoder, ownEncoder(read.value(), file));
    }
    std::unique_ptr<Dataset> dataset;
    if (!encoder) {
        if (data.empty()) {
            return unfit(
                file + ": it does not say what data it was made for",
                "Only models that Trainyard has exported do; for others give the data with --data.");
        }
        TY_TRY(dataset, openForShape(data));
        read = readOnnxNetwork(file, dataset->info());
    }
    TY_TRY(ImportedNetwork network, std::move(read));
    TY_TRY(auto summary, summarise(network.model));
    const Task task = encoder ? encoder->task() : dataset->info().task;
    if (task == Task::Classification && elementCount(summary.outputShape) == 1 && makeTwoOutputs(network)) {
        TY_TRY(summary, summarise(network.model));
    }
    const std::int64_t outputs = elementCount(summary.outputShape);
    if (!encoder) {
        TY_TRY(encoder, encoderFor(network, outputs, *dataset, options, file));
    } else if (outputs != (task == Task::Classification ? std::ssize(encoder->classes()) : 1)) {
        return unfit(file + ": the network does not fit the preprocessing", {});
    }
    constexpr double kSamples = 256;
    TY_TRY(auto backend, makeBackend(device, chooseThreads(0, summary.flops * kSamples)));
    TrainingSetup setup;
    setup.loss = task == Task::Classification ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    TY_TRY(auto session, backend->createSession(network.model, setup, 0));
    TY_CHECK(session->setParameters(network.parameters));
    ModelOrigin origin;
    origin.learner = "network";
    origin.run = std::filesystem::path(file).stem().string();
    origin.device = backend->description();
    origin.settings = Json::object();
    Json card = makeModelCard(origin, *encoder);
    card["source"] = {
        {"format", "onnx"}, {"file", std::filesystem::path(file).filename().string()}, {"opset", network.opset}};
    return std::unique_ptr<Model>(
        std::make_unique<NetworkModel>(std::move(*encoder), std::move(card), std::move(backend), std::move(session)));
}

} // namespace ty::engine
