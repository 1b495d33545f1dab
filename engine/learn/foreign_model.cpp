#include "engine/learn/foreign_model.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "engine/base/files.h"
#include "engine/exchange/float_weights.h"
#include "engine/exchange/model_weights.h"
#include "engine/exchange/onnx_file.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/device.h"
#include "engine/learn/foreign_data.h"
#include "engine/learn/foreign_input.h"
#include "engine/learn/foreign_package.h"
#include "engine/learn/model_package.h"
#include "engine/learn/network_model.h"
#include "engine/learn/onnx_network.h"

namespace ty::engine {

namespace {

namespace fs = std::filesystem;

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
    return network.classes;
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

/// Everything but the card's source.
struct Parts {
    ModelDescription network;
    std::vector<NamedTensor> parameters;
    Encoder encoder;
};

Result<std::unique_ptr<Model>> makeModel(Parts parts, Json source, const std::string& name, const std::string& device)
{
    TY_TRY(const auto summary, summarise(parts.network));
    const Shape outputs = parts.encoder.outputShape();
    const bool areClasses = parts.encoder.task() == Task::Classification || parts.encoder.task() == Task::NextWord;
    const bool doOutputsFit =
        outputs.size() > 1 ? summary.outputShape == outputs : elementCount(summary.outputShape) == outputs.front();
    if (parts.network.input != parts.encoder.inputShape() || !doOutputsFit) {
        return unfit(source.value("file", std::string()) + ": the network does not fit the preprocessing", {});
    }
    constexpr double kSamples = 256;
    TY_TRY(auto backend, makeBackend(device, chooseThreads(0, summary.flops * kSamples)));
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd; // the least memory; nothing is trained
    setup.loss = areClasses ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    TY_TRY(auto session, backend->createSession(parts.network, setup, 0));
    TY_CHECK(session->setParameters(parts.parameters));
    ModelOrigin origin;
    origin.learner = "network";
    origin.run = name.empty() ? fs::path(source.value("file", std::string())).stem().string() : name;
    origin.device = backend->description();
    origin.settings = Json::object();
    Json card = makeModelCard(origin, parts.encoder);
    card["source"] = std::move(source);
    return std::unique_ptr<Model>(
        std::make_unique<NetworkModel>(std::move(parts.encoder), std::move(card), std::move(backend), std::move(session)));
}

/// A file of ours that was made from one of another program: what is said now, and what data has to say, counts there too.
Result<void> meetWords(
    const std::map<std::string, std::string>& metadata, const std::string& file, const std::string& data, const ForeignWords& words,
    Parts& parts, Json& source)
{
    Json kept;
    if (const auto found = metadata.find(kModelSource); found != metadata.end()) {
        TY_TRY(kept, parseJson(found->second, file + ": " + kModelSource));
    }
    kept = soundSource(std::move(kept));
    TY_TRY(const auto summary, summarise(parts.network));
    const ForeignNetwork network{file, parts.network.input, elementCount(summary.outputShape), OnnxOutput::Softmax, {}};
    TY_TRY(parts.encoder, encoderMeeting(network, words, data, std::move(parts.encoder), kept));
    if (!kept.is_null()) {
        source["words"] = std::move(kept["words"]);
        source["assumed"] = std::move(kept["assumed"]);
        if (kept.contains("medians")) {
            source["medians"] = std::move(kept["medians"]);
        }
    }
    return {};
}

Result<std::int64_t> outputsOf(const ModelDescription& model)
{
    TY_TRY(const auto summary, summarise(model));
    return elementCount(summary.outputShape);
}

/// The file without data: pictures are told by the number of extents.
Result<ImportedNetwork> readAlone(const std::string& file, const ForeignOptions& options)
{
    constexpr std::int64_t kLeastSide = 8; // shorter ones are steps of something
    TY_TRY(auto network, importOnnx(file, {options.input, {}}));
    const Shape& shape = network.model.input;
    const bool isPicture = options.words.columns.empty()
        && (shape.size() == 3 || (shape.size() == 2 && shape[0] >= kLeastSide && shape[1] >= kLeastSide));
    TY_CHECK(meetSamples(network, isPicture ? DataKind::Image : DataKind::Table, file));
    return network;
}

/// A foreign network, its parts with the encoder, and what was assumed.
struct Understood {
    Parts parts;
    Json assumed;
    ForeignWords words; ///< a person's over the file's
    int opset = 0;
    std::string medians; ///< name of the table whose medians stand for missing numbers; empty: there is none
};

ForeignNetwork facts(const std::string& file, const ImportedNetwork& network, std::int64_t outputs)
{
    ForeignNetwork known{file, network.model.input, outputs, network.output, {}};
    known.words.classes = classNames(network);
    known.words.columns = network.columns;
    known.outputName = onnxShown(network.outputName);
    known.otherOutputs = network.otherOutputs;
    return known;
}

Result<Understood> understand(
    const std::string& file, ImportedNetwork network, const ForeignWords& words, const Dataset* data)
{
    const std::size_t named = words.classes.size();
    TY_TRY(std::int64_t outputs, outputsOf(network.model));
    const bool isAnswered = data != nullptr && data->info().task != Task::Grouping;
    const bool areClasses = isAnswered ? data->info().task == Task::Classification : named == 2;
    if (areClasses && outputs == 1 && makeTwoOutputs(network)) {
        outputs = 2;
    }
    ForeignNetwork known = facts(file, network, outputs);
    if (std::ssize(known.words.classes) != outputs && !isAnswered) {
        known.words.classes.clear(); // metadata about something else
    }
    auto input = data != nullptr ? inputForData(known, words, *data) : inputWithoutData(known, words);
    TY_TRY(ForeignInput given, std::move(input));
    return Understood{
        {std::move(network.model), std::move(network.parameters), std::move(given.encoder)},
        std::move(given.assumed),
        words.over(known.words),
        network.opset,
        data != nullptr && data->info().kind == DataKind::Table ? data->info().name : ""};
}

/// The network where the data could not be opened as any: pictures without labels are pictures all the same.
Result<Understood> understandUnlabelled(
    const std::string& file, const std::string& data, const ForeignOptions& options, Error reason)
{
    auto network = readAlone(file, options);
    auto alone = network ? understand(file, std::move(network).value(), options.words, nullptr) : std::move(network).error();
    if (!alone || alone.value().parts.encoder.kind() != DataKind::Image) {
        return reason;
    }
    const DatasetInfo expected = alone.value().parts.encoder.expectedData();
    OpenOptions reading;
    reading.like = &expected;
    reading.areDuplicatesSought = false;
    return openDataset(data, reading) ? std::move(alone) : std::move(reason);
}

/// The network with what it is given of `data`; empty: without data.
Result<Understood> understandFile(
    const std::string& file, Result<ImportedNetwork> read, const std::string& data, const ForeignOptions& options)
{
    if (data.empty()) {
        TY_TRY(auto network, readAlone(file, options));
        return understand(file, std::move(network), options.words, nullptr);
    }
    const auto outputs = read ? outputsOf(read.value().model) : Result<std::int64_t>(std::int64_t{0});
    const bool isYesOrNo = read && read.value().output == OnnxOutput::Sigmoid;
    auto dataset = openForOutputs(data, options.words, isYesOrNo ? 2 : outputs ? outputs.value() : 0);
    if (!dataset && !read) {
        return dataset.error();
    }
    if (!read) { // it leaves extents open, which pictures say
        read = readOnnxNetwork(file, dataset.value()->info());
    } else {
        TY_CHECK(meetSamples(read.value(), dataset ? dataset.value()->info().kind : DataKind::Table, file));
    }
    TY_TRY(ImportedNetwork network, std::move(read));
    TY_TRY(const auto count, outputsOf(network.model));
    dataset = withoutGuess(std::move(dataset), data, facts(file, network, count), options.words);
    return dataset ? understand(file, std::move(network), options.words, dataset.value().get())
                   : understandUnlabelled(file, data, options, std::move(dataset).error());
}

Result<std::unique_ptr<Model>> openOnnx(
    const std::string& file, const std::string& data, const ForeignOptions& options, const std::string& device)
{
    auto read = importOnnx(file, {options.input, {}});
    Json source{{"format", "onnx"}, {"file", fs::path(file).filename().string()}};
    if (read) {
        TY_TRY(auto own, ownEncoder(read.value(), file));
        if (own) {
            source["opset"] = read.value().opset;
            Parts parts{std::move(read.value().model), std::move(read.value().parameters), std::move(*own)};
            TY_CHECK(meetWords(read.value().metadata, file, data, options.words, parts, source));
            return makeModel(std::move(parts), std::move(source), options.name, device);
        }
    }
    TY_TRY(Understood all, understandFile(file, std::move(read), data, options));
    source["opset"] = all.opset;
    source["words"] = all.words.toJson();
    source["assumed"] = std::move(all.assumed);
    if (!all.medians.empty()) {
        source["medians"] = all.medians;
    }
    return makeModel(std::move(all.parts), std::move(source), options.name, device);
}

/// What a NetworkModel has exported.
Result<std::unique_ptr<Model>> openSafetensors(
    const std::string& file, const std::string& data, const ForeignOptions& options, const std::string& device)
{
    TY_TRY(SafetensorsFile content, readModelWeights(file));
    const auto network = content.metadata.find("network");
    const auto preprocessing = content.metadata.find("preprocessing");
    if (network == content.metadata.end() || preprocessing == content.metadata.end()) {
        return Error{
            ErrorKind::Unsupported, file + ": it holds weights, but not the network that they belong to",
            "Only models that Trainyard has exported hold both. Export the model of the other program as ONNX; or begin a run of the "
            "same network with these weights: train --from FILE.safetensors."};
    }
    TY_TRY(const Json networkJson, parseJson(network->second, file + ": network"));
    TY_TRY(auto description, ModelDescription::fromJson(networkJson));
    TY_TRY(const Json encoderJson, parseJson(preprocessing->second, file + ": preprocessing"));
    TY_TRY(auto encoder, Encoder::fromJson(encoderJson));
    TY_CHECK(makeFloatWeights(content, file));
    Json source{{"format", "safetensors"}, {"file", fs::path(file).filename().string()}};
    Parts parts{std::move(description), std::move(content.tensors), std::move(encoder)};
    TY_CHECK(meetWords(content.metadata, file, data, options.words, parts, source));
    auto model = makeModel(std::move(parts), std::move(source), options.name, device);
    return model ? std::move(model) : Result<std::unique_ptr<Model>>(std::move(model).error().withContext(file));
}

} // namespace

bool isNetworkFile(const std::string& path)
{
    return isOnnxFile(path) || (hasSuffix(path, ".safetensors") && pathExists(path) && !isFolder(path));
}

Result<std::unique_ptr<Model>> openNetworkFile(
    const std::string& file, const std::string& data, const ForeignOptions& options, const std::string& device)
{
    return hasSuffix(file, ".safetensors") ? openSafetensors(file, data, options, device) : openOnnx(file, data, options, device);
}

Json describeModel(const Model& model)
{
    const Encoder& encoder = model.encoder();
    const Json& card = model.card();
    Json json{
        {"name", card.value("run", std::string())},
        {"source", card.value("source", Json::object())},
        {"task", taskName(encoder.task())},
        {"kind", dataKindName(encoder.kind())},
        {"input", encoder.inputShape()},
        {"classes", encoder.classes()},
        {"target", encoder.targetName()},
        {"parameters", card.value("parameters", std::int64_t{0})}};
    json["columns"] = Json::array();
    for (const EncodedColumn& column : encoder.columns()) {
        json["columns"].push_back(column.name);
    }
    json["network"] = card.value("network", Json::object());
    if (const auto description = ModelDescription::fromJson(json["network"])) {
        if (const auto summary = summarise(description.value())) {
            json["network"]["summary"] = summary.value().toJson();
        }
    }
    return json;
}

} // namespace ty::engine
