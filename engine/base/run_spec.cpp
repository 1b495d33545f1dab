#include "engine/base/run_spec.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace ty {

namespace {

Error invalid(const std::string& message)
{
    return Error{ErrorKind::InvalidInput, message, {}};
}

Result<void> checkKeys(const Json& object, std::initializer_list<const char*> known, const std::string& what)
{
    if (!object.is_object()) {
        return invalid(what + ": must be an object");
    }
    for (const auto& [key, value] : object.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            return invalid(what + ": unknown key \"" + key + "\"");
        }
    }
    return {};
}

bool isOneOf(const std::string& text, std::initializer_list<const char*> known)
{
    return std::find(known.begin(), known.end(), text) != known.end();
}

Result<SplitSpec> splitFromJson(const Json& json, const std::string& what)
{
    TY_CHECK(checkKeys(json, {"validation", "test", "seed", "stratified"}, what));
    SplitSpec split;
    TY_TRY(split.validation, jsonFieldOr(json, "validation", split.validation, what));
    TY_TRY(split.test, jsonFieldOr(json, "test", split.test, what));
    TY_TRY(split.seed, jsonFieldOr(json, "seed", split.seed, what));
    TY_TRY(split.isStratified, jsonFieldOr(json, "stratified", split.isStratified, what));
    return split;
}

Result<DataSpec> dataFromJson(const Json& json, const std::string& what)
{
    TY_CHECK(checkKeys(
        json,
        {"training", "validation", "test", "target", "task", "columns", "split", "repairs", "preparation", "fixes",
         "fingerprint"},
        what));
    DataSpec data;
    TY_TRY(data.training, jsonField<std::string>(json, "training", what));
    TY_TRY(data.validation, jsonFieldOr<std::string>(json, "validation", {}, what));
    TY_TRY(data.test, jsonFieldOr<std::string>(json, "test", {}, what));
    TY_TRY(data.target, jsonFieldOr<std::string>(json, "target", {}, what));
    TY_TRY(data.task, jsonFieldOr<std::string>(json, "task", {}, what));
    TY_TRY(data.fingerprint, jsonFieldOr<std::string>(json, "fingerprint", {}, what));
    TY_TRY(const Json columns, jsonFieldOr<Json>(json, "columns", Json::object(), what));
    if (!columns.is_object()) {
        return invalid(what + ".columns: must be an object");
    }
    for (const auto& [name, item] : columns.items()) {
        const std::string where = what + ".columns." + name;
        TY_CHECK(checkKeys(item, {"type", "role"}, where));
        ColumnChoice choice;
        TY_TRY(choice.type, jsonFieldOr<std::string>(item, "type", {}, where));
        TY_TRY(choice.role, jsonFieldOr<std::string>(item, "role", {}, where));
        if (!isOneOf(choice.type, {"", "numeric", "category", "date", "text"})) {
            return invalid(where + ": unknown type \"" + choice.type + "\"; known: numeric, category, date, text");
        }
        if (!isOneOf(choice.role, {"", "feature", "target", "ignored"})) {
            return invalid(where + ": unknown role \"" + choice.role + "\"; known: feature, target, ignored");
        }
        data.columns.emplace(name, choice);
    }
    TY_TRY(const Json fixes, jsonFieldOr<Json>(json, "fixes", Json::object(), what));
    TY_CHECK(checkKeys(fixes, {"training", "validation", "test"}, what + ".fixes"));
    for (const auto& [part, item] : fixes.items()) {
        TY_TRY(SampleFixes ofPart, SampleFixes::fromJson(item, what + ".fixes." + part));
        if (!ofPart.isEmpty()) {
            data.fixes.emplace(part, std::move(ofPart));
        }
    }
    if (json.contains("split")) {
        TY_TRY(data.split, splitFromJson(json.at("split"), what + ".split"));
    }
    if (json.contains("repairs")) {
        TY_TRY(data.repairs, DataRepairs::fromJson(json.at("repairs"), what + ".repairs"));
    }
    if (json.contains("preparation")) {
        TY_TRY(data.preparation, Preparation::fromJson(json.at("preparation"), what + ".preparation"));
    }
    return data;
}

Result<StartSpec> startFromJson(const Json& json, const std::string& what)
{
    StartSpec start;
    if (json.is_null()) {
        return start;
    }
    TY_CHECK(checkKeys(json, {"from", "run", "epoch", "pixels"}, what));
    TY_TRY(start.from, jsonFieldOr<std::string>(json, "from", {}, what));
    TY_TRY(start.pixels, jsonFieldOr<std::string>(json, "pixels", {}, what));
    TY_TRY(start.run, jsonFieldOr<std::string>(json, "run", {}, what));
    TY_TRY(start.epoch, jsonFieldOr(json, "epoch", 0, what));
    return start;
}

Json dataToJson(const DataSpec& data)
{
    Json columns = Json::object();
    for (const auto& [name, choice] : data.columns) {
        Json item = Json::object();
        if (!choice.type.empty()) {
            item["type"] = choice.type;
        }
        if (!choice.role.empty()) {
            item["role"] = choice.role;
        }
        columns[name] = item;
    }
    Json json{
        {"training", data.training},
        {"validation", data.validation},
        {"test", data.test},
        {"target", data.target},
        {"task", data.task},
        {"columns", columns},
        {"split",
         {{"validation", data.split.validation},
          {"test", data.split.test},
          {"seed", data.split.seed},
          {"stratified", data.split.isStratified}}},
        {"repairs", data.repairs.toJson()},
        {"fingerprint", data.fingerprint}};
    if (!data.preparation.isEmpty()) {
        json["preparation"] = data.preparation.toJson();
    }
    for (const auto& [part, fixes] : data.fixes) {
        if (!fixes.isEmpty()) {
            json["fixes"][part] = fixes.toJson();
        }
    }
    return json;
}

} // namespace

Result<RunSpec> RunSpec::fromJson(const Json& json, const std::string& what)
{
    TY_CHECK(checkKeys(
        json,
        {"format", "name", "data", "learner", "preset", "settings", "network", "seed", "device", "budget", "start"},
        what));
    TY_TRY(const int format, jsonField<int>(json, "format", what));
    if (format != kFormatVersion) {
        return Error{
            ErrorKind::Unsupported,
            what + ": format " + std::to_string(format) + " is not known to this program, which reads format "
                + std::to_string(kFormatVersion),
            "Open it with a newer Trainyard."};
    }
    RunSpec spec;
    TY_TRY(spec.name, jsonFieldOr<std::string>(json, "name", {}, what));
    TY_TRY(const Json data, jsonField<Json>(json, "data", what));
    TY_TRY(spec.data, dataFromJson(data, what + ": data"));
    TY_TRY(spec.learner, jsonFieldOr(json, "learner", spec.learner, what));
    TY_TRY(spec.preset, jsonFieldOr(json, "preset", spec.preset, what));
    TY_TRY(spec.settings, jsonFieldOr<Json>(json, "settings", Json::object(), what));
    TY_TRY(spec.network, jsonFieldOr<Json>(json, "network", nullptr, what));
    TY_TRY(spec.seed, jsonFieldOr(json, "seed", spec.seed, what));
    TY_TRY(spec.device, jsonFieldOr(json, "device", spec.device, what));
    if (json.contains("budget")) {
        const Json& budget = json.at("budget");
        TY_CHECK(checkKeys(budget, {"minutes"}, what + ": budget"));
        if (budget.contains("minutes") && !budget.at("minutes").is_null()) {
            TY_TRY(spec.budgetMinutes, jsonField<double>(budget, "minutes", what + ": budget"));
        }
    }
    TY_TRY(const Json start, jsonFieldOr<Json>(json, "start", nullptr, what));
    TY_TRY(spec.start, startFromJson(start, what + ": start"));
    if (auto checked = spec.validate(); !checked) {
        return std::move(checked).error().withContext(what);
    }
    return spec;
}

Json RunSpec::toJson() const
{
    Json json{
        {"format", kFormatVersion},
        {"name", name},
        {"data", dataToJson(data)},
        {"learner", learner},
        {"preset", preset},
        {"settings", settings},
        {"network", network},
        {"seed", seed},
        {"device", device},
        {"budget", {{"minutes", budgetMinutes ? Json(*budgetMinutes) : Json(nullptr)}}}};
    if (start != StartSpec{}) {
        json["start"] = {{"from", start.from}, {"run", start.run}, {"epoch", start.epoch}};
        if (!start.pixels.empty()) {
            json["start"]["pixels"] = start.pixels;
        }
    }
    return json;
}

Result<RunSpec> RunSpec::load(const std::string& path)
{
    TY_TRY(const Json json, readJsonFile(path));
    return fromJson(json, path);
}

Result<void> RunSpec::save(const std::string& path) const
{
    return writeJsonFile(path, toJson());
}

Result<void> RunSpec::validate() const
{
    if (data.training.empty()) {
        return invalid("no training data is named");
    }
    const SplitSpec& split = data.split;
    const bool isInRange = split.validation >= 0 && split.test >= 0 && split.validation + split.test < 1;
    if (!std::isfinite(split.validation + split.test) || !isInRange) {
        return invalid("split fractions must be 0 or more and leave something to train on");
    }
    if (!isOneOf(data.task, {"", "classification", "regression", "grouping"})) {
        return invalid("unknown task \"" + data.task + "\"; known: classification, regression, grouping");
    }
    if (!isOneOf(preset, {"fast", "balanced", "best"})) {
        return invalid("unknown preset \"" + preset + "\"; known: fast, balanced, best");
    }
    if (!settings.is_object()) {
        return invalid("settings must be an object of names and values");
    }
    if (!network.is_null() && !network.is_object()) {
        return invalid("network must be a model description or null");
    }
    if (device != "auto" && device != "cpu" && device.rfind("cuda:", 0) != 0) {
        return invalid("unknown device \"" + device + "\"; known: auto, cpu, cuda:0");
    }
    if (budgetMinutes && !(*budgetMinutes > 0)) {
        return invalid("budget.minutes must be above 0");
    }
    return {};
}

bool isStoreAddress(const std::string& text)
{
    if (text.starts_with("sample:") || text.starts_with("file:")) {
        return false;
    }
    const auto colon = text.find(':');
    const auto isOfName = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; };
    const bool isTable = text.substr(std::min(colon, text.size()), 2) == "::"; // of a database: "flowers.db::iris"
    return colon != std::string::npos && colon > 0 && !isTable && std::isalnum(static_cast<unsigned char>(text[0])) != 0
        && std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), isOfName);
}

} // namespace ty
