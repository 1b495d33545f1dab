#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/preparation.h"

namespace ty {

namespace {

constexpr std::size_t kMostEdges = 63;
constexpr std::size_t kLongestExpression = 10'000;

Error wrongStep(const std::string& where, const std::string& reason)
{
    return {ErrorKind::InvalidInput, where + reason, {}};
}

/// Keys of a step beside "step", "off" and "fitted".
std::set<std::string> keysOf(StepKind kind)
{
    switch (kind) {
    case StepKind::DropMissing:
        return {"columns"};
    case StepKind::Fill:
        return {"columns", "method", "value"};
    case StepKind::Clip:
        return {"columns", "method", "low", "high"};
    case StepKind::Bin:
        return {"columns", "method", "bins", "edges", "labels"};
    case StepKind::Compute:
        return {"column", "expression"};
    case StepKind::Filter:
        return {"expression"};
    case StepKind::Scale:
        return {"columns", "method"};
    case StepKind::Encode:
        return {"columns", "method", "order"};
    case StepKind::DropDuplicates:
        return {};
    case StepKind::Balance:
        return {"method", "seed"};
    case StepKind::Resize:
        return {"width", "height", "colours"};
    case StepKind::Resample:
        return {"rate"};
    case StepKind::Crop:
        return {"method", "seconds"};
    }
    return {};
}

Result<std::vector<std::string>> readTexts(const Json& json, const char* key, const std::string& where)
{
    std::vector<std::string> texts;
    if (!json.contains(key)) {
        return texts;
    }
    const Json& list = json.at(key);
    const bool areTexts = list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& one) { return one.is_string(); });
    if (!areTexts) {
        return wrongStep(where, fmt::format("\"{}\" must be a list of texts", key));
    }
    return list.get<std::vector<std::string>>();
}

Result<std::vector<double>> readNumbers(const Json& json, const char* key, const std::string& where)
{
    std::vector<double> numbers;
    const Json list = json.contains(key) ? json.at(key) : Json::array();
    for (const Json& one : list) {
        if (!list.is_array() || !one.is_number() || !std::isfinite(one.get<double>())) {
            return wrongStep(where, fmt::format("\"{}\" must be a list of numbers", key));
        }
        numbers.push_back(one.get<double>());
    }
    return numbers;
}

Result<std::optional<double>> readLimit(const Json& json, const char* key, const std::string& where)
{
    if (!json.contains(key) || json.at(key).is_null()) {
        return std::optional<double>();
    }
    if (!json.at(key).is_number() || !std::isfinite(json.at(key).get<double>())) {
        return wrongStep(where, fmt::format("\"{}\" must be a number", key));
    }
    return std::optional(json.at(key).get<double>());
}

Result<FittedColumn> readFitted(const Json& json, const std::string& where)
{
    if (!json.is_object()) {
        return wrongStep(where, "\"fitted\" must be an object of columns");
    }
    FittedColumn fitted;
    TY_TRY(fitted.low, readLimit(json, "low", where));
    TY_TRY(fitted.high, readLimit(json, "high", where));
    TY_TRY(fitted.edges, readNumbers(json, "edges", where));
    TY_TRY(fitted.value, jsonFieldOr<std::string>(json, "value", {}, where));
    TY_TRY(fitted.order, readTexts(json, "order", where));
    if (!std::is_sorted(fitted.edges.begin(), fitted.edges.end()) || fitted.edges.size() > kMostEdges) {
        return wrongStep(where, "\"fitted\" holds impossible edges");
    }
    return fitted;
}

Result<void> checkBin(const PrepareStep& step, const std::string& where)
{
    const bool areEdges = step.method == "edges";
    if (!areEdges && (step.bins < 2 || step.bins > static_cast<int>(kMostEdges) + 1)) {
        return wrongStep(where, fmt::format("\"bins\" must be 2 to {}", kMostEdges + 1));
    }
    const bool isAscending =
        std::adjacent_find(step.edges.begin(), step.edges.end(), std::greater_equal<>()) == step.edges.end();
    if (areEdges && (step.edges.empty() || step.edges.size() > kMostEdges || !isAscending)) {
        return wrongStep(where, fmt::format("\"edges\" must be 1 to {} numbers, each above the one before", kMostEdges));
    }
    const std::size_t intervals = areEdges ? step.edges.size() + 1 : static_cast<std::size_t>(step.bins);
    if (!step.labels.empty() && step.labels.size() != intervals) {
        return wrongStep(where, fmt::format("{} labels for {} intervals", step.labels.size(), intervals));
    }
    if (std::set<std::string>(step.labels.begin(), step.labels.end()).size() != step.labels.size()) {
        return wrongStep(where, "two intervals have the same label");
    }
    return {};
}

Result<void> checkStep(const PrepareStep& step, const std::string& where)
{
    const auto methods = stepMethods(step.kind);
    if (!methods.empty() && std::find(methods.begin(), methods.end(), step.method) == methods.end()) {
        return wrongStep(where, fmt::format("unknown method \"{}\"; known: {}", step.method, fmt::join(methods, ", ")));
    }
    const bool needsColumns = keysOf(step.kind).contains("columns") && step.kind != StepKind::DropMissing;
    if (needsColumns && step.columns.empty()) {
        return wrongStep(where, "names no column");
    }
    switch (step.kind) {
    case StepKind::Compute:
        if (step.columns.size() != 1 || step.columns.front().empty()) {
            return wrongStep(where, "\"column\" must name the new column");
        }
        [[fallthrough]];
    case StepKind::Filter:
        if (step.expression.empty() || step.expression.size() > kLongestExpression) {
            return wrongStep(where, step.expression.empty() ? "the expression is empty" : "the expression is too long");
        }
        break;
    case StepKind::Clip: {
        if (!step.low && !step.high) {
            return wrongStep(where, "gives no limit");
        }
        if (step.low && step.high && *step.low > *step.high) {
            return wrongStep(where, fmt::format("the lower limit {:g} is above the upper one {:g}", *step.low, *step.high));
        }
        const double low = step.low.value_or(0);
        const double high = step.high.value_or(100);
        if (step.method == "percentiles" && (low < 0 || high < 0 || low > 100 || high > 100)) {
            return wrongStep(where, "percentiles lie between 0 and 100");
        }
        break;
    }
    case StepKind::Bin:
        return checkBin(step, where);
    case StepKind::Resize:
        if (step.width < 1 || step.height < 1 || step.width > 4096 || step.height > 4096) {
            return wrongStep(where, "width and height must be 1 to 4096 pixels");
        }
        if (!step.colours.empty() && step.colours != "grey" && step.colours != "colour") {
            return wrongStep(where, "\"colours\" must be \"grey\" or \"colour\", or not be there");
        }
        break;
    case StepKind::Resample:
        if (step.rate < 1000 || step.rate > 192'000) {
            return wrongStep(where, "the rate must be 1000 to 192000 samples a second");
        }
        break;
    case StepKind::Crop:
        if (step.seconds != 0 && !(step.seconds >= 0.02 && step.seconds <= 600)) {
            return wrongStep(where, "\"seconds\" must be 0.02 to 600, or not be there");
        }
        break;
    default:
        break;
    }
    return {};
}

Result<PrepareStep> stepFromJson(const Json& json, const std::string& what, std::size_t index)
{
    const std::string which = fmt::format("{}: step {}: ", what, index + 1);
    if (!json.is_object() || !json.contains("step") || !json.at("step").is_string()) {
        return wrongStep(which, "must be an object with \"step\", the name of what is to be done");
    }
    const auto kind = stepKindFromName(json.at("step").get<std::string>());
    if (!kind) {
        std::vector<std::string> known;
        for (const StepKind one : allStepKinds()) {
            known.emplace_back(stepKindName(one));
        }
        return wrongStep(which, fmt::format("unknown \"{}\"; known: {}", json.at("step").get<std::string>(), fmt::join(known, ", ")));
    }
    const std::string where = what + ": " + stepPlace(index, *kind);
    const auto known = keysOf(*kind);
    for (const auto& [key, value] : json.items()) {
        if (key != "step" && key != "off" && key != "fitted" && !known.contains(key)) {
            return wrongStep(where, fmt::format("unknown key \"{}\"", key));
        }
    }
    PrepareStep step = PrepareStep::of(*kind);
    step.low.reset();
    step.high.reset();
    const bool hasValues = *kind == StepKind::Clip; // limits are values, unless percentiles are asked for
    TY_TRY(step.method, jsonFieldOr<std::string>(json, "method", hasValues ? "values" : json.contains("edges") ? "edges" : json.contains("value") ? "value" : step.method, where));
    TY_TRY(const bool isOff, jsonFieldOr<bool>(json, "off", false, where));
    step.isEnabled = !isOff;
    TY_TRY(step.columns, readTexts(json, "columns", where));
    if (*kind == StepKind::Compute) {
        TY_TRY(const auto name, jsonFieldOr<std::string>(json, "column", {}, where)); // checkStep() says what is missing
        step.columns = {name};
    }
    TY_TRY(step.expression, jsonFieldOr<std::string>(json, "expression", {}, where));
    TY_TRY(step.low, readLimit(json, "low", where));
    TY_TRY(step.high, readLimit(json, "high", where));
    TY_TRY(step.bins, jsonFieldOr<int>(json, "bins", step.bins, where));
    TY_TRY(step.edges, readNumbers(json, "edges", where));
    TY_TRY(step.labels, readTexts(json, "labels", where));
    if (json.contains("value") && json.at("value").is_number()) {
        step.value = json.at("value").dump();
    } else {
        TY_TRY(step.value, jsonFieldOr<std::string>(json, "value", {}, where));
    }
    TY_TRY(step.order, readTexts(json, "order", where));
    TY_TRY(step.seed, jsonFieldOr<std::uint64_t>(json, "seed", step.seed, where));
    TY_TRY(step.width, jsonFieldOr<int>(json, "width", step.width, where));
    TY_TRY(step.height, jsonFieldOr<int>(json, "height", step.height, where));
    TY_TRY(step.colours, jsonFieldOr<std::string>(json, "colours", {}, where));
    TY_TRY(step.rate, jsonFieldOr<int>(json, "rate", step.rate, where));
    TY_TRY(step.seconds, jsonFieldOr<double>(json, "seconds", step.seconds, where));
    TY_TRY(const Json fitted, jsonFieldOr<Json>(json, "fitted", Json::object(), where));
    if (!fitted.is_object()) {
        return wrongStep(where, "\"fitted\" must be an object of columns");
    }
    for (const auto& [name, value] : fitted.items()) {
        TY_TRY(step.fitted[name], readFitted(value, where));
    }
    TY_CHECK(checkStep(step, where));
    return step;
}

Json fittedToJson(const FittedColumn& fitted)
{
    Json json = Json::object();
    if (fitted.low) {
        json["low"] = *fitted.low;
    }
    if (fitted.high) {
        json["high"] = *fitted.high;
    }
    if (!fitted.edges.empty()) {
        json["edges"] = fitted.edges;
    }
    if (!fitted.value.empty()) {
        json["value"] = fitted.value;
    }
    if (!fitted.order.empty()) {
        json["order"] = fitted.order;
    }
    return json;
}

Json stepToJson(const PrepareStep& step)
{
    Json json{{"step", stepKindName(step.kind)}};
    const auto known = keysOf(step.kind);
    const auto put = [&](const char* key, bool isSet, const Json& value) {
        if (isSet && known.contains(key)) {
            json[key] = value;
        }
    };
    put("columns", !step.columns.empty(), step.columns);
    put("column", !step.columns.empty(), step.columns.empty() ? std::string() : step.columns.front());
    put("expression", true, step.expression);
    put("method", true, step.method);
    put("low", step.low.has_value(), step.low.value_or(0));
    put("high", step.high.has_value(), step.high.value_or(0));
    put("bins", step.method != "edges", step.bins);
    put("edges", step.method == "edges", step.edges);
    put("labels", !step.labels.empty(), step.labels);
    put("value", step.method == "value", step.value);
    put("order", !step.order.empty(), step.order);
    put("seed", true, step.seed);
    put("width", true, step.width);
    put("height", true, step.height);
    put("colours", !step.colours.empty(), step.colours);
    put("rate", true, step.rate);
    put("seconds", step.seconds > 0, step.seconds);
    if (!step.isEnabled) {
        json["off"] = true;
    }
    for (const auto& [name, fitted] : step.fitted) {
        json["fitted"][name] = fittedToJson(fitted);
    }
    return json;
}

} // namespace

Result<Preparation> Preparation::fromJson(const Json& json, const std::string& what)
{
    Preparation preparation;
    const Json* list = &json;
    if (json.is_object()) {
        for (const auto& [key, value] : json.items()) {
            if (key != "format" && key != "steps") {
                return wrongStep(what, fmt::format(": unknown key \"{}\"", key));
            }
        }
        TY_TRY(const int format, jsonField<int>(json, "format", what));
        if (format != kFormatVersion) {
            return Error{
                ErrorKind::Unsupported,
                fmt::format("{}: format {} is not known to this program, which reads format {}", what, format, kFormatVersion),
                "Open it with a newer Trainyard."};
        }
        if (!json.contains("steps")) {
            return wrongStep(what, ": \"steps\" is missing");
        }
        list = &json.at("steps");
    }
    if (!list->is_array() || list->size() > kMostSteps) {
        return wrongStep(what, fmt::format(": must be a list of at most {} steps", kMostSteps));
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        TY_TRY(auto step, stepFromJson(list->at(i), what, i));
        preparation.steps.push_back(std::move(step));
    }
    return preparation;
}

Json Preparation::toJson() const
{
    Json list = Json::array();
    for (const PrepareStep& step : steps) {
        list.push_back(stepToJson(step));
    }
    return {{"format", kFormatVersion}, {"steps", list}};
}

} // namespace ty
