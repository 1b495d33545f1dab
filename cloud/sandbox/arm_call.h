#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cloud/sandbox/arm_answers.h"
#include "cloud/sandbox/arm_path.h"

namespace ty::sandbox {

/// A request to Resource Manager, taken apart and allowed.
struct ArmCall {
    const Request& request;
    ArmPath path;
    std::string action; ///< lower case: "start", "instanceview"; empty for the resource itself
    Json body = Json::object();
};

/// An answer that ends a call early, or nothing: go on.
using Refusal = std::optional<Response>;

/// Resources as documents {"body": what GET answers, ...what only the sandbox knows}, by id without case.
class ArmStore {
public:
    explicit ArmStore(World& world) : m_world(world) {}

    const Json* find(const ArmPath& path) const { return m_world.store.find(path.key()); }
    const Json* find(const std::string& id) const { return m_world.store.find(armKey(id)); }
    void put(const ArmPath& path, Json document) { m_world.store.put(path.key(), std::move(document)); }
    void put(const std::string& id, Json document) { m_world.store.put(armKey(id), std::move(document)); }
    void erase(const std::string& id) { m_world.store.erase(armKey(id)); }
    /// Bodies of all resources of a type below a subscription, and a group unless it is empty; in order of their ids.
    Json bodies(const ArmPath& collection) const;
    /// Keys of all resources of a group.
    std::vector<std::string> keysOfGroup(const ArmPath& path) const;
    /// Sets properties.provisioningState of a resource that may be gone by now.
    void setState(const std::string& id, const std::string& state);

private:
    World& m_world;
};

/// 404 ResourceNotFound, in the words of Resource Manager.
Response resourceNotFound(const ArmPath& path);
/// "tags" of a body as an object of texts, or the refusal of a wrong one.
Refusal checkTags(const Json& body);
/// The location of a body: known, and the same as that of the resource if there is one already. On success `region` is its
/// short name.
Refusal checkLocation(const ArmCall& call, const Json* present, std::string& region);
/// properties of a body; an empty object when there are none.
Json propertiesOf(const Json& body);
/// Member of an object that may be missing, or itself null or something else.
std::string textAt(const Json& object, const char* name);
std::string idAt(const Json& object, const char* name);

} // namespace ty::sandbox
