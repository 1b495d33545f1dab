#include "cloud/provision/google_driver.h"

#include <utility>

#include "cloud/auth/crypto.h"
#include "cloud/gcp/compute_requests.h"
#include "cloud/gcp/instance.h"
#include "cloud/provision/google_plan.h"
#include "cloud/provision/marks.h"

namespace ty::cloud {

namespace {

using namespace gcp;

constexpr const char* kStart = "start";
constexpr const char* kStop = "stop";
constexpr const char* kSetType = "setMachineType";
constexpr const char* kSetLabels = "setLabels";

/// What every resource tells; the rest of it is not read here.
struct Glance {
    TextMap labels;
    std::string description; ///< firewall rules have no labels
    std::string status;

    void fields(auto& f)
    {
        f("labels", labels);
        f("description", description);
        f("status", status);
    }
};

bool isOf(const Glance& glance, const std::string& operation)
{
    const auto label = glance.labels.find(kOperationTag);
    const std::string said = std::string(kOperationTag) + "=" + operation;
    return label != glance.labels.end() ? label->second == operation
                                        : (glance.description + " ").find(said + " ") != std::string::npos;
}

/// Of machines, disks, images and rules, whose words do not contradict one another.
Found foundBy(const std::string& status)
{
    if (status == "PROVISIONING" || status == "STAGING" || status == "CREATING" || status == "RESTORING"
        || status == "PENDING" || status == "STOPPING" || status == "DELETING") {
        return Found::Busy;
    }
    return status == "FAILED" ? Found::Broken : Found::Done;
}

/// The state that a verb leads to.
Found reached(const std::string& verb, MachineState state)
{
    const MachineState wanted = verb == kStart ? MachineState::Running : MachineState::Off;
    if (state == wanted) {
        return Found::Done;
    }
    return state == MachineState::Starting || state == MachineState::Stopping ? Found::Busy : Found::Absent;
}

/// A refused request, or a task that failed. Busy where another look and try may help.
Error failureOf(const CloudError& failure, const Verdict& verdict)
{
    Error error = failure.toError(verdict);
    if (verdict.failure == FailureClass::NoCapacity) {
        error.kind = ErrorKind::Quota; // sold out: the same request will not pass in a while
    } else if (verdict.failure == FailureClass::NotFound) {
        error.kind = ErrorKind::InvalidInput; // an image or network that the request names; the handle was not forgotten
    } else if (mayPass(verdict.failure)) {
        error.kind = ErrorKind::Busy;
    }
    return error;
}

/// A UUID that the same words always give.
std::string uuidOf(const std::string& words)
{
    constexpr const char* kDigits = "0123456789abcdef";
    std::string bytes = sha256(words).substr(0, 16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x50); // version 5: made of a name
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text += i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        text += kDigits[byte >> 4];
        text += kDigits[byte & 0x0f];
    }
    return text;
}

/// Of "projects/P/zones/Z/instances/NAME".
InstanceRef instanceOf(const std::string& path)
{
    constexpr std::string_view kProjects = "projects/";
    return {path.substr(kProjects.size(), path.find('/', kProjects.size()) - kProjects.size()), zoneOfPath(path), lastPart(path)};
}

} // namespace

ComputeRequest googleRequest(const Step& step)
{
    ComputeRequest request;
    switch (step.kind) {
    case Step::Kind::Ensure:
        request.method = "POST";
        request.path = step.resource.substr(0, step.resource.rfind('/'));
        request.body = step.body;
        break;
    case Step::Kind::Remove:
        request.method = "DELETE";
        request.path = step.resource;
        break;
    case Step::Kind::Reach:
    case Step::Kind::Act:
        request.method = "POST";
        request.path = step.resource + "/" + step.verb;
        if (!step.body.is_null()) {
            request.body = step.body;
        }
        break;
    }
    return request;
}

GoogleDriver::GoogleDriver(ComputeClient& client, std::string operation)
    : m_client(client), m_operation(std::move(operation))
{
}

Error GoogleDriver::refused(const CloudError& failure)
{
    const Verdict verdict = classify(failure);
    m_refusal = Refusal{verdict, failure.code()};
    return failureOf(failure, verdict);
}

Result<Found> GoogleDriver::look(const Step& step, const std::string& operation, std::stop_token stop)
{
    m_refusal.reset();
    if (step.kind == Step::Kind::Reach) {
        return lookAtMachine(step, std::move(stop));
    }
    const bool isRemoval = step.kind == Step::Kind::Remove;
    ComputeRequest request;
    request.path = step.resource;
    auto answer = m_client.get<Glance>(request, std::move(stop));
    if (!answer) {
        if (answer.error().kind == ErrorKind::NotFound) {
            return isRemoval ? Found::Done : Found::Absent;
        }
        return std::move(answer).error();
    }
    if (step.isOurs && !isOf(*answer, operation)) {
        return Found::Foreign;
    }
    if (!isRemoval) {
        return foundBy(answer->status);
    }
    // A machine that only stops is STOPPING too; a deletion is taken then all the same.
    return answer->status == "DELETING" ? Found::Busy : Found::Absent;
}

Result<Found> GoogleDriver::lookAtMachine(const Step& step, std::stop_token stop)
{
    ComputeRequest request;
    request.path = step.resource;
    TY_TRY(const Instance machine, m_client.get<Instance>(request, std::move(stop)));
    if (step.verb == kSetType) {
        const std::string wanted = lastPart(step.body.value("machineType", std::string()));
        return lastPart(machine.machineType) == wanted ? Found::Done : Found::Absent;
    }
    if (step.verb == kSetLabels) {
        return Json(machine.labels) == step.body.at("labels") ? Found::Done : Found::Absent;
    }
    return reached(step.verb, machine.state());
}

std::string GoogleDriver::requestId(const Step& step, const ComputeRequest& request)
{
    std::string parameters;
    for (const auto& [name, value] : request.query) {
        parameters += " " + name + "=" + value;
    }
    return uuidOf(
        m_operation + " " + std::to_string(static_cast<int>(step.kind)) + " " + step.resource + " " + step.verb + " "
        + std::to_string(m_failures) + parameters);
}

/// The device name of a disk that would stay when the machine goes; empty when none would.
Result<std::string> GoogleDriver::stayingDisk(const std::string& machine, std::stop_token stop)
{
    TY_TRY(const Instance found, m_client.get<Instance>(ComputeRequest{"GET", machine, {}, {}, false}, std::move(stop)));
    for (const AttachedDisk& disk : found.disks) {
        if (!disk.autoDelete.value_or(false)) {
            return disk.deviceName;
        }
    }
    return std::string();
}

Result<Begun> GoogleDriver::begin(const Step& step, const std::string&, std::stop_token stop)
{
    m_refusal.reset();
    ComputeRequest request = googleRequest(step);
    if (step.verb == kSetLabels) {
        // Who changes labels has to have read them.
        TY_TRY(const Instance machine, m_client.get<Instance>(ComputeRequest{"GET", step.resource, {}, {}, false}, stop));
        (*request.body)["labelFingerprint"] = machine.labelFingerprint;
    }
    if (step.verb == kWithDisksVerb) {
        const auto disk = stayingDisk(step.resource, stop);
        if (!disk) {
            return disk.error().kind == ErrorKind::NotFound ? Result<Begun>(Begun{}) : disk.error(); // it went meanwhile
        }
        if (!disk->empty()) {
            // One disk at a time; the step is looked at again, and the machine goes when none of them would stay.
            request = setDiskAutoDelete(instanceOf(step.resource), *disk, true);
        }
    }
    request.query.emplace_back("requestId", requestId(step, request));
    request.isRepeatable = true;
    TY_TRY(const ComputeOperation operation, m_client.begin(request, std::move(stop)));
    if (operation.failure) {
        ++m_failures;
        if (step.kind == Step::Kind::Remove && classify(*operation.failure).failure == FailureClass::NotFound) {
            return Begun{}; // it went meanwhile
        }
        return refused(*operation.failure);
    }
    if (operation.isDone()) {
        return Begun{};
    }
    return Begun{operation.selfLink, m_client.options().pollEvery};
}

Result<Progress> GoogleDriver::progress(const std::string& handle, std::stop_token stop)
{
    m_refusal.reset();
    ComputeOperation operation;
    operation.selfLink = handle;
    TY_TRY(operation, m_client.look(operation, ComputeClient::Look::Once, std::move(stop)));
    if (operation.failure) {
        ++m_failures;
        return refused(*operation.failure);
    }
    return Progress{operation.isDone(), m_client.options().pollEvery};
}

} // namespace ty::cloud
