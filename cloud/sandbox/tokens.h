#pragma once

#include <string>

#include "cloud/sandbox/clock.h"
#include "cloud/sandbox/keys.h"
#include "cloud/sandbox/message.h"

namespace ty::sandbox {

/// A JWT taken apart.
struct Jwt {
    Json header;
    Json claims;
    std::string signedText; ///< header.claims as it stood in the token
    std::string signature;  ///< raw bytes
};

Result<Jwt> parseJwt(const std::string& token);
/// RS256; `keyId` goes into the header.
std::string makeJwt(const Json& claims, const RsaKey& key, const std::string& keyId);

enum class TokenState { Missing, Malformed, Expired, Good };

/// A bearer token as a service finds it in a request.
struct PresentedToken {
    TokenState state = TokenState::Missing;
    Json claims = Json::object();
};

/// Gives out access tokens and tells its own from others'. Nothing is kept: a token says all there is, so that it stays
/// good over a restart, as with the real clouds.
class Tokens {
public:
    Tokens(RsaKey key, const Clock& clock, std::chrono::seconds lifetime);

    std::chrono::seconds lifetime() const { return m_lifetime; }
    void setLifetime(std::chrono::seconds lifetime) { m_lifetime = lifetime; }
    /// Adds iat, nbf, exp and the use ("access", "refresh") to the claims.
    std::string issue(Json claims, const std::string& use, std::chrono::seconds lifetime) const;
    /// The token of `Authorization: Bearer`, checked for its signature, its use ("access") and its time.
    PresentedToken presented(const Request& request) const;
    PresentedToken check(const std::string& token, const std::string& use) const;
    /// The JWKS document under which clients find our key.
    Json keySet() const;
    const RsaKey& key() const { return m_key; }
    const std::string& keyId() const { return m_keyId; }

private:
    RsaKey m_key;
    std::string m_keyId;
    const Clock& m_clock;
    std::chrono::seconds m_lifetime;
};

} // namespace ty::sandbox
