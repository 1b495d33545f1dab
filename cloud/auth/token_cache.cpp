#include "cloud/auth/token_cache.h"

namespace ty::cloud {

namespace {

constexpr std::chrono::minutes kEarly{5};
/// Below this a token may run out on its way to the service.
constexpr std::chrono::seconds kLeast{30};

} // namespace

TokenCache::TokenCache(TokenSource& source, WallClock now)
    : m_source(source)
    , m_now(std::move(now))
{
}

Result<Secret> TokenCache::token(const std::string& scope, std::stop_token stop)
{
    const std::lock_guard lock(m_mutex);
    const auto kept = m_tokens.find(scope);
    if (kept == m_tokens.end()) {
        return renew({scope, {}}, std::move(stop));
    }
    const AccessToken& token = kept->second;
    const WallTime now = m_now();
    if (now < token.refreshAt.value_or(token.expiresAt - kEarly)) {
        return token.token;
    }
    const Secret old = token.token;
    const bool stillHolds = now < token.expiresAt - kLeast;
    Result<Secret> renewed = renew({scope, {}}, std::move(stop));
    return !renewed && stillHolds && renewed.error().kind != ErrorKind::Cancelled ? Result<Secret>(old) : renewed;
}

Result<Secret> TokenCache::replace(
    const std::string& scope, const Secret& refused, const std::string& claims, std::stop_token stop)
{
    const std::lock_guard lock(m_mutex);
    const auto kept = m_tokens.find(scope);
    if (claims.empty() && kept != m_tokens.end() && !(kept->second.token == refused)) {
        return kept->second.token; // another thread was faster
    }
    return renew({scope, claims}, std::move(stop));
}

Result<Secret> TokenCache::renew(const TokenRequest& request, std::stop_token stop)
{
    TY_TRY(AccessToken token, m_source.fetch(request, std::move(stop)));
    const Secret secret = token.token;
    m_tokens[request.scope] = std::move(token);
    return secret;
}

} // namespace ty::cloud
