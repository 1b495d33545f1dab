#include "cloud/sandbox/google_sign_in.h"

#include <utility>

namespace ty::sandbox {

namespace {

std::int64_t secondsOf(TimePoint time)
{
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Response refused(const char* error, const char* text)
{
    return jsonResponse(400, {{"error", error}, {"error_description", text}});
}

} // namespace

bool GoogleSignIn::isMine(const Request& request)
{
    return request.path.size() >= 2
        && ((request.path[0] == "google" && request.path[1] == "token") || request.path[0] == "computeMetadata");
}

Response GoogleSignIn::granted(const std::string& account, const std::string& scope) const
{
    const auto lifetime = m_tokens.lifetime();
    const Json claims{{"aud", "https://www.googleapis.com/"}, {"email", account}, {"scope", scope}, {"cloud", "google"}};
    return jsonResponse(
        200,
        {{"access_token", "ya29." + m_tokens.issue(claims, "access", lifetime)},
         {"expires_in", lifetime.count()},
         {"token_type", "Bearer"}});
}

Response GoogleSignIn::handle(const Request& request) const
{
    if (request.path[0] == "computeMetadata") {
        if (!equalFold(request.header("Metadata-Flavor").value_or(""), "Google")) {
            return textResponse(403, "text/html; charset=UTF-8", "Missing Metadata-Flavor:Google header.");
        }
        if (request.path.back() != "token") {
            return textResponse(404, "text/html; charset=UTF-8", "Not found.");
        }
        Response response = granted(m_identity.serviceAccount, "https://www.googleapis.com/auth/cloud-platform");
        response.set("Metadata-Flavor", "Google");
        return response;
    }
    if (request.method != "POST") {
        return jsonResponse(404, {{"error", "not_found"}});
    }
    const auto form = request.form();
    const std::string grant = fieldOf(form, "grant_type");
    if (grant == "urn:ietf:params:oauth:grant-type:jwt-bearer") {
        return exchange(request, fieldOf(form, "assertion"));
    }
    if (grant == "refresh_token") {
        const auto token = m_tokens.check(fieldOf(form, "refresh_token"), "refresh");
        return token.state == TokenState::Good ? granted(kUserName, token.claims.value("scope", ""))
                                               : refused("invalid_grant", "Token has been expired or revoked.");
    }
    return refused("unsupported_grant_type", "Invalid grant_type: ");
}

Response GoogleSignIn::exchange(const Request& request, const std::string& assertion) const
{
    const auto jwt = parseJwt(assertion);
    if (!jwt) {
        return refused("invalid_request", "Bad Request");
    }
    const Json& claims = jwt->claims;
    if (claims.value("iss", "") != m_identity.serviceAccount) {
        return refused("invalid_grant", "Invalid grant: account not found");
    }
    if (jwt->header.value("alg", "") != "RS256" || !m_identity.serviceAccountKey.verify(jwt->signedText, jwt->signature)) {
        return refused("invalid_grant", "Invalid JWT Signature.");
    }
    const auto now = secondsOf(m_clock.now());
    const auto issued = claims.value("iat", std::int64_t{0});
    const auto expires = claims.value("exp", std::int64_t{0});
    if (expires <= now || issued > now + 300 || expires - issued > 3600) {
        return refused(
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and "
            "exp values in the JWT claim.");
    }
    const std::string audience = claims.value("aud", "");
    if (audience != tokenUri(request.origin) && audience != "https://oauth2.googleapis.com/token") {
        return refused("invalid_grant", "Invalid JWT: Failed audience check.");
    }
    const std::string scope = claims.value("scope", "");
    if (scope.empty()) {
        return refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
    }
    return granted(m_identity.serviceAccount, scope);
}

PresentedToken GoogleSignIn::presented(const Request& request) const
{
    auto token = m_tokens.presented(request);
    if (token.state != TokenState::Malformed) {
        return token;
    }
    auto jwt = parseJwt(request.header("Authorization")->substr(7));
    if (!jwt || jwt->claims.value("iss", "") != m_identity.serviceAccount
        || !m_identity.serviceAccountKey.verify(jwt->signedText, jwt->signature)) {
        return token;
    }
    const bool isExpired = jwt->claims.value("exp", std::int64_t{0}) <= secondsOf(m_clock.now());
    return {isExpired ? TokenState::Expired : TokenState::Good, std::move(jwt->claims)};
}

} // namespace ty::sandbox
