#include "cloud/sandbox/scopes.h"

#include <algorithm>

namespace ty::sandbox {

namespace {

constexpr char kSubscriptions[] = "conf/subscriptions";
constexpr char kProjects[] = "conf/projects";
constexpr char kRole[] = "conf/role";

void append(const World& world, const char* key, std::vector<Scope>& scopes)
{
    const Json* kept = world.store.find(key);
    for (const Json& scope : kept == nullptr ? Json::array() : kept->value("all", Json::array())) {
        scopes.push_back({scope.value("id", ""), scope.value("name", "")});
    }
}

Scope add(World& world, const char* key, Scope scope)
{
    const Json* kept = world.store.find(key);
    Json all = kept == nullptr ? Json::array() : kept->value("all", Json::array());
    all.push_back({{"id", scope.id}, {"name", scope.name}});
    world.store.put(key, {{"all", std::move(all)}});
    return scope;
}

} // namespace

std::vector<Scope> subscriptionsOf(const World& world)
{
    std::vector<Scope> scopes{{world.identity.subscriptionId, kSubscriptionName}};
    append(world, kSubscriptions, scopes);
    return scopes;
}

std::vector<Scope> projectsOf(const World& world)
{
    std::vector<Scope> scopes{{world.identity.project, "Trainyard sandbox"}};
    append(world, kProjects, scopes);
    return scopes;
}

std::string knownSubscription(const World& world, const std::string& id)
{
    const auto all = subscriptionsOf(world);
    const auto found = std::find_if(all.begin(), all.end(), [&](const Scope& each) { return equalFold(each.id, id); });
    return found == all.end() ? std::string() : found->id;
}

Scope addSubscription(World& world, const std::string& name)
{
    return add(world, kSubscriptions, {world.identifiers.guid(), name});
}

Scope addProject(World& world, const std::string& id, const std::string& name)
{
    return add(world, kProjects, {id, name});
}

Role roleOf(const World& world)
{
    return world.store.contains(kRole) ? Role::Reader : Role::Owner;
}

void setRole(World& world, Role role)
{
    if (role == Role::Reader) {
        world.store.put(kRole, {{"role", "reader"}});
    } else {
        world.store.erase(kRole);
    }
}

} // namespace ty::sandbox
