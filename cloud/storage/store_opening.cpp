#include "cloud/storage/store_opening.h"

#include "cloud/http/url.h"
#include "cloud/storage/blob_store.h"
#include "cloud/storage/files_store.h"
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

} // namespace

Result<OpenedStore> openStore(const StoreAddress& address, const StoreLog& log)
{
    switch (address.kind) {
    case StoreKind::Local: return OpenedStore{std::make_shared<LocalStore>("/"), address.path};
    case StoreKind::Blob:
    case StoreKind::Files: {
        StorageAccessOptions access;
        access.endpoint = address.endpoint;
        access.credential.key.account = address.account;
        access.curl.isDirect = isLocalServer(address.endpoint);
        access.log = log;
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
    default: break;
    }
    return Error{
        ErrorKind::Unsupported, std::string("stores of the kind ") + storeKindName(address.kind) + " cannot be opened yet", {}};
}

} // namespace ty::cloud
