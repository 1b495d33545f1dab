#include "cloud/storage/google_answers.h"

#include <utility>

#include "cloud/http/cloud_error.h"
#include "cloud/storage/blob_answers.h"
#include "cloud/storage/store_path.h"

namespace ty::cloud {

namespace {

constexpr const char* kWhat = "Google Cloud Storage's answer";

std::string textIn(const Json& json, const char* name)
{
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "2026-11-21T08:15:30.123Z" to whole seconds.
std::string wholeSeconds(const std::string& time)
{
    constexpr std::size_t kSeconds = 19;
    return time.size() < kSeconds ? std::string() : time.substr(0, kSeconds) + "Z";
}

GoogleObject objectOf(const Json& json, const std::string& bucket)
{
    GoogleObject object;
    const std::string name = textIn(json, "name");
    object.entry.path = joinStorePath(bucket, trimmedPath(name));
    object.entry.isFolder = name.ends_with('/');
    object.entry.bytes = wholeNumber(textIn(json, "size"));
    object.entry.modified = wholeSeconds(textIn(json, "updated"));
    object.entry.etag = textIn(json, "generation");
    object.entry.md5 = md5HexOf(textIn(json, "md5Hash"));
    object.entry.contentType = textIn(json, "contentType");
    object.entry.tier = textIn(json, "storageClass");
    object.crc32c = textIn(json, "crc32c");
    if (object.entry.isFolder) {
        object.entry.bytes.reset();
    }
    return object;
}

Result<Json> pageOf(const std::string& text)
{
    TY_TRY(Json json, parseJson(text, kWhat));
    if (!json.is_object()) {
        return Error{ErrorKind::InvalidInput, std::string(kWhat) + " is no list", {}};
    }
    return json;
}

} // namespace

Result<GoogleObject> parseGoogleObject(const std::string& text, const std::string& bucket)
{
    TY_TRY(const Json json, parseJson(text, kWhat));
    if (!json.is_object() || textIn(json, "name").empty()) {
        return Error{ErrorKind::InvalidInput, std::string(kWhat) + " is no object", {}};
    }
    return objectOf(json, bucket);
}

Result<ListPage> parseGoogleList(const std::string& text, const std::string& bucket)
{
    TY_TRY(const Json json, pageOf(text));
    ListPage page;
    page.next = textIn(json, "nextPageToken");
    for (const Json& prefix : json.value("prefixes", Json::array())) {
        StoreEntry folder;
        folder.isFolder = true;
        folder.path = joinStorePath(bucket, trimmedPath(prefix.is_string() ? prefix.get<std::string>() : std::string()));
        page.entries.push_back(std::move(folder));
    }
    for (const Json& item : json.value("items", Json::array())) {
        if (item.is_object()) {
            page.entries.push_back(objectOf(item, bucket).entry);
        }
    }
    return page;
}

Result<ListPage> parseGoogleBuckets(const std::string& text)
{
    TY_TRY(const Json json, pageOf(text));
    ListPage page;
    page.next = textIn(json, "nextPageToken");
    for (const Json& item : json.value("items", Json::array())) {
        StoreEntry folder;
        folder.isFolder = true;
        folder.path = item.is_object() ? textIn(item, "name") : std::string();
        folder.modified = item.is_object() ? wholeSeconds(textIn(item, "updated")) : std::string();
        page.entries.push_back(std::move(folder));
    }
    return page;
}

std::uint64_t arrivedBytes(const Headers& headers)
{
    const std::string range = headers.find("Range").value_or("");
    const auto dash = range.rfind('-');
    const auto last = dash == std::string::npos ? std::nullopt : wholeNumber(range.substr(dash + 1));
    return last ? *last + 1 : 0;
}

Error googleStorageFailure(const HttpResponse& response, const std::string& what)
{
    const CloudError error = parseCloudError(response);
    const auto failure = [&](ErrorKind kind, const std::string& why, const std::string& advice) {
        return Error{kind, what + ": " + why + " (" + error.code() + ")", advice};
    };
    switch (response.status) {
    case 401: return failure(ErrorKind::NotSignedIn, "the sign-in is not accepted", "Sign in again: trainyard cloud login.");
    case 403:
        if (error.hasCode("rateLimitExceeded") || error.hasCode("userRateLimitExceeded")) {
            break;
        }
        return failure(
            ErrorKind::Permission, "this sign-in may not do that", "Ask for the role Storage Object User on the bucket.");
    case 404: return failure(ErrorKind::NotFound, "it is not there", {});
    case 409: return failure(ErrorKind::Conflict, error.message(), {});
    case 410: return failure(ErrorKind::NotFound, "its upload is no longer known", "Start the transfer again.");
    case 412: return failure(ErrorKind::Conflict, "it was changed meanwhile", "Start the transfer again.");
    case 416: return failure(ErrorKind::Conflict, "it is shorter than it was", "Start the transfer again.");
    default: break;
    }
    if (response.status >= 500 || response.status == 429 || response.status == 408 || response.status == 403) {
        return failure(
            ErrorKind::Network, "the service is busy or out of order",
            "It is tried again by itself; if it lasts, look at the provider's status page.");
    }
    return failure(ErrorKind::InvalidInput, error.message(), {});
}

} // namespace ty::cloud
