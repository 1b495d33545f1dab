#pragma once

#include <memory>
#include <string>

#include "cloud/auth/token_source.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"

namespace ty::cloud {

inline constexpr const char* kGoogleTokenUrl = "https://oauth2.googleapis.com/token";
inline constexpr const char* kGoogleScope = "https://www.googleapis.com/auth/cloud-platform";

/// Sign-in of a program by the key file of a service account: a token signed by ourselves is exchanged for one.
class GoogleServiceAccount : public TokenSource {
public:
    struct Options {
        std::string clientEmail;
        std::string privateKeyId;
        Secret privateKeyPem;
        std::string tokenUrl = kGoogleTokenUrl;
        std::string projectId; ///< told by the file, for the window
        WallClock now = std::chrono::system_clock::now;
    };

    /// Reads the JSON of a key file. Errors: InvalidInput that names the member, never its value.
    static Result<Options> parse(const std::string& json);

    /// `transport` outlives this.
    GoogleServiceAccount(Transport& transport, Options options);
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;

private:
    Transport& m_transport;
    Options m_options;
};

/// The sign-in of a person that "gcloud auth application-default login" left in a file.
class GoogleAuthorizedUser : public TokenSource {
public:
    struct Options {
        std::string clientId;
        Secret clientSecret;
        Secret refreshToken;
        std::string tokenUrl = kGoogleTokenUrl;
        WallClock now = std::chrono::system_clock::now;
    };

    /// As GoogleServiceAccount::parse.
    static Result<Options> parse(const std::string& json);

    /// `transport` outlives this.
    GoogleAuthorizedUser(Transport& transport, Options options);
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;

private:
    Transport& m_transport;
    Options m_options;
};

/// The sign-in that gcloud keeps ("gcloud auth login"). The tool does not tell how long a token holds; each is used for
/// three minutes.
class GcloudCli : public TokenSource {
public:
    struct Options {
        std::string program = "gcloud";
        std::chrono::milliseconds timeout{30'000};
        WallClock now = std::chrono::system_clock::now;
    };

    explicit GcloudCli(Options options);
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;

private:
    Options m_options;
};

/// The service account of the machine this runs on, when that is a machine of Google.
class GoogleMetadata : public TokenSource {
public:
    struct Options {
        std::string endpoint = "http://metadata.google.internal";
        WallClock now = std::chrono::system_clock::now;
        RetryTransport::Sleep sleep = sleepFor;
    };

    /// `transport` must use no proxy, and outlives this.
    GoogleMetadata(Transport& transport, Options options);
    Result<AccessToken> fetch(const TokenRequest& request, std::stop_token stop) override;

private:
    Transport& m_transport;
    Options m_options;
};

/// Where "application default credentials" are looked for.
struct GoogleDefaultPlaces {
    std::string environmentFile; ///< value of GOOGLE_APPLICATION_CREDENTIALS; empty when not set
    std::string wellKnownFile;   ///< "~/.config/gcloud/application_default_credentials.json"
    std::string metadataHost;    ///< value of GCE_METADATA_HOST, "localhost:8080" or a whole address; empty: the usual one

    /// From the environment of this process.
    static GoogleDefaultPlaces ofEnvironment();
};

/// The source that those places lead to: the first file that is named or exists, else the machine's own account.
/// Errors: InvalidInput, NotFound, and Unsupported for kinds of files that are neither a service account nor a user.
Result<std::unique_ptr<TokenSource>> googleDefaultSource(Transport& transport, const GoogleDefaultPlaces& places);

} // namespace ty::cloud
