#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cloud/sandbox/certificates.h"
#include "cloud/sandbox/message.h"

namespace ty::sandbox {

/// HTTP or HTTPS on 127.0.0.1, one handler for everything. Requests are handled on threads of its own.
class HttpServer {
public:
    using Handler = std::function<Response(const Request&)>;

    /// Listens and serves. @param certificates  nullptr: plain HTTP
    /// @param port  0: any free one
    /// Errors: Busy (the port is taken), InvalidInput (the certificate cannot be used).
    static Result<std::unique_ptr<HttpServer>> start(Handler handler, const Certificates* certificates, int port);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    int port() const;
    /// "https://localhost:8443"
    std::string origin() const;

private:
    struct State;
    explicit HttpServer(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace ty::sandbox
