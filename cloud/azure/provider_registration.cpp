#include "cloud/azure/provider_registration.h"

namespace ty::cloud::azure {

namespace {

constexpr std::chrono::seconds kLookEvery{5};

} // namespace

Result<void> ensureRegistered(
    ArmClient& client,
    const std::string& subscription,
    const std::string& provider,
    std::chrono::steady_clock::time_point deadline,
    std::stop_token stop)
{
    TY_TRY(Provider state, client.get<Provider>(getProvider(subscription, provider), stop));
    if (isSame(state.registrationState, "Registered")) {
        return {};
    }
    TY_TRY(state, client.get<Provider>(registerProvider(subscription, provider), stop));
    while (!isSame(state.registrationState, "Registered")) {
        if (std::chrono::steady_clock::now() + kLookEvery > deadline) {
            return Error{ErrorKind::Network, provider + " was not registered in time; Azure goes on with it", {}};
        }
        if (!client.options().sleep(kLookEvery, stop)) {
            return Error{ErrorKind::Cancelled, "stopped waiting for the registration of " + provider, {}};
        }
        TY_TRY(state, client.get<Provider>(getProvider(subscription, provider), stop));
    }
    return {};
}

} // namespace ty::cloud::azure
