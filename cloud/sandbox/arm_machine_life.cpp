// What happens to a virtual machine in time: power, scripts, the ends of its operations.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_disks.h"
#include "cloud/sandbox/arm_machines.h"
#include "cloud/sandbox/arm_network.h"
#include "cloud/sandbox/azure_quota.h"

namespace ty::sandbox {

namespace {

/// How long an action takes on the real cloud, about, and what the machine is meanwhile and after.
struct Action {
    double seconds;
    const char* meanwhile;
    const char* after;
};

const std::map<std::string, Action>& actions()
{
    static const std::map<std::string, Action> table{
        {"start", {25, "starting", "running"}},
        {"poweroff", {15, "stopping", "stopped"}},
        {"deallocate", {30, "deallocating", "deallocated"}},
        {"restart", {15, "running", "running"}},
        {"redeploy", {60, "starting", "running"}},
        {"reapply", {10, "running", "running"}},
        {"reimage", {60, "starting", "running"}},
        {"simulateeviction", {20, "deallocating", "deallocated"}},
    };
    return table;
}

/// A NIC stays reserved for a machine that is gone or whose allocation failed.
constexpr double kReservedSeconds = 180;

std::string firstBootScript(const Json& login)
{
    return decodeBase64(login.value("customData", "")).value_or("");
}

} // namespace

Json allocationError(const std::string& code, const Json& body)
{
    std::string message;
    if (code == "ZonalAllocationFailed") {
        message = "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about "
                  "improving likelihood of allocation success at http://aka.ms/allocation-guidance";
    } else if (code == "AllocationFailed") {
        message = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about "
                  "improving likelihood of allocation success at http://aka.ms/allocation-guidance";
    } else if (code.starts_with("Overconstrained")) {
        message = "Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too "
                  "restrictive. Please remove some constraints and try again. Constraints applied are:\n  - Availability Zone\n  - VM Size\n";
    } else {
        message = fmt::format("The sandbox's script lets the machine '{}' fail.", textAt(body, "name"));
    }
    return {{"code", code}, {"message", message}};
}

std::string shortageOf(const World& world, const std::string& sizeName, const std::string& region, const std::string& zone)
{
    const AzureSize* size = findAzureSize(sizeName);
    if (size == nullptr) {
        return {};
    }
    if (const auto scripted = world.faults.capacity({zone.empty() ? "" : region + "-" + zone, region}, size->name)) {
        return *scripted == "gives" ? "" : *scripted;
    }
    const bool isOut = azureOffer(*size, region, zone) == AzureOffer::NoCapacity;
    return !isOut ? "" : zone.empty() ? "AllocationFailed" : "ZonalAllocationFailed";
}

void Machines::assignAddress(Json& document)
{
    std::string address;
    for (const auto& reference : propertiesOf(bodyOf(document)).value("networkProfile", Json::object()).value("networkInterfaces", Json::array())) {
        const Json* nic = m_resources.find(textAt(reference, "id"));
        const std::string id = nic == nullptr ? "" : publicAddressOf(bodyOf(*nic));
        const Json* found = id.empty() ? nullptr : m_resources.find(id);
        if (found == nullptr) {
            continue;
        }
        Json publicAddress = *found;
        Json& properties = publicAddress["body"]["properties"];
        properties["ipAddress"] = keptLoopbackAddress(m_world, textAt(properties, "ipAddress"));
        address = textAt(properties, "ipAddress");
        m_resources.put(id, std::move(publicAddress));
        break;
    }
    if (!address.empty()) {
        document["address"] = address;
    } else {
        // Reachable from this computer even without a public address.
        document["ownAddress"] = keptLoopbackAddress(m_world, textAt(document, "ownAddress"));
        document["address"] = document["ownAddress"];
    }
}

void Machines::releaseDynamicAddress(const Json& document)
{
    for (const auto& reference : propertiesOf(bodyOf(document)).value("networkProfile", Json::object()).value("networkInterfaces", Json::array())) {
        const Json* nic = m_resources.find(textAt(reference, "id"));
        const std::string id = nic == nullptr ? "" : publicAddressOf(bodyOf(*nic));
        const Json* found = id.empty() ? nullptr : m_resources.find(id);
        if (found == nullptr || textAt(propertiesOf(bodyOf(*found)), "publicIPAllocationMethod") != "Dynamic") {
            continue;
        }
        Json publicAddress = *found;
        m_world.store.erase("address/" + textAt(propertiesOf(bodyOf(publicAddress)), "ipAddress"));
        publicAddress["body"]["properties"].erase("ipAddress");
        m_resources.put(id, std::move(publicAddress));
    }
}

void Machines::boot(Json& document)
{
    assignAddress(document);
    const Json login = document.value("login", Json::object());
    MachineSpec spec;
    spec.id = document.value("machine", "");
    spec.hostName = textAt(propertiesOf(bodyOf(document)).value("osProfile", Json::object()), "computerName");
    spec.address = textAt(document, "address");
    spec.user = login.value("user", "");
    for (const auto& key : login.value("keys", Json::array())) {
        spec.publicKeys.push_back(key.get<std::string>());
    }
    spec.firstBootScript = firstBootScript(login);
    spec.image = document.value("image", "");
    auto started = m_world.host.create(spec);
    if (started) {
        started = m_world.host.start(spec.id);
    }
    document["bootProblem"] = started ? "" : started.error().message;
    document["power"] = "running";
    document["statusTime"] = m_world.now();
}

void Machines::finishCreate(Json& operation)
{
    const std::string id = operation.value("resource", "");
    const Json* found = m_resources.find(id);
    if (found == nullptr || operation.contains("error")) {
        return;
    }
    Json document = *found;
    Json& properties = document["body"]["properties"];
    const std::string failure = shortage(document["body"]);
    if (failure.empty()) {
        properties["provisioningState"] = "Succeeded";
        boot(document);
    } else {
        properties["provisioningState"] = "Failed";
        document["failed"] = true;
        document["failure"] = allocationError(failure, document["body"]);
        document["power"] = "stopped";
        operation["error"] = document["failure"];
    }
    m_resources.put(id, std::move(document));
}

void Machines::finishUpdate(Json& operation)
{
    const std::string id = operation.value("resource", "");
    const Json* found = m_resources.find(id);
    if (found == nullptr || operation.contains("error")) {
        return;
    }
    Json document = *found;
    document["body"]["properties"]["provisioningState"] = "Succeeded";
    if (operation.value("restart", false)) {
        m_world.host.stop(document.value("machine", ""));
        boot(document);
    }
    m_resources.put(id, std::move(document));
}

void Machines::finishPower(Json& operation)
{
    const std::string id = operation.value("resource", "");
    const Json* found = m_resources.find(id);
    if (found == nullptr || operation.contains("error")) {
        return;
    }
    Json document = *found;
    const std::string name = operation.value("action", "");
    const Action& action = actions().at(name);
    const std::string machine = document.value("machine", "");
    document["body"]["properties"]["provisioningState"] = "Succeeded";
    if (std::string(action.after) == "running") {
        // A start needs room again, as on the real cloud.
        const std::string failure = name == "start" ? shortage(document["body"]) : "";
        if (!failure.empty()) {
            document["power"] = "deallocated";
            operation["error"] = allocationError(failure, document["body"]);
            m_resources.put(id, std::move(document));
            return;
        }
        if (name == "reimage") {
            m_world.host.remove(machine);
        } else if (name != "reapply") {
            m_world.host.stop(machine);
        }
        if (name != "reapply") {
            boot(document);
        }
        const std::string disk = idAt(propertiesOf(bodyOf(document)).value("storageProfile", Json::object()).value("osDisk", Json::object()), "managedDisk");
        setDiskState(m_world, disk, "Attached", id);
    } else {
        m_world.host.stop(machine);
        document["power"] = action.after;
        if (std::string(action.after) == "deallocated") {
            releaseDynamicAddress(document);
            const std::string disk = idAt(propertiesOf(bodyOf(document)).value("storageProfile", Json::object()).value("osDisk", Json::object()), "managedDisk");
            setDiskState(m_world, disk, "Reserved", id);
        }
    }
    document["statusTime"] = m_world.now();
    m_resources.put(id, std::move(document));
}

void Machines::finishRemove(Json& operation)
{
    const std::string id = operation.value("resource", "");
    const Json* found = m_resources.find(id);
    if (found == nullptr || operation.contains("error")) {
        return;
    }
    const Json document = *found;
    const Json properties = propertiesOf(bodyOf(document));
    m_world.host.stop(document.value("machine", ""));
    const Json storage = properties.value("storageProfile", Json::object());
    Json disks = storage.value("dataDisks", Json::array());
    disks.push_back(storage.value("osDisk", Json::object()));
    for (const auto& disk : disks) {
        const std::string diskId = idAt(disk, "managedDisk");
        setDiskState(m_world, diskId, "Unattached", "");
        const Json* diskDocument = m_resources.find(diskId);
        if (diskDocument != nullptr && equalFold(textAt(disk, "deleteOption"), "Delete")) {
            const std::string machine = diskDocument->value("machine", "");
            if (!machine.empty()) {
                m_world.host.remove(machine);
            }
            m_resources.erase(diskId);
        }
    }
    for (const auto& reference : properties.value("networkProfile", Json::object()).value("networkInterfaces", Json::array())) {
        const std::string nicId = textAt(reference, "id");
        const Json* nicFound = m_resources.find(nicId);
        if (nicFound == nullptr) {
            continue;
        }
        Json nic = *nicFound;
        nic["body"]["properties"].erase("virtualMachine");
        const bool isDeleted = equalFold(textAt(propertiesOf(reference), "deleteOption"), "Delete");
        if (document.value("failed", false) && !isDeleted) {
            nic["reservedUntil"] = toMicroseconds(m_world.clock.now() + m_world.pace.of(kReservedSeconds));
            nic["reservedFor"] = id;
        }
        if (!isDeleted) {
            m_resources.put(nicId, std::move(nic));
            continue;
        }
        const std::string address = publicAddressOf(nic["body"]);
        Json held = Json::object();
        for (const auto& configuration : propertiesOf(nic["body"]).value("ipConfigurations", Json::array())) {
            held = propertiesOf(configuration).value("publicIPAddress", Json::object());
        }
        if (const Json* addressFound = address.empty() ? nullptr : m_resources.find(address)) {
            Json publicAddress = *addressFound;
            publicAddress["body"]["properties"].erase("ipConfiguration");
            if (equalFold(textAt(propertiesOf(held), "deleteOption"), "Delete")) {
                m_world.store.erase("address/" + textAt(propertiesOf(publicAddress["body"]), "ipAddress"));
                m_resources.erase(address);
            } else {
                m_resources.put(address, std::move(publicAddress));
            }
        }
        m_resources.erase(nicId);
    }
    releaseDynamicAddress(document);
    m_world.store.erase("address/" + document.value("ownAddress", ""));
    for (const auto& child : m_world.store.keysBelow(armKey(id) + "/")) {
        m_world.store.erase(child);
    }
    m_resources.erase(id);
}

void Machines::vanish(const std::string& id)
{
    if (const Json* document = m_resources.find(id)) {
        m_world.host.remove(document->value("machine", ""));
        m_world.store.erase("address/" + document->value("ownAddress", ""));
    }
}

Response Machines::act(const ArmCall& call)
{
    const Json* found = m_resources.find(call.path);
    if (found == nullptr) {
        return resourceNotFound(call.path);
    }
    const Json document = *found;
    const bool isPost = call.request.method == "POST";
    if (call.action == "instanceview" && !isPost) {
        return jsonResponse(200, instanceView(m_world, document));
    }
    if (call.action == "vmsizes" && !isPost) {
        Json sizes = Json::array();
        for (const auto& size : azureSizes()) {
            if (azureOffer(size, textAt(bodyOf(document), "location"), "") != AzureOffer::Absent) {
                sizes.push_back(
                    {{"name", size.name},
                     {"numberOfCores", size.cores},
                     {"osDiskSizeInMB", 1047552},
                     {"resourceDiskSizeInMB", size.cores * 8 * 1024},
                     {"memoryInMB", static_cast<int>(size.memoryGiB * 1024)},
                     {"maxDataDiskCount", size.dataDisks}});
            }
        }
        return jsonResponse(200, {{"value", std::move(sizes)}});
    }
    if (!isPost) {
        return emptyResponse(405);
    }
    if (call.action == "retrievebootdiagnosticsdata") {
        return retrieveBootLog(call, document);
    }
    if (auto refused = checkIdle(document)) {
        return std::move(*refused);
    }
    if (call.action == "generalize") {
        const std::string state = document.value("power", "");
        if (state != "stopped" && state != "deallocated") {
            return armError(409, "OperationNotAllowed", "Please power off the Virtual Machine before generalizing.");
        }
        Json changed = document;
        changed["generalized"] = true;
        m_resources.put(call.path, std::move(changed));
        return emptyResponse(200);
    }
    if (call.action == "runcommand") {
        return runCommand(call, document);
    }
    if (actions().contains(call.action)) {
        return power(call, document);
    }
    return PlainResources::act(call);
}

Response Machines::power(const ArmCall& call, const Json& given)
{
    Json document = given;
    const std::string state = document.value("power", "");
    const bool isStart = call.action == "start";
    if (document.value("failed", false) && !isStart) {
        return armError(
            409, "OperationNotAllowed",
            fmt::format("Operation '{}' is not allowed on VM '{}' since the VM has failed to provision.", call.action, call.path.name()));
    }
    if (document.value("generalized", false) && isStart) {
        return armError(
            409, "OperationNotAllowed",
            fmt::format("Operation 'start' is not allowed on VM '{}' since the VM is generalized.", call.path.name()));
    }
    if (call.action == "restart" && state != "running") {
        return armError(
            409, "OperationNotAllowed", fmt::format("Cannot restart VM '{}' as it is not running.", call.path.name()));
    }
    if (isStart && state == "deallocated") {
        const AzureSize* size = findAzureSize(textAt(propertiesOf(bodyOf(document)).value("hardwareProfile", Json::object()), "vmSize"));
        const bool isSpot = equalFold(textAt(propertiesOf(bodyOf(document)), "priority"), "Spot");
        if (auto refused = size == nullptr ? Refusal() : checkQuota(m_world, *size, textAt(bodyOf(document), "location"), isSpot, size->cores)) {
            return std::move(*refused);
        }
    }
    if (call.action == "simulateeviction" && !equalFold(textAt(propertiesOf(bodyOf(document)), "priority"), "Spot")) {
        return armError(409, "OperationNotAllowed", "Simulating an eviction is allowed for Spot machines only.");
    }
    const Action& action = actions().at(call.action);
    // Already there: done at once, as the real service does it.
    const bool isThere = state == action.after && call.action != "restart" && call.action != "redeploy"
        && call.action != "reimage" && call.action != "reapply";
    document["power"] = isThere ? state : action.meanwhile;
    document["statusTime"] = m_world.now();
    if (isStart) {
        document["failed"] = false;
    }
    document["body"]["properties"]["provisioningState"] = "Updating";
    const Json operation{{"effect", "vm.power"}, {"action", call.action}};
    Response response = begin(
        call, std::move(document), operation, isThere ? 1 : action.seconds, emptyResponse(202), FinalAnswer::AtLocation);
    return call.action == "simulateeviction" ? emptyResponse(204) : response;
}

Response Machines::runCommand(const ArmCall& call, const Json& document)
{
    if (document.value("power", "") != "running") {
        return armError(
            409, "OperationNotAllowed", "Cannot modify extensions in the VM when the VM is not running.");
    }
    const std::string command = textAt(call.body, "commandId");
    if (!equalFold(command, "RunShellScript")) {
        return armError(404, "NotFound", fmt::format("The entity was not found. Run command '{}' is not known.", command));
    }
    std::string script;
    for (const auto& parameter : call.body.value("parameters", Json::array())) {
        // Given to the script as environment variables; only names that can be one.
        const std::string name = textAt(parameter, "name");
        const bool isName = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
        if (isName) {
            std::string quoted;
            for (const char c : textAt(parameter, "value")) {
                quoted += c == '\'' ? "'\\''" : std::string(1, c);
            }
            script += fmt::format("export {}='{}'\n", name, quoted);
        }
    }
    for (const auto& line : call.body.value("script", Json::array())) {
        script += line.is_string() ? line.get<std::string>() + "\n" : "";
    }
    Json changed = document;
    const std::string region = textAt(bodyOf(document), "location");
    const auto id = m_world.operations.beginOpen(
        m_world.identifiers.guid(), {{"effect", "vm.script"}, {"resource", call.path.id()}});
    changed["operation"] = id;
    m_resources.put(call.path, std::move(changed));
    m_world.runScript(document.value("machine", ""), script, id);
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id, FinalAnswer::AtLocation,
        m_world.pace.wait(10));
    return response;
}

Response Machines::retrieveBootLog(const ArmCall& call, const Json& document)
{
    return jsonResponse(200, bootLogUris(call.request, document.value("machine", "")));
}

} // namespace ty::sandbox
