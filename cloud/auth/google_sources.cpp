#include "cloud/auth/google_sources.h"

#include <algorithm>
#include <cstdlib>

#include "cloud/auth/jwt.h"
#include "cloud/auth/oauth.h"
#include "cloud/auth/process.h"
#include "engine/base/files.h"

namespace ty::cloud {

namespace {

Result<Json> credentialFile(const std::string& json, const std::string& what)
{
    auto body = parseJson(json, what);
    // The parser's message quotes the place, which may be inside a key.
    return body && body->is_object() ? std::move(body)
                                     : Result<Json>(Error{ErrorKind::InvalidInput, what + ": not a JSON object", {}});
}

/// A text member; the message never shows a value.
Result<std::string> textIn(const Json& body, const char* key, const std::string& what)
{
    const auto member = body.find(key);
    if (member == body.end() || !member->is_string() || member->get<std::string>().empty()) {
        return Error{ErrorKind::InvalidInput, what + ": \"" + key + "\" is missing", {}};
    }
    return member->get<std::string>();
}

std::string textOr(const Json& body, const char* key, const std::string& fallback)
{
    const auto member = body.find(key);
    return member != body.end() && member->is_string() ? member->get<std::string>() : fallback;
}

} // namespace

Result<GoogleServiceAccount::Options> GoogleServiceAccount::parse(const std::string& json)
{
    const std::string what = "service account key";
    TY_TRY(const Json body, credentialFile(json, what));
    Options options;
    TY_TRY(options.clientEmail, textIn(body, "client_email", what));
    TY_TRY(const std::string key, textIn(body, "private_key", what));
    options.privateKeyPem = Secret(key);
    options.privateKeyId = textOr(body, "private_key_id", "");
    options.tokenUrl = textOr(body, "token_uri", kGoogleTokenUrl);
    options.projectId = textOr(body, "project_id", "");
    return options;
}

GoogleServiceAccount::GoogleServiceAccount(Transport& transport, Options options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

Result<AccessToken> GoogleServiceAccount::fetch(const TokenRequest& request, std::stop_token stop)
{
    const auto now
        = std::chrono::duration_cast<std::chrono::seconds>(m_options.now().time_since_epoch()).count();
    Json header{{"alg", "RS256"}, {"typ", "JWT"}};
    if (!m_options.privateKeyId.empty()) {
        header["kid"] = m_options.privateKeyId;
    }
    const Json claims{
        {"iss", m_options.clientEmail},
        {"scope", request.scope},
        {"aud", m_options.tokenUrl},
        {"iat", now},
        {"exp", now + 3600}};
    TY_TRY(const Secret assertion, signedJwt(header, claims, m_options.privateKeyPem, RsaPadding::Pkcs1));
    const Query form{
        {"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", assertion.reveal()}};
    TY_TRY(const HttpResponse answer, m_transport.send(formPost(m_options.tokenUrl, form), std::move(stop)));
    TY_TRY(TokenAnswer tokens, readTokenAnswer(answer, m_options.now(), "Sign-in of the service account", {&assertion}));
    return std::move(tokens.token);
}

Result<GoogleAuthorizedUser::Options> GoogleAuthorizedUser::parse(const std::string& json)
{
    const std::string what = "Google credentials";
    TY_TRY(const Json body, credentialFile(json, what));
    Options options;
    TY_TRY(options.clientId, textIn(body, "client_id", what));
    TY_TRY(const std::string clientSecret, textIn(body, "client_secret", what));
    TY_TRY(const std::string refreshToken, textIn(body, "refresh_token", what));
    options.clientSecret = Secret(clientSecret);
    options.refreshToken = Secret(refreshToken);
    options.tokenUrl = textOr(body, "token_uri", kGoogleTokenUrl);
    return options;
}

GoogleAuthorizedUser::GoogleAuthorizedUser(Transport& transport, Options options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

Result<AccessToken> GoogleAuthorizedUser::fetch(const TokenRequest&, std::stop_token stop)
{
    // The scopes were chosen when the person signed in.
    const Query form{
        {"grant_type", "refresh_token"},
        {"client_id", m_options.clientId},
        {"client_secret", m_options.clientSecret.reveal()},
        {"refresh_token", m_options.refreshToken.reveal()}};
    TY_TRY(const HttpResponse answer, m_transport.send(formPost(m_options.tokenUrl, form), std::move(stop)));
    TY_TRY(
        TokenAnswer tokens,
        readTokenAnswer(
            answer, m_options.now(), "Sign-in to Google", {&m_options.clientSecret, &m_options.refreshToken}));
    return std::move(tokens.token);
}

GcloudCli::GcloudCli(Options options)
    : m_options(std::move(options))
{
}

Result<AccessToken> GcloudCli::fetch(const TokenRequest&, std::stop_token stop)
{
    const std::string who = "gcloud";
    Result<ProgramOutput> output
        = runProgram(m_options.program, {"auth", "print-access-token"}, m_options.timeout, std::move(stop));
    if (!output) {
        if (output.error().kind == ErrorKind::NotFound) {
            return Error{
                ErrorKind::NotSignedIn,
                who + ": the program \"" + m_options.program + "\" was not found",
                "Install the Google Cloud CLI, or sign in another way."};
        }
        return std::move(output).error();
    }
    std::string token = output->standardOutput;
    token.resize(token.find_last_not_of(" \r\n\t") + 1);
    if (output->exitCode != 0 || token.empty() || token.find_first_of(" \r\n\t") != std::string::npos) {
        std::string said = output->standardError;
        said.resize(std::min(said.find_first_of("\r\n"), said.size()));
        return Error{
            ErrorKind::NotSignedIn,
            who + ": " + (said.empty() ? "gave no token" : said),
            "Run \"gcloud auth login\" in a terminal."};
    }
    AccessToken result;
    result.token = Secret(token);
    result.expiresAt = m_options.now() + std::chrono::minutes(5);
    result.refreshAt = m_options.now() + std::chrono::minutes(3);
    return result;
}

GoogleMetadata::GoogleMetadata(Transport& transport, Options options)
    : m_transport(transport)
    , m_options(std::move(options))
{
}

Result<AccessToken> GoogleMetadata::fetch(const TokenRequest&, std::stop_token stop)
{
    HttpRequest asked;
    asked.url = m_options.endpoint + "/computeMetadata/v1/instance/service-accounts/default/token";
    asked.headers.add("Metadata-Flavor", "Google");
    asked.connectTimeout = std::chrono::seconds(3);
    asked.timeout = std::chrono::seconds(3);
    constexpr int kTries = 3;
    for (int attempt = 1;; ++attempt) {
        const Result<HttpResponse> answer = m_transport.send(asked, stop);
        const bool isWorthTrying = !answer ? answer.error().kind == ErrorKind::Network : answer->status >= 500;
        if (!isWorthTrying || attempt == kTries) {
            if (!answer) {
                return answer.error();
            }
            TY_TRY(TokenAnswer tokens, readTokenAnswer(*answer, m_options.now(), "Account of this machine", {}));
            return std::move(tokens.token);
        }
        if (!m_options.sleep(std::chrono::seconds(attempt), stop)) {
            return Error{ErrorKind::Cancelled, "The sign-in was cancelled", {}};
        }
    }
}

GoogleDefaultPlaces GoogleDefaultPlaces::ofEnvironment()
{
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    };
    const std::string folder = variable("CLOUDSDK_CONFIG");
    return {
        variable("GOOGLE_APPLICATION_CREDENTIALS"),
        (folder.empty() ? variable("HOME") + "/.config/gcloud" : folder) + "/application_default_credentials.json",
        variable("GCE_METADATA_HOST")};
}

Result<std::unique_ptr<TokenSource>> googleDefaultSource(Transport& transport, const GoogleDefaultPlaces& places)
{
    std::string file = places.environmentFile;
    if (file.empty() && pathExists(places.wellKnownFile)) {
        file = places.wellKnownFile;
    }
    if (file.empty()) {
        GoogleMetadata::Options options;
        if (const std::string& host = places.metadataHost; !host.empty()) {
            options.endpoint = host.find("://") == std::string::npos ? "http://" + host : host;
        }
        return std::unique_ptr<TokenSource>(std::make_unique<GoogleMetadata>(transport, std::move(options)));
    }
    TY_TRY(const std::string text, readFile(file));
    TY_TRY(const Json body, credentialFile(text, file));
    const std::string type = textOr(body, "type", "");
    if (type == "service_account") {
        TY_TRY(GoogleServiceAccount::Options options, GoogleServiceAccount::parse(text));
        return std::unique_ptr<TokenSource>(std::make_unique<GoogleServiceAccount>(transport, std::move(options)));
    }
    if (type == "authorized_user") {
        TY_TRY(GoogleAuthorizedUser::Options options, GoogleAuthorizedUser::parse(text));
        return std::unique_ptr<TokenSource>(std::make_unique<GoogleAuthorizedUser>(transport, std::move(options)));
    }
    return Error{
        ErrorKind::Unsupported,
        file + ": credentials of the kind \"" + type + "\" are not understood",
        "Use the key of a service account, or sign in with gcloud."};
}

} // namespace ty::cloud
