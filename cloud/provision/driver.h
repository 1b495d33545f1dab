#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "cloud/model/failure.h"
#include "cloud/provision/step.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// What a request that was accepted says.
struct Begun {
    std::string handle;                ///< to ask progress() with; empty when all was done at once
    std::chrono::milliseconds wait{0}; ///< before the first question
};

/// What a request that takes time says of itself.
struct Progress {
    bool isDone = false;
    std::chrono::milliseconds wait{0}; ///< before the next question
};

/// Why a provider refused a request or let it fail, in its own and in our words.
struct Refusal {
    Verdict verdict;
    std::string code; ///< "SkuNotAvailable"
};

/// What steps need of a provider. Calls block and retry what may be retried; they run on worker threads.
class Driver {
public:
    virtual ~Driver() = default;

    /// Reads what is there. `operation` is the mark (a UUID) that tells our resources from others.
    /// Errors: Busy and Network when it may be read later.
    virtual Result<Found> look(const Step& step, const std::string& operation, std::stop_token stop) = 0;
    /// Sends the step's request. Errors: the provider's refusal; Busy when the same request may pass later; Network when
    /// nobody knows whether it arrived.
    virtual Result<Begun> begin(const Step& step, const std::string& operation, std::stop_token stop) = 0;
    /// Errors: NotFound when the provider has forgotten the handle (look again), the failure of the request itself.
    virtual Result<Progress> progress(const std::string& handle, std::stop_token stop) = 0;
    /// What the last call that failed was refused for; nothing after one that succeeded, or where no answer came.
    virtual std::optional<Refusal> refusal() const { return {}; }
};

} // namespace ty::cloud
