#include "engine/tuning/search_space.h"

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace ty::engine {

namespace {

SearchRange rangeOf(const Parameter& row)
{
    SearchRange range;
    range.name = row.name;
    range.isWhole = row.type == ParameterType::Integer;
    if (row.type == ParameterType::Boolean) {
        range.values = {false, true};
    } else if (row.type == ParameterType::Choice) {
        range.values.assign(row.choices.begin(), row.choices.end());
    } else {
        range.low = row.searchLow.value_or(row.minimum.value_or(0));
        range.high = row.searchHigh.value_or(row.maximum.value_or(1));
        range.isLogarithmic = row.isSearchLogarithmic;
    }
    return range;
}

Error badRange(const std::string& given, const std::string& why)
{
    return {
        ErrorKind::InvalidInput, fmt::format("range \"{}\": {}", given, why),
        "Write cost=0.1..100 for numbers, cost=0.1..100:log to spread them by their logarithm, kernel=linear,rbf for words."};
}

Result<double> numberIn(const std::string& text, const std::string& given)
{
    std::istringstream stream(text); // one format everywhere, whatever the person's language
    stream.imbue(std::locale::classic());
    double number = 0;
    if (!(stream >> number) || !stream.eof() || !std::isfinite(number)) {
        return badRange(given, "\"" + text + "\" is not a number");
    }
    return number;
}

Result<SearchRange> readInterval(const ParameterTable& table, SearchRange range, const std::string& text, const std::string& given)
{
    std::string ends = text;
    const auto colon = ends.find(':');
    if (colon != std::string::npos) {
        const std::string scale = ends.substr(colon + 1);
        if (scale != "log" && scale != "linear") {
            return badRange(given, "after the colon stands log or linear");
        }
        range.isLogarithmic = scale == "log";
        ends.resize(colon);
    }
    const auto dots = ends.find("..");
    TY_TRY(range.low, numberIn(ends.substr(0, dots), given));
    TY_TRY(range.high, numberIn(ends.substr(dots + 2), given));
    if (!(range.low < range.high)) {
        return badRange(given, "the first end is to be below the second");
    }
    if (range.isLogarithmic && range.low <= 0) {
        if (colon != std::string::npos) {
            return badRange(given, "0 and less have no logarithm");
        }
        range.isLogarithmic = false;
    }
    for (const double end : {range.low, range.high}) {
        if (auto fits = table.checkValue(*table.find(range.name), range.isWhole ? Json(static_cast<std::int64_t>(end)) : Json(end)); !fits) {
            return badRange(given, fits.error().message);
        }
        if (range.isWhole && std::floor(end) != end) {
            return badRange(given, "it takes whole numbers");
        }
    }
    return range;
}

} // namespace

Json SearchRange::at(double share) const
{
    if (!values.empty()) {
        return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
    }
    if (!isWhole) {
        return isLogarithmic ? low * std::pow(high / low, share) : low + (high - low) * share;
    }
    // Every whole number has its own piece of the range, the ends like the others.
    const double below = low - 0.5;
    const double above = high + 0.5;
    const double number = isLogarithmic && below > 0 ? below * std::pow(above / below, share) : below + (above - below) * share;
    return static_cast<std::int64_t>(std::clamp(std::round(number), low, high));
}

std::vector<Json> SearchRange::steps(std::size_t most) const
{
    if (!values.empty()) {
        return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(std::min(most, values.size()))};
    }
    std::vector<Json> made;
    for (std::size_t i = 0; i < most; ++i) {
        const double share = most == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(most - 1);
        const double number = isLogarithmic ? low * std::pow(high / low, share) : low + (high - low) * share;
        Json value = isWhole ? Json(static_cast<std::int64_t>(std::llround(number))) : Json(std::clamp(number, low, high));
        if (made.empty() || made.back() != value) {
            made.push_back(std::move(value));
        }
    }
    return made;
}

Json SearchRange::toJson() const
{
    if (!values.empty()) {
        return {{"name", name}, {"values", values}};
    }
    return {{"name", name}, {"low", low}, {"high", high}, {"logarithmic", isLogarithmic}, {"whole", isWhole}};
}

SearchSpace SearchSpace::of(const ParameterTable& table)
{
    SearchSpace space;
    for (const Parameter& row : table.rows()) {
        if (row.searchLow && row.searchHigh) {
            space.m_ranges.push_back(rangeOf(row));
        }
    }
    return space;
}

Result<SearchSpace> SearchSpace::parse(const ParameterTable& table, const std::vector<std::string>& given)
{
    SearchSpace space;
    for (const std::string& one : given) {
        const auto equals = one.find('=');
        const std::string name = one.substr(0, equals);
        const Parameter* row = table.find(name);
        if (row == nullptr) {
            return badRange(one, "the learner has no setting \"" + name + "\"");
        }
        if (std::any_of(space.m_ranges.begin(), space.m_ranges.end(), [&](const SearchRange& there) { return there.name == name; })) {
            return badRange(one, "\"" + name + "\" has a range already");
        }
        SearchRange range = rangeOf(*row);
        const std::string text = equals == std::string::npos ? "" : one.substr(equals + 1);
        if (text.find("..") != std::string::npos && (row->type == ParameterType::Integer || row->type == ParameterType::Real)) {
            TY_TRY(range, readInterval(table, std::move(range), text, one));
        } else if (!text.empty()) {
            range.values.clear();
            std::istringstream words(text);
            for (std::string word; std::getline(words, word, ',');) {
                auto value = table.parseValue(name, word);
                if (!value) {
                    return badRange(one, value.error().message);
                }
                range.values.push_back(std::move(value).value());
            }
        } else if (range.values.empty() && !(row->searchLow && row->searchHigh)) {
            return badRange(one, "the learner's table names no range to search; give both ends");
        }
        space.m_ranges.push_back(std::move(range));
    }
    return space;
}

Json SearchSpace::at(std::span<const double> point) const
{
    Json settings = Json::object();
    for (std::size_t i = 0; i < m_ranges.size(); ++i) {
        settings[m_ranges[i].name] = m_ranges[i].at(point[i]);
    }
    return settings;
}

std::vector<Json> SearchSpace::grid(std::size_t most) const
{
    // One step more in one range after the other, as long as all combinations stay within `most`.
    std::vector<std::size_t> counts(m_ranges.size(), 1);
    std::vector<std::vector<Json>> steps;
    for (const SearchRange& range : m_ranges) {
        steps.push_back(range.steps(1));
    }
    for (bool isGrowing = true; isGrowing;) {
        isGrowing = false;
        for (std::size_t i = 0; i < m_ranges.size(); ++i) {
            std::size_t others = 1;
            for (std::size_t j = 0; j < m_ranges.size(); ++j) {
                others *= j == i ? 1 : steps[j].size();
            }
            auto finer = m_ranges[i].steps(counts[i] + 1);
            if (others * finer.size() <= most && finer.size() > steps[i].size()) {
                steps[i] = std::move(finer);
                ++counts[i];
                isGrowing = true;
            }
        }
    }
    std::vector<Json> made{Json::object()};
    for (std::size_t i = 0; i < m_ranges.size(); ++i) {
        std::vector<Json> longer;
        for (const Json& settings : made) {
            for (const Json& value : steps[i]) {
                longer.push_back(settings);
                longer.back()[m_ranges[i].name] = value;
            }
        }
        made = std::move(longer);
    }
    return made;
}

Json SearchSpace::toJson() const
{
    Json list = Json::array();
    for (const SearchRange& range : m_ranges) {
        list.push_back(range.toJson());
    }
    return list;
}

} // namespace ty::engine
