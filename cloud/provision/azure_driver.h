#pragma once

#include <string>

#include "cloud/azure/arm_client.h"
#include "cloud/azure/resource.h"
#include "cloud/provision/driver.h"

namespace ty::cloud {

/// Carries out steps whose resources are ids of Azure Resource Manager.
class AzureDriver : public Driver {
public:
    /// `client` outlives this.
    explicit AzureDriver(azure::ArmClient& client);

    Result<Found> look(const Step& step, const std::string& operation, std::stop_token stop) override;
    Result<Begun> begin(const Step& step, const std::string& operation, std::stop_token stop) override;
    Result<Progress> progress(const std::string& handle, std::stop_token stop) override;
    std::optional<Refusal> refusal() const override { return m_refusal; }

private:
    Result<Found> lookAtScaleSet(const Step& step, std::stop_token stop);
    Result<Begun> grant(const Step& step, std::stop_token stop);
    Result<Found> lookAtMachine(const Step& step, std::stop_token stop);
    Result<Found> lookAtNodes(const Step& step, std::stop_token stop);
    Result<Found> lookAtShutdown(const Step& step, std::stop_token stop);
    Result<void> registerService(const std::string& resourceId, std::stop_token stop);
    void readFailureOf(const std::string& resource, std::stop_token stop);
    Error refused(const CloudError& failure);

    azure::ArmClient& m_client;
    std::optional<Refusal> m_refusal;
};

/// An extension: its id stands behind that of the resource it is about.
inline constexpr azure::ResourceType kRoleAssignments{"Microsoft.Authorization/roleAssignments", "2022-04-01"};

/// The verb of a step that lets a machine's own identity release it. Refused rights are no failure of the step.
inline constexpr const char* kGrantVerb = "grant";

/// The version of the interface for a resource's id, by its kind; that of resource groups for ids without a provider.
std::string apiVersionOf(const std::string& resourceId);

} // namespace ty::cloud
