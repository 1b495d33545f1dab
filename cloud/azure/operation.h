#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "cloud/azure/azure_failures.h"
#include "cloud/azure/operation_state.h"
#include "cloud/azure/requests.h"
#include "cloud/model/fields.h"

namespace ty::cloud::azure {

class ArmClient;

/// The result of a task that answers nothing.
struct NoBody {
    void fields(auto&) {}
};

/// DELETE of what a PUT was making.
ArmRequest deletionOf(const OperationState& state, const std::string& baseUrl);

/// A task of Resource Manager that takes longer than its request. One thread at a time; the client outlives it.
/// Including arm_client.h gives the bodies.
template<Described T>
class Operation {
public:
    Operation(ArmClient& client, OperationState state) : m_client(&client), m_state(std::move(state)) {}

    /// Goes on where resumeToken() was taken. Errors: InvalidInput.
    static Result<Operation> resume(ArmClient& client, const Json& token)
    {
        TY_TRY(OperationState state, OperationState::fromJson(token));
        return Operation(client, std::move(state));
    }

    const OperationState& state() const { return m_state; }
    bool isDone() const { return m_state.isDone(); }
    /// The failure when it ended badly.
    const std::optional<CloudError>& failure() const { return m_state.failure; }
    Json resumeToken() const { return m_state.toJson(); }

    /// How long to wait before the next poll: what the service asked for, else the client's own.
    std::chrono::milliseconds pause() const;
    /// One look at the state, at once. Errors: the state could not be read; the task goes on all the same.
    Result<void> poll(std::stop_token stop);

    /// Polls until the end and gives the result. Errors: the failure; Cancelled when stopped and Network when `deadline`
    /// passes: then the task goes on in the cloud, and a resume token finds it again.
    Result<T> wait(std::stop_token stop, std::optional<std::chrono::steady_clock::time_point> deadline = {})
    {
        while (!isDone()) {
            if (deadline && std::chrono::steady_clock::now() + pause() > *deadline) {
                return Error{ErrorKind::Network, "the cloud did not finish in time; it may still do so", {}};
            }
            if (m_state.step != OperationState::Step::Final && !sleep(stop)) {
                return Error{ErrorKind::Cancelled, "stopped waiting; the cloud goes on", {}};
            }
            TY_CHECK(poll(stop));
        }
        return result();
    }

    /// Of a task that is done.
    Result<T> result() const
    {
        if (m_state.failure) {
            return m_state.failure->toError(classify(*m_state.failure));
        }
        return m_state.result.is_object() ? fromJson<T>(m_state.result, m_state.url) : Result<T>(T{});
    }

    /// Takes back what a PUT was making: begins its deletion. Errors: Unsupported for other tasks, which Azure cannot stop.
    Result<Operation<NoBody>> cancel(std::stop_token stop);

private:
    bool sleep(std::stop_token stop) const;

    ArmClient* m_client;
    OperationState m_state;
};

} // namespace ty::cloud::azure
