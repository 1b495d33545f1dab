#pragma once

#include <functional>
#include <string>

#include "cloud/sandbox/arm_plain.h"

namespace ty::sandbox {

/// Template deployments as the Azure CLI uses them to create machines: literal resources with dependsOn, and
/// [parameters('name')] for a whole value. Other expressions are refused by name.
class Deployments : public PlainResources {
public:
    using Dispatch = std::function<Response(const Request&)>;

    /// @param dispatch  carries out the requests that the template stands for
    Deployments(World& world, Dispatch dispatch);
    Response put(const ArmCall& call) override;
    Response remove(const ArmCall& call) override;
    Response act(const ArmCall& call) override;

private:
    void step(Json& operation);
    /// Creates the resource; its refusal becomes the deployment's error.
    bool begin(const Json& deployment, Json& resource, Json& error);
    void schedule(const std::string& id);

    Dispatch m_dispatch;
};

} // namespace ty::sandbox
