#include "cloud/auth/auth_transport.h"

#include <string_view>

#include "cloud/http/url.h"
#include "engine/base/base64.h"

namespace ty::cloud {

AuthTransport::AuthTransport(Transport& inner, TokenCache& tokens, std::string service, std::string scope)
    : m_inner(inner)
    , m_tokens(tokens)
    , m_service(std::move(service))
    , m_scope(std::move(scope))
{
}

Result<HttpResponse> AuthTransport::send(const HttpRequest& request, std::stop_token stop)
{
    if (!isSameService(m_service, request.url)) {
        return Error{ErrorKind::Internal, "a token for " + m_service + " was about to be sent elsewhere", {}};
    }
    TY_TRY(Secret token, m_tokens.token(m_scope, stop));
    HttpRequest signedRequest = request;
    signedRequest.headers.set("Authorization", "Bearer " + token.reveal());
    Result<HttpResponse> answer = m_inner.send(signedRequest, stop);
    if (!answer || answer->status != 401) {
        return answer;
    }
    const std::string claims = claimsOf(answer->headers.find("WWW-Authenticate").value_or(""));
    const Result<Secret> renewed = m_tokens.replace(m_scope, token, claims, stop);
    if (!renewed) {
        return renewed.error().kind == ErrorKind::Cancelled ? Result<HttpResponse>(renewed.error()) : answer;
    }
    signedRequest.headers.set("Authorization", "Bearer " + renewed->reveal());
    return m_inner.send(signedRequest, std::move(stop));
}

std::string claimsOf(const std::string& wwwAuthenticate)
{
    constexpr std::string_view kMark = "claims=\"";
    const auto start = wwwAuthenticate.find(kMark);
    if (start == std::string::npos) {
        return {};
    }
    const auto first = start + kMark.size();
    return decodeBase64(wwwAuthenticate.substr(first, wwwAuthenticate.find('"', first) - first)).valueOr({});
}

} // namespace ty::cloud
