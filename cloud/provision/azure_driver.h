#pragma once

#include <string>

#include "cloud/azure/arm_client.h"
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

private:
    Result<Found> lookAtScaleSet(const Step& step, std::stop_token stop);
    Result<Found> lookAtMachine(const Step& step, std::stop_token stop);

    azure::ArmClient& m_client;
};

/// The version of the interface for a resource's id, by its kind; that of resource groups for ids without a provider.
std::string apiVersionOf(const std::string& resourceId);

} // namespace ty::cloud
