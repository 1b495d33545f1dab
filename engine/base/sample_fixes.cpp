#include "engine/base/sample_fixes.h"

namespace ty {

namespace {

Error invalid(const std::string& message)
{
    return Error{ErrorKind::InvalidInput, message, {}};
}

} // namespace

Result<SampleFixes> SampleFixes::fromJson(const Json& json, const std::string& what)
{
    SampleFixes fixes;
    if (!json.is_object()) {
        return invalid(what + ": must be an object");
    }
    for (const auto& [key, value] : json.items()) {
        if (key == "labels" && value.is_object()) {
            for (const auto& [id, label] : value.items()) {
                if (!label.is_string()) {
                    return invalid(what + ".labels." + id + ": must be the name of a class");
                }
                fixes.labels[id] = label.get<std::string>();
            }
        } else if (key == "excluded" && value.is_array()) {
            for (const Json& id : value) {
                if (!id.is_string()) {
                    return invalid(what + ".excluded: must be ids of samples");
                }
                fixes.excluded.insert(id.get<std::string>());
            }
        } else {
            return invalid(what + ": \"" + key + "\" is not known, or not of its kind; known: labels (an object), excluded (a list)");
        }
    }
    return fixes;
}

Json SampleFixes::toJson() const
{
    Json json = Json::object();
    if (!labels.empty()) {
        json["labels"] = labels;
    }
    if (!excluded.empty()) {
        json["excluded"] = excluded;
    }
    return json;
}

} // namespace ty
