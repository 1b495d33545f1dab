#pragma once

#include <memory>
#include <string>

#include "cloud/auth/token_cache.h"
#include "cloud/http/curl_transport.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"
#include "cloud/storage/shared_key.h"

namespace ty::cloud {

/// The version of the storage protocol that every request names.
inline constexpr const char* kStorageVersion = "2024-08-04";
/// What tokens for Azure Storage are asked for.
inline constexpr const char* kStorageScope = "https://storage.azure.com/.default";

/// How a storage account lets us in.
struct StorageCredential {
    enum class Kind { Anonymous, SharedKey, Sas, Token };
    Kind kind = Kind::Anonymous;
    StorageKey key;               ///< of SharedKey; the account's name is always there
    Secret sas;                   ///< of Sas: the query without question mark
    std::shared_ptr<TokenCache> tokens; ///< of Token
};

struct StorageAccessOptions {
    std::string endpoint; ///< "https://research.blob.core.windows.net"; tokens and signatures go nowhere else
    StorageCredential credential;
    CurlOptions curl;
    RetryOptions retry;
    LogTransport::Sink log; ///< called on any thread; none: nothing is logged
};

/// Requests to Azure Storage with version, date, request id, retries and proof of who asks. Any number of threads. Secrets
/// in addresses never reach the log or a message.
std::unique_ptr<Transport> makeStorageTransport(const StorageAccessOptions& options);

/// "Sat, 21 Nov 2026 10:00:00 GMT". Source: RFC 9110, section 5.6.7.
std::string httpDate(std::chrono::system_clock::time_point time);
/// The other way round, to "2026-11-21T10:00:00Z"; empty for texts that are no such date.
std::string isoTimeOfHttpDate(const std::string& text);

} // namespace ty::cloud
