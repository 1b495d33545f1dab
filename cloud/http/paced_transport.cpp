#include "cloud/http/paced_transport.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <utility>

namespace ty::cloud {

namespace {

constexpr std::array kRemaining{
    "x-ms-ratelimit-remaining-subscription-reads", "x-ms-ratelimit-remaining-subscription-writes",
    "x-ms-ratelimit-remaining-subscription-deletes"};

std::size_t bucketOf(const std::string& method)
{
    return method == "GET" || method == "HEAD" ? 0 : method == "DELETE" ? 2 : 1;
}

} // namespace

PacedTransport::PacedTransport(Transport& inner, const Rates& rates, Now now, Sleep sleep)
    : m_inner(inner)
    , m_now(std::move(now))
    , m_sleep(std::move(sleep))
{
    const auto begin = m_now();
    const std::array all{rates.reads, rates.writes, rates.deletes};
    for (std::size_t i = 0; i < all.size(); ++i) {
        m_buckets[i] = Bucket{all[i], all[i].burst, begin};
    }
}

Result<HttpResponse> PacedTransport::send(const HttpRequest& request, std::stop_token stop)
{
    const std::size_t kind = bucketOf(request.method);
    for (;;) {
        const auto wait = take(m_buckets[kind]);
        if (wait.count() == 0) {
            break;
        }
        if (!m_sleep(wait, stop)) {
            return Error{ErrorKind::Cancelled, "stopped while waiting for the service's limits", {}};
        }
    }
    auto answer = m_inner.send(request, std::move(stop));
    if (answer) {
        const auto left = answer->headers.find(kRemaining[kind]);
        double number = 0;
        if (left && std::from_chars(left->data(), left->data() + left->size(), number).ec == std::errc()) {
            const std::lock_guard lock(m_mutex);
            m_buckets[kind].tokens = std::min(m_buckets[kind].tokens, std::max(0.0, number));
        }
    }
    return answer;
}

/// 0: taken. Otherwise how long until there is one.
std::chrono::milliseconds PacedTransport::take(Bucket& bucket)
{
    const std::lock_guard lock(m_mutex);
    const auto now = m_now();
    const double passed = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(bucket.rate.burst, bucket.tokens + passed * bucket.rate.perSecond);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return std::chrono::milliseconds(0);
    }
    const double seconds = (1 - bucket.tokens) / bucket.rate.perSecond;
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
}

PacedTransport::Rates azureRates()
{
    return {{200, 20}, {160, 8}, {160, 8}};
}

PacedTransport::Rates googleRates()
{
    return {{100, 20}, {100, 20}, {100, 20}};
}

} // namespace ty::cloud
