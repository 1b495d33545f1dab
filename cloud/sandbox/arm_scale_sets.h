#pragma once

#include "cloud/sandbox/arm_plain.h"

namespace ty::sandbox {

/// Scale sets, thin: they are made, counted against quota, resized, started, stopped and deleted, and list their members;
/// the members have no processes behind them.
class ScaleSets : public PlainResources {
public:
    explicit ScaleSets(World& world);
    Response put(const ArmCall& call) override;
    Response patch(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response act(const ArmCall& call) override;

private:
    Response begin(const ArmCall& call, Json document, const char* effect, const char* power, double seconds, Response response);
};

/// .../virtualMachineScaleSets/{name}/virtualMachines
class ScaleSetMembers : public PlainResources {
public:
    using PlainResources::PlainResources;
    Response put(const ArmCall& call) override;
    Response get(const ArmCall& call) override;
    Response list(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;

private:
    Json members(const ArmPath& set) const;
};

} // namespace ty::sandbox
