#pragma once

#include <map>
#include <memory>

#include "cloud/sandbox/arm_call.h"
#include "cloud/sandbox/throttle.h"
#include "cloud/sandbox/tokens.h"

namespace ty::sandbox {

/// One kind of resource: "microsoft.compute/virtualmachines". Methods are called with the group checked and the body parsed.
class ArmResource {
public:
    virtual ~ArmResource() = default;
    virtual Response put(const ArmCall& call) = 0;
    virtual Response get(const ArmCall& call) = 0;
    virtual Response list(const ArmCall& call) = 0;
    virtual Response remove(const ArmCall& call) = 0;
    virtual Response patch(const ArmCall& call) = 0;
    /// POST {id}/{action}, or GET of what lies below a resource without being one (instanceView).
    virtual Response act(const ArmCall& call) = 0;
    /// Its group is being deleted: everything of it goes now, without an operation of its own.
    virtual void vanish(const std::string& id) = 0;
};

/// Azure Resource Manager: who may come in, what is where, and the order of the checks.
class ArmService {
public:
    ArmService(World& world, const Tokens& tokens);
    ~ArmService();

    static bool isMine(const Request& request);
    Response handle(const Request& request);
    /// The same without asking for a token; for deployments, which were asked for one.
    Response dispatch(const Request& request);
    void setThrottling(bool isOn) { m_throttle.setOn(isOn); }

private:
    Refusal checkToken(const Request& request) const;
    Refusal checkRequest(const Request& request) const;
    Refusal checkGroup(const ArmCall& call) const;
    Response onResource(ArmCall& call);
    Response onGroup(const ArmCall& call);
    Response deleteGroup(const ArmCall& call);
    Response listResources(const ArmCall& call) const;

    World& m_world;
    const Tokens& m_tokens;
    Throttle m_throttle;
    std::map<std::string, std::unique_ptr<ArmResource>> m_resources;
};

} // namespace ty::sandbox
