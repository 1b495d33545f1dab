#pragma once

#include <map>
#include <optional>
#include <string>

#include "cloud/gcp/compute_client.h"
#include "cloud/provision/driver.h"

namespace ty::cloud {

/// Carries out steps whose resources are paths of Compute Engine ("projects/P/zones/Z/instances/N"). One thread.
class GoogleDriver : public Driver {
public:
    /// `client` outlives this. `operation`: a text that no other operation has; of it and the step a request's id is made, so
    /// that the same request, sent again after a crash, is done once.
    GoogleDriver(gcp::ComputeClient& client, std::string operation);

    Result<Found> look(const Step& step, const std::string& operation, std::stop_token stop) override;
    Result<Begun> begin(const Step& step, const std::string& operation, std::stop_token stop) override;
    Result<Progress> progress(const std::string& handle, std::stop_token stop) override;
    std::optional<Refusal> refusal() const override { return m_refusal; }

private:
    Result<Found> lookAtMachine(const Step& step, std::stop_token stop);
    std::string requestId(const Step& step, const gcp::ComputeRequest& request);
    Result<std::string> stayingDisk(const std::string& machine, std::stop_token stop);
    Error refused(const CloudError& failure);

    gcp::ComputeClient& m_client;
    std::string m_operation;
    /// How often a request of ours was answered "failed": the service repeats that answer to the same id.
    int m_failures = 0;
    std::optional<Refusal> m_refusal;
};

/// The verb of a machine's removal that takes all its disks along.
inline constexpr const char* kWithDisksVerb = "with its disks";

/// What asks for a step: a request without its id. For Ensure, Remove, and the verbs of machines.
gcp::ComputeRequest googleRequest(const Step& step);

} // namespace ty::cloud
