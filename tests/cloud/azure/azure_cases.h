#pragma once

#include <functional>
#include <map>
#include <string>

#include "cloud/azure/requests.h"
#include "tests/cloud/support/contract_data.h"

namespace ty::test {

/// What of ours speaks one operation of the contracts.
struct AzureCase {
    /// Our request for the same input.
    std::function<Result<cloud::azure::ArmRequest>(const Exchange&)> build;
    /// An answer read into our value and written again; none: the answer has no body that we read.
    std::function<Result<Json>(const Json&)> reread;
};

/// By operation id.
std::map<std::string, AzureCase> azureCases();

} // namespace ty::test
