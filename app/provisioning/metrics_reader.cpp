#include "app/provisioning/metrics_reader.h"

#include <utility>

#include "cloud/provision/azure_metrics.h"

namespace ty::app {

Result<cloud::MachineMetrics> readMetrics(
    CloudSession& session, const cloud::MachineInfo& machine, const cloud::MetricPeriod& period, std::stop_token stop)
{
    if (machine.provider == "google") {
        return Error{
            ErrorKind::Unsupported, "Google's Compute Engine keeps no curves of its machines",
            "Google's Cloud Monitoring does, another service that Trainyard does not read; see the Google Cloud console."};
    }
    return cloud::azureMetrics(session.connection().client(), machine.id, period, std::move(stop));
}

} // namespace ty::app
