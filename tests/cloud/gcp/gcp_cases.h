#pragma once

#include <functional>
#include <map>
#include <string>

#include "cloud/gcp/compute_requests.h"
#include "engine/base/json.h"

namespace ty::test {

/// A recorded exchange with Compute Engine.
struct GcpExchange {
    std::string name;
    std::string id; ///< "compute.instances.insert"
    std::string method;
    std::string path; ///< behind "/compute/v1/"
    std::map<std::string, std::string> names; ///< what the placeholders of the path stand for
    Json body;
    int status = 0;
    Json answer;

    const std::string& text(const std::string& placeholder) const;
};

/// What of ours speaks one method.
struct GcpCase {
    std::function<Result<cloud::gcp::ComputeRequest>(const GcpExchange&)> build;
    /// An answer read into our value and written again.
    std::function<Result<Json>(const Json&)> reread;
};

/// By method id.
std::map<std::string, GcpCase> gcpCases();

} // namespace ty::test
