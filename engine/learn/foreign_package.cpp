#include "engine/learn/foreign_package.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/learn/foreign_data.h"
#include "engine/learn/foreign_input.h"
#include "engine/learn/model_package.h"
#include "engine/learn/network_model.h"
#include "engine/nn/model_description.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

namespace {

Json sourceOf(const Json& card)
{
    return soundSource(card.is_object() ? card.value(kModelSource, Json()) : Json());
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
    const ForeignNetwork& network, const ForeignWords& known, DataKind kind, const std::string& task, const std::string& data)
{
    const auto dataset = withoutGuess(openForTask(data, known, task), data, network, known);
    if (!dataset || dataset.value()->info().kind != kind || dataset.value()->info().task == Task::Grouping) {
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

/// The class whose threshold a person has kept goes by its new name.
void renameThreshold(Json& card, const std::vector<std::string>& before, const std::vector<std::string>& now)
{
    const Json kept = card.value("threshold", Json());
    const auto found = kept.is_object() ? std::find(before.begin(), before.end(), kept.value("class", Json())) : before.end();
    if (found != before.end() && before.size() == now.size()) {
        card["threshold"]["class"] = now[static_cast<std::size_t>(found - before.begin())];
    }
}

} // namespace

Json soundSource(Json source)
{
    if (!source.is_object() || !source.contains("words")) {
        return {};
    }
    if (source.contains("medians") && !source["medians"].is_string()) {
        source.erase("medians");
    }
    Json assumed = Json::object();
    if (source.contains("assumed") && source["assumed"].is_object()) {
        for (auto& [what, entry] : source["assumed"].items()) {
            const auto isText = [&entry = entry](const char* key) { return entry.contains(key) && entry[key].is_string(); };
            if (entry.is_object() && isText("from") && isText("text")) {
                assumed[what] = std::move(entry);
            }
        }
    }
    source["assumed"] = std::move(assumed);
    return source;
}

Result<Encoder> encoderMeeting(
    const ForeignNetwork& network, const ForeignWords& words, const std::string& data, Encoder encoder, Json& source)
{
    const bool isSaid = !words.toJson().empty();
    if (source.is_null()) {
        if (isSaid) {
            return Error{
                ErrorKind::Usage, network.file + " knows its columns, classes and pixels: it was trained by Trainyard",
                "Leave out --columns, --classes, --target and --pixels; they are for models of other programs."};
        }
        return encoder;
    }
    TY_TRY(const ForeignWords stored, ForeignWords::fromJson(source["words"], network.file + ": source"));
    const ForeignWords named = stored.over(namedByData(source["assumed"], encoder));
    const bool isTable = encoder.kind() == DataKind::Table;
    const bool areColumnsKnown = !isTable || data.empty() || (!named.columns.empty() && hasColumns(encoder, words.columns));
    const bool areAnswersKnown = data.empty()
        || ((!isTable || !words.over(named).target.empty())
            && (encoder.task() != Task::Classification || !words.over(named).classes.empty()));
    if (!isSaid && areColumnsKnown && areAnswersKnown) {
        return encoder; // it says all itself
    }
    const DataKind kind = encoder.kind();
    const std::string task = taskName(encoder.task());
    ForeignInput input{std::move(encoder), source["assumed"]};
    if (!areColumnsKnown) {
        TY_TRY(input, inputOfOtherColumns(network, words, named, task, data, std::move(input), source["medians"]));
    } else {
        const auto answers = areAnswersKnown ? ForeignWords() : answersOf(network, words.over(named), kind, task, data);
        TY_TRY(input, inputRenamed(network, answers, "data", std::move(input)));
        TY_TRY(input, inputRenamed(network, words, "person", std::move(input)));
    }
    source["words"] = words.over(stored).toJson();
    source["assumed"] = std::move(input.assumed);
    return std::move(input.encoder);
}

Result<std::unique_ptr<Model>> loadModelFor(
    const std::string& folder, const std::string& data, const ForeignWords& words, const std::string& device)
{
    const std::string cardFile = folder + "/model.json";
    TY_TRY(Json card, readJsonFile(cardFile));
    Json source = sourceOf(card);
    if (source.is_null() && words.toJson().empty()) {
        return loadModel(folder, device);
    }
    TY_TRY(const Json preprocessing, jsonField<Json>(card, "preprocessing", cardFile));
    TY_TRY(Encoder before, Encoder::fromJson(preprocessing));
    ForeignNetwork network{folder, before.inputShape(), 0, OnnxOutput::Softmax, {}};
    if (!source.is_null()) {
        TY_TRY(const Json networkJson, jsonField<Json>(card, "network", cardFile));
        TY_TRY(const auto description, ModelDescription::fromJson(networkJson));
        TY_TRY(const auto summary, summarise(description));
        network.outputs = elementCount(summary.outputShape);
    }
    TY_TRY(Encoder encoder, encoderMeeting(network, words, data, before, source));
    const bool isAsKept = encoder.toJson() == preprocessing && source == sourceOf(card);
    if (isAsKept) {
        return loadModel(folder, device);
    }
    card[kModelSource] = std::move(source);
    renameThreshold(card, before.classes(), encoder.classes());
    return NetworkModel::load(folder, std::move(card), std::move(encoder), device, {});
}

ForeignStart foreignStart(const std::string& folder)
{
    for (const std::string& place : {folder, folder + "/model"}) {
        const auto card = readJsonFile(place + "/model.json");
        if (!card || !card.value().is_object()) {
            continue;
        }
        const Json source = sourceOf(card.value());
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
    const Json source = sourceOf(model.card());
    if (source.is_null()) {
        return Json::object();
    }
    Json assumed = source["assumed"];
    if (const std::uint64_t missing = data != nullptr ? missingInputs(model.encoder(), *data) : 0; missing > 0) {
        assumed["missing"] = whatStandsForMissing(source, model.encoder(), missing);
    }
    return {{"assumed", std::move(assumed)}};
}

} // namespace ty::engine
