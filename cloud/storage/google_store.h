#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cloud/auth/token_cache.h"
#include "cloud/http/curl_transport.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"
#include "cloud/http/url.h"
#include "cloud/storage/google_answers.h"
#include "cloud/storage/streamed_store.h"

namespace ty::cloud {

inline constexpr const char* kGoogleStorage = "https://storage.googleapis.com";

struct GoogleStorageOptions {
    std::string endpoint = kGoogleStorage; ///< tokens and sessions of uploads go nowhere else
    std::string project; ///< whose buckets are listed and made; empty: only buckets that are named
    std::shared_ptr<TokenCache> tokens; ///< null: what everybody may read
    CurlOptions curl;
    RetryOptions retry;
    LogTransport::Sink log; ///< called on any thread; none: nothing is logged
};

/// Google Cloud Storage: a project, whose folders are buckets, or one bucket of it. Large files go by resumable uploads, block
/// after block; the object appears with the last one. Its CRC32C is held against what was sent.
/// Source: Cloud Storage JSON API v1.
class GoogleStore : public StreamedStore {
public:
    /// @param bucket  the store's root; empty: the project
    GoogleStore(GoogleStorageOptions options, std::string bucket);

    StoreTraits traits() const override;
    std::string title() const override;
    Result<ListPage> list(const ListRequest& request, std::stop_token stop) override;
    Result<StoreEntry> properties(const std::string& path, std::stop_token stop) override;
    Result<void> readInto(
        const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink,
        std::stop_token stop) override;
    /// The token of the result is the address of a session, which is a secret for a week.
    Result<Upload> beginUpload(Upload wanted, std::stop_token stop) override;
    Result<void> writeBlock(
        const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop) override;
    Result<std::vector<bool>> writtenBlocks(const Upload& upload, std::stop_token stop) override;
    Result<StoreEntry> finishUpload(
        const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop) override;
    Result<void> abandonUpload(const Upload& upload, std::stop_token stop) override;
    Result<StoreEntry> writeFile(
        const std::string& path, std::span<const std::byte> bytes, const std::string& md5, const std::string& contentType,
        Overwrite overwrite, std::stop_token stop) override;
    Result<void> remove(const std::string& path, std::stop_token stop) override;
    Result<StoreEntry> copy(
        const std::string& from, const std::string& to, Overwrite overwrite, std::stop_token stop) override;
    /// Buckets alone: folders in them appear with their first file.
    Result<void> makeFolder(const std::string& path, std::stop_token stop) override;
    Result<void> setTier(const std::string& path, const std::string& tier, std::stop_token stop) override;

private:
    struct Place {
        std::string bucket; ///< empty: the project itself
        std::string name;   ///< of the object; empty: the bucket itself
    };
    /// The checksum of the blocks of an upload that followed each other from the first on.
    struct Sum {
        std::uint64_t next = 0;
        std::uint32_t crc = 0;
    };

    Result<Place> placeOf(const std::string& path) const;
    Result<Place> objectAt(const std::string& path) const; ///< Errors: InvalidInput for what is no object in a bucket
    std::string bucketUrl(const std::string& bucket, const Query& query = {}) const;
    std::string objectUrl(const Place& place, const Query& query = {}) const;
    std::string uploadUrl(const std::string& bucket, const Query& query) const;
    /// What the paths of answers begin with.
    std::string shownBucket(const Place& place) const { return m_bucket.empty() ? place.bucket : std::string(); }
    Result<HttpResponse> ask(HttpRequest request, const std::string& what, std::stop_token stop) const;
    Result<GoogleObject> objectOf(const std::string& path, std::stop_token stop) const;
    Result<HttpResponse> askSession(
        const Upload& upload, const std::string& range, std::span<const std::byte> bytes, std::stop_token stop) const;
    Result<StoreEntry> rewrite(
        const Place& from, const Place& to, const Json& changes, Query conditions, const std::string& what,
        std::stop_token stop) const;
    void noteSum(const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes);
    std::optional<std::uint32_t> takeSum(const Upload& upload);

    GoogleStorageOptions m_options;
    std::string m_bucket;
    std::unique_ptr<Transport> m_transport;
    std::mutex m_lock;
    std::map<std::string, Sum> m_sums; ///< by session, guarded by m_lock
};

} // namespace ty::cloud
