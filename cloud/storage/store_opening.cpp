#include "cloud/storage/store_opening.h"

#include <optional>

#include "cloud/auth/sign_in.h"
#include "cloud/http/url.h"
#include "cloud/storage/blob_store.h"
#include "cloud/storage/files_store.h"
#include "cloud/storage/google_store.h"
#include "cloud/storage/local_store.h"
#include "cloud/storage/sftp_store.h"
#include "cloud/storage/web_store.h"

namespace ty::cloud {

namespace {

bool isLocalServer(const std::string& endpoint)
{
    const auto url = parseUrl(endpoint);
    return url && (url->host == "localhost" || url->host == "127.0.0.1" || url->host == "[::1]" || url->host.ends_with(".localhost"));
}

/// Of an address that is opened by an account's sign-in; nothing with others.
Result<std::optional<SignIn>> signInOf(const StoreAddress& address)
{
    if (address.auth != "account") {
        return std::optional<SignIn>();
    }
    TY_TRY(SignIn signIn, signInFromText(address.secret));
    return std::optional(std::move(signIn));
}

/// How libcurl reaches the store's server.
CurlOptions curlFor(const std::string& endpoint, const std::optional<SignIn>& signIn)
{
    CurlOptions curl = signIn ? signIn->curl() : CurlOptions();
    curl.isDirect = curl.isDirect || isLocalServer(endpoint);
    return curl;
}

Result<OpenedStore> openGoogle(const StoreAddress& address, const StoreLog& log)
{
    TY_TRY(const auto signIn, signInOf(address));
    GoogleStorageOptions options;
    if (!address.endpoint.empty()) {
        options.endpoint = address.endpoint;
    }
    options.project = address.account;
    options.curl = curlFor(options.endpoint, signIn);
    options.log = log;
    if (signIn) {
        TY_TRY(options.tokens, openSignIn(*signIn, log));
    }
    return OpenedStore{std::make_shared<GoogleStore>(std::move(options), address.container), address.path};
}

} // namespace

Result<OpenedStore> openStore(const StoreAddress& address, const StoreLog& log)
{
    switch (address.kind) {
    case StoreKind::Local: return OpenedStore{std::make_shared<LocalStore>("/"), address.path};
    case StoreKind::Blob:
    case StoreKind::Files: {
        TY_TRY(const auto signIn, signInOf(address));
        StorageAccessOptions access;
        access.endpoint = address.endpoint;
        access.credential.key.account = address.account;
        access.curl = curlFor(address.endpoint, signIn);
        access.log = log;
        if (signIn) {
            access.credential.kind = StorageCredential::Kind::Token;
            TY_TRY(access.credential.tokens, openSignIn(*signIn, log));
        }
        if (address.auth == "key") {
            access.credential.kind = StorageCredential::Kind::SharedKey;
            access.credential.key.key = address.secret;
        } else if (address.auth == "sas") {
            access.credential.kind = StorageCredential::Kind::Sas;
            access.credential.sas = address.secret;
        }
        if (address.kind == StoreKind::Files) {
            return OpenedStore{std::make_shared<FilesStore>(access, address.container), address.path};
        }
        return OpenedStore{std::make_shared<BlobStore>(access, address.container), address.path};
    }
    case StoreKind::Web: {
        WebAccessOptions access;
        access.endpoint = address.endpoint;
        access.query = address.secret;
        access.curl.isDirect = isLocalServer(address.endpoint);
        access.log = log;
        return OpenedStore{std::make_shared<WebStore>(access), address.path};
    }
    case StoreKind::Sftp: {
        SshTarget target;
        target.host = address.host;
        target.port = address.port;
        target.user = address.user;
        target.machine = address.host;
        target.trust = HostTrust::UsersFile;
        target.hostKeys.fingerprints = address.hostKeys;
        target.identityFile = address.identityFile;
        return OpenedStore{std::make_shared<SftpStore>(target, address.path.starts_with('/') ? "/" : ""), address.path};
    }
    case StoreKind::Google: return openGoogle(address, log);
    }
    return Error{ErrorKind::Internal, "a store of no kind", {}};
}

} // namespace ty::cloud
