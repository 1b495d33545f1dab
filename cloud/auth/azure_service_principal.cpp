#include "cloud/auth/azure_sources.h"
#include "cloud/auth/jwt.h"
#include "cloud/auth/oauth.h"
#include "cloud/http/request_id.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

std::int64_t epochSeconds(WallTime time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// Proof of the certificate, good for ten minutes. Source: Microsoft identity platform, "certificate credentials".
Result<Secret> assertionOf(
    const ClientCertificate& certificate, const std::string& clientId, const std::string& audience, WallTime now)
{
    const bool isPss = certificate.algorithm == ClientCertificate::Algorithm::Ps256;
    TY_TRY(const std::string thumbprint, certificateThumbprint(certificate.certificatePem));
    const Json header{{"alg", isPss ? "PS256" : "RS256"}, {"typ", "JWT"}, {"x5t#S256", encodeBase64Url(thumbprint)}};
    const Json claims{
        {"aud", audience},
        {"iss", clientId},
        {"sub", clientId},
        {"jti", makeUuid()},
        {"nbf", epochSeconds(now)},
        {"iat", epochSeconds(now)},
        {"exp", epochSeconds(now) + 600}};
    return signedJwt(header, claims, certificate.privateKeyPem, isPss ? RsaPadding::Pss : RsaPadding::Pkcs1);
}

} // namespace

AzureServicePrincipal::AzureServicePrincipal(Transport& transport, Options options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

Result<AccessToken> AzureServicePrincipal::fetch(const TokenRequest& request, std::stop_token stop)
{
    const std::string url = m_options.authority.tokenUrl();
    Query form{{"grant_type", "client_credentials"}, {"client_id", m_options.clientId}, {"scope", request.scope}};
    if (!request.claims.empty()) {
        form.emplace_back("claims", request.claims);
    }
    Secret sent;
    if (const auto* certificate = std::get_if<ClientCertificate>(&m_options.credential)) {
        TY_TRY(sent, assertionOf(*certificate, m_options.clientId, url, m_options.now()));
        form.emplace_back("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form.emplace_back("client_assertion", sent.reveal());
    } else {
        sent = std::get<Secret>(m_options.credential);
        form.emplace_back("client_secret", sent.reveal());
    }
    TY_TRY(const HttpResponse answer, m_transport.send(formPost(url, form), std::move(stop)));
    TY_TRY(TokenAnswer tokens, readTokenAnswer(answer, m_options.now(), "Sign-in of the service principal", {&sent}));
    return std::move(tokens.token);
}

} // namespace ty::cloud
