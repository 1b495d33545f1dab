#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/provisioning/cloud_session.h"
#include "cloud/provision/cost.h"
#include "cloud/provision/machine_request.h"

namespace ty::app {

/// One thing about a machine that is to be made, as its cloud answered it just now.
struct MachineCheck {
    enum class Outcome : std::uint8_t { Right, Wrong, Unknown };
    std::string what;  ///< "Quota"
    Outcome outcome = Outcome::Unknown;
    std::string words; ///< "8 of your vCPU are left, it needs 4"
};

/// Asks the cloud anew for all that a creation could fail by and that can be known before: role, size and quota, name, image, GPU,
/// price. Nothing is made. `nodes`: of a cluster; else 1. Blocks. Errors: Cancelled, NotSignedIn; what cannot be asked is a
/// check whose outcome is unknown.
Result<std::vector<MachineCheck>> validateMachine(
    CloudSession& session, const cloud::MachineRequest& request, int nodes, std::stop_token stop);

} // namespace ty::app
