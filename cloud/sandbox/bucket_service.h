#pragma once

#include <string>
#include <vector>

#include "cloud/sandbox/google_sign_in.h"
#include "cloud/sandbox/object_bytes.h"
#include "cloud/sandbox/world.h"

namespace ty::sandbox {

/// Google Cloud Storage: buckets, objects and the ways to write them (at once, in two parts, resumable), below /storage/v1,
/// /upload/storage/v1 and /download/storage/v1.
/// Source: Cloud Storage JSON API v1.
class BucketService {
public:
    BucketService(World& world, ObjectBytes& bytes, const GoogleSignIn& signIn) : m_world(world), m_bytes(bytes), m_signIn(signIn) {}

    static bool isMine(const Request& request);
    Response handle(const Request& request);

private:
    struct Call {
        const Request& request;
        std::vector<std::string> rest; ///< after "b": {"bucket", "o", "name", ...}
        std::string bucket;
        std::string name; ///< of the object
        Json body = Json::object();
    };

    Response route(Call& call);
    Response onBuckets(const Call& call);
    Response onBucket(const Call& call);
    Response onObject(const Call& call);
    Response list(const Call& call) const;
    Response media(const Call& call, const Json& object) const;
    Response rewrite(const Call& call);
    Json objectJson(const Call& call, const Json& object) const;
    Json bucketJson(const Call& call, const Json& bucket) const;

    // Writing: bucket_uploads.cpp
    Response onUpload(const Call& call);
    Response uploadAtOnce(const Call& call, const std::string& name, Json metadata, const std::string& content);
    Response uploadInTwoParts(const Call& call);
    Response beginSession(const Call& call);
    Response continueSession(const Call& call);
    /// Makes an object of bytes that are there, or tells why they are not what was announced.
    Response store(const Call& call, const std::string& name, const Json& metadata, const std::string& bytes, std::uint64_t size);

    /// Whether the conditions of a request hold for an object, or for its not being there.
    static bool isMet(const Request& request, const Json* object);

    World& m_world;
    ObjectBytes& m_bytes;
    const GoogleSignIn& m_signIn;
};

/// Where the store keeps an object; with an empty name what all objects of the bucket begin with.
std::string bucketObjectKey(const std::string& bucket, const std::string& name);
std::string bucketKey(const std::string& bucket);

} // namespace ty::sandbox
