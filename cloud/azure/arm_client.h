#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "cloud/azure/operation.h"
#include "cloud/azure/requests.h"
#include "cloud/http/paged.h"
#include "cloud/http/retry.h"
#include "cloud/http/transport.h"
#include "cloud/model/fields.h"

namespace ty::cloud::azure {

struct ArmOptions {
    /// Without a last slash. Sovereign clouds have their own, a sandbox is at http://127.0.0.1:<port>.
    std::string baseUrl = "https://management.azure.com";
    std::chrono::milliseconds pollEvery{2000}; ///< where the service does not say how long to wait
    RetryTransport::Sleep sleep = sleepFor;
};

/// Azure Resource Manager. Blocks: for worker threads; any number of them when the transport allows it.
/// Every call ends early when its stop is requested (Cancelled). An answer that tells of a failure becomes an Error whose
/// kind follows the class of the failure (azure_failures.h).
class ArmClient {
public:
    /// `transport` signs and retries, and outlives this.
    ArmClient(Transport& transport, ArmOptions options);

    const ArmOptions& options() const { return m_options; }

    /// Any status is an answer.
    Result<HttpResponse> send(const ArmRequest& request, std::stop_token stop);
    /// GET of an absolute address that the service named: it must lie on the same service, since the token goes along.
    Result<HttpResponse> follow(const std::string& url, std::stop_token stop);

    /// The JSON of a successful answer; null for an empty one.
    Result<Json> call(const ArmRequest& request, std::stop_token stop);
    /// HEAD: whether the thing exists.
    Result<bool> exists(const ArmRequest& request, std::stop_token stop);

    template<Described T>
    Result<T> get(const ArmRequest& request, std::stop_token stop)
    {
        TY_TRY(const Json body, call(request, stop));
        return fromJson<T>(body, request.path);
    }

    /// All pages of a list.
    template<Described T>
    Result<std::vector<T>> list(const ArmRequest& request, std::stop_token stop)
    {
        std::vector<T> all;
        TY_CHECK(eachPage(request, stop, [&](const Json& items) -> Result<bool> {
            TY_TRY(std::vector<T> some, listFromJson<T>(items, request.path));
            all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
            return true;
        }));
        return all;
    }

    /// Begins a task. A refusal is no Error here but an operation that failed, with all that the service said.
    template<Described T>
    Result<Operation<T>> begin(const ArmRequest& request, std::stop_token stop)
    {
        TY_TRY(OperationState state, beginState(request, stop));
        return Operation<T>(*this, std::move(state));
    }

    /// Waits for one answer of the task's state and follows it; see Operation::poll.
    Result<void> poll(OperationState& state, std::stop_token stop);
    Result<OperationState> beginState(const ArmRequest& request, std::stop_token stop);
    std::string urlOf(const ArmRequest& request) const;

private:
    /// Gives the items of each page until `onItems` returns false.
    Result<void> eachPage(
        const ArmRequest& request, std::stop_token stop, const std::function<Result<bool>(const Json&)>& onItems);

    Transport& m_transport;
    ArmOptions m_options;
};

template<Described T>
Result<void> Operation<T>::poll(std::stop_token stop)
{
    return m_client->poll(m_state, std::move(stop));
}

template<Described T>
Result<Operation<NoBody>> Operation<T>::cancel(std::stop_token stop)
{
    if (m_state.method != "PUT") {
        return Error{ErrorKind::Unsupported, "Azure can only take back what is being created", {}};
    }
    TY_TRY(OperationState state, m_client->beginState(deletionOf(m_state, m_client->options().baseUrl), std::move(stop)));
    return Operation<NoBody>(*m_client, std::move(state));
}

template<Described T>
std::chrono::milliseconds Operation<T>::pause() const
{
    return m_state.wait.value_or(m_client->options().pollEvery);
}

template<Described T>
bool Operation<T>::sleep(std::stop_token stop) const
{
    return m_client->options().sleep(pause(), std::move(stop));
}

} // namespace ty::cloud::azure
