#pragma once

#include <string>

#include "cloud/auth/token_cache.h"
#include "cloud/http/transport.h"

namespace ty::cloud {

/// Puts a bearer token on each request. When the service answers 401 the token is renewed once, with the claims that the
/// answer asks for, and the request is sent again: a 401 says that nothing was done, so that holds for POST too.
/// Tokens go to `service` and the servers below its domain only; a request to another address is an Error.
class AuthTransport : public Transport {
public:
    /// `inner` and `tokens` outlive this. `service`: base address, "https://management.azure.com".
    AuthTransport(Transport& inner, TokenCache& tokens, std::string service, std::string scope);

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    Transport& m_inner;
    TokenCache& m_tokens;
    std::string m_service;
    std::string m_scope;
};

/// The claims that a WWW-Authenticate header asks for, decoded; empty without.
std::string claimsOf(const std::string& wwwAuthenticate);

} // namespace ty::cloud
