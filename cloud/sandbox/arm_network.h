#pragma once

#include <string>

#include "cloud/sandbox/arm_plain.h"

namespace ty::sandbox {

/// What the kinds of Microsoft.Network have in common: a create that takes a moment (201, Updating, polled), an etag, a
/// delete that is refused while something uses the resource (400 InUse...).
class NetworkResources : public PlainResources {
public:
    explicit NetworkResources(World& world);
    Response put(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response patch(const ArmCall& call) override;

protected:
    /// Checks the properties given and makes those that GET shows. `id` is the resource's own.
    virtual Refusal fill(const ArmCall& call, const Json* present, Json& properties) = 0;
    /// Ids of what uses the resource; empty: it may be deleted.
    virtual std::string user(const Json& body) const { (void)body; return {}; }
    /// After a delete, or with the resource's group.
    virtual void release(const Json& body) { (void)body; }
    void vanish(const std::string& id) override;
    /// "W/\"guid\""
    std::string newTag();
    /// The kind says whether a create is done at once, as NICs are.
    virtual bool isInstant() const { return false; }
};

class VirtualNetworks : public NetworkResources {
public:
    using NetworkResources::NetworkResources;
    Response list(const ArmCall& call) override { return PlainResources::list(call); }

protected:
    Refusal fill(const ArmCall& call, const Json* present, Json& properties) override;
    std::string user(const Json& body) const override;
};

/// Kept inside their network's document.
class Subnets : public PlainResources {
public:
    using PlainResources::PlainResources;
    Response put(const ArmCall& call) override;
    Response get(const ArmCall& call) override;
    Response list(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
};

class SecurityGroups : public NetworkResources {
public:
    using NetworkResources::NetworkResources;

protected:
    Refusal fill(const ArmCall& call, const Json* present, Json& properties) override;
    std::string user(const Json& body) const override;
};

/// Kept inside their group's document.
class SecurityRules : public PlainResources {
public:
    using PlainResources::PlainResources;
    Response put(const ArmCall& call) override;
    Response get(const ArmCall& call) override;
    Response list(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
};

/// A static address is there from the start, a dynamic one while its machine runs. They are loopback addresses, each its own.
class PublicAddresses : public NetworkResources {
public:
    using NetworkResources::NetworkResources;

protected:
    Refusal fill(const ArmCall& call, const Json* present, Json& properties) override;
    std::string user(const Json& body) const override;
    void release(const Json& body) override;
};

class NetworkInterfaces : public NetworkResources {
public:
    using NetworkResources::NetworkResources;
    Response remove(const ArmCall& call) override;

protected:
    Refusal fill(const ArmCall& call, const Json* present, Json& properties) override;
    std::string user(const Json& body) const override;
    void release(const Json& body) override;
    bool isInstant() const override { return true; }
};

/// A loopback address that no machine or public address has yet, here or in another sandbox (see LoopbackAddresses).
std::string newLoopbackAddress(World& world);
/// `address`, when this sandbox may still use it; otherwise, or when it is empty, a new one. For machines about to start:
/// while the sandbox was down another one may have begun to give out of the same block.
std::string keptLoopbackAddress(World& world, const std::string& address);
/// Id of a network interface's public address; empty when it has none.
std::string publicAddressOf(const Json& interfaceBody);

} // namespace ty::sandbox
