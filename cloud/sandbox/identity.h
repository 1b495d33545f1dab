#pragma once

#include <string>

#include "cloud/sandbox/document_store.h"
#include "cloud/sandbox/identifiers.h"
#include "cloud/sandbox/keys.h"

namespace ty::sandbox {

/// Who may sign in and what they then see: one Azure tenant with one subscription, and one Google project.
/// Those that were added are in scopes.h.
struct Identity {
    std::string tenantId;
    std::string subscriptionId;
    std::string clientId; ///< of the service principal; its object id is `principalId`
    std::string clientSecret;
    std::string principalId;
    std::string userId; ///< object id of the person who confirms device codes
    std::string project = "trainyard-sandbox";
    std::string projectNumber;
    std::string serviceAccount; ///< e-mail address
    RsaKey tokenKey;            ///< signs every token that the sandbox gives out
    RsaKey serviceAccountKey;   ///< signs what a Google client sends
};

inline constexpr char kTenantDomain[] = "sandbox.trainyard.example";
inline constexpr char kUserName[] = "you@sandbox.trainyard.example";
inline constexpr char kSubscriptionName[] = "Trainyard sandbox (this computer)";

/// The identity kept in the store; made and put there at the first start.
Result<Identity> ensureIdentity(DocumentStore& store, Identifiers& identifiers, int keyBits);

/// What a client needs to sign in, as one file: tenant, subscription, client id and secret, project and the like.
Json clientSettings(const Identity& identity);
/// Google's service account file; `tokenUri` is where its holder exchanges assertions.
Json serviceAccountFile(const Identity& identity, const std::string& tokenUri);

} // namespace ty::sandbox
