#include "cloud/sandbox/arm_call.h"

#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/azure_regions.h"

namespace ty::sandbox {

Json ArmStore::bodies(const ArmPath& collection) const
{
    ArmPath scope = collection;
    scope.provider.clear();
    scope.types.clear();
    scope.names.clear();
    Json list = Json::array();
    const std::string wanted = collection.fullType();
    // Children ("subnets" below a network) lie below their parent's key and in its group.
    const bool isChild = collection.types.size() > 1;
    const std::string prefix = isChild ? collection.parent().key() + "/" : scope.key() + "/";
    for (const auto& key : m_world.store.keysBelow(prefix)) {
        const Json& document = *m_world.store.find(key);
        if (document.value("type", "") == wanted && !document.value("hidden", false)) {
            list.push_back(bodyOf(document));
        }
    }
    return list;
}

std::vector<std::string> ArmStore::keysOfGroup(const ArmPath& path) const
{
    ArmPath group;
    group.subscription = path.subscription;
    group.group = path.group;
    return m_world.store.keysBelow(group.key() + "/");
}

void ArmStore::setState(const std::string& id, const std::string& state)
{
    const Json* found = find(id);
    if (found != nullptr) {
        Json document = *found;
        document["body"]["properties"]["provisioningState"] = state;
        put(id, std::move(document));
    }
}

Response resourceNotFound(const ArmPath& path)
{
    std::string type = path.provider;
    std::string names;
    for (std::size_t i = 0; i < path.types.size(); ++i) {
        type += "/" + path.types[i];
        names += (i > 0 ? "/" : "") + (i < path.names.size() ? path.names[i] : std::string());
    }
    return armError(
        404, "ResourceNotFound",
        fmt::format(
            "The Resource '{}/{}' under resource group '{}' was not found. For more details please go to "
            "https://aka.ms/ARMResourceNotFoundFix",
            type, names, path.group));
}

Refusal checkTags(const Json& body)
{
    const auto tags = body.find("tags");
    if (tags == body.end() || tags->is_null()) {
        return std::nullopt;
    }
    if (!tags->is_object() || tags->size() > 50) {
        return armError(400, "InvalidTags", "The tags must be an object of at most 50 names and values.");
    }
    for (const auto& [name, value] : tags->items()) {
        if (!value.is_string() || name.size() > 512 || value.get<std::string>().size() > 256) {
            return armError(400, "InvalidTagValue", fmt::format("The tag '{}' has a name or value that is not allowed.", name));
        }
    }
    return std::nullopt;
}

Refusal checkLocation(const ArmCall& call, const Json* present, std::string& region)
{
    const std::string given = textAt(call.body, "location");
    if (given.empty()) {
        return armError(400, "LocationRequired", "The location property is required for this definition.");
    }
    const AzureRegion* found = findAzureRegion(given);
    std::string type = call.path.provider;
    for (const auto& name : call.path.types) {
        type += "/" + name;
    }
    if (found == nullptr) {
        return armError(
            400, "LocationNotAvailableForResourceType",
            fmt::format("The provided location '{}' is not available for resource type '{}'.", given, type));
    }
    region = found->name;
    const std::string before = present == nullptr ? "" : textAt(bodyOf(*present), "location");
    if (!before.empty() && before != region) {
        return armError(
            409, "InvalidResourceLocation",
            fmt::format(
                "The resource '{}' already exists in location '{}' in resource group '{}'. A resource with the same name "
                "cannot be created in location '{}'. Please select a new resource name.",
                call.path.name(), before, call.path.group, region));
    }
    return std::nullopt;
}

Json propertiesOf(const Json& body)
{
    const auto found = body.find("properties");
    return found != body.end() && found->is_object() ? *found : Json::object();
}

std::string textAt(const Json& object, const char* name)
{
    if (!object.is_object()) {
        return {};
    }
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string idAt(const Json& object, const char* name)
{
    if (!object.is_object()) {
        return {};
    }
    const auto found = object.find(name);
    return found == object.end() ? std::string() : textAt(*found, "id");
}

} // namespace ty::sandbox
