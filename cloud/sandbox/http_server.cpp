#include "cloud/sandbox/http_server.h"

#include <algorithm>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <httplib.h>

namespace ty::sandbox {

namespace {

constexpr char kAddress[] = "127.0.0.1";
/// A kept connection holds a thread for as long as it lives, and clients keep several.
constexpr std::size_t kThreads = 64;

Request requestOf(const httplib::Request& given, const std::string& scheme, int port)
{
    Request request;
    request.method = given.method;
    for (const auto& [name, value] : given.headers) {
        request.headers.emplace_back(name, value);
    }
    request.body = given.body;
    // Links in answers begin with the name that the client used, so that it comes back to where it was.
    const std::string host = given.get_header_value("Host");
    const bool isOurs = host.starts_with("localhost") || host.starts_with("127.") || host.find(".localhost") != std::string::npos;
    request.origin = scheme + "://" + (isOurs ? host : fmt::format("localhost:{}", port));
    setTarget(request, given.target);
    return request;
}

/// Breaks the connection under a request: the client sees it end without an answer.
void dropConnection(int remotePort)
{
    for (int file = 3; file < 4096; ++file) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sin_family == AF_INET
            && ntohs(peer.sin_port) == remotePort) {
            shutdown(file, SHUT_RDWR);
        }
    }
}

void answer(const httplib::Request& asked, const Response& response, httplib::Response& given)
{
    if (response.delivery == Delivery::Dropped) {
        dropConnection(asked.remote_port);
        given.status = 500;
        return;
    }
    // The services answer ranges themselves; the library would cut their part once more. The request is its own variable.
    const_cast<httplib::Request&>(asked).ranges.clear(); // NOLINT(cppcoreguidelines-pro-type-const-cast): const by the handler alone
    given.status = response.status;
    for (const auto& [name, value] : response.headers) {
        given.set_header(name, value);
    }
    if (response.delivery == Delivery::Half && !response.body.empty()) {
        const std::string half = response.body.substr(0, response.body.size() / 2);
        given.set_content_provider(
            response.body.size(), response.type, [half, port = asked.remote_port](std::size_t, std::size_t, httplib::DataSink& sink) {
                sink.write(half.data(), half.size());
                dropConnection(port);
                return false;
            });
        return;
    }
    if (!response.type.empty()) {
        given.set_content(response.body, response.type);
    }
}

} // namespace

struct HttpServer::State {
    Handler handler;
    std::string scheme;
    int port = 0;
    std::unique_ptr<httplib::Server> server;
    std::jthread thread;
};

HttpServer::HttpServer(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(Handler handler, const Certificates* certificates, int port)
{
    auto state = std::make_unique<State>();
    state->handler = std::move(handler);
    state->scheme = certificates != nullptr ? "https" : "http";
    if (certificates != nullptr) {
        state->server = std::make_unique<httplib::SSLServer>(certificates->certificate.c_str(), certificates->key.c_str());
    } else {
        state->server = std::make_unique<httplib::Server>();
    }
    if (!state->server->is_valid()) {
        return Error{ErrorKind::InvalidInput, "the sandbox's certificate cannot be used", ""};
    }
    httplib::Server& server = *state->server;
    server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(100'000);
    server.set_payload_max_length(std::size_t{64} << 20);
    const auto serve = [own = state.get()](const httplib::Request& asked, httplib::Response& given) {
        answer(asked, own->handler(requestOf(asked, own->scheme, own->port)), given);
    };
    // A request without a body says so by having no length; the library would wait for one on PUT, POST and DELETE.
    server.set_pre_routing_handler([serve](const httplib::Request& asked, httplib::Response& given) {
        const bool hasBody = asked.has_header("Content-Length") || asked.has_header("Transfer-Encoding");
        if (hasBody && asked.get_header_value("Content-Length") != "0") {
            return httplib::Server::HandlerResponse::Unhandled;
        }
        serve(asked, given);
        return httplib::Server::HandlerResponse::Handled;
    });
    constexpr char kAnything[] = R"([\s\S]*)";
    server.Get(kAnything, serve);
    server.Post(kAnything, serve);
    server.Put(kAnything, serve);
    server.Patch(kAnything, serve);
    server.Delete(kAnything, serve);
    if (port != 0) {
        state->port = server.bind_to_port(kAddress, port) ? port : -1;
    } else {
        state->port = server.bind_to_any_port(kAddress);
    }
    if (state->port <= 0) {
        return Error{ErrorKind::Busy, fmt::format("port {} of {} cannot be used", port, kAddress), "Choose another with --port."};
    }
    state->thread = std::jthread([&server] { server.listen_after_bind(); });
    for (int wait = 0; wait < 1000 && !server.is_running(); ++wait) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::~HttpServer()
{
    m_state->server->stop();
}

int HttpServer::port() const
{
    return m_state->port;
}

std::string HttpServer::origin() const
{
    return fmt::format("{}://localhost:{}", m_state->scheme, m_state->port);
}

} // namespace ty::sandbox
