#pragma once

#include <optional>
#include <string>

#include "cloud/http/message.h"
#include "cloud/storage/store.h"
#include "engine/base/json.h"

namespace ty::cloud {

/// An object as Google Cloud Storage tells it, with what a StoreEntry has no place for.
struct GoogleObject {
    StoreEntry entry;  ///< its etag is the generation: another one after each change of the content
    std::string crc32c; ///< base64
};

/// @param bucket  what paths begin with; empty: paths are names
/// Errors: InvalidInput.
Result<GoogleObject> parseGoogleObject(const std::string& json, const std::string& bucket);
/// A page of objects and prefixes. Names that end with a slash, by which other programs mark folders, are folders.
Result<ListPage> parseGoogleList(const std::string& json, const std::string& bucket);
/// A page of buckets, as folders.
Result<ListPage> parseGoogleBuckets(const std::string& json);

/// How much of a resumable upload has arrived, from the Range header of its 308 answer: "bytes=0-1048575"; 0 without one.
std::uint64_t arrivedBytes(const Headers& headers);

/// What an answer that is no success means. @param what  "reading images/cat.jpg"
Error googleStorageFailure(const HttpResponse& response, const std::string& what);

} // namespace ty::cloud
