#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

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
    std::chrono::milliseconds connectTimeout{10'000};
    std::chrono::milliseconds timeout{100'000}; ///< of one try, from connecting to the last byte
    /// When all tries and the waits between them must be over; none: only the tries themselves are limited.
    std::optional<std::chrono::steady_clock::time_point> deadline;
    bool isRepeatable = false; ///< a POST that carries its own id (Google's requestId): doing it twice does it once
};

struct HttpResponse {
    int status = 0;
    Headers headers;
    std::string body;
};

/// The wait a server asks for: retry-after-ms, x-ms-retry-after-ms, then Retry-After in whole seconds; a day at most.
std::optional<std::chrono::milliseconds> retryAfter(const Headers& headers);

} // namespace ty::cloud
