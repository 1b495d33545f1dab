#pragma once

#include <map>
#include <mutex>

#include "cloud/auth/token_source.h"

namespace ty::cloud {

/// Keeps the tokens of a source, one for each scope, and renews them before they expire: at the time that the service
/// names, else five minutes before the end. While a token still holds, a renewal that fails is not an error.
/// Any thread; one renewal at a time.
class TokenCache {
public:
    /// `source` outlives this.
    TokenCache(TokenSource& source, WallClock now = std::chrono::system_clock::now);

    Result<Secret> token(const std::string& scope, std::stop_token stop);
    /// A token that is not the one which was refused. `claims` as in TokenRequest.
    Result<Secret> replace(
        const std::string& scope, const Secret& refused, const std::string& claims, std::stop_token stop);

private:
    Result<Secret> renew(const TokenRequest& request, std::stop_token stop);

    TokenSource& m_source;
    WallClock m_now;
    std::mutex m_mutex;
    std::map<std::string, AccessToken> m_tokens; ///< by scope, guarded by m_mutex
};

} // namespace ty::cloud
