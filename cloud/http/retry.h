#pragma once

#include <chrono>
#include <functional>

#include "cloud/http/transport.h"
#include "engine/base/random.h"

namespace ty::cloud {

/// The numbers of Microsoft's C++ SDK, and 429, which that SDK leaves to others.
struct RetryOptions {
    int retries = 3;
    std::chrono::milliseconds firstDelay{800}; ///< doubled at each retry, times 0.8 to 1.3
    std::chrono::milliseconds longestDelay{60'000};
};

/// Sends again after a transport error, 408, 429, 500, 502, 503 and 504; Retry-After wins over the own delay.
/// GET, HEAD, PUT and DELETE may be repeated. A POST or PATCH only when the server says itself that it did nothing:
/// 429 or 503 with Retry-After, never after a lost answer, unless the request is marked repeatable. A wait that would
/// pass the request's deadline is not begun: the last answer is returned.
class RetryTransport : public Transport {
public:
    /// Waits, and returns false when the stop was requested meanwhile. Given from outside, so that tests need not sleep.
    using Sleep = std::function<bool(std::chrono::milliseconds, std::stop_token)>;

    /// `inner` outlives this.
    RetryTransport(Transport& inner, RetryOptions options, Random random, Sleep sleep);

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    Transport& m_inner;
    RetryOptions m_options;
    Random m_random;
    Sleep m_sleep;
};

/// Really sleeps; wakes at once when stopped.
bool sleepFor(std::chrono::milliseconds duration, std::stop_token stop);

} // namespace ty::cloud
