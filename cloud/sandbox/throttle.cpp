#include "cloud/sandbox/throttle.h"

#include <algorithm>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

struct Limit {
    const char* kind;
    double size;
    double perSecond;
};

Limit limitOf(const Request& request)
{
    if (request.method == "GET" || request.method == "HEAD") {
        return {"reads", 250, 25};
    }
    return request.method == "DELETE" ? Limit{"deletes", 200, 10} : Limit{"writes", 200, 10};
}

} // namespace

bool Throttle::admit(const Request& request, Response& response)
{
    const auto limit = limitOf(request);
    const auto now = m_world.clock.now();
    auto [found, isNew] = m_buckets.try_emplace(limit.kind, Bucket{limit.size, now});
    auto& bucket = found->second;
    const double passed = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(limit.size, bucket.tokens + passed * limit.perSecond * m_world.pace.scale());
    bucket.filled = now;
    if (bucket.tokens < 1 && m_isOn) {
        response = armError(
            429, "TooManyRequests",
            fmt::format("The request for subscription '{}' was throttled: too many {} in a short time.",
                        m_world.identity.subscriptionId, limit.kind));
        setRetryAfter(response, m_world.pace.wait(2));
        return false;
    }
    bucket.tokens = std::max(0.0, bucket.tokens - 1);
    return true;
}

void Throttle::addHeaders(const Request& request, Response& response) const
{
    const auto limit = limitOf(request);
    const auto found = m_buckets.find(limit.kind);
    if (found != m_buckets.end()) {
        const bool isTenant = request.path.empty() || !equalFold(request.path[0], "subscriptions") || request.path.size() < 2;
        response.set(
            fmt::format("x-ms-ratelimit-remaining-{}-{}", isTenant ? "tenant" : "subscription", limit.kind),
            fmt::format("{}", static_cast<int>(found->second.tokens)));
    }
}

} // namespace ty::sandbox
