#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cloud/auth/azure_sources.h"
#include "cloud/auth/token_cache.h"
#include "cloud/http/curl_transport.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/wire.h"

namespace ty::cloud {

/// All that getting tokens of one account needs, so that any program of ours can, also one that was given this through a pipe.
struct SignIn {
    std::string account;  ///< the person's name for it
    std::string provider; ///< "azure" or "google"
    /// Both: "cli". Azure: "device-code", "secret", "certificate", "managed-identity". Google: "service-account" (a key file),
    /// "default" (application default credentials).
    std::string kind;
    std::string tenant;
    std::string clientId;
    std::string scope; ///< subscription or project
    std::string loginUrl;
    std::string service; ///< base address of a cloud that is not the public one; empty: the public one
    std::string caFile;
    bool isDirect = false; ///< past any proxy: a server of this computer
    std::optional<Secret> secret; ///< refresh token, client's secret, certificate or key file

    CurlOptions curl() const;
};

struct SignInHooks {
    std::function<void(const DeviceCodePrompt&)> showCode; ///< none: a sign-in in a browser is refused
    std::function<void(const Secret&)> keepRefreshToken;   ///< called on the fetching thread
};

/// `transport` outlives the source. Errors: NotSignedIn without the secret that the kind needs, InvalidInput for a key file that
/// is none, Unsupported for a kind that the provider does not have.
Result<std::unique_ptr<TokenSource>> makeTokenSource(const SignIn& signIn, Transport& transport, SignInHooks hooks = {});

/// The tokens of an account with all that they need to be renewed. Any number of threads.
Result<std::shared_ptr<TokenCache>> openSignIn(const SignIn& signIn, LogTransport::Sink log);

/// The same as a text to be kept or piped, and back; a secret. Errors: InvalidInput.
Secret signInText(const SignIn& signIn);
Result<SignIn> signInFromText(const Secret& text);

} // namespace ty::cloud
