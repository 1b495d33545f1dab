#include "cloud/sandbox/arm_machines.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "cloud/sandbox/arm_disks.h"
#include "cloud/sandbox/arm_network.h"
#include "cloud/sandbox/arm_galleries.h"
#include "cloud/sandbox/azure_images.h"
#include "cloud/sandbox/azure_quota.h"
#include "cloud/sandbox/azure_regions.h"

namespace ty::sandbox {

namespace {

constexpr double kCreateSeconds = 60;
constexpr double kDeleteSeconds = 30;

Response invalid(const std::string& message, const std::string& target)
{
    return armError(400, "InvalidParameter", message, target);
}

std::string sizeOf(const Json& body)
{
    return textAt(propertiesOf(body).value("hardwareProfile", Json::object()), "vmSize");
}

bool isSpot(const Json& properties)
{
    const auto priority = textAt(properties, "priority");
    return equalFold(priority, "Spot") || equalFold(priority, "Low");
}

std::string zoneOf(const Json& body)
{
    const auto zones = body.find("zones");
    return zones != body.end() && zones->is_array() && !zones->empty() ? (*zones)[0].get<std::string>() : std::string();
}

} // namespace

Machines::Machines(World& world) : PlainResources(world)
{
    world.operations.onFinish("vm.create", [this](Json& operation) { finishCreate(operation); });
    world.operations.onFinish("vm.update", [this](Json& operation) { finishUpdate(operation); });
    world.operations.onFinish("vm.power", [this](Json& operation) { finishPower(operation); });
    world.operations.onFinish("vm.remove", [this](Json& operation) { finishRemove(operation); });
    world.operations.onFinish("vm.script", [](Json&) {});
}

Refusal Machines::checkIdle(const Json& document) const
{
    const Json* running = m_world.operations.find(document.value("operation", ""));
    if (running != nullptr && !isEnded(*running)) {
        return armError(
            409, "Conflict",
            "The request failed due to conflict with a concurrent request. To resolve it, please refer to "
            "https://aka.ms/activitylog to get more details on the conflicting requests.");
    }
    return std::nullopt;
}

Response Machines::begin(
    const ArmCall& call, Json document, Json operation, double seconds, Response response, FinalAnswer final)
{
    operation["resource"] = call.path.id();
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), std::move(operation), m_world.pace.of(seconds));
    document["operation"] = id;
    const std::string region = textAt(bodyOf(document), "location");
    m_resources.put(call.path, std::move(document));
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id, final, m_world.pace.wait(10));
    const char* budget = call.request.method == "DELETE" ? "Microsoft.Compute/DeleteVM3Min;239,Microsoft.Compute/DeleteVM30Min;1198"
        : call.request.method == "PUT"                   ? "Microsoft.Compute/PutVM3Min;239,Microsoft.Compute/PutVM30Min;1198"
                                       : "Microsoft.Compute/UpdateVM3Min;239,Microsoft.Compute/UpdateVM30Min;1199";
    response.set("x-ms-ratelimit-remaining-resource", budget);
    return response;
}

Refusal Machines::checkSize(const ArmCall& call, const std::string& region, const AzureSize*& size) const
{
    const std::string name = textAt(propertiesOf(call.body).value("hardwareProfile", Json::object()), "vmSize");
    size = findAzureSize(name);
    const std::string zone = zoneOf(call.body);
    if (!zone.empty()) {
        const AzureRegion* place = findAzureRegion(region);
        if (place == nullptr || !place->hasZones || (zone != "1" && zone != "2" && zone != "3")) {
            return armError(
                400, "AvailabilityZoneNotSupported",
                fmt::format("The zone(s) '{}' for resource 'Microsoft.Compute/virtualMachines/{}' is not supported. The supported "
                            "zones for location '{}' are '{}'.", zone, call.path.name(), region, place != nullptr && place->hasZones ? "1,2,3" : ""));
        }
    }
    const auto offer = size == nullptr ? AzureOffer::Absent : azureOffer(*size, region, zone);
    if (offer == AzureOffer::Absent) {
        return invalid(
            fmt::format("The value {} provided for the VM size is not valid. The valid sizes in the current region are: "
                        "Standard_B1s,Standard_B2s,Standard_D2s_v5 and others; see the list of SKUs.", name),
            "vmSize");
    }
    const auto scripted = m_world.faults.capacity({zone.empty() ? "" : region + "-" + zone, region}, size->name);
    const bool isRefused = scripted ? *scripted == "SkuNotAvailable"
                                    : offer == AzureOffer::Refused || offer == AzureOffer::Restricted;
    if (isRefused) {
        return armError(
            409, "SkuNotAvailable",
            fmt::format("The requested VM size for resource 'Following SKUs have failed for Capacity Restrictions: {}' is currently "
                        "not available in location '{}'. Please try another size or deploy to a different location or different "
                        "zone. See https://aka.ms/azureskunotavailable for details.", size->name, region));
    }
    return std::nullopt;
}

std::string Machines::shortage(const Json& body) const
{
    return shortageOf(m_world, sizeOf(body), textAt(body, "location"), zoneOf(body));
}

Refusal Machines::checkImage(const ArmCall& call, Json& properties, int& diskGiB) const
{
    Json& storage = properties["storageProfile"];
    const Json reference = storage.value("imageReference", Json::object());
    const std::string id = textAt(reference, "id");
    if (!id.empty()) {
        const Json* image = m_resources.find(id);
        const std::string type = image == nullptr ? "" : image->value("type", "");
        if (type != "microsoft.compute/images" && type != "microsoft.compute/galleries/images/versions") {
            return armError(404, "NotFound", fmt::format("The resource '{}' was not found.", id), "imageReference");
        }
        const Json profile = propertiesOf(bodyOf(*image)).value("storageProfile", Json::object());
        diskGiB = profile.contains("osDiskImage") ? profile["osDiskImage"].value("sizeInGB", 30)
                                                  : profile.value("osDisk", Json::object()).value("diskSizeGB", 30);
        return std::nullopt;
    }
    const std::string version = textAt(reference, "version");
    const AzureImage* image = findAzureImage(textAt(reference, "publisher"), textAt(reference, "offer"), textAt(reference, "sku"), version);
    if (image == nullptr) {
        return armError(
            404, "PlatformImageNotFound",
            fmt::format("The platform image '{}:{}:{}:{}' is not available. Verify that all fields in the storage profile are "
                        "correct. For more details about storage profile information, please refer to "
                        "https://aka.ms/storageprofile.", textAt(reference, "publisher"), textAt(reference, "offer"),
                        textAt(reference, "sku"), version),
            "imageReference");
    }
    const AzureSize* size = findAzureSize(sizeOf(call.body));
    if (size != nullptr && size->isArm != (image->architecture == "Arm64")) {
        return armError(
            400, "BadRequest",
            fmt::format("Cannot create a VM of size '{}' because this VM size only supports a CPU Architecture of '{}', but an image "
                        "or disk with CPU Architecture '{}' was given.", size->name, size->isArm ? "Arm64" : "x64", image->architecture));
    }
    storage["imageReference"]["exactVersion"] =
        version.empty() || equalFold(version, "latest") ? image->versions.back() : version;
    diskGiB = image->diskGiB;
    return std::nullopt;
}

Refusal Machines::checkProfile(const ArmCall& call, Json& properties) const
{
    Json profile = properties.value("osProfile", Json::object());
    const std::string user = textAt(profile, "adminUsername");
    if (user.empty()) {
        return invalid("Required parameter 'adminUsername' is missing (null).", "adminUsername");
    }
    constexpr std::array kReserved{
        "administrator", "admin", "user", "user1", "test", "user2", "test1", "user3", "admin1", "1", "123", "a",
        "actuser", "adm", "admin2", "aspnet", "backup", "console", "david", "guest", "john", "owner", "root",
        "server", "sql", "support", "support_388945a0", "sys", "test2", "test3", "user4", "user5"};
    if (user.size() > 64 || std::find(kReserved.begin(), kReserved.end(), lowerCase(user)) != kReserved.end()) {
        return invalid(
            "The Admin Username specified is not allowed.", "adminUsername");
    }
    if (textAt(profile, "computerName").empty()) {
        profile["computerName"] = call.path.name();
    }
    const Json linux = profile.value("linuxConfiguration", Json::object());
    const Json keys = linux.value("ssh", Json::object()).value("publicKeys", Json::array());
    const auto trimmed = [](std::string text) {
        text.erase(std::find_if(text.rbegin(), text.rend(), [](unsigned char c) { return std::isspace(c) == 0; }).base(), text.end());
        return text; // a key read from a file brings the file's last newline
    };
    const bool hasPassword = !textAt(profile, "adminPassword").empty();
    if (!hasPassword && keys.empty()) {
        return invalid("Authentication using either SSH or by user name and password must be enabled in Linux profile.", "linuxConfiguration");
    }
    for (const auto& key : keys) {
        const std::string data = trimmed(textAt(key, "keyData"));
        const bool isKey = data.starts_with("ssh-rsa ") || data.starts_with("ssh-ed25519 ") || data.starts_with("ecdsa-sha2-");
        if (!isKey || data.find('\n') != std::string::npos) {
            return invalid("The value of parameter linuxConfiguration.ssh.publicKeys.keyData is invalid.", "linuxConfiguration.ssh.publicKeys.keyData");
        }
    }
    if (profile.contains("customData") && !decodeBase64(textAt(profile, "customData"))) {
        return invalid("Custom data in OSProfile must be in Base64 encoding and with a maximum length of 87380 characters.", "customData");
    }
    if (profile.contains("linuxConfiguration")) {
        profile["linuxConfiguration"]["provisionVMAgent"] = linux.value("provisionVMAgent", true);
    }
    profile["secrets"] = Json::array();
    profile["allowExtensionOperations"] = true;
    profile["requireGuestProvisionSignal"] = true;
    properties["osProfile"] = std::move(profile);
    return std::nullopt;
}

Refusal Machines::attachInterfaces(const ArmCall& call, const Json& properties, const std::string& region)
{
    const Json references = properties.value("networkProfile", Json::object()).value("networkInterfaces", Json::array());
    if (references.empty()) {
        return properties.value("networkProfile", Json::object()).contains("networkInterfaceConfigurations")
            ? armError(400, "OperationNotAllowed", "The sandbox does not make network interfaces within a machine: make them first and name their ids.")
            : invalid("Required parameter 'networkProfile' is missing (null).", "networkProfile");
    }
    for (const auto& reference : references) {
        const std::string id = textAt(reference, "id");
        const Json* nic = m_resources.find(id);
        if (nic == nullptr || textAt(bodyOf(*nic), "location") != region) {
            return armError(
                400, "InvalidResourceReference",
                fmt::format("Resource {} referenced by resource {} was not found. Please make sure that the referenced resource "
                            "exists, and that both resources are in the same region.", id, call.path.id()));
        }
        const std::string holder = idAt(propertiesOf(bodyOf(*nic)), "virtualMachine");
        if (!holder.empty() && !equalFold(holder, call.path.id())) {
            return armError(
                400, "NicInUse",
                fmt::format("Network Interface {} is used by existing resource {}. In order to delete the network interface, it must "
                            "be dissociated from the resource.", id, holder));
        }
        if (nic->value("reservedUntil", std::int64_t{0}) > toMicroseconds(m_world.clock.now())
            && !equalFold(nic->value("reservedFor", ""), call.path.id())) {
            return armError(
                400, "NicReservedForAnotherVm",
                fmt::format("Nic(s) in request is reserved for another Virtual Machine for 180 seconds. Please provide another "
                            "nic(s) or retry after 180 seconds. Reserved VM: {}", nic->value("reservedFor", "")));
        }
    }
    for (const auto& reference : references) {
        Json nic = *m_resources.find(textAt(reference, "id"));
        nic["body"]["properties"]["virtualMachine"] = {{"id", call.path.id()}};
        nic["body"]["properties"]["primary"] = references.size() == 1 || propertiesOf(reference).value("primary", false);
        m_resources.put(textAt(reference, "id"), std::move(nic));
    }
    return std::nullopt;
}

Refusal Machines::attachDataDisks(
    const ArmCall& call, const Json* before, Json& properties, const AzureSize& size, const std::string& region)
{
    Json& storage = properties["storageProfile"];
    Json disks = storage.value("dataDisks", Json::array());
    if (static_cast<int>(disks.size()) > size.dataDisks) {
        return armError(
            409, "OperationNotAllowed",
            fmt::format("The maximum number of data disks allowed to be attached to a VM of this size is {}.", size.dataDisks));
    }
    const auto idOf = [](const Json& disk) { return idAt(disk, "managedDisk"); };
    const Json had = before == nullptr
        ? Json::array()
        : propertiesOf(*before).value("storageProfile", Json::object()).value("dataDisks", Json::array());
    std::set<int> luns;
    std::set<std::string> kept;
    for (auto& disk : disks) {
        if (!luns.insert(disk.value("lun", -1)).second || !disk.contains("lun")) {
            return invalid("The LUN of a data disk is missing or used twice.", "dataDisks.lun");
        }
        const std::string id = idOf(disk);
        if (textAt(disk, "createOption") == "Attach" || !id.empty()) {
            const Json* document = m_resources.find(id);
            if (document == nullptr) {
                return armError(404, "NotFound", fmt::format("Disk {} is not found.", id), "dataDisk");
            }
            const std::string holder = textAt(bodyOf(*document), "managedBy");
            if (!holder.empty() && !equalFold(holder, call.path.id())) {
                return armError(
                    409, "AttachDiskWhileBeingAttached",
                    fmt::format("Disk {} cannot be attached as the disk is already owned by VM {}.", id, holder));
            }
            disk["name"] = textAt(bodyOf(*document), "name");
            disk["diskSizeGB"] = propertiesOf(bodyOf(*document)).value("diskSizeGB", 0);
            disk["managedDisk"]["storageAccountType"] = textAt(bodyOf(*document)["sku"], "name");
            setDiskState(m_world, id, "Attached", call.path.id());
            kept.insert(lowerCase(id));
            continue;
        }
        ArmPath path = call.path;
        path.types = {"disks"};
        const std::string name = textAt(disk, "name");
        path.names = {name.empty() ? fmt::format("{}_disk{}_{}", call.path.name(), disk.value("lun", 0) + 2, m_world.identifiers.hex(32)) : name};
        std::string sku = textAt(disk.value("managedDisk", Json::object()), "storageAccountType");
        sku = sku.empty() ? "Standard_LRS" : sku;
        const int gib = disk.value("diskSizeGB", 0);
        if (gib < 1 || gib > 32767) {
            return invalid("The size of a data disk must be between 1 and 32767 GB.", "dataDisk.diskSizeGB");
        }
        Json body = newDisk(m_world, path, region, sku, {{"creationData", {{"createOption", "Empty"}}}, {"diskSizeGB", gib}});
        if (call.body.contains("zones")) {
            body["zones"] = call.body["zones"];
        }
        m_resources.put(path, {{"type", path.fullType()}, {"body", std::move(body)}});
        setDiskState(m_world, path.id(), "Attached", call.path.id());
        disk["name"] = path.name();
        disk["managedDisk"] = {{"id", path.id()}, {"storageAccountType", sku}};
        disk["toBeDetached"] = false;
        kept.insert(lowerCase(path.id()));
    }
    for (const auto& disk : had) {
        if (!kept.contains(lowerCase(idOf(disk)))) {
            setDiskState(m_world, idOf(disk), "Unattached", "");
        }
    }
    storage["dataDisks"] = std::move(disks);
    return std::nullopt;
}

void Machines::makeOsDisk(
    const ArmCall& call, Json& properties, const std::string& region, int diskGiB, const std::string& machine)
{
    Json& disk = properties["storageProfile"]["osDisk"];
    ArmPath path = call.path;
    path.types = {"disks"};
    const std::string name = textAt(disk, "name");
    path.names = {name.empty() ? fmt::format("{}_OsDisk_1_{}", call.path.name(), m_world.identifiers.hex(32)) : name};
    std::string sku = textAt(disk.value("managedDisk", Json::object()), "storageAccountType");
    sku = sku.empty() ? "Premium_LRS" : sku;
    const int gib = disk.value("diskSizeGB", diskGiB);
    Json body = newDisk(
        m_world, path, region, sku,
        {{"creationData", {{"createOption", "FromImage"}, {"imageReference", properties["storageProfile"].value("imageReference", Json::object())}}},
         {"diskSizeGB", gib}, {"osType", "Linux"}, {"hyperVGeneration", "V2"}});
    if (call.body.contains("zones")) {
        body["zones"] = call.body["zones"];
    }
    m_resources.put(path, {{"type", path.fullType()}, {"body", std::move(body)}, {"machine", machine}});
    setDiskState(m_world, path.id(), "Attached", call.path.id());
    disk["osType"] = "Linux";
    disk["name"] = path.name();
    disk["createOption"] = "FromImage";
    disk["caching"] = disk.value("caching", "ReadWrite");
    disk["managedDisk"] = {{"storageAccountType", sku}, {"id", path.id()}};
    disk["deleteOption"] = disk.value("deleteOption", "Detach");
    disk["diskSizeGB"] = gib;
}

Response Machines::put(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    std::string region;
    if (auto refused = checkLocation(call, present, region)) {
        return std::move(*refused);
    }
    return present == nullptr ? create(call, region) : update(call, call.body);
}

Response Machines::create(const ArmCall& call, const std::string& region)
{
    const std::string& name = call.path.name();
    constexpr char kForbidden[] = "\\/\"[]:|<>+=;,?*@& ";
    if (name.size() > 64 || name.find_first_of(kForbidden) != std::string::npos || name.starts_with('_') || name.ends_with('.')) {
        return armError(400, "InvalidResourceName", fmt::format("Linux virtual machine name '{}' is not valid: 1 to 64 characters, without {}", name, kForbidden), "vmName");
    }
    const AzureSize* size = nullptr;
    if (auto refused = checkSize(call, region, size)) {
        return std::move(*refused);
    }
    Json properties = propertiesOf(call.body);
    properties["hardwareProfile"]["vmSize"] = size->name;
    int diskGiB = 30;
    if (!properties.contains("storageProfile") || !properties["storageProfile"].is_object()) {
        return invalid("Required parameter 'storageProfile' is missing (null).", "storageProfile");
    }
    Json& osDisk = properties["storageProfile"]["osDisk"];
    osDisk = osDisk.is_object() ? osDisk : Json::object();
    const bool isAttached = textAt(osDisk, "createOption") == "Attach";
    const std::string attachedDisk = idAt(osDisk, "managedDisk");
    std::string machine;
    if (isAttached) {
        const Json* disk = m_resources.find(attachedDisk);
        if (disk == nullptr || !textAt(bodyOf(*disk), "managedBy").empty()) {
            return armError(409, "OperationNotAllowed", "The OS disk to attach was not found, or is held by another machine.");
        }
        machine = disk->value("machine", "");
    } else {
        if (auto refused = checkImage(call, properties, diskGiB)) {
            return std::move(*refused);
        }
        const Json* image = m_resources.find(textAt(properties["storageProfile"].value("imageReference", Json::object()), "id"));
        const bool isSpecialized = image != nullptr && isSpecializedImage(*image);
        if (isSpecialized && properties.contains("osProfile")) {
            return invalid("Parameter 'osProfile' is not allowed for a machine of a specialized image.", "osProfile");
        }
        if (auto refused = isSpecialized ? std::nullopt : checkProfile(call, properties)) {
            return std::move(*refused);
        }
        const int asked = osDisk.value("diskSizeGB", diskGiB);
        if (asked < diskGiB) {
            return invalid(
                fmt::format("The specified disk size {} GB is smaller than the size of the corresponding disk in the VM image: {} GB. "
                            "This is not allowed. Please choose equal or greater size or do not specify an explicit size.", asked, diskGiB),
                "osDisk.diskSizeGB");
        }
    }
    if (auto refused = checkQuota(m_world, *size, region, isSpot(properties), size->cores)) {
        return std::move(*refused);
    }
    if (auto refused = attachDataDisks(call, nullptr, properties, *size, region)) {
        return std::move(*refused);
    }
    if (auto refused = attachInterfaces(call, properties, region)) {
        return std::move(*refused);
    }
    const std::string vmId = m_world.identifiers.guid();
    if (machine.empty()) {
        machine = "vm-" + m_world.identifiers.hex(12);
    }
    if (isAttached) {
        setDiskState(m_world, attachedDisk, "Attached", call.path.id());
    } else {
        makeOsDisk(call, properties, region, diskGiB, machine);
    }
    Json kept{{"keys", Json::array()}};
    Json& profile = properties["osProfile"];
    if (profile.is_object()) {
        kept["user"] = textAt(profile, "adminUsername");
        kept["customData"] = textAt(profile, "customData");
        for (const auto& key : profile.value("linuxConfiguration", Json::object()).value("ssh", Json::object()).value("publicKeys", Json::array())) {
            kept["keys"].push_back(textAt(key, "keyData"));
        }
        profile.erase("adminPassword");
        profile.erase("customData");
    } else {
        properties.erase("osProfile");
        const Json* image = m_resources.find(textAt(properties["storageProfile"].value("imageReference", Json::object()), "id"));
        kept = image != nullptr && isSpecializedImage(*image) ? image->value("login", kept) : kept;
        kept.erase("customData"); // its first start has been
    }
    const std::string userData = textAt(properties, "userData");
    properties.erase("userData");
    Json body = newBody(call, region);
    if (body.contains("identity")) {
        body["identity"]["principalId"] = m_world.identifiers.guid();
        body["identity"]["tenantId"] = m_world.identity.tenantId;
    }
    Json ordered{{"vmId", vmId}};
    ordered.update(properties);
    ordered["provisioningState"] = "Creating";
    ordered["timeCreated"] = m_world.now();
    body["properties"] = std::move(ordered);
    Json document{{"type", call.path.fullType()}, {"body", body}, {"power", "creating"}, {"machine", machine},
                  {"login", std::move(kept)}, {"userData", userData}, {"statusTime", m_world.now()}};
    if (const auto source = textAt(properties["storageProfile"].value("imageReference", Json::object()), "id"); !source.empty()) {
        document["image"] = imageFolder(source);
    }
    return begin(call, std::move(document), {{"effect", "vm.create"}}, kCreateSeconds, jsonResponse(201, body), FinalAnswer::None);
}

Response Machines::update(const ArmCall& call, const Json& wanted)
{
    Json document = *m_resources.find(call.path);
    if (auto refused = checkIdle(document)) {
        return std::move(*refused);
    }
    Json body = document["body"];
    Json properties = body["properties"];
    const Json asked = propertiesOf(wanted);
    const auto differs = [&](const char* outer, const char* inner) {
        const std::string given = textAt(asked.value(outer, Json::object()), inner);
        return !given.empty() && !equalFold(given, textAt(properties.value(outer, Json::object()), inner));
    };
    for (const char* member : {"adminUsername", "computerName", "customData"}) {
        if (differs("osProfile", member)) {
            return armError(409, "PropertyChangeNotAllowed", fmt::format("Changing property 'osProfile.{}' is not allowed.", member), fmt::format("osProfile.{}", member));
        }
    }
    if (const Json image = asked.value("storageProfile", Json::object()).value("imageReference", Json::object());
        !textAt(image, "sku").empty() && textAt(image, "sku") != textAt(properties["storageProfile"].value("imageReference", Json::object()), "sku")) {
        return armError(409, "PropertyChangeNotAllowed", "Changing property 'imageReference' is not allowed.", "imageReference");
    }
    if (!textAt(asked, "priority").empty() && textAt(asked, "priority") != textAt(properties, "priority")) {
        return armError(409, "PropertyChangeNotAllowed", "Changing property 'priority' is not allowed.", "priority");
    }
    bool isResize = false;
    const std::string region = textAt(body, "location");
    const AzureSize* size = findAzureSize(sizeOf(body));
    if (differs("hardwareProfile", "vmSize")) {
        const AzureSize* before = size;
        const Json sizeRequest{{"properties", {{"hardwareProfile", asked["hardwareProfile"]}}}, {"zones", body.value("zones", Json::array())}};
        if (auto refused = checkSize(ArmCall{call.request, call.path, "", sizeRequest}, region, size)) {
            return std::move(*refused);
        }
        const int more = document.value("power", "") == "deallocated" ? 0 : size->cores - (before == nullptr ? 0 : before->cores);
        if (auto refused = checkQuota(m_world, *size, region, isSpot(properties), more)) {
            return std::move(*refused);
        }
        properties["hardwareProfile"]["vmSize"] = size->name;
        isResize = true;
    }
    if (asked.value("storageProfile", Json::object()).contains("dataDisks") && size != nullptr) {
        Json merged = properties;
        merged["storageProfile"]["dataDisks"] = asked["storageProfile"]["dataDisks"];
        if (auto refused = attachDataDisks(call, &body, merged, *size, region)) {
            return std::move(*refused);
        }
        properties["storageProfile"]["dataDisks"] = merged["storageProfile"]["dataDisks"];
    }
    for (const char* member : {"diagnosticsProfile", "billingProfile", "evictionPolicy", "scheduledEventsProfile"}) {
        if (asked.contains(member)) {
            properties[member] = asked[member];
        }
    }
    // Options about what goes with the machine may change at any time.
    const Json osDisk = asked.value("storageProfile", Json::object()).value("osDisk", Json::object());
    if (!textAt(osDisk, "deleteOption").empty()) {
        properties["storageProfile"]["osDisk"]["deleteOption"] = osDisk["deleteOption"];
    }
    const Json interfaces = asked.value("networkProfile", Json::object()).value("networkInterfaces", Json::array());
    if (!interfaces.empty()) {
        if (auto refused = attachInterfaces(call, asked, region)) {
            return std::move(*refused);
        }
        properties["networkProfile"]["networkInterfaces"] = interfaces;
    }
    if (wanted.contains("tags")) {
        body["tags"] = wanted["tags"];
    }
    properties["provisioningState"] = "Updating";
    body["properties"] = properties;
    document["body"] = body;
    const Json& shown = body;
    const Json operation{{"effect", "vm.update"}, {"restart", isResize && document.value("power", "") == "running"}};
    return begin(call, std::move(document), operation, isResize ? 40 : 5, jsonResponse(200, shown), FinalAnswer::None);
}

Response Machines::patch(const ArmCall& call)
{
    if (m_resources.find(call.path) == nullptr) {
        return resourceNotFound(call.path);
    }
    return update(call, call.body);
}

Response Machines::get(const ArmCall& call)
{
    const Json* document = m_resources.find(call.path);
    if (document == nullptr) {
        return resourceNotFound(call.path);
    }
    Json body = bodyOf(*document);
    const std::string expand = call.request.parameter("$expand");
    if (equalFold(expand, "instanceView")) {
        body["properties"]["instanceView"] = instanceView(m_world, *document);
    } else if (equalFold(expand, "userData")) {
        body["properties"]["userData"] = document->value("userData", "");
    }
    Response response = jsonResponse(200, body);
    response.set("x-ms-ratelimit-remaining-resource", "Microsoft.Compute/LowCostGet3Min;3997,Microsoft.Compute/LowCostGet30Min;31995");
    return response;
}

Response Machines::list(const ArmCall& call)
{
    Json bodies = m_resources.bodies(call.path);
    const bool isStatusOnly = equalFold(call.request.parameter("statusOnly"), "true");
    if (isStatusOnly || equalFold(call.request.parameter("$expand"), "instanceView")) {
        for (auto& body : bodies) {
            const Json* document = m_resources.find(textAt(body, "id"));
            body["properties"]["instanceView"] = instanceView(m_world, *document);
        }
    }
    Response response = listResponse(call.request, bodies);
    response.set("x-ms-ratelimit-remaining-resource", "Microsoft.Compute/HighCostGet3Min;139,Microsoft.Compute/HighCostGet30Min;690");
    return response;
}

Response Machines::remove(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return emptyResponse(204);
    }
    Json document = *present;
    // A delete overtakes whatever is in progress.
    m_world.operations.finish(
        document.value("operation", ""),
        {{"error", {{"code", "OperationPreempted"}, {"message", "Operation execution has been preempted by a more recent operation."}}}});
    document = *m_resources.find(call.path);
    document["body"]["properties"]["provisioningState"] = "Deleting";
    document["power"] = "stopping";
    return begin(call, std::move(document), {{"effect", "vm.remove"}}, kDeleteSeconds, emptyResponse(202), FinalAnswer::AtLocation);
}

} // namespace ty::sandbox
