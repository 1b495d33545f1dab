#include "engine/learn/foreign_words.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

namespace ty::engine {

namespace {

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

Result<std::vector<std::string>> textsAt(const Json& json, const char* key, const std::string& what)
{
    std::vector<std::string> texts;
    TY_TRY(const Json list, jsonFieldOr<Json>(json, key, Json::array(), what));
    for (const Json& text : list) {
        if (!list.is_array() || !text.is_string()) {
            return Error{ErrorKind::InvalidInput, what + ": \"" + key + "\" is no list of names", {}};
        }
        texts.push_back(text.get<std::string>());
    }
    return texts;
}

Result<void> checkNames(const std::vector<std::string>& names, const std::string& kind, const std::string& what)
{
    std::set<std::string_view> seen;
    for (const std::string& name : names) {
        if (name.empty()) {
            return Error{ErrorKind::InvalidInput, what + ": a " + kind + " has no name", {}};
        }
        if (!seen.insert(name).second) {
            return Error{
                ErrorKind::InvalidInput, what + ": the " + kind + " \"" + name + "\" is named twice",
                "Name each once, in the order of the model's " + std::string(kind == "class" ? "outputs." : "inputs.")};
        }
    }
    return {};
}

} // namespace

Result<PixelUnits> PixelUnits::parse(const std::string& text)
{
    static const std::map<std::string, PixelUnits> named{
        {"", {}},
        {"0..1", {}},
        {"-1..1", {{127.5}, {127.5}}},
        {"0..255", {{0}, {1}}},
        {"imagenet", {{123.675, 116.28, 103.53}, {58.395, 57.12, 57.375}}}};
    if (const auto found = named.find(text); found != named.end()) {
        PixelUnits units = found->second;
        units.said = text;
        return units;
    }
    const auto slash = text.find('/');
    if (slash != std::string::npos) {
        const auto mean = numbersIn(std::string_view(text).substr(0, slash), -1e6);
        const auto deviation = numbersIn(std::string_view(text).substr(slash + 1), 1e-6);
        if (mean && deviation) {
            return PixelUnits{mean.value(), deviation.value(), text};
        }
    }
    return Error{
        ErrorKind::Usage, "\"" + text + "\" does not say what pixels are",
        "Known are 0..1, -1..1, 0..255, imagenet, and MEAN/DEVIATION in pixels of 0 to 255, for example 127.5/127.5."};
}

Json ForeignWords::toJson() const
{
    Json json = Json::object();
    if (!classes.empty()) {
        json["classes"] = classes;
    }
    if (!columns.empty()) {
        json["columns"] = columns;
    }
    if (!target.empty()) {
        json["target"] = target;
    }
    if (!pixels.said.empty()) {
        json["pixels"] = pixels.said;
    }
    return json;
}

Result<ForeignWords> ForeignWords::fromJson(const Json& json, const std::string& what)
{
    ForeignWords words;
    TY_TRY(words.classes, textsAt(json, "classes", what));
    TY_TRY(words.columns, textsAt(json, "columns", what));
    TY_TRY(words.target, jsonFieldOr<std::string>(json, "target", {}, what));
    TY_TRY(const auto pixels, jsonFieldOr<std::string>(json, "pixels", {}, what));
    TY_TRY(words.pixels, PixelUnits::parse(pixels));
    return words;
}

Result<void> ForeignWords::check(const std::string& what) const
{
    TY_CHECK(checkNames(classes, "class", what));
    TY_CHECK(checkNames(columns, "column", what));
    if (!target.empty() && std::find(columns.begin(), columns.end(), target) != columns.end()) {
        return Error{
            ErrorKind::InvalidInput, what + ": the column \"" + target + "\" cannot be an input and what is to be predicted",
            "Leave it out of the columns, or choose another target."};
    }
    return {};
}

ForeignWords ForeignWords::over(const ForeignWords& others) const
{
    return {
        classes.empty() ? others.classes : classes,
        columns.empty() ? others.columns : columns,
        target.empty() ? others.target : target,
        pixels.said.empty() ? others.pixels : pixels};
}

} // namespace ty::engine
