#include "engine/base/parameter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

namespace ty {

namespace {

constexpr std::array<const char*, 5> kTypeNames{"integer", "real", "boolean", "choice", "text"};

std::size_t editDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string rangeText(const Parameter& p)
{
    std::string text;
    if (p.minimum && p.maximum) {
        text = fmt::format("{} to {}", *p.minimum, *p.maximum);
        if (p.minimumExcluded) {
            text = fmt::format("above {}, at most {}", *p.minimum, *p.maximum);
        }
    } else if (p.minimum) {
        text = p.minimumExcluded ? fmt::format("above {}", *p.minimum) : fmt::format("{} or more", *p.minimum);
    } else if (p.maximum) {
        text = fmt::format("at most {}", *p.maximum);
    }
    return text;
}

Error badValue(const Parameter& p, const std::string& expected, const Json& got)
{
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{} must be {}{}, it is {}", p.name, expected, p.isAutomaticAllowed ? " or \"auto\"" : "", toJsonLine(got)),
        {}};
}

Json optionalNumber(const std::optional<double>& value)
{
    return value ? Json(*value) : Json(nullptr);
}

} // namespace

const Parameter* ParameterTable::find(const std::string& name) const
{
    const auto it = std::find_if(m_rows.begin(), m_rows.end(), [&](const Parameter& p) { return p.name == name; });
    return it == m_rows.end() ? nullptr : &*it;
}

Json ParameterTable::defaults() const
{
    Json object = Json::object();
    for (const Parameter& p : m_rows) {
        object[p.name] = p.defaultValue;
    }
    return object;
}

Result<void> ParameterTable::checkValue(const Parameter& p, const Json& value) const
{
    if (value.is_null()) {
        if (p.isAutomaticAllowed || p.defaultValue.is_null()) {
            return {};
        }
        return badValue(p, "a value", value);
    }
    switch (p.type) {
    case ParameterType::Boolean:
        return value.is_boolean() ? Result<void>() : badValue(p, "true or false", value);
    case ParameterType::Text:
        return value.is_string() ? Result<void>() : badValue(p, "a text", value);
    case ParameterType::Choice: {
        const bool known = value.is_string()
            && std::find(p.choices.begin(), p.choices.end(), value.get<std::string>()) != p.choices.end();
        return known ? Result<void>() : badValue(p, fmt::format("one of {}", fmt::join(p.choices, ", ")), value);
    }
    case ParameterType::Integer:
    case ParameterType::Real:
        break;
    }
    const std::string range = rangeText(p);
    const std::string kind = p.type == ParameterType::Integer ? "a whole number" : "a number";
    const std::string expected = range.empty() ? kind : kind + ", " + range;
    if (!value.is_number()) {
        return badValue(p, expected, value);
    }
    const double number = value.get<double>();
    const bool isWhole = std::floor(number) == number;
    if (!std::isfinite(number) || (p.type == ParameterType::Integer && !isWhole)
        || (p.minimum && (number < *p.minimum || (p.minimumExcluded && number == *p.minimum)))
        || (p.maximum && number > *p.maximum)) {
        return badValue(p, expected, value);
    }
    return {};
}

Result<Json> ParameterTable::complete(const Json& given) const
{
    Json object = defaults();
    if (given.is_null()) {
        return object;
    }
    if (!given.is_object()) {
        return Error{ErrorKind::InvalidInput, "settings must be an object of names and values", {}};
    }
    for (const auto& [name, value] : given.items()) {
        const Parameter* row = find(name);
        if (row == nullptr) {
            // Captured under another name: clang 14 takes no structured bindings into lambdas.
            const auto nearest = std::min_element(m_rows.begin(), m_rows.end(), [&wanted = name](const auto& a, const auto& b) {
                return editDistance(a.name, wanted) < editDistance(b.name, wanted);
            });
            std::string message = "unknown setting \"" + name + "\"";
            if (nearest != m_rows.end()) {
                message += "; did you mean \"" + nearest->name + "\"?";
            }
            return Error{ErrorKind::InvalidInput, message, {}};
        }
        TY_CHECK(checkValue(*row, value));
        object[name] = row->type == ParameterType::Integer && value.is_number() ? Json(value.get<std::int64_t>()) : value;
    }
    return object;
}

Result<Json> ParameterTable::parseValue(const std::string& name, const std::string& text) const
{
    const Parameter* row = find(name);
    if (row == nullptr) {
        TY_CHECK(complete(Json{{name, nullptr}}));
        return Error{ErrorKind::InvalidInput, "unknown setting \"" + name + "\"", {}};
    }
    Json value = text;
    if (text == "auto" && (row->isAutomaticAllowed || row->defaultValue.is_null())) {
        value = nullptr;
    } else if (row->type == ParameterType::Boolean) {
        if (text == "true" || text == "on" || text == "yes" || text == "1") {
            value = true;
        } else if (text == "false" || text == "off" || text == "no" || text == "0") {
            value = false;
        }
    } else if (row->type == ParameterType::Integer || row->type == ParameterType::Real) {
        double number = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (code == std::errc() && end == text.data() + text.size()) {
            const bool isWhole = std::floor(number) == number && std::abs(number) < 9.0e15;
            value = row->type == ParameterType::Integer && isWhole ? Json(static_cast<std::int64_t>(number)) : Json(number);
        }
    }
    TY_CHECK(checkValue(*row, value));
    return value;
}

Json ParameterTable::toJson() const
{
    Json list = Json::array();
    for (const Parameter& p : m_rows) {
        list.push_back(Json{
            {"name", p.name},
            {"label", p.label},
            {"type", kTypeNames.at(static_cast<std::size_t>(p.type))},
            {"default", p.defaultValue},
            {"minimum", optionalNumber(p.minimum)},
            {"maximum", optionalNumber(p.maximum)},
            {"minimumExcluded", p.minimumExcluded},
            {"choices", p.choices},
            {"unit", p.unit},
            {"help", p.help},
            {"group", p.group},
            {"level", p.level == ParameterLevel::Basic ? "basic" : "advanced"},
            {"automatic", p.isAutomaticAllowed},
            {"searchLow", optionalNumber(p.searchLow)},
            {"searchHigh", optionalNumber(p.searchHigh)},
            {"searchLogarithmic", p.isSearchLogarithmic}});
    }
    return list;
}

Result<ParameterTable> ParameterTable::fromJson(const Json& json)
{
    const std::string what = "parameter table";
    if (!json.is_array()) {
        return Error{ErrorKind::InvalidInput, what + ": must be a list", {}};
    }
    std::vector<Parameter> rows;
    const auto optionalAt = [](const Json& item, const char* key) -> std::optional<double> {
        return item.contains(key) && item.at(key).is_number() ? std::optional(item.at(key).get<double>()) : std::nullopt;
    };
    for (const Json& item : json) {
        Parameter p;
        TY_TRY(p.name, jsonField<std::string>(item, "name", what));
        TY_TRY(p.label, jsonFieldOr<std::string>(item, "label", p.name, what));
        TY_TRY(const std::string type, jsonField<std::string>(item, "type", what));
        const auto known = std::find(kTypeNames.begin(), kTypeNames.end(), type);
        if (known == kTypeNames.end()) {
            return Error{ErrorKind::InvalidInput, what + ": unknown type \"" + type + "\" of " + p.name, {}};
        }
        p.type = static_cast<ParameterType>(known - kTypeNames.begin());
        TY_TRY(p.defaultValue, jsonFieldOr<Json>(item, "default", nullptr, what));
        p.minimum = optionalAt(item, "minimum");
        p.maximum = optionalAt(item, "maximum");
        TY_TRY(p.minimumExcluded, jsonFieldOr<bool>(item, "minimumExcluded", false, what));
        for (const Json& choice : item.value("choices", Json::array())) {
            if (choice.is_string()) {
                p.choices.push_back(choice.get<std::string>());
            }
        }
        TY_TRY(p.unit, jsonFieldOr<std::string>(item, "unit", {}, what));
        TY_TRY(p.help, jsonFieldOr<std::string>(item, "help", {}, what));
        TY_TRY(p.group, jsonFieldOr<std::string>(item, "group", {}, what));
        TY_TRY(const std::string level, jsonFieldOr<std::string>(item, "level", "basic", what));
        p.level = level == "advanced" ? ParameterLevel::Advanced : ParameterLevel::Basic;
        TY_TRY(p.isAutomaticAllowed, jsonFieldOr<bool>(item, "automatic", false, what));
        p.searchLow = optionalAt(item, "searchLow");
        p.searchHigh = optionalAt(item, "searchHigh");
        TY_TRY(p.isSearchLogarithmic, jsonFieldOr<bool>(item, "searchLogarithmic", false, what));
        rows.push_back(std::move(p));
    }
    return ParameterTable(std::move(rows));
}

} // namespace ty
