#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cloud/gcp/compute_operation.h"
#include "cloud/gcp/compute_requests.h"
#include "cloud/gcp/google_failures.h"
#include "cloud/http/paged.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"

namespace ty::cloud::gcp {

struct ComputeOptions {
    /// Without a last slash; a sandbox is at http://127.0.0.1:<port>/compute/v1.
    std::string baseUrl = "https://compute.googleapis.com/compute/v1";
    std::chrono::milliseconds pollEvery{2000}; ///< between two "wait" calls that came back early
    RetryTransport::Sleep sleep = sleepFor;
};

/// Google Compute Engine. Blocks: for worker threads; any number of them when the transport allows it.
/// An answer that tells of a failure becomes an Error whose kind follows its class (google_failures.h).
class ComputeClient {
public:
    /// `transport` signs and retries, and outlives this.
    ComputeClient(Transport& transport, ComputeOptions options);

    const ComputeOptions& options() const { return m_options; }

    /// Any status is an answer.
    Result<HttpResponse> send(const ComputeRequest& request, std::stop_token stop);
    /// The JSON of a successful answer.
    Result<Json> call(const ComputeRequest& request, std::stop_token stop);

    template<Described T>
    Result<T> get(const ComputeRequest& request, std::stop_token stop)
    {
        TY_TRY(const Json body, call(request, stop));
        return fromJson<T>(body, request.path);
    }

    /// All pages of a list.
    template<Described T>
    Result<std::vector<T>> list(const ComputeRequest& request, std::stop_token stop)
    {
        std::vector<T> all;
        TY_CHECK(eachPage(request, stop, [&](const Json& items) -> Result<void> {
            TY_TRY(std::vector<T> some, listFromJson<T>(items, request.path));
            all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
            return {};
        }));
        return all;
    }

    /// All pages of an aggregated list, by "zones/us-central1-a". T is one zone's part of it.
    template<Described T>
    Result<std::map<std::string, T>> aggregated(const ComputeRequest& request, std::stop_token stop)
    {
        std::map<std::string, T> all;
        TY_CHECK(eachPage(request, stop, [&](const Json& items) -> Result<void> {
            for (const auto& [place, part] : items.items()) {
                TY_TRY(T scope, fromJson<T>(part, request.path));
                all[place] = std::move(scope);
            }
            return {};
        }));
        return all;
    }

    /// Begins a task. A refusal is no Error here but an operation that is done and failed.
    Result<ComputeOperation> begin(const ComputeRequest& request, std::stop_token stop);
    /// Looks at a task once; `waits`: the answer comes when it is done, or after about two minutes.
    enum class Look { Once, Waits };
    Result<ComputeOperation> look(const ComputeOperation& operation, Look look, std::stop_token stop);
    /// Waits for the end, whatever it is: a failure is in the operation. Errors: Cancelled when stopped and Network when
    /// `deadline` passes: then the task goes on in the cloud, and its selfLink finds it again.
    Result<ComputeOperation> wait(
        ComputeOperation operation,
        std::stop_token stop,
        std::optional<std::chrono::steady_clock::time_point> deadline = {});

private:
    Result<void> eachPage(
        const ComputeRequest& request, std::stop_token stop, const std::function<Result<void>(const Json&)>& onItems);
    std::string urlOf(const ComputeRequest& request) const;

    Transport& m_transport;
    ComputeOptions m_options;
};

} // namespace ty::cloud::gcp
