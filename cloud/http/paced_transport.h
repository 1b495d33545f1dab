#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>

#include "cloud/http/transport.h"

namespace ty::cloud {

/// Keeps a program that sends much below the limits of a service, instead of running into 429: one bucket each for reading,
/// writing and deleting. Where answers tell how much is left (x-ms-ratelimit-remaining-*), that counts too, since others use the
/// same subscription.
class PacedTransport : public Transport {
public:
    /// So many at once, and so many more each second.
    struct Rate {
        double burst = 0;
        double perSecond = 0;
    };
    struct Rates {
        Rate reads;
        Rate writes;
        Rate deletes;
    };
    using Now = std::function<std::chrono::steady_clock::time_point()>;
    using Sleep = std::function<bool(std::chrono::milliseconds, std::stop_token)>;

    /// `inner` outlives this.
    PacedTransport(Transport& inner, const Rates& rates, Now now, Sleep sleep);

    /// Waits until it may be sent. Errors: those of `inner`, and Cancelled.
    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    struct Bucket {
        Rate rate;
        double tokens = 0;
        std::chrono::steady_clock::time_point filled;
    };
    std::chrono::milliseconds take(Bucket& bucket);

    Transport& m_inner;
    Now m_now;
    Sleep m_sleep;
    std::mutex m_mutex;               ///< of the buckets
    std::array<Bucket, 3> m_buckets;  ///< reads, writes, deletes
};

/// Azure Resource Manager's published limits (2024: 250 and 25/s reads, 200 and 10/s writes and deletes) with a fifth of them left
/// to others.
PacedTransport::Rates azureRates();
/// Compute Engine's 1,500 requests a minute of one kind, with a fifth left.
PacedTransport::Rates googleRates();

} // namespace ty::cloud
