#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "app/provisioning/cloud_session.h"
#include "cloud/model/failure.h"
#include "cloud/provision/journal.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

/// Where a machine that was refused can be asked for as it is.
struct OtherPlace {
    std::string region;
    std::string zone; ///< empty on Azure: wherever there is room
    std::optional<std::int64_t> coresLeft; ///< of the quota there; nothing: the provider does not tell
};

/// Another size that can be asked for where the machine was refused.
struct OtherSize {
    std::string size;
    std::optional<double> usdPerHour; ///< nothing: the price list does not tell
    std::optional<std::int64_t> coresLeft;
};

/// What offers and quotas say could be had instead. Whether there is room shows when it is asked for.
struct Alternatives {
    std::optional<OtherPlace> place; ///< the nearest one; another zone of the same region before other regions
    std::optional<OtherSize> size;   ///< the cheapest that has no less; with a GPU if it had one
    int regionsAsked = 0;
};

/// Whether something else may be had after a creation failed so: it was no capacity, quota or offer.
bool isAboutPlaceOrSize(const cloud::Finding& finding);

/// Reads offers and quotas: of the region itself, and of the nearest others until one has the size; a dozen at most. `failure`:
/// why it was refused. `nodes`: of a cluster, else 1. Blocks for seconds. Errors: those of the region's own offers.
Result<Alternatives> findAlternatives(
    CloudSession& session, const cloud::MachineRequest& request, int nodes, cloud::FailureClass failure, std::stop_token stop);

/// "northeurope has Standard_NC6s_v3 (12 vCPU of your quota left); here Standard_NC4as_T4_v3 costs 0.53 USD an hour."
std::string alternativesText(const cloud::MachineRequest& request, const Alternatives& alternatives);

cloud::MachineRequest movedTo(cloud::MachineRequest request, const OtherPlace& place);
cloud::MachineRequest resizedTo(cloud::MachineRequest request, const OtherSize& size);

} // namespace ty::app
