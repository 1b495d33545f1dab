#include "cloud/provision/azure_driver.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>
#include <utility>

#include "cloud/azure/azure_failures.h"
#include "cloud/azure/provider_registration.h"
#include "cloud/azure/scale_set.h"
#include "cloud/azure/schedule.h"
#include "cloud/azure/storage_account.h"
#include "cloud/azure/virtual_machine.h"
#include "cloud/provision/azure_shutdown.h"
#include "cloud/provision/marks.h"

namespace ty::cloud {

namespace {

using namespace azure;

constexpr const char* kGroupVersion = "2024-03-01";
constexpr const char* kScale = "scale"; ///< of a scale set
constexpr std::array kKnownTypes
    = {kVirtualMachines, kScaleSets, kImages,    kDisks,          kNetworks,
       kSubnets,         kSchedules, kPublicIps, kSecurityGroups, kNetworkInterfaces,
       kStorageAccounts, kRoleAssignments, kGalleries, kGalleryImages, kGalleryVersions};

/// "Microsoft.Network/virtualNetworks/subnets" of ".../providers/Microsoft.Network/virtualNetworks/net/subnets/sub".
std::string typeOf(const std::string& resourceId)
{
    constexpr std::string_view kProviders = "/providers/";
    const auto found = resourceId.rfind(kProviders);
    if (found == std::string::npos) {
        return {};
    }
    std::istringstream parts(resourceId.substr(found + kProviders.size()));
    std::string type;
    std::getline(parts, type, '/');
    for (std::string kind, name; std::getline(parts, kind, '/') && std::getline(parts, name, '/');) {
        type += "/" + kind;
    }
    return type;
}

ArmRequest requestFor(const char* method, const std::string& resourceId, const std::string& verb = {})
{
    return {
        method, verb.empty() ? resourceId : resourceId + "/" + verb, {{"api-version", apiVersionOf(resourceId)}}, {}};
}

Found foundBy(const std::string& provisioningState)
{
    if (provisioningState.empty() || isSame(provisioningState, "Succeeded")) {
        return Found::Done;
    }
    if (isSame(provisioningState, "Failed") || isSame(provisioningState, "Canceled")) {
        return Found::Broken;
    }
    return Found::Busy;
}

/// What every resource tells; the rest of it is not read here.
struct Glance {
    TextMap tags;
    std::string provisioningState;
    std::string principalId; ///< of its own identity

    void fields(auto& f)
    {
        f("tags", tags);
        f("properties.provisioningState", provisioningState);
        f("identity.principalId", principalId);
    }
};

bool isGrant(const std::string& resourceId)
{
    return isSame(typeOf(resourceId), kRoleAssignments.path);
}

bool isScaleSet(const std::string& resourceId)
{
    return isSame(typeOf(resourceId), kScaleSets.path);
}

bool isOf(const Glance& glance, const std::string& operation)
{
    const auto tag = glance.tags.find(kOperationTag);
    return tag != glance.tags.end() && tag->second == operation;
}

/// The state that a verb leads to.
Found reached(const std::string& verb, MachineState state)
{
    const bool isMoving
        = state == MachineState::Starting || state == MachineState::Stopping || state == MachineState::Deleting;
    bool isThere = false;
    if (verb == "start") {
        isThere = state == MachineState::Running || state == MachineState::Idle;
    } else if (verb == "deallocate") {
        isThere = state == MachineState::Off;
    } else if (verb == "powerOff") {
        isThere = state == MachineState::StoppedBilled || state == MachineState::Off;
    }
    if (isThere) {
        return Found::Done;
    }
    return isMoving ? Found::Busy : Found::Absent;
}

bool isGeneralized(const VirtualMachine& machine)
{
    if (!machine.instanceView) {
        return false;
    }
    const auto& statuses = machine.instanceView->statuses;
    return std::any_of(
        statuses.begin(), statuses.end(), [](const auto& status) { return isSame(status.code, "OSState/generalized"); });
}

/// A refused request, or a task that failed. Busy where another look and try may help.
Error failureOf(const CloudError& failure, const Verdict& verdict)
{
    Error error = failure.toError(verdict);
    // What one resource still holds of another is let go in a while.
    const bool isHeld = std::any_of(failure.causes.begin(), failure.causes.end(), [](const ErrorCause& cause) {
        return cause.code.find("InUse") != std::string::npos || cause.code.find("CannotBeDeleted") != std::string::npos
            || cause.code.find("Reserved") != std::string::npos;
    });
    if (verdict.failure == FailureClass::NoCapacity) {
        error.kind = ErrorKind::Quota; // sold out: the same request will not pass in a while
    } else if (mayPass(verdict.failure) || isHeld) {
        error.kind = ErrorKind::Busy;
    }
    return error;
}

} // namespace

std::string apiVersionOf(const std::string& resourceId)
{
    const std::string type = typeOf(resourceId);
    for (const ResourceType& known : kKnownTypes) {
        if (isSame(type, known.path)) {
            return known.apiVersion;
        }
    }
    return kGroupVersion;
}

AzureDriver::AzureDriver(ArmClient& client)
    : m_client(client)
{
}

Result<Found> AzureDriver::look(const Step& step, const std::string& operation, std::stop_token stop)
{
    m_refusal.reset();
    if (step.kind == Step::Kind::Reach) {
        return step.verb == kScale         ? lookAtScaleSet(step, stop)
            : step.verb == kShutdownVerb ? lookAtShutdown(step, stop)
            : isScaleSet(step.resource) ? lookAtNodes(step, stop)
                                        : lookAtMachine(step, stop);
    }
    const bool isRemoval = step.kind == Step::Kind::Remove;
    auto answer = m_client.get<Glance>(requestFor("GET", step.resource), stop);
    if (!answer) {
        if (answer.error().kind == ErrorKind::NotFound) {
            return isRemoval ? Found::Done : Found::Absent;
        }
        if (isGrant(step.resource) && answer.error().kind == ErrorKind::Permission) {
            return Found::Done; // who may not look may not have granted either
        }
        return std::move(answer).error();
    }
    if (step.isOurs && !isOf(*answer, operation)) {
        return Found::Foreign;
    }
    if (isSame(answer->provisioningState, "Deleting")) {
        return Found::Busy;
    }
    if (isRemoval) {
        return Found::Absent;
    }
    const Found found = foundBy(answer->provisioningState);
    if (found == Found::Broken && isSame(typeOf(step.resource), kVirtualMachines.path)) {
        readFailureOf(step.resource, stop);
    }
    return found;
}

/// A machine that failed still tells why when the task that made it is forgotten.
void AzureDriver::readFailureOf(const std::string& resource, std::stop_token stop)
{
    ArmRequest request = requestFor("GET", resource);
    request.query.emplace_back("$expand", "instanceView");
    const auto machine = m_client.get<VirtualMachine>(request, std::move(stop));
    if (!machine || !machine->instanceView) {
        return;
    }
    constexpr std::string_view kFailed = "ProvisioningState/failed/";
    for (const auto& status : machine->instanceView->statuses) {
        if (status.code.starts_with(kFailed)) {
            CloudError failure;
            failure.causes.push_back({status.code.substr(kFailed.size()), status.message, {}});
            (void)refused(failure);
        }
    }
}

Error AzureDriver::refused(const CloudError& failure)
{
    const Verdict verdict = classify(failure);
    m_refusal = Refusal{verdict, failure.code()};
    return failureOf(failure, verdict);
}

Result<Found> AzureDriver::lookAtScaleSet(const Step& step, std::stop_token stop)
{
    TY_TRY(const ScaleSet set, m_client.get<ScaleSet>(requestFor("GET", step.resource), std::move(stop)));
    const auto wanted = step.body.at("sku").at("capacity").get<std::int64_t>();
    return set.sku.capacity == wanted ? foundBy(set.provisioningState) : Found::Absent;
}

/// Whether all nodes are where the verb leads to; a set without nodes is.
Result<Found> AzureDriver::lookAtNodes(const Step& step, std::stop_token stop)
{
    ArmRequest request = requestFor("GET", step.resource, "virtualMachines");
    request.query.emplace_back("$expand", "instanceView");
    TY_TRY(const auto nodes, m_client.list<ScaleSetMachine>(request, std::move(stop)));
    Found all = Found::Done;
    for (const ScaleSetMachine& node : nodes) {
        const Found found = reached(step.verb, node.state());
        if (found == Found::Absent) {
            return found;
        }
        all = found == Found::Busy ? found : all;
    }
    return all;
}

Result<Found> AzureDriver::lookAtMachine(const Step& step, std::stop_token stop)
{
    ArmRequest request = requestFor("GET", step.resource);
    request.query.emplace_back("$expand", "instanceView");
    TY_TRY(const VirtualMachine machine, m_client.get<VirtualMachine>(request, stop));
    if (step.verb == "generalize") {
        return isGeneralized(machine) ? Found::Done : Found::Absent;
    }
    if (step.verb == "resize") {
        const std::string wanted
            = step.body.at("properties").at("hardwareProfile").at("vmSize").get<std::string>();
        return isSame(machine.size, wanted) ? foundBy(machine.provisioningState) : Found::Absent;
    }
    if (step.verb == "tags") {
        const Json& wanted = step.body.at("tags");
        const bool isSameTags = machine.tags.size() == wanted.size()
            && std::all_of(machine.tags.begin(), machine.tags.end(), [&](const auto& tag) {
                   const auto found = wanted.find(tag.first);
                   return found != wanted.end() && *found == tag.second;
               });
        const bool isBusy = foundBy(machine.provisioningState) == Found::Busy;
        return !isSameTags ? Found::Absent : isBusy ? Found::Busy : Found::Done;
    }
    return reached(step.verb, machine.state());
}

/// Whether the machine's daily shutdown is set as the step says.
Result<Found> AzureDriver::lookAtShutdown(const Step& step, std::stop_token stop)
{
    const auto found = m_client.get<ShutdownSchedule>(requestFor("GET", step.resource), std::move(stop));
    if (!found) {
        const bool isNone = found.error().kind == ErrorKind::NotFound;
        return isNone ? Result<Found>(Found::Absent) : Result<Found>(found.error());
    }
    TY_TRY(const ShutdownSchedule wanted, fromJson<ShutdownSchedule>(step.body, "the journalled shutdown"));
    const bool isSo = found->time == wanted.time && found->timeZone == wanted.timeZone && isSame(found->status, wanted.status);
    return isSo ? foundBy(found->provisioningState) : Found::Absent;
}

/// A subscription has to be told once that it uses a service; a new one was told of few.
Result<void> AzureDriver::registerService(const std::string& resourceId, std::stop_token stop)
{
    constexpr std::chrono::minutes kPatience{5};
    const std::string service = typeOf(resourceId).substr(0, typeOf(resourceId).find('/'));
    const auto done = ensureRegistered(
        m_client, subscriptionOfId(resourceId), service, std::chrono::steady_clock::now() + kPatience, std::move(stop));
    if (!done && done.error().kind == ErrorKind::Permission) {
        return Error{
            ErrorKind::Permission, "this subscription does not use " + service + " yet, and you may not change that",
            "Ask whoever owns it for: az provider register --namespace " + service};
    }
    return done;
}

Result<Begun> AzureDriver::begin(const Step& step, const std::string&, std::stop_token stop)
{
    if (step.verb == kGrantVerb) {
        return grant(step, std::move(stop));
    }
    ArmRequest request;
    switch (step.kind) {
    case Step::Kind::Ensure:
        request = requestFor("PUT", step.resource);
        request.body = step.body;
        break;
    case Step::Kind::Remove:
        request = requestFor("DELETE", step.resource);
        break;
    case Step::Kind::Reach:
    case Step::Kind::Act:
        if (step.verb == kShutdownVerb) {
            request = requestFor("PUT", step.resource);
            request.body = step.body;
        } else if (step.verb == kScale || step.verb == "resize" || step.verb == "tags") {
            request = requestFor("PATCH", step.resource);
            request.body = step.body;
        } else {
            request = requestFor("POST", step.resource, step.verb);
        }
        break;
    }
    m_refusal.reset();
    TY_TRY(OperationState state, m_client.beginState(request, stop));
    if (state.failure && classify(*state.failure).failure == FailureClass::Unregistered) {
        TY_CHECK(registerService(step.resource, stop));
        TY_TRY(state, m_client.beginState(request, stop));
    }
    if (state.failure) {
        return refused(*state.failure);
    }
    if (state.isDone() || state.step == OperationState::Step::Final) {
        return Begun{};
    }
    return Begun{state.toJson().dump(), state.wait.value_or(m_client.options().pollEvery)};
}

/// Lets the identity of a machine, or of a scale set, act on it. Not everybody may grant that: the machine then only powers off,
/// which its self-test tells, and Trainyard releases it.
Result<Begun> AzureDriver::grant(const Step& step, std::stop_token stop)
{
    const std::string owner = step.resource.substr(0, step.resource.rfind("/providers/"));
    TY_TRY(const Glance found, m_client.get<Glance>(requestFor("GET", owner), stop));
    if (found.principalId.empty()) {
        return Begun{};
    }
    ArmRequest request = requestFor("PUT", step.resource);
    request.body = step.body;
    (*request.body)["properties"]["principalId"] = found.principalId;
    const auto answer = m_client.get<Glance>(request, stop);
    const bool isSettled = answer || answer.error().kind == ErrorKind::Permission
        || answer.error().kind == ErrorKind::AlreadyExists || answer.error().kind == ErrorKind::Conflict
        || answer.error().kind == ErrorKind::NotFound;
    return isSettled ? Result<Begun>(Begun{}) : Result<Begun>(answer.error());
}

Result<Progress> AzureDriver::progress(const std::string& handle, std::stop_token stop)
{
    m_refusal.reset();
    TY_TRY(const Json json, parseJson(handle, "the journalled request"));
    TY_TRY(OperationState state, OperationState::fromJson(json));
    TY_CHECK(m_client.poll(state, stop));
    if (state.failure) {
        return refused(*state.failure);
    }
    // The last look of a task reads its result, which the runner looks at anyway.
    const bool isDone = state.isDone() || state.step == OperationState::Step::Final;
    return Progress{isDone, state.wait.value_or(m_client.options().pollEvery)};
}

} // namespace ty::cloud
