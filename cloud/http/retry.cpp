#include "cloud/http/retry.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>

namespace ty::cloud {

namespace {

bool isIdempotent(const std::string& method)
{
    return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

bool isRetriedStatus(int status)
{
    constexpr int kRetried[] = {408, 429, 500, 502, 503, 504};
    return std::find(std::begin(kRetried), std::end(kRetried), status) != std::end(kRetried);
}

bool mayRepeat(const HttpRequest& request, const Result<HttpResponse>& answer)
{
    const bool isSafeTwice = isIdempotent(request.method) || request.isRepeatable;
    if (!answer) {
        return answer.error().kind == ErrorKind::Network && isSafeTwice;
    }
    if (!isRetriedStatus(answer->status)) {
        return false;
    }
    const bool isRefused = answer->status == 429 || answer->status == 503;
    return isSafeTwice || (isRefused && retryAfter(answer->headers));
}

} // namespace

RetryTransport::RetryTransport(Transport& inner, RetryOptions options, Random random, Sleep sleep)
    : m_inner(inner)
    , m_options(options)
    , m_random(random)
    , m_sleep(std::move(sleep))
{
}

Result<HttpResponse> RetryTransport::send(const HttpRequest& request, std::stop_token stop)
{
    for (int retry = 0;; ++retry) {
        Result<HttpResponse> answer = m_inner.send(request, stop);
        if (retry >= m_options.retries || !mayRepeat(request, answer)) {
            return answer;
        }
        const double own = static_cast<double>(m_options.firstDelay.count()) * std::pow(2.0, retry)
            * m_random.uniform(0.8, 1.3);
        auto delay = std::chrono::milliseconds(static_cast<std::int64_t>(own));
        delay = std::min(delay, m_options.longestDelay);
        if (answer) {
            delay = retryAfter(answer->headers).value_or(delay);
        }
        if (request.deadline && std::chrono::steady_clock::now() + delay >= *request.deadline) {
            return answer; // waiting longer than the caller does would only hide the reason
        }
        if (!m_sleep(delay, stop)) {
            return Error{ErrorKind::Cancelled, request.method + " was cancelled while waiting to try again", {}};
        }
    }
}

bool sleepFor(std::chrono::milliseconds duration, std::stop_token stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

} // namespace ty::cloud
