#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "app/provisioning/cloud_session.h"

namespace ty::app {

/// The region in which the data at an address lies ("az://research/images"), when it is in a storage account that the session's
/// subscription holds. Nothing: it lies elsewhere, for example on this computer, or its cloud does not tell. Blocks. Errors:
/// those of the cloud.
Result<std::optional<std::string>> regionOfData(CloudSession& session, const std::string& address, std::stop_token stop);

} // namespace ty::app
