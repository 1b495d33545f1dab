#pragma once

#include <memory>
#include <string>

#include "cloud/http/curl_transport.h"
#include "cloud/http/log_transport.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"
#include "cloud/secrets/secret.h"
#include "cloud/storage/streamed_store.h"

namespace ty::cloud {

struct WebAccessOptions {
    std::string endpoint; ///< "https://example.org"
    Secret query;         ///< sent with every address, without question mark; often a signature
    CurlOptions curl;
    RetryOptions retry;
    LogTransport::Sink log;
};

/// Files of a web server, to be read only: nothing can be listed there. Files are read in parts where the server gives
/// parts, else whole ones up to 256 MiB.
class WebStore : public StreamedStore {
public:
    explicit WebStore(const WebAccessOptions& options);

    StoreTraits traits() const override;
    std::string title() const override { return m_endpoint; }
    Result<ListPage> list(const ListRequest& request, std::stop_token stop) override;
    Result<StoreEntry> properties(const std::string& path, std::stop_token stop) override;
    Result<void> readInto(
        const std::string& path, const std::string& etag, std::uint64_t offset, const BodySink& sink,
        std::stop_token stop) override;
    Result<Upload> beginUpload(Upload wanted, std::stop_token stop) override;
    Result<void> writeBlock(
        const Upload& upload, std::uint64_t block, std::span<const std::byte> bytes, std::stop_token stop) override;
    Result<std::vector<bool>> writtenBlocks(const Upload& upload, std::stop_token stop) override;
    Result<StoreEntry> finishUpload(
        const Upload& upload, const ContentSums& sums, Overwrite overwrite, std::stop_token stop) override;
    Result<void> abandonUpload(const Upload& upload, std::stop_token stop) override;
    Result<void> remove(const std::string& path, std::stop_token stop) override;

private:
    std::string urlOf(const std::string& path) const;
    /// Follows redirects by hand: nothing secret of ours is in these requests but what the address itself has.
    Result<HttpResponse> ask(HttpRequest request, const std::string& what, std::stop_token stop) const;
    Error readOnly() const;

    std::unique_ptr<Transport> m_transport;
    std::string m_endpoint;
    Secret m_query;
};

} // namespace ty::cloud
