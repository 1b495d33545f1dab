#include "cloud/http/request_id.h"

#include <random>

#include <fmt/format.h>

namespace ty::cloud {

std::string makeUuid()
{
    std::random_device device;
    const auto word = [&] { return static_cast<std::uint32_t>(device()); };
    const std::uint32_t b = word();
    const std::uint32_t c = word();
    return fmt::format(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:04x}{:08x}",
        word(),
        b >> 16,
        b & 0xfffU,
        8 + (c >> 30),
        c & 0xfffU,
        (c >> 12) & 0xffffU,
        word());
}

RequestIdTransport::RequestIdTransport(Transport& inner, MakeId makeId)
    : m_inner(inner)
    , m_makeId(std::move(makeId))
{
}

Result<HttpResponse> RequestIdTransport::send(const HttpRequest& request, std::stop_token stop)
{
    HttpRequest named = request;
    if (!named.headers.find("x-ms-client-request-id")) {
        named.headers.set("x-ms-client-request-id", m_makeId());
    }
    return m_inner.send(named, std::move(stop));
}

} // namespace ty::cloud
