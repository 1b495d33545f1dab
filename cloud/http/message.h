#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cloud/http/body_sink.h"

namespace ty::cloud {

/// Header fields in the order sent; names compare without case.
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Field> fields) : m_fields(fields) {}

    const std::vector<Field>& fields() const { return m_fields; }
    /// The first value of `name`.
    std::optional<std::string> find(const std::string& name) const;
    void add(std::string name, std::string value);
    /// Replaces every field of that name.
    void set(const std::string& name, std::string value);

private:
    std::vector<Field> m_fields;
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    Headers headers;
    std::string body;
    std::span<const std::byte> payload; ///< sent in place of `body`, not copied: blocks of files. The caller keeps it
    /// Where the bytes of a 2xx answer go, as they were sent (nothing is decompressed). Any other answer is a text as ever.
    BodySink sink;
    std::chrono::milliseconds connectTimeout{10'000};
    std::chrono::milliseconds timeout{100'000}; ///< of one try, from connecting to the last byte
    /// When all tries and the waits between them must be over; none: only the tries themselves are limited.
    std::optional<std::chrono::steady_clock::time_point> deadline;
    std::chrono::seconds stallTimeout{0}; ///< a try in which no byte moves for so long is lost; 0: only `timeout` counts
    bool isRepeatable = false; ///< a POST that carries its own id (Google's requestId): doing it twice does it once

    std::size_t bodyBytes() const { return payload.empty() ? body.size() : payload.size(); }
};

struct HttpResponse {
    int status = 0;
    Headers headers;
    std::string body;
    std::size_t sunkBytes = 0; ///< how many went to the request's sink
};

/// The wait a server asks for: retry-after-ms, x-ms-retry-after-ms, then Retry-After in whole seconds; a day at most.
std::optional<std::chrono::milliseconds> retryAfter(const Headers& headers);

} // namespace ty::cloud
