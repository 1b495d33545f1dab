#include "engine/learn/foreign_input.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "engine/learn/foreign_assumptions.h"

namespace ty::engine {

namespace {

Error unfit(const std::string& message, const std::string& advice)
{
    return Error{ErrorKind::InvalidInput, message, advice};
}

Result<void> checkClasses(const ForeignNetwork& network, std::size_t count)
{
    if (static_cast<std::int64_t>(count) == network.outputs) {
        return {};
    }
    return unfit(
        fmt::format("{} gives {} classes, {} are named", network.file, network.outputs, count),
        "Name the classes in the order of the model's outputs: --classes cat,dog,bird.");
}

bool isFraction(const std::string& text)
{
    double value = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc{} && rest == text.data() + text.size() && std::isfinite(value) && value != std::floor(value);
}

/// The classes that the data has, where nobody has named them.
Result<void> checkClassesOf(const ForeignNetwork& network, const DatasetInfo& info)
{
    const auto count = std::ssize(info.classes);
    if (count == network.outputs) {
        return {};
    }
    const auto isValue = [](const ClassInfo& entry) { return isFraction(entry.name); };
    if (info.kind == DataKind::Table && std::any_of(info.classes.begin(), info.classes.end(), isValue)) {
        return unfit(
            fmt::format("{} gives {} classes, the column \"{}\" of {} is a value", network.file, network.outputs, info.target, info.name),
            "Choose a column of classes: --target COLUMN.");
    }
    return unfit(
        fmt::format("{} gives {} classes, {} has {} of \"{}\"", network.file, network.outputs, info.name, count, info.target),
        "Name the classes in the order of the model's outputs: --classes cat,dog,bird.");
}

/// The inputs of a row in the order that a person gave. Errors: a column that the data does not have.
Result<Encoder> arranged(const Encoder& encoder, const std::vector<std::string>& names, const std::string& data)
{
    Json json = encoder.toJson();
    Json columns = Json::array();
    std::int64_t width = 0;
    for (const std::string& name : names) {
        const auto& all = encoder.columns();
        const auto found = std::find_if(all.begin(), all.end(), [&](const EncodedColumn& column) { return column.name == name; });
        if (found == all.end()) {
            return unfit(data + " lacks the column \"" + name + "\" that the model needs", "Columns are found by their names.");
        }
        columns.push_back(json["columns"][static_cast<std::size_t>(found - all.begin())]);
        width += static_cast<std::int64_t>(found->width());
    }
    json["columns"] = std::move(columns);
    json["inputShape"] = {width};
    return Encoder::fromJson(json);
}

Error tooFewOrMany(const ForeignNetwork& network, const std::vector<std::string>& columns)
{
    return unfit(
        fmt::format("{} takes samples of {}, {} columns are named", network.file, toString(network.input), columns.size()),
        "Name the columns in the order of the model's inputs: --columns width,height.");
}

/// The inputs of rows by other names, as many and in their order.
Result<Encoder> called(const Encoder& encoder, const std::vector<std::string>& names)
{
    Json json = encoder.toJson();
    Json sources = Json::array();
    for (std::size_t i = 0; i < names.size(); ++i) {
        json["columns"][i]["name"] = names[i];
        sources.push_back(json["sourceColumns"][i]);
        sources.back()["name"] = names[i];
    }
    sources.push_back(json["sourceColumns"].back()); // the target
    json["sourceColumns"] = std::move(sources);
    return Encoder::fromJson(json);
}

Result<Encoder> samplesOf(const Dataset& data, const ForeignNetwork& network, const ForeignWords& words)
{
    const DatasetInfo& info = data.info();
    std::vector<std::uint32_t> samples(static_cast<std::size_t>(info.samples));
    std::iota(samples.begin(), samples.end(), 0U);
    if (info.task == Task::Regression) { // an encoder is fitted on samples with a value
        std::erase_if(samples, [&data](std::uint32_t sample) { return std::isnan(data.targetOf(sample)); });
    }
    if (info.kind == DataKind::Image && !samples.empty()) {
        samples.resize(1); // its statistics are not used
    }
    TY_TRY(Encoder fitted, Encoder::fit(data, samples));
    if (info.task == Task::Grouping) {
        fitted.nameGroups({"any"}); // an encoder must name something; the network's answers take the place of it
    }
    TY_TRY(Encoder plain, plainEncoder(fitted, words.pixels));
    if (info.kind == DataKind::Table && !words.columns.empty()) {
        TY_TRY(plain, arranged(plain, words.columns, info.name));
    }
    const Shape& shape = plain.inputShape();
    const bool fits = info.kind == DataKind::Image
        ? shape.size() == network.input.size() && shape[0] == network.input[0] // pictures are scaled where their format allows
        : shape == network.input;
    if (fits) {
        return plain;
    }
    return unfit(
        fmt::format(
            "{} takes samples of {}, {} has samples of {}", network.file, toString(network.input), info.name, toString(shape)),
        "The data must have the features or channels that the model was made for.");
}

Result<Json> perChannel(const PixelUnits& units, std::size_t channels)
{
    Json image;
    for (const auto& [key, values] : {std::pair{"mean", &units.mean}, {"deviation", &units.deviation}}) {
        if (values->size() != 1 && values->size() != channels) {
            return unfit(
                fmt::format("the pixel units {} are of {} channels, the pictures have {}", units.text(), values->size(), channels),
                "Give one number for all channels, or one each.");
        }
        image[key] = values->size() == 1 ? std::vector<double>(channels, values->front()) : *values;
    }
    return image;
}

Json numberColumn(const std::string& name)
{
    return {{"name", name},    {"kind", "standardised"}, {"sourceType", "numeric"}, {"mean", 0.0},
            {"deviation", 1.0}, {"fill", 0.0},            {"hasMissingFlag", false}};
}

/// preprocessing of rows: number columns `names`, then the target.
Json rowInput(const std::vector<std::string>& names, const std::string& target, const std::vector<std::string>& classes)
{
    Json columns = Json::array();
    Json sources = Json::array();
    for (const std::string& name : names) {
        columns.push_back(numberColumn(name));
        sources.push_back({{"name", name}, {"type", "numeric"}, {"role", "feature"}});
    }
    sources.push_back({{"name", target}, {"type", classes.empty() ? "numeric" : "category"}, {"role", "target"}});
    if (!classes.empty()) {
        sources.back()["categories"] = classes;
    }
    return {{"columns", columns}, {"sourceColumns", sources}};
}

std::vector<std::string> numbered(const std::string& word, std::int64_t first, std::int64_t count)
{
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i) {
        names.push_back(word + std::to_string(first + i));
    }
    return names;
}

/// Whether answers that nobody has named are classes.
bool areAnswersClasses(const ForeignNetwork& network, const ForeignWords& known)
{
    return network.outputs > 1 || !known.classes.empty();
}

std::vector<std::string> unnamedClasses(const ForeignNetwork& network)
{
    return network.end == OnnxOutput::Sigmoid ? std::vector<std::string>{"no", "yes"} : numbered("class ", 0, network.outputs);
}

std::string unnamedTarget(bool areClasses)
{
    return areClasses ? "class" : "value";
}

/// Of the preprocessing `json` of rows: the column to predict, whatever it was before.
void nameTarget(Json& json, const std::string& name)
{
    Json sources = Json::array();
    Json target{{"type", json["task"] == taskName(Task::Classification) ? "category" : "numeric"}, {"role", columnRoleName(ColumnRole::Target)}};
    for (Json& column : json["sourceColumns"]) {
        if (column["role"] == columnRoleName(ColumnRole::Target)) {
            target = std::move(column);
        } else if (column["name"] != name) { // a column that was set aside may be it now
            sources.push_back(std::move(column));
        }
    }
    target["name"] = name;
    sources.push_back(std::move(target));
    json["sourceColumns"] = std::move(sources);
    json["target"]["name"] = name;
}

void nameClasses(Json& json, const std::vector<std::string>& classes)
{
    json["classes"] = classes;
    if (!json.contains("sourceColumns")) {
        return;
    }
    for (Json& column : json["sourceColumns"]) {
        if (column["role"] == columnRoleName(ColumnRole::Target)) {
            column["categories"] = classes; // by which data is read
        }
    }
}

} // namespace

Result<ForeignInput> inputForData(const ForeignNetwork& network, const ForeignWords& words, const Dataset& data)
{
    const DatasetInfo& info = data.info();
    const ForeignWords known = words.over(network.words);
    TY_CHECK(known.check(network.file));
    TY_TRY(const Encoder plain, samplesOf(data, network, known));
    const bool isAnswered = info.task != Task::Grouping;
    const bool areClasses = isAnswered ? info.task == Task::Classification : areAnswersClasses(network, known);
    Json json = plain.toJson();
    json["inputShape"] = network.input; // pictures are scaled to it where their format allows
    json["task"] = taskName(areClasses ? Task::Classification : Task::Regression);
    json["classes"] = areClasses ? plain.classes() : std::vector<std::string>();
    Json assumed = Json::object();
    if (info.kind == DataKind::Image) {
        assumePixels(assumed, network, words);
    } else {
        std::vector<std::string> names;
        for (const EncodedColumn& column : plain.columns()) {
            names.push_back(column.name);
        }
        const ChosenNames columns = chosenNames(words.columns, network.words.columns, names, "data");
        assumeColumns(assumed, columns, namesInText(plain.columns()), info.name);
        if (isAnswered) {
            assumeTarget(assumed, info, !words.target.empty());
        } else {
            nameTarget(json, unnamedTarget(areClasses));
        }
    }
    if (!areClasses) {
        if (network.outputs != 1) {
            return unfit(
                fmt::format("{} gives {} values, {} has one to predict", network.file, network.outputs, info.name),
                "Choose a column of classes to compare with: --target COLUMN.");
        }
        assumeOutputs(assumed, network, Task::Regression);
        TY_TRY(auto encoder, Encoder::fromJson(json));
        return ForeignInput{std::move(encoder), std::move(assumed)};
    }
    const ChosenNames classes = isAnswered ? chosenNames(words.classes, network.words.classes, plain.classes(), "data")
                                      : chosenNames(words.classes, network.words.classes, unnamedClasses(network), "nobody");
    TY_CHECK(classes.from == "data" ? checkClassesOf(network, info) : checkClasses(network, classes.names.size()));
    nameClasses(json, classes.names);
    assumeClasses(assumed, classes, info.name);
    assumeOutputs(assumed, network, Task::Classification);
    TY_TRY(auto encoder, Encoder::fromJson(json));
    return ForeignInput{std::move(encoder), std::move(assumed)};
}

bool doSamplesFit(const ForeignNetwork& network, const ForeignWords& words, const Dataset& data)
{
    return samplesOf(data, network, words.over(network.words)).isOk();
}

Result<ForeignInput> inputWithoutData(const ForeignNetwork& network, const ForeignWords& words)
{
    const ForeignWords known = words.over(network.words);
    TY_CHECK(known.check(network.file));
    const bool isPicture = network.input.size() == 3 && (network.input[0] == 1 || network.input[0] == 3);
    if (!isPicture && network.input.size() != 1) {
        return Error{
            ErrorKind::Unsupported,
            fmt::format("{} takes samples of {}, which are neither rows of numbers nor pictures of 1 or 3 channels",
                network.file, toString(network.input)),
            "Give data that it is for: --data table.csv. The columns of a table are taken for its steps or pixels, row by row."};
    }
    Json assumed = Json::object();
    std::vector<std::string> classes;
    if (areAnswersClasses(network, known)) {
        const ChosenNames chosen = chosenNames(words.classes, network.words.classes, unnamedClasses(network), "nobody");
        TY_CHECK(checkClasses(network, chosen.names.size()));
        classes = chosen.names;
        assumeClasses(assumed, chosen);
    }
    const Task task = classes.empty() ? Task::Regression : Task::Classification;
    assumeOutputs(assumed, network, task);
    Json json;
    const std::string target = !known.target.empty() ? known.target : unnamedTarget(!classes.empty());
    if (isPicture) {
        assumePixels(assumed, network, words);
        TY_TRY(json["image"], perChannel(known.pixels, static_cast<std::size_t>(network.input[0])));
    } else {
        const ChosenNames columns = chosenNames(words.columns, network.words.columns, numbered("x", 1, network.input[0]), "nobody");
        if (static_cast<std::int64_t>(columns.names.size()) != network.input[0]) {
            return unfit(
                fmt::format("{} takes {} numbers, {} columns are named", network.file, network.input[0], columns.names.size()),
                "Name the columns in the order of the model's inputs: --columns width,height.");
        }
        json = rowInput(columns.names, target, classes);
        assumeColumns(assumed, columns, namesInText(columns.names));
    }
    json["formatVersion"] = 1;
    json["kind"] = dataKindName(isPicture ? DataKind::Image : DataKind::Table);
    json["task"] = taskName(task);
    json["inputShape"] = network.input;
    json["target"] = {{"name", target}, {"mean", 0.0}, {"deviation", 1.0}};
    json["classes"] = classes;
    TY_TRY(auto encoder, Encoder::fromJson(json));
    return ForeignInput{std::move(encoder), std::move(assumed)};
}

Result<ForeignInput>
inputRenamed(const ForeignNetwork& network, const ForeignWords& words, const std::string& from, ForeignInput before)
{
    TY_CHECK(words.check(network.file));
    Json& assumed = before.assumed;
    Encoder encoder = std::move(before.encoder);
    const bool isTable = encoder.kind() == DataKind::Table;
    if (!isTable && !words.pixels.said.empty()) {
        TY_TRY(encoder, plainEncoder(encoder, words.pixels));
        assumePixels(assumed, network, words);
    }
    if (isTable && !words.columns.empty()) {
        const Json named = assumed.value("columns", Json());
        const bool areNames = named.is_object() && named.value("from", Json()) != Json("nobody");
        const bool areAsMany = words.columns.size() == encoder.columns().size();
        auto other = areNames ? arranged(encoder, words.columns, network.file)
            : areAsMany       ? called(encoder, words.columns)
                              : Result<Encoder>(tooFewOrMany(network, words.columns));
        TY_TRY(encoder, std::move(other));
        if (encoder.inputShape() != network.input) {
            return tooFewOrMany(network, words.columns);
        }
        assumeColumns(assumed, ChosenNames{words.columns, from}, namesInText(encoder.columns()));
    }
    Json json = encoder.toJson();
    if (isTable && !words.target.empty()) {
        const auto& inputs = encoder.columns();
        if (std::any_of(inputs.begin(), inputs.end(), [&](const EncodedColumn& column) { return column.name == words.target; })) {
            return unfit(
                fmt::format("{}: the column \"{}\" is an input of the model", network.file, words.target),
                "Choose another column to predict.");
        }
        nameTarget(json, words.target);
        assumed["target"] = assumption(words.target, from, fmt::format("the column to predict is \"{}\"", words.target));
    }
    if (encoder.task() == Task::Classification && !words.classes.empty()) {
        if (from == "data" && std::ssize(words.classes) != network.outputs) {
            return unfit(
                fmt::format("{} gives {} classes, the data has {}", network.file, network.outputs, words.classes.size()),
                "Name the classes in the order of the model's outputs: --classes cat,dog,bird.");
        }
        TY_CHECK(checkClasses(network, words.classes.size()));
        nameClasses(json, words.classes);
        assumeClasses(assumed, ChosenNames{words.classes, from});
    } else if (from == "person" && !words.classes.empty()) {
        return unfit(
            fmt::format("{} gives one value, {} classes are named", network.file, words.classes.size()),
            "Leave out --classes.");
    }
    TY_TRY(encoder, Encoder::fromJson(json));
    return ForeignInput{std::move(encoder), std::move(assumed)};
}

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
        TY_TRY(json["image"], perChannel(pixels, static_cast<std::size_t>(encoder.inputShape()[0])));
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

} // namespace ty::engine
