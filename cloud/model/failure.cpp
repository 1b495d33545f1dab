#include "cloud/model/failure.h"

namespace ty::cloud {

const char* failureClassName(FailureClass failure)
{
    switch (failure) {
    case FailureClass::NotOffered: return "not-offered";
    case FailureClass::NoCapacity: return "no-capacity";
    case FailureClass::Quota: return "quota";
    case FailureClass::Permission: return "permission";
    case FailureClass::SignIn: return "sign-in";
    case FailureClass::Throttled: return "throttled";
    case FailureClass::Transient: return "transient";
    case FailureClass::NotFound: return "not-found";
    case FailureClass::Unregistered: return "unregistered";
    case FailureClass::Permanent: break;
    }
    return "permanent";
}

FailureClass failureClassFromName(const std::string& name)
{
    for (int i = 0; i < static_cast<int>(FailureClass::Permanent); ++i) {
        const auto failure = static_cast<FailureClass>(i);
        if (name == failureClassName(failure)) {
            return failure;
        }
    }
    return FailureClass::Permanent;
}

const char* blockScopeName(BlockScope scope)
{
    switch (scope) {
    case BlockScope::Zone: return "zone";
    case BlockScope::Region: return "region";
    case BlockScope::Family: return "family";
    case BlockScope::RegionSpot: return "region-spot";
    case BlockScope::WholeRegion: return "whole-region";
    case BlockScope::Subscription: return "subscription";
    case BlockScope::Nothing: break;
    }
    return "nothing";
}

bool mayPass(FailureClass failure)
{
    return failure == FailureClass::Throttled || failure == FailureClass::Transient;
}

ErrorKind errorKindOf(FailureClass failure)
{
    switch (failure) {
    case FailureClass::NotOffered: return ErrorKind::Unsupported;
    case FailureClass::NoCapacity:
    case FailureClass::Throttled: return ErrorKind::Busy;
    case FailureClass::Quota: return ErrorKind::Quota;
    case FailureClass::Permission: return ErrorKind::Permission;
    case FailureClass::SignIn: return ErrorKind::NotSignedIn;
    case FailureClass::Transient: return ErrorKind::Network;
    case FailureClass::NotFound: return ErrorKind::NotFound;
    case FailureClass::Unregistered:
    case FailureClass::Permanent: break;
    }
    return ErrorKind::InvalidInput;
}

} // namespace ty::cloud
