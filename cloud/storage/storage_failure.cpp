#include "cloud/storage/storage_failure.h"

#include "cloud/http/cloud_error.h"

namespace ty::cloud {

namespace {

struct Meaning {
    ErrorKind kind;
    std::string why;
    std::string advice;
};

Meaning meaningOf(const CloudError& error)
{
    const std::string code = error.code();
    if (code == "AuthenticationFailed" || error.status == 401) {
        return {ErrorKind::NotSignedIn, "the key or signature is not accepted",
                "Renew the key, the shared access signature or the sign-in of this store; a clock that is wrong by more than "
                "15 minutes has the same effect."};
    }
    if (code == "AuthorizationPermissionMismatch" || error.status == 403) {
        return {ErrorKind::Permission, "this sign-in may not do that",
                "Ask for a role such as Storage Blob Data Contributor, or for an address with more permissions."};
    }
    if (code == "ContainerNotFound" || code == "ShareNotFound") {
        return {ErrorKind::NotFound, "the container is not there", {}};
    }
    switch (error.status) {
    case 404: return {ErrorKind::NotFound, "it is not there", {}};
    case 409:
        if (code == "BlobArchived") {
            return {ErrorKind::Unsupported, "it lies in the archive tier", "Move it to Hot or Cool first, which takes hours."};
        }
        return code.ends_with("AlreadyExists")
            ? Meaning{ErrorKind::AlreadyExists, "it is there already", {}}
            : Meaning{ErrorKind::Conflict, error.message(), {}};
    case 412: return {ErrorKind::Conflict, "it was changed meanwhile", "Start the transfer again."};
    case 413: return {ErrorKind::InvalidInput, "it is too large for one request", {}};
    case 416: return {ErrorKind::Conflict, "it is shorter than it was", "Start the transfer again."};
    default: break;
    }
    if (error.status >= 500 || error.status == 429 || error.status == 408) {
        return {ErrorKind::Network, "the service is busy or out of order", "It is tried again by itself; if it lasts, look at the provider's status page."};
    }
    return {ErrorKind::InvalidInput, error.message(), {}};
}

} // namespace

Error storageFailure(const HttpResponse& response, const std::string& what)
{
    const CloudError error = parseCloudError(response);
    const Meaning meaning = meaningOf(error);
    std::string message = what + ": " + meaning.why + " (" + error.code();
    if (!error.requestId.empty()) {
        message += ", request " + error.requestId;
    }
    return Error{meaning.kind, message + ")", meaning.advice};
}

} // namespace ty::cloud
