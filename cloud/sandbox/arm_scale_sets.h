#pragma once

#include "cloud/sandbox/arm_plain.h"

namespace ty::sandbox {

/// The power state that an action of a set or of a node leads to; null for others.
const char* powerAfter(const std::string& action);

/// Scale sets: made, counted against quota and capacity, scaled, started, stopped and deleted. A document holds, beside the
/// body, "power" and "nodes": each with "instanceId", "machine" (the host's name for it), "address" and its own "power". The first
/// kRealNodes of a set are real machines with an sshd of their own; the others are listed only.
class ScaleSets : public PlainResources {
public:
    static constexpr int kRealNodes = 8;

    explicit ScaleSets(World& world);
    Response put(const ArmCall& call) override;
    Response patch(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response act(const ArmCall& call) override;
    void vanish(const std::string& id) override;

private:
    Response begin(const ArmCall& call, Json document, Json operation, double seconds, Response response);
    void finish(Json& operation);
    /// Makes and removes nodes until there are as many as the capacity says.
    void settle(const std::string& id, Json& document);
    void boot(const Json& document, Json& node);
    void drop(const Json& node);
    void setPower(const Json& document, Json& node, const std::string& power, bool isRestart);
    void finishNode(Json& operation);
};

/// .../virtualMachineScaleSets/{name}/virtualMachines
class ScaleSetMembers : public PlainResources {
public:
    using PlainResources::PlainResources;
    Response put(const ArmCall& call) override;
    Response get(const ArmCall& call) override;
    Response list(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    /// start, restart, poweroff and deallocate of one node, and its boot log.
    Response act(const ArmCall& call) override;

private:
    Json members(const ArmPath& set, bool isViewWanted) const;
};

/// .../virtualMachineScaleSets/{name}/publicipaddresses
class ScaleSetAddresses : public PlainResources {
public:
    using PlainResources::PlainResources;
    Response list(const ArmCall& call) override;
};

} // namespace ty::sandbox
