#include "cloud/sandbox/azure_sign_in.h"

#include <algorithm>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

using std::chrono::seconds;

constexpr seconds kDeviceCodeLifetime{900};
constexpr seconds kRefreshLifetime{90LL * 24 * 3600};
constexpr int kPollInterval = 5;

std::int64_t secondsOf(TimePoint time)
{
    return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

/// What the token is for: "https://management.azure.com/.default" -> "https://management.azure.com".
std::string audienceOf(const std::string& scope)
{
    for (const auto& word : splitText(scope, ' ')) {
        const auto slash = word.rfind('/');
        if (word.find("://") != std::string::npos && slash > word.find("://") + 2) {
            auto audience = word.substr(0, slash);
            while (audience.ends_with('/')) {
                audience.pop_back();
            }
            return audience;
        }
    }
    return {};
}

bool isAdfs(const Request& request)
{
    return !request.path.empty() && equalFold(request.path[0], "adfs");
}

std::string htmlSafe(const std::string& text)
{
    std::string safe;
    for (const char c : text) {
        safe += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
    }
    return safe;
}

} // namespace

bool AzureSignIn::isMine(const Request& request)
{
    const auto& path = request.path;
    if (path.empty()) {
        return false;
    }
    const auto contains = [&path](const char* word) {
        return std::any_of(path.begin(), path.end(), [word](const auto& segment) { return equalFold(segment, word); });
    };
    return equalFold(path[0], "adfs") || equalFold(path[0], "devicelogin") || contains(".well-known")
        || (path.size() >= 3 && equalFold(path[1], "oauth2")) || (path.size() >= 3 && equalFold(path[1], "discovery"))
        || (path.size() >= 4 && equalFold(path[0], "metadata") && equalFold(path[1], "identity"));
}

Response AzureSignIn::handle(const Request& request)
{
    const auto& path = request.path;
    const std::string last = lowerCase(path.back());
    if (equalFold(path[0], "metadata")) {
        return managedIdentity(request);
    }
    if (last == "openid-configuration" && request.method == "GET") {
        return openIdConfiguration(request);
    }
    if (last == "keys" && request.method == "GET") {
        return jsonResponse(200, m_tokens.keySet());
    }
    if (last == "devicelogin") {
        return confirmPage(request);
    }
    const std::string tenant = lowerCase(path[0]);
    const bool isKnown = isAdfs(request) || tenant == "common" || tenant == "organizations" || tenant == "consumers"
        || tenant == lowerCase(m_identity.tenantId) || tenant == kTenantDomain;
    if (!isKnown) {
        return refused(
            400, "invalid_request", 90002,
            fmt::format("Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing into "
                        "the correct cloud.", path[0]));
    }
    if (last == "devicecode" && request.method == "POST") {
        return deviceCode(request);
    }
    if (last == "token" && request.method == "POST") {
        return token(request);
    }
    return refused(404, "invalid_request", 900561, "The endpoint only accepts POST requests, or does not exist.");
}

Response AzureSignIn::refused(int status, const char* error, int number, const std::string& text)
{
    const std::string trace = m_identifiers.guid();
    const std::string correlation = m_identifiers.guid();
    const std::string time = isoSeconds(m_clock.now());
    return jsonResponse(
        status,
        {{"error", error},
         {"error_description",
          fmt::format("AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {}", number, text, trace, correlation, time)},
         {"error_codes", {number}},
         {"timestamp", time},
         {"trace_id", trace},
         {"correlation_id", correlation}});
}

Response AzureSignIn::openIdConfiguration(const Request& request) const
{
    const std::string tenant = request.path[0];
    const std::string base = request.origin + "/" + tenant;
    const std::string oauth = isAdfs(request) ? base + "/oauth2" : base + "/oauth2/v2.0";
    return jsonResponse(
        200,
        {{"token_endpoint", oauth + "/token"},
         {"token_endpoint_auth_methods_supported", {"client_secret_post", "private_key_jwt", "client_secret_basic"}},
         {"jwks_uri", isAdfs(request) ? base + "/discovery/keys" : base + "/discovery/v2.0/keys"},
         {"response_modes_supported", {"query", "fragment", "form_post"}},
         {"subject_types_supported", {"pairwise"}},
         {"id_token_signing_alg_values_supported", {"RS256"}},
         {"response_types_supported", {"code", "id_token", "code id_token", "id_token token"}},
         {"scopes_supported", {"openid", "profile", "email", "offline_access"}},
         {"issuer", isAdfs(request) ? base : base + "/v2.0"},
         {"request_uri_parameter_supported", false},
         {"userinfo_endpoint", base + "/oidc/userinfo"},
         {"authorization_endpoint", oauth + "/authorize"},
         {"device_authorization_endpoint", oauth + "/devicecode"},
         {"http_logout_supported", true},
         {"end_session_endpoint", oauth + "/logout"},
         {"claims_supported", {"sub", "iss", "aud", "exp", "iat", "name", "oid", "tid", "preferred_username"}},
         {"tenant_region_scope", nullptr},
         {"cloud_instance_name", "localhost"}});
}

Response AzureSignIn::deviceCode(const Request& request)
{
    const auto form = request.form();
    if (fieldOf(form, "client_id").empty()) {
        return refused(400, "invalid_request", 900144, "The request body must contain the following parameter: 'client_id'.");
    }
    constexpr char kLetters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    std::string userCode;
    for (int i = 0; i < 9; ++i) {
        userCode += kLetters[m_identifiers.random().below(sizeof kLetters - 1)];
    }
    const std::string code = m_identifiers.hex(64);
    const auto now = secondsOf(m_clock.now());
    m_store.put(
        "device/" + code,
        {{"userCode", userCode},
         {"clientId", fieldOf(form, "client_id")},
         {"scope", fieldOf(form, "scope")},
         {"expires", now + kDeviceCodeLifetime.count()},
         {"status", "pending"}});
    const std::string page = request.origin + "/devicelogin";
    return jsonResponse(
        200,
        {{"user_code", userCode},
         {"device_code", code},
         {"verification_uri", page},
         {"expires_in", kDeviceCodeLifetime.count()},
         {"interval", kPollInterval},
         {"message",
          fmt::format("To sign in, use a web browser to open the page {} and enter the code {} to authenticate.", page, userCode)}});
}

Response AzureSignIn::token(const Request& request)
{
    const auto form = request.form();
    const std::string grant = fieldOf(form, "grant_type");
    if (grant == "client_credentials") {
        return clientCredentials(request, form);
    }
    if (grant == "urn:ietf:params:oauth:grant-type:device_code" || grant == "device_code") {
        return pollDeviceCode(request, form);
    }
    if (grant == "refresh_token") {
        return refresh(request, form);
    }
    return refused(
        400, "unsupported_grant_type", 70003, fmt::format("The app requested an unsupported grant type '{}'.", grant));
}

bool AzureSignIn::isAssertionGood(const Request& request, const std::string& assertion) const
{
    const auto jwt = parseJwt(assertion);
    const Json* certificate = m_store.find("conf/clientCertificate");
    if (!jwt || certificate == nullptr) {
        return false;
    }
    const auto key = RsaKey::fromPublicPem(certificate->value("pem", ""));
    const auto now = secondsOf(m_clock.now());
    const std::string audience = jwt->claims.value("aud", "");
    const auto padding = jwt->header.value("alg", "") == "PS256" ? RsaKey::Padding::Pss : RsaKey::Padding::Pkcs1;
    return key && key->verify(jwt->signedText, jwt->signature, padding) && jwt->claims.value("iss", "") == m_identity.clientId
        && audience.starts_with(request.origin) && jwt->claims.value("exp", std::int64_t{0}) > now
        && jwt->claims.value("nbf", std::int64_t{0}) <= now + 300;
}

Response AzureSignIn::clientCredentials(const Request& request, const Fields& form)
{
    const std::string client = fieldOf(form, "client_id");
    if (!equalFold(client, m_identity.clientId)) {
        return refused(
            400, "unauthorized_client", 700016,
            fmt::format("Application with identifier '{}' was not found in the directory '{}'.", client, kTenantDomain));
    }
    const std::string assertion = fieldOf(form, "client_assertion");
    const bool isProven = assertion.empty() ? equalSecret(fieldOf(form, "client_secret"), m_identity.clientSecret)
                                            : isAssertionGood(request, assertion);
    if (!isProven) {
        return assertion.empty()
            ? refused(401, "invalid_client", 7000215,
                      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
                      "value, not the client secret ID, for a secret added to app '" + client + "'.")
            : refused(401, "invalid_client", 700027,
                      "The certificate with identifier used to sign the client assertion is not registered on application.");
    }
    const std::string scope = fieldOf(form, "scope").empty() ? fieldOf(form, "resource") + "/.default" : fieldOf(form, "scope");
    const std::string audience = audienceOf(scope);
    if (audience.empty() || !scope.ends_with("/.default")) {
        return refused(
            400, "invalid_scope", 1002012,
            fmt::format("The provided value for scope {} is not valid. Client credential flows must have a scope value with "
                        "/.default suffixed to the resource identifier (application ID URI).", scope));
    }
    const Json claims{
        {"aud", audience},
        {"iss", fmt::format("{}/{}/", request.origin, m_identity.tenantId)},
        {"appid", m_identity.clientId},
        {"oid", m_identity.principalId},
        {"sub", m_identity.principalId},
        {"tid", m_identity.tenantId},
        {"idtyp", "app"},
        {"ver", "1.0"}};
    const auto lifetime = m_tokens.lifetime();
    return jsonResponse(
        200,
        {{"token_type", "Bearer"},
         {"expires_in", lifetime.count()},
         {"ext_expires_in", lifetime.count()},
         {"access_token", m_tokens.issue(claims, "access", lifetime)}});
}

Response AzureSignIn::userTokens(const Request& request, const std::string& clientId, const std::string& scope)
{
    const auto lifetime = m_tokens.lifetime();
    std::string audience = audienceOf(scope);
    if (audience.empty()) {
        audience = "https://management.azure.com";
    }
    const std::string issuer = fmt::format("{}/{}/v2.0", request.origin, m_identity.tenantId);
    const Json claims{{"aud", audience}, {"iss", issuer}, {"appid", clientId}, {"oid", m_identity.userId},
                      {"sub", m_identity.userId}, {"tid", m_identity.tenantId}, {"upn", kUserName},
                      {"name", "Sandbox user"}, {"idtyp", "user"}, {"scp", "user_impersonation"}};
    const Json identity{{"aud", clientId}, {"iss", issuer}, {"oid", m_identity.userId}, {"sub", m_identity.userId},
                        {"tid", m_identity.tenantId}, {"preferred_username", kUserName},
                        {"name", "Sandbox user"}, {"ver", "2.0"}};
    const Json client{{"uid", m_identity.userId}, {"utid", m_identity.tenantId}};
    Json answer{
        {"token_type", "Bearer"},
        {"scope", scope},
        {"expires_in", lifetime.count()},
        {"ext_expires_in", lifetime.count()},
        {"access_token", m_tokens.issue(claims, "access", lifetime)},
        {"id_token", m_tokens.issue(identity, "id", lifetime)},
        {"client_info", base64Url(client.dump())}};
    if (scope.find("offline_access") != std::string::npos) {
        answer["refresh_token"] =
            m_tokens.issue({{"appid", clientId}, {"scope", scope}, {"jti", m_identifiers.guid()}}, "refresh", kRefreshLifetime);
    }
    return jsonResponse(200, answer);
}

Response AzureSignIn::pollDeviceCode(const Request& request, const Fields& form)
{
    const std::string key = "device/" + fieldOf(form, "device_code");
    const Json* kept = m_store.find(key);
    if (kept == nullptr || kept->value("clientId", "") != fieldOf(form, "client_id")) {
        return refused(400, "bad_verification_code", 70019, "The verification code provided is not recognized or was already used.");
    }
    Json code = *kept;
    const auto now = secondsOf(m_clock.now());
    const std::string status = code.value("status", "");
    if (code.value("expires", std::int64_t{0}) <= now) {
        m_store.erase(key);
        return refused(400, "expired_token", 70020, "The provided value for the input parameter 'device_code' is not valid. This device code has expired.");
    }
    if (status == "declined") {
        m_store.erase(key);
        return refused(400, "authorization_declined", 70017, "The user has denied the request.");
    }
    if (status == "confirmed") {
        m_store.erase(key);
        return userTokens(request, code.value("clientId", ""), code.value("scope", ""));
    }
    const bool isHasty = now - code.value("polled", std::int64_t{0}) < kPollInterval - 1;
    code["polled"] = now;
    m_store.put(key, code);
    return isHasty ? refused(400, "slow_down", 70024, "The client polls too often.")
                   : refused(400, "authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.");
}

Response AzureSignIn::refresh(const Request& request, const Fields& form)
{
    const auto token = m_tokens.check(fieldOf(form, "refresh_token"), "refresh");
    if (token.state == TokenState::Expired) {
        return refused(400, "invalid_grant", 700082, "The refresh token has expired due to inactivity.");
    }
    if (token.state != TokenState::Good || token.claims.value("appid", "") != fieldOf(form, "client_id")) {
        return refused(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.");
    }
    const std::string asked = fieldOf(form, "scope");
    return userTokens(request, fieldOf(form, "client_id"), asked.empty() ? token.claims.value("scope", "") : asked);
}

Response AzureSignIn::confirmPage(const Request& request)
{
    const auto page = [](const std::string& body) {
        return textResponse(
            200, "text/html; charset=utf-8",
            "<!doctype html><html lang=en><meta charset=utf-8><title>Sandbox sign-in</title>"
            "<style>body{font:16px sans-serif;max-width:32em;margin:4em auto}input,button{font:inherit;padding:.4em}</style>"
            "<h1>Sandbox sign-in</h1>" + body + "</html>");
    };
    const auto form = request.form();
    const std::string given = request.method == "POST" ? fieldOf(form, "code") : request.parameter("code");
    if (request.method != "POST") {
        return page(
            "<p>This is the local practice cloud, not Microsoft. Enter the code that the program shows.</p>"
            "<form method=post action=/devicelogin><input name=code aria-label=Code autofocus value=\"" + htmlSafe(given)
            + "\"> <button name=answer value=yes>Sign in</button> <button name=answer value=no>Decline</button></form>");
    }
    for (const auto& key : m_store.keysBelow("device/")) {
        Json code = *m_store.find(key);
        if (equalFold(code.value("userCode", ""), given)) {
            const bool isDeclined = fieldOf(form, "answer") == "no";
            code["status"] = isDeclined ? "declined" : "confirmed";
            m_store.put(key, code);
            return page(isDeclined ? "<p>Declined. You can close this page.</p>"
                                   : "<p>You are signed in. You can close this page.</p>");
        }
    }
    Response response = page("<p>That code is not known here. <a href=/devicelogin>Try again</a></p>");
    response.status = 400;
    return response;
}

Response AzureSignIn::managedIdentity(const Request& request)
{
    if (!equalFold(request.header("Metadata").value_or(""), "true")) {
        return jsonResponse(400, {{"error", "invalid_request"}, {"error_description", "Required metadata header not specified"}});
    }
    const std::string resource = request.parameter("resource");
    if (resource.empty()) {
        return jsonResponse(400, {{"error", "invalid_request"}, {"error_description", "Required query variable 'resource' is missing"}});
    }
    const auto lifetime = m_tokens.lifetime();
    const Json claims{{"aud", resource}, {"appid", m_identity.clientId}, {"oid", m_identity.principalId}, {"tid", m_identity.tenantId}};
    const auto expires = secondsOf(m_clock.now()) + lifetime.count();
    return jsonResponse(
        200,
        {{"access_token", m_tokens.issue(claims, "access", lifetime)},
         {"client_id", m_identity.clientId},
         {"expires_in", fmt::format("{}", lifetime.count())},
         {"expires_on", fmt::format("{}", expires)},
         {"ext_expires_in", fmt::format("{}", lifetime.count())},
         {"not_before", fmt::format("{}", secondsOf(m_clock.now()))},
         {"resource", resource},
         {"token_type", "Bearer"}});
}

} // namespace ty::sandbox
