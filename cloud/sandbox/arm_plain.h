#pragma once

#include "cloud/sandbox/arm_service.h"

namespace ty::sandbox {

/// A resource that is there at once and keeps what it is given: the base of the others, and as it is the kind of SSH public
/// keys, auto-shutdown schedules and machine extensions (which are kept and listed, but not carried out).
class PlainResources : public ArmResource {
public:
    explicit PlainResources(World& world) : m_world(world), m_resources(world) {}

    Response put(const ArmCall& call) override;
    Response get(const ArmCall& call) override;
    Response list(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response patch(const ArmCall& call) override;
    Response act(const ArmCall& call) override;
    void vanish(const std::string& id) override;

protected:
    /// id, name, type, location and tags of what a PUT makes; members given for it (sku, zones, identity) are kept.
    Json newBody(const ArmCall& call, const std::string& region) const;
    std::string typeName(const ArmPath& path) const;

    World& m_world;
    ArmStore m_resources;
};

} // namespace ty::sandbox
