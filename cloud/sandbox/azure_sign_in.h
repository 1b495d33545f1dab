#pragma once

#include "cloud/sandbox/document_store.h"
#include "cloud/sandbox/identity.h"
#include "cloud/sandbox/tokens.h"

namespace ty::sandbox {

/// Microsoft Entra ID as far as command line and desktop clients use it: OpenID configuration, keys, device code with a
/// page to confirm it, client credentials (secret, or an assertion signed by a registered certificate), refresh tokens,
/// and the AD FS form of the paths. Also the metadata service's managed identity.
class AzureSignIn {
public:
    AzureSignIn(DocumentStore& store, Identifiers& identifiers, const Identity& identity, Tokens& tokens, const Clock& clock)
        : m_store(store)
        , m_identifiers(identifiers)
        , m_identity(identity)
        , m_tokens(tokens)
        , m_clock(clock)
    {
    }

    /// Whether the path is one of this service's.
    static bool isMine(const Request& request);
    Response handle(const Request& request);

private:
    Response openIdConfiguration(const Request& request) const;
    Response deviceCode(const Request& request);
    Response token(const Request& request);
    Response clientCredentials(const Request& request, const Fields& form);
    Response pollDeviceCode(const Request& request, const Fields& form);
    Response refresh(const Request& request, const Fields& form);
    Response confirmPage(const Request& request);
    Response managedIdentity(const Request& request);
    Response userTokens(const Request& request, const std::string& clientId, const std::string& scope);
    Response refused(int status, const char* error, int number, const std::string& text);
    bool isAssertionGood(const Request& request, const std::string& assertion) const;

    DocumentStore& m_store;
    Identifiers& m_identifiers;
    const Identity& m_identity;
    Tokens& m_tokens;
    const Clock& m_clock;
};

} // namespace ty::sandbox
