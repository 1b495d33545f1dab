#include "cloud/auth/azure_sources.h"
#include "cloud/auth/oauth.h"
#include "engine/base/json.h"

namespace ty::cloud {

namespace {

constexpr const char* kWho = "Sign-in to Azure";

Error signInAgain(const std::string& why)
{
    return Error{ErrorKind::NotSignedIn, std::string(kWho) + ": " + why, "Sign in again."};
}

} // namespace

AzureDeviceCode::AzureDeviceCode(Transport& transport, Options options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

Result<AccessToken> AzureDeviceCode::fetch(const TokenRequest& request, std::stop_token stop)
{
    if (!m_options.refreshToken.isEmpty()) {
        Result<AccessToken> renewed = refresh(request, stop);
        if (renewed || renewed.error().kind != ErrorKind::NotSignedIn) {
            return renewed;
        }
        m_options.refreshToken = Secret(); // it will not get better
    }
    if (!m_options.onPrompt) {
        return signInAgain("the sign-in has expired");
    }
    return signIn(request, std::move(stop));
}

Result<AccessToken> AzureDeviceCode::refresh(const TokenRequest& request, std::stop_token stop)
{
    Query form{
        {"grant_type", "refresh_token"},
        {"client_id", m_options.clientId},
        {"refresh_token", m_options.refreshToken.reveal()},
        {"scope", request.scope + " offline_access"}};
    if (!request.claims.empty()) {
        form.emplace_back("claims", request.claims);
    }
    TY_TRY(
        const HttpResponse answer, m_transport.send(formPost(m_options.authority.tokenUrl(), form), std::move(stop)));
    TY_TRY(TokenAnswer tokens, readTokenAnswer(answer, m_options.now(), kWho, {&m_options.refreshToken}));
    if (!tokens.refreshToken.isEmpty()) {
        m_options.refreshToken = tokens.refreshToken;
        if (m_options.onRefreshToken) {
            m_options.onRefreshToken(tokens.refreshToken);
        }
    }
    return std::move(tokens.token);
}

Result<AccessToken> AzureDeviceCode::signIn(const TokenRequest& request, std::stop_token stop)
{
    Query form{{"client_id", m_options.clientId}, {"scope", request.scope + " offline_access"}};
    if (!request.claims.empty()) {
        form.emplace_back("claims", request.claims);
    }
    TY_TRY(const HttpResponse begun, m_transport.send(formPost(m_options.authority.deviceCodeUrl(), form), stop));
    if (begun.status != 200) {
        const OAuthRefusal refusal = refusalOf(begun);
        return signInAgain(refusal.description.empty() ? "HTTP " + std::to_string(begun.status) : refusal.description);
    }
    TY_TRY(const Json body, parseJson(begun.body, kWho));
    TY_TRY(const std::string code, jsonField<std::string>(body, "device_code", kWho));
    TY_TRY(const int lifeSeconds, jsonFieldOr<int>(body, "expires_in", 900, kWho));
    TY_TRY(const int intervalSeconds, jsonFieldOr<int>(body, "interval", 5, kWho));
    const Secret deviceCode(code);
    DeviceCodePrompt prompt;
    TY_TRY(prompt.userCode, jsonField<std::string>(body, "user_code", kWho));
    TY_TRY(prompt.verificationUrl, jsonField<std::string>(body, "verification_uri", kWho));
    TY_TRY(prompt.message, jsonFieldOr<std::string>(body, "message", "", kWho));
    prompt.expiresAt = m_options.now() + std::chrono::seconds(lifeSeconds);
    m_options.onPrompt(prompt);

    const HttpRequest poll = formPost(
        m_options.authority.tokenUrl(),
        {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"},
         {"client_id", m_options.clientId},
         {"device_code", deviceCode.reveal()}});
    std::chrono::seconds interval(intervalSeconds);
    while (m_options.now() < prompt.expiresAt) {
        if (!m_options.sleep(interval, stop)) {
            return Error{ErrorKind::Cancelled, "The sign-in was cancelled", {}};
        }
        TY_TRY(const HttpResponse answer, m_transport.send(poll, stop));
        const std::string word = refusalOf(answer).error;
        if (answer.status != 200 && word == "slow_down") {
            interval += std::chrono::seconds(5);
        } else if (answer.status == 200 || word != "authorization_pending") {
            if (word == "authorization_declined" || word == "access_denied") {
                return signInAgain("it was declined in the browser");
            }
            if (word == "expired_token" || word == "bad_verification_code") {
                break;
            }
            TY_TRY(TokenAnswer tokens, readTokenAnswer(answer, m_options.now(), kWho, {&deviceCode}));
            m_options.refreshToken = tokens.refreshToken;
            if (m_options.onRefreshToken && !tokens.refreshToken.isEmpty()) {
                m_options.onRefreshToken(tokens.refreshToken);
            }
            return std::move(tokens.token);
        }
    }
    return signInAgain("the code was not typed in time");
}

} // namespace ty::cloud
