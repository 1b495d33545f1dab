#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/run_spec.h"

namespace ty {

namespace {

/// A yes or no of DataRepairs and how a person writes the yes.
struct Switch {
    const char* key;
    const char* word;
    bool DataRepairs::*value;
};
constexpr std::array<Switch, 5> kSwitches{{
    {"unreadable", "leave-out", &DataRepairs::areUnreadableLeftOut},
    {"emptyClasses", "leave-out", &DataRepairs::areEmptyClassesLeftOut},
    {"duplicates", "keep-one", &DataRepairs::areDuplicatesLeftOut},
    {"sharedSamples", "leave-out-of-training", &DataRepairs::areSharedLeftOut},
    {"imbalance", "weigh-classes", &DataRepairs::areClassesWeighed},
}};
constexpr auto kMerged = "mergedClasses";
constexpr auto kMissing = "missingValues";
constexpr auto kFill = "fill";
constexpr auto kDropRows = "drop-rows";

Error invalid(const std::string& message)
{
    return Error{ErrorKind::InvalidInput, message, {}};
}

/// Every way of names ends; a -> b -> a does not.
bool hasCircle(const std::map<std::string, std::string>& merged)
{
    return std::any_of(merged.begin(), merged.end(), [&merged](const auto& entry) {
        std::size_t steps = 0;
        for (auto at = merged.find(entry.first); at != merged.end(); at = merged.find(at->second)) {
            if (++steps > merged.size()) {
                return true;
            }
        }
        return false;
    });
}

Result<std::map<std::string, std::string>> textsOf(const Json& json, const std::string& what)
{
    if (!json.is_object()) {
        return invalid(what + ": must be an object of names");
    }
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : json.items()) {
        if (!value.is_string() || value.get<std::string>().empty()) {
            return invalid(what + "." + name + ": must be a name");
        }
        texts[name] = value.get<std::string>();
    }
    return texts;
}

} // namespace

std::string DataRepairs::classNameFor(const std::string& name) const
{
    std::string result = name;
    // As many steps as there are names: fromJson() lets no circle in, code might.
    for (std::size_t step = 0; step < mergedClasses.size(); ++step) {
        const auto found = mergedClasses.find(result);
        if (found == mergedClasses.end()) {
            break;
        }
        result = found->second;
    }
    return result;
}

Result<DataRepairs> DataRepairs::fromJson(const Json& json, const std::string& what)
{
    if (!json.is_object()) {
        return invalid(what + ": must be an object");
    }
    DataRepairs repairs;
    for (const auto& [key, value] : json.items()) {
        const std::string where = what + "." + key;
        if (key == kMerged) {
            TY_TRY(repairs.mergedClasses, textsOf(value, where));
            continue;
        }
        if (key == kMissing) {
            TY_TRY(const auto words, textsOf(value, where));
            for (const auto& [column, word] : words) {
                if (word != kFill && word != kDropRows) {
                    return invalid(where + "." + column + ": unknown \"" + word + "\"; known: fill, drop-rows");
                }
                repairs.missing[column] = word == kFill ? MissingValues::Fill : MissingValues::DropRows;
            }
            continue;
        }
        const auto found = std::find_if(
            kSwitches.begin(), kSwitches.end(), [&key = key](const Switch& one) { return key == one.key; });
        if (found == kSwitches.end()) {
            return invalid(what + ": unknown key \"" + key + "\"");
        }
        if (value != found->word) {
            return invalid(where + ": must be \"" + found->word + "\" or not be there");
        }
        repairs.*(found->value) = true;
    }
    if (hasCircle(repairs.mergedClasses)) {
        return invalid(what + "." + kMerged + ": classes are merged in a circle");
    }
    return repairs;
}

Json DataRepairs::toJson() const
{
    Json json = Json::object();
    for (const Switch& one : kSwitches) {
        if (this->*(one.value)) {
            json[one.key] = one.word;
        }
    }
    if (!mergedClasses.empty()) {
        json[kMerged] = mergedClasses;
    }
    for (const auto& [column, choice] : missing) {
        json[kMissing][column] = choice == MissingValues::Fill ? kFill : kDropRows;
    }
    return json;
}

} // namespace ty
