#include "app/provisioning/operation_keys.h"

#include <utility>

namespace ty::app {

std::string textOf(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

cloud::TextMap tagsOf(const Json& json)
{
    cloud::TextMap tags;
    const Json kept = json.value(kTagsKey, Json::object());
    for (const auto& tag : kept.items()) {
        tags[tag.key()] = tag.value().get<std::string>();
    }
    return tags;
}

cloud::MachineRequest requestOf(const Json& json)
{
    const auto found = json.find(kRequestKey);
    if (found == json.end()) {
        return {};
    }
    return cloud::fromJson<cloud::MachineRequest>(*found, "the journal").valueOr({});
}

std::vector<cloud::Leftover> leftoversOf(const Json& json)
{
    std::vector<cloud::Leftover> leftovers;
    for (const Json& each : json.value(kLeftoversKey, Json::array())) {
        const auto kind = cloud::leftoverKindFromName(textOf(each, "kind"));
        if (!kind) {
            continue;
        }
        cloud::Leftover leftover;
        leftover.id = textOf(each, "id");
        leftover.kind = *kind;
        leftover.name = textOf(each, "name");
        leftover.isTagged = each.value("tagged", true);
        leftovers.push_back(std::move(leftover));
    }
    return leftovers;
}

cloud::ClusterRequest clusterRequestOf(const Json& json)
{
    const auto found = json.find(kClusterKey);
    if (found == json.end()) {
        return {};
    }
    return cloud::fromJson<cloud::ClusterRequest>(*found, "the journal").valueOr({});
}

cloud::StorageRequest storageRequestOf(const Json& json)
{
    const auto found = json.find(kStorageKey);
    if (found == json.end()) {
        return {};
    }
    return cloud::fromJson<cloud::StorageRequest>(*found, "the journal").valueOr({});
}

} // namespace ty::app
