#include "cloud/auth/sign_in.h"

#include <utility>

#include "cloud/auth/google_sources.h"
#include "engine/base/json.h"

namespace ty::cloud {

namespace {

using Source = std::unique_ptr<TokenSource>;

constexpr const char* kWhat = "a sign-in";

Error missing(const char* what)
{
    return Error{ErrorKind::NotSignedIn, std::string("the ") + what + " is not there", "Sign in again."};
}

Result<Source> azureSource(const SignIn& signIn, Transport& transport, SignInHooks hooks)
{
    AzureAuthority authority;
    if (!signIn.loginUrl.empty()) {
        authority.url = signIn.loginUrl;
    }
    if (!signIn.tenant.empty()) {
        authority.tenant = signIn.tenant;
    }
    if (signIn.kind == "cli") {
        AzureCli::Options options;
        options.tenant = signIn.tenant;
        options.subscription = signIn.scope;
        return Source(std::make_unique<AzureCli>(options));
    }
    if (signIn.kind == "managed-identity") {
        AzureManagedIdentity::Options options;
        options.endpoint = AzureManagedIdentity::endpointOfEnvironment();
        options.clientId = signIn.clientId;
        return Source(std::make_unique<AzureManagedIdentity>(transport, options));
    }
    if (signIn.kind == "device-code") {
        AzureDeviceCode::Options options;
        options.authority = authority;
        if (!signIn.clientId.empty()) {
            options.clientId = signIn.clientId;
        }
        options.refreshToken = signIn.secret.value_or(Secret());
        options.onPrompt = std::move(hooks.showCode);
        options.onRefreshToken = std::move(hooks.keepRefreshToken);
        return Source(std::make_unique<AzureDeviceCode>(transport, std::move(options)));
    }
    if (signIn.kind == "secret" || signIn.kind == "certificate") {
        if (!signIn.secret) {
            return missing("account's secret");
        }
        AzureServicePrincipal::Options options;
        options.authority = authority;
        options.clientId = signIn.clientId;
        if (signIn.kind == "certificate") {
            options.credential
                = ClientCertificate{*signIn.secret, signIn.secret->reveal(), ClientCertificate::Algorithm::Ps256};
        } else {
            options.credential = *signIn.secret;
        }
        return Source(std::make_unique<AzureServicePrincipal>(transport, std::move(options)));
    }
    return Error{ErrorKind::Unsupported, "Azure knows no sign-in \"" + signIn.kind + "\"", {}};
}

Result<Source> googleSource(const SignIn& signIn, Transport& transport)
{
    if (signIn.kind == "cli") {
        return Source(std::make_unique<GcloudCli>(GcloudCli::Options{}));
    }
    if (signIn.kind == "default") {
        return googleDefaultSource(transport, GoogleDefaultPlaces::ofEnvironment());
    }
    if (signIn.kind == "service-account") {
        if (!signIn.secret) {
            return missing("account's key file");
        }
        TY_TRY(auto options, GoogleServiceAccount::parse(signIn.secret->reveal()));
        return Source(std::make_unique<GoogleServiceAccount>(transport, std::move(options)));
    }
    return Error{ErrorKind::Unsupported, "Google knows no sign-in \"" + signIn.kind + "\"", {}};
}

/// What the tokens are renewed by lives as long as they do.
struct SignedIn {
    explicit SignedIn(const SignIn& signIn, LogTransport::Sink log) : wire(signIn.curl(), {}, std::move(log)) {}

    Wire wire;
    Source source;
    std::optional<TokenCache> tokens;
};

} // namespace

CurlOptions SignIn::curl() const
{
    CurlOptions options;
    options.extraCaFile = caFile;
    options.isDirect = isDirect;
    return options;
}

Result<Source> makeTokenSource(const SignIn& signIn, Transport& transport, SignInHooks hooks)
{
    return signIn.provider == "google" ? googleSource(signIn, transport) : azureSource(signIn, transport, std::move(hooks));
}

Result<std::shared_ptr<TokenCache>> openSignIn(const SignIn& signIn, LogTransport::Sink log)
{
    const auto signedIn = std::make_shared<SignedIn>(signIn, std::move(log));
    TY_TRY(signedIn->source, makeTokenSource(signIn, signedIn->wire.transport()));
    signedIn->tokens.emplace(*signedIn->source);
    return std::shared_ptr<TokenCache>(signedIn, &*signedIn->tokens);
}

Secret signInText(const SignIn& signIn)
{
    Json json{
        {"account", signIn.account},   {"provider", signIn.provider}, {"kind", signIn.kind},
        {"tenant", signIn.tenant},     {"clientId", signIn.clientId}, {"scope", signIn.scope},
        {"loginUrl", signIn.loginUrl}, {"service", signIn.service},   {"caFile", signIn.caFile},
        {"isDirect", signIn.isDirect}};
    if (signIn.secret) {
        json["secret"] = signIn.secret->reveal();
    }
    return Secret(json.dump());
}

Result<SignIn> signInFromText(const Secret& text)
{
    const auto json = parseJson(text.reveal(), kWhat);
    if (!json || !json->is_object()) {
        return Error{ErrorKind::InvalidInput, "what was given to sign in with is no sign-in", {}}; // never the text: it is a secret
    }
    SignIn signIn;
    for (const auto& [name, field] :
         {std::pair{"account", &signIn.account}, {"provider", &signIn.provider}, {"kind", &signIn.kind},
          {"tenant", &signIn.tenant}, {"clientId", &signIn.clientId}, {"scope", &signIn.scope}, {"loginUrl", &signIn.loginUrl},
          {"service", &signIn.service}, {"caFile", &signIn.caFile}}) {
        TY_TRY(*field, jsonFieldOr<std::string>(*json, name, std::string(), kWhat));
    }
    TY_TRY(signIn.isDirect, jsonFieldOr<bool>(*json, "isDirect", false, kWhat));
    if (json->contains("secret")) {
        TY_TRY(std::string secret, jsonFieldOr<std::string>(*json, "secret", std::string(), kWhat));
        signIn.secret = Secret(std::move(secret));
    }
    return signIn;
}

} // namespace ty::cloud
