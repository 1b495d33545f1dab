#pragma once

#include "cloud/sandbox/identity.h"
#include "cloud/sandbox/tokens.h"

namespace ty::sandbox {

/// Google's token endpoint (service account assertions, refresh tokens) and the metadata server's token.
class GoogleSignIn {
public:
    GoogleSignIn(const Identity& identity, const Tokens& tokens, const Clock& clock)
        : m_identity(identity)
        , m_tokens(tokens)
        , m_clock(clock)
    {
    }

    /// POST /google/token, GET /computeMetadata/v1/...
    static bool isMine(const Request& request);
    Response handle(const Request& request) const;
    /// Where a service account's assertions go, as its file says.
    static std::string tokenUri(const std::string& origin) { return origin + "/google/token"; }
    /// The bearer token of a request: one of ours, or an assertion that its holder signed for the service itself.
    PresentedToken presented(const Request& request) const;

private:
    Response exchange(const Request& request, const std::string& assertion) const;
    Response granted(const std::string& account, const std::string& scope) const;

    const Identity& m_identity;
    const Tokens& m_tokens;
    const Clock& m_clock;
};

} // namespace ty::sandbox
