#include "cloud/http/log_transport.h"

#include <chrono>

#include <fmt/format.h>

#include "cloud/http/redact.h"

namespace ty::cloud {

LogTransport::LogTransport(Transport& inner, Sink sink)
    : m_inner(inner)
    , m_sink(std::move(sink))
{
}

Result<HttpResponse> LogTransport::send(const HttpRequest& request, std::stop_token stop)
{
    const auto start = std::chrono::steady_clock::now();
    Result<HttpResponse> answer = m_inner.send(request, stop);
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    m_sink(
        answer ? fmt::format("{} {} ms", logLine(request, *answer), millis.count())
               : fmt::format("{} {} -> {} {} ms", request.method, redactedUrl(request.url), answer.error().message, millis.count()));
    return answer;
}

} // namespace ty::cloud
