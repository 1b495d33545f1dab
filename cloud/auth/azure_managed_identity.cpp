#include <array>
#include <cstdlib>

#include "cloud/auth/azure_sources.h"
#include "cloud/auth/oauth.h"

namespace ty::cloud {

namespace {

constexpr std::array kDelays{
    std::chrono::seconds(2), std::chrono::seconds(6), std::chrono::seconds(14), std::chrono::seconds(30)};

bool mayAnswerLater(int status)
{
    return status == 404 || status == 410 || status == 429 || status >= 500;
}

} // namespace

AzureManagedIdentity::AzureManagedIdentity(Transport& transport, Options options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

std::string AzureManagedIdentity::endpointOfEnvironment()
{
    const char* const host = std::getenv("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    std::string endpoint = host == nullptr || *host == '\0' ? Options().endpoint : host;
    while (endpoint.ends_with('/')) {
        endpoint.pop_back();
    }
    return endpoint;
}

HttpRequest AzureManagedIdentity::identityRequest(const TokenRequest& request) const
{
    std::string resource = request.scope;
    if (const auto suffix = resource.rfind("/.default"); suffix != std::string::npos) {
        resource.resize(suffix);
    }
    Query query{{"api-version", "2018-02-01"}, {"resource", resource}};
    if (!m_options.clientId.empty()) {
        query.emplace_back("client_id", m_options.clientId);
    }
    HttpRequest made;
    made.url = m_options.endpoint + "/metadata/identity/oauth2/token?" + queryText(query);
    made.headers.add("Metadata", "true");
    made.connectTimeout = std::chrono::seconds(3);
    return made;
}

Result<AccessToken> AzureManagedIdentity::fetch(const TokenRequest& request, std::stop_token stop)
{
    const HttpRequest asked = identityRequest(request);
    for (std::size_t retry = 0;; ++retry) {
        TY_TRY(const HttpResponse answer, m_transport.send(asked, stop));
        if (!mayAnswerLater(answer.status) || retry == kDelays.size()) {
            TY_TRY(TokenAnswer tokens, readTokenAnswer(answer, m_options.now(), "Managed identity", {}));
            return std::move(tokens.token);
        }
        if (!m_options.sleep(kDelays[retry], stop)) {
            return Error{ErrorKind::Cancelled, "The sign-in was cancelled", {}};
        }
    }
}

bool AzureManagedIdentity::isAvailable(std::stop_token stop)
{
    // Without the header "Metadata" a real endpoint refuses at once, and an ordinary web server is told apart by nothing
    // else than having answered.
    HttpRequest probe;
    probe.url = m_options.endpoint + "/metadata/identity/oauth2/token";
    probe.connectTimeout = std::chrono::milliseconds(500);
    probe.timeout = std::chrono::milliseconds(1000);
    const auto answer = m_transport.send(probe, std::move(stop));
    return answer && answer->status == 400;
}

} // namespace ty::cloud
