#include "engine/learn/foreign_model.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/exchange/float_weights.h"
#include "engine/exchange/model_weights.h"
#include "engine/exchange/onnx_file.h"
#include "engine/exchange/safetensors.h"
#include "engine/learn/device.h"
#include "engine/learn/foreign_data.h"
#include "engine/learn/foreign_input.h"
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

Result<std::int64_t> outputsOf(const ModelDescription& model)
{
    TY_TRY(const auto summary, summarise(model));
    return elementCount(summary.outputShape);
}

/// The file without data: pictures are told by the number of extents.
Result<ImportedNetwork> readAlone(const std::string& file, const Shape& input)
{
    constexpr std::int64_t kLeastSide = 8; // shorter ones are steps of something
    TY_TRY(auto network, importOnnx(file, {input, {}}));
    const Shape& shape = network.model.input;
    const bool isPicture = shape.size() == 3 || (shape.size() == 2 && shape[0] >= kLeastSide && shape[1] >= kLeastSide);
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
    auto network = readAlone(file, options.input);
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
        TY_TRY(auto network, readAlone(file, options.input));
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
    dataset = withoutGuess(std::move(dataset), data, facts(file, network, 0), options.words);
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
Result<std::unique_ptr<Model>> openSafetensors(const std::string& file, const ForeignOptions& options, const std::string& device)
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
    auto model = makeModel(std::move(parts), std::move(source), options.name, device);
    return model ? std::move(model) : Result<std::unique_ptr<Model>>(std::move(model).error().withContext(file));
}

/// "source" of a package that came from another program; null: it did not.
Json foreignSource(const Json& card)
{
    const Json source = card.is_object() ? card.value("source", Json()) : Json();
    return source.is_object() && source.contains("words") ? source : Json();
}

/// What the data that a model was imported with has named.
ForeignWords namedByData(const Json& assumed, const Encoder& encoder)
{
    const auto isNamed = [&assumed](const char* what) {
        const Json entry = assumed.is_object() ? assumed.value(what, Json()) : Json();
        return entry.is_object() && entry.value("from", Json()) == Json("data");
    };
    ForeignWords named;
    if (isNamed("columns")) {
        for (const EncodedColumn& column : encoder.columns()) {
            named.columns.push_back(column.name);
        }
    }
    if (isNamed("classes")) {
        named.classes = encoder.classes();
    }
    if (isNamed("target")) {
        named.target = encoder.targetName();
    }
    return named;
}

/// Numbers that the model takes and `data` does not have.
std::uint64_t missingInputs(const Encoder& encoder, const Dataset& data)
{
    std::uint64_t missing = 0;
    for (const ColumnInfo& column : data.info().columns) {
        const bool isInput = std::any_of(encoder.columns().begin(), encoder.columns().end(), [&column](const EncodedColumn& input) {
            return input.name == column.name && input.kind == EncodedColumn::Kind::Standardised;
        });
        missing += isInput ? column.missing : 0;
    }
    return missing;
}

Json whatStandsForMissing(const Json& source, const Encoder& encoder, std::uint64_t missing)
{
    const auto& columns = encoder.columns();
    const std::string medians = source.value("medians", std::string());
    // Models of earlier versions do not say of which data their medians are.
    const bool hasMedians = !medians.empty()
        || std::any_of(columns.begin(), columns.end(), [](const EncodedColumn& column) { return column.fill != 0; });
    const std::string count = missing == 1 ? "1 missing number is" : fmt::format("{} missing numbers are", missing);
    return hasMedians
        ? Json{{"value", medians}, {"from", "data"},
               {"text", count + " filled with medians of " + (medians.empty() ? "the data of the import" : medians)}}
        : Json{{"value", 0}, {"from", "nobody"}, {"text", count + " taken as 0: no data has said what is usual"}};
}

bool hasColumns(const Encoder& encoder, const std::vector<std::string>& names)
{
    const auto& columns = encoder.columns();
    return std::all_of(names.begin(), names.end(), [&columns](const std::string& name) {
        return std::any_of(columns.begin(), columns.end(), [&name](const EncodedColumn& column) { return column.name == name; });
    });
}

/// A model whose columns nobody has named, or that a person now gives others, as it meets `data`.
/// @param medians  gets the name of the data
Result<ForeignInput> inputOfOtherColumns(
    const ForeignNetwork& network, const ForeignWords& words, const ForeignWords& named, const std::string& task,
    const std::string& data, ForeignInput before, Json& medians)
{
    ForeignWords known = words.over(named);
    auto opened = withoutGuess(openForTask(data, known, task), data, network, known);
    if (!opened && words.target.empty()) {
        known.target.clear(); // what was the target at the import need not be there
        opened = withoutGuess(openForTask(data, known, task), data, network, known);
    }
    TY_TRY(const auto dataset, std::move(opened));
    const bool isAnswered = dataset->info().task != Task::Grouping;
    if (!isAnswered && known.classes.empty()) {
        known.classes = before.encoder.classes();
    }
    TY_TRY(ForeignInput input, inputForData(network, known, *dataset));
    medians = dataset->info().name;
    const Json said = words.toJson();
    for (const auto& [what, entry] : input.assumed.items()) {
        if (entry["from"] == "data" || said.contains(what)) { // the rest was known before
            before.assumed[what] = entry;
        }
    }
    return ForeignInput{std::move(input.encoder), std::move(before.assumed)};
}

/// The classes and the column to predict as `data` names them; without them where it has none.
ForeignWords answersOf(
    const ForeignNetwork& network, const ForeignWords& known, const std::string& task, const std::string& data)
{
    const auto dataset = withoutGuess(openForTask(data, known, task), data, network, known);
    if (!dataset || dataset.value()->info().task == Task::Grouping) {
        return {};
    }
    ForeignWords answers;
    if (known.target.empty()) {
        answers.target = dataset.value()->info().target;
    }
    for (const ClassInfo& entry : dataset.value()->info().classes) {
        if (known.classes.empty()) {
            answers.classes.push_back(entry.name);
        }
    }
    return answers;
}

} // namespace

bool isNetworkFile(const std::string& path)
{
    return isOnnxFile(path) || (hasSuffix(path, ".safetensors") && pathExists(path) && !isFolder(path));
}

Result<std::unique_ptr<Model>> openNetworkFile(
    const std::string& file, const std::string& data, const ForeignOptions& options, const std::string& device)
{
    return hasSuffix(file, ".safetensors") ? openSafetensors(file, options, device) : openOnnx(file, data, options, device);
}

Result<std::unique_ptr<Model>> loadModelFor(
    const std::string& folder, const std::string& data, const ForeignWords& words, const std::string& device)
{
    const std::string cardFile = folder + "/model.json";
    TY_TRY(Json card, readJsonFile(cardFile));
    const Json source = foreignSource(card);
    if (source.is_null()) {
        return loadModel(folder, device);
    }
    TY_TRY(const ForeignWords stored, ForeignWords::fromJson(source["words"], cardFile + ": source"));
    TY_TRY(const Json preprocessing, jsonField<Json>(card, "preprocessing", cardFile));
    TY_TRY(Encoder encoder, Encoder::fromJson(preprocessing));
    const Json assumed = source.value("assumed", Json::object());
    const ForeignWords named = stored.over(namedByData(assumed, encoder));
    const bool isTable = encoder.kind() == DataKind::Table;
    const bool areColumnsKnown = !isTable || (!named.columns.empty() && hasColumns(encoder, words.columns));
    const bool areAnswersKnown = (!isTable || !words.over(named).target.empty())
        && (encoder.task() != Task::Classification || !words.over(named).classes.empty());
    if (words.toJson().empty() && areColumnsKnown && areAnswersKnown) {
        return loadModel(folder, device); // it says all itself
    }
    TY_TRY(const Json networkJson, jsonField<Json>(card, "network", cardFile));
    TY_TRY(const auto description, ModelDescription::fromJson(networkJson));
    TY_TRY(const std::int64_t outputs, outputsOf(description));
    const ForeignNetwork network{folder, description.input, outputs, OnnxOutput::Softmax, {}};
    const std::string task = taskName(encoder.task());
    ForeignInput input{std::move(encoder), assumed};
    if (!areColumnsKnown) {
        TY_TRY(input, inputOfOtherColumns(network, words, named, task, data, std::move(input), card["source"]["medians"]));
    } else {
        const auto answers = areAnswersKnown ? ForeignWords() : answersOf(network, words.over(named), task, data);
        TY_TRY(input, inputRenamed(network, answers, "data", std::move(input)));
        TY_TRY(input, inputRenamed(network, words, "person", std::move(input)));
    }
    card["source"]["assumed"] = std::move(input.assumed);
    return NetworkModel::load(folder, std::move(card), std::move(input.encoder), device, {});
}

ForeignStart foreignStart(const std::string& folder)
{
    for (const std::string& place : {folder, folder + "/model"}) {
        const auto card = readJsonFile(place + "/model.json");
        if (!card || !card.value().is_object()) {
            continue;
        }
        const Json source = foreignSource(card.value());
        const Json given = card.value().value("givenAs", Json());
        if (given.is_string()) {
            return {card.value().value("network", Json()), given.get<std::string>()};
        }
        if (source.is_null()) {
            if (card.value().value("source", Json()).is_object()) {
                return {card.value().value("network", Json()), {}}; // a file of this program: it brings no settings
            }
            continue;
        }
        const auto words = ForeignWords::fromJson(source["words"], place);
        return {card.value().value("network", Json()), words ? words.value().pixels.text() : PixelUnits().text()};
    }
    return {};
}

Json assumptionsOf(const Model& model, const Dataset* data)
{
    const Json source = foreignSource(model.card());
    if (source.is_null()) {
        return Json::object();
    }
    Json assumed = source.value("assumed", Json::object());
    if (const std::uint64_t missing = data != nullptr ? missingInputs(model.encoder(), *data) : 0; missing > 0) {
        assumed["missing"] = whatStandsForMissing(source, model.encoder(), missing);
    }
    return {{"assumed", std::move(assumed)}};
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
