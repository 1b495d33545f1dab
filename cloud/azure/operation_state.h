#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cloud/http/cloud_error.h"
#include "cloud/http/message.h"
#include "engine/base/json.h"

namespace ty::cloud::azure {

enum class OperationStatus : std::uint8_t { Running, Succeeded, Failed, Canceled };

/// Where a task of Resource Manager that takes longer than its request stands: a value that follows the service's answers.
/// Nothing here waits or sends; Operation does.
///
/// Source: Azure Resource Manager RPC v1.0, "async operations"; @azure/core-lro 3.3.1.
struct OperationState {
    /// What the next GET reads.
    enum class Step : std::uint8_t {
        StatusUrl, ///< Operation-Location or Azure-AsyncOperation: a body with "status"
        Location,  ///< 202 until it answers what a direct call would have
        Resource,  ///< the resource itself, by its provisioningState
        Final,     ///< the result, after the status said that all is well
        Done,
    };

    std::string method; ///< of the request that began it
    std::string url;    ///< the same, absolute
    Step step = Step::Done;
    OperationStatus status = OperationStatus::Running;
    std::string statusUrl;
    std::string locationUrl;
    std::optional<std::chrono::milliseconds> wait; ///< that the service asks for before the next GET
    Json result;                                   ///< the last body that describes the outcome; null when there is none
    std::optional<CloudError> failure;

    bool isDone() const { return step == Step::Done; }
    /// Absolute; empty when done.
    std::string nextUrl() const;

    /// Everything that is needed to go on after a restart. Holds addresses, no token.
    Json toJson() const;
    /// Errors: InvalidInput for what toJson did not write.
    static Result<OperationState> fromJson(const Json& json);
};

/// The state after the answer to the request that begins a task. A refused request is a task that Failed.
OperationState beginOperation(const std::string& method, const std::string& url, const HttpResponse& answer);

/// Follows the answer to a GET of state.nextUrl(). Errors: when the state could not be read, which says nothing about the
/// task; the state stays as it was.
Result<void> advance(OperationState& state, const HttpResponse& answer);

} // namespace ty::cloud::azure
