#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "cloud/secrets/secret.h"
#include "engine/base/result.h"

namespace ty::cloud {

using WallTime = std::chrono::system_clock::time_point;
/// Tells the time; given from outside, so that tests choose it.
using WallClock = std::function<WallTime()>;

/// A bearer token and how long it holds.
struct AccessToken {
    Secret token;
    WallTime expiresAt;
    std::optional<WallTime> refreshAt; ///< when the service would like it renewed
};

/// What a token is wanted for.
struct TokenRequest {
    std::string scope;  ///< "https://management.azure.com/.default"
    std::string claims; ///< JSON of a claims challenge; empty without
};

/// Gets a new token each time it is asked. Blocks; threads as each source says.
/// Errors: NotSignedIn with what the person can do, Network, Cancelled. No message holds a secret.
class TokenSource {
public:
    virtual ~TokenSource() = default;
    virtual Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) = 0;
};

} // namespace ty::cloud
