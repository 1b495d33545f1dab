#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cloud/http/transport.h"

namespace ty::cloud {

struct CurlOptions {
    std::string extraCaFile; ///< PEM; an organisation's own authority, beside the system's. Empty: none
    std::string proxy;       ///< empty: HTTPS_PROXY and NO_PROXY of the environment
    std::uint64_t maxBodyBytes = std::uint64_t{256} << 20; ///< a larger answer is an error, not memory
    bool isDirect = false; ///< no proxy at all, whatever the environment says: for addresses of this machine
};

/// libcurl with TLS always verified (1.2 or newer), HTTP/2 where offered, and connections kept between requests.
/// Only http and https, redirects are not followed: a token must not travel to another host. One thread at a time.
class CurlTransport : public Transport {
public:
    explicit CurlTransport(CurlOptions options = {});
    ~CurlTransport() override;

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
    struct Handle;
    CurlOptions m_options;
    std::unique_ptr<Handle> m_handle;
};

} // namespace ty::cloud
