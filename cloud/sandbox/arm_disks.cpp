#include "cloud/sandbox/arm_disks.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

struct Tier {
    int gib;
    const char* number;
    int premiumIops;
    int premiumMBps;
    int standardIops;
    int standardMBps;
};

/// Published limits of Premium SSD and Standard SSD by size; a disk counts as the next size up.
constexpr std::array<Tier, 14> kTiers{{
    {4, "1", 120, 25, 120, 25},          {8, "2", 120, 25, 120, 25},        {16, "3", 120, 25, 120, 25},
    {32, "4", 120, 25, 120, 25},         {64, "6", 240, 50, 240, 50},       {128, "10", 500, 100, 500, 60},
    {256, "15", 1100, 125, 500, 60},     {512, "20", 2300, 150, 500, 60},   {1024, "30", 5000, 200, 500, 60},
    {2048, "40", 7500, 250, 500, 60},    {4096, "50", 7500, 250, 500, 60},  {8192, "60", 16000, 500, 2000, 400},
    {16384, "70", 18000, 750, 4000, 600}, {32767, "80", 20000, 900, 6000, 750},
}};

const Tier& tierOf(int gib)
{
    const auto found = std::find_if(kTiers.begin(), kTiers.end(), [gib](const Tier& tier) { return gib <= tier.gib; });
    return found == kTiers.end() ? kTiers.back() : *found;
}

bool isSku(const std::string& name)
{
    constexpr std::array kSkus{"Standard_LRS", "Premium_LRS", "StandardSSD_LRS", "UltraSSD_LRS",
                               "PremiumV2_LRS", "Premium_ZRS", "StandardSSD_ZRS"};
    return std::find(kSkus.begin(), kSkus.end(), name) != kSkus.end();
}

} // namespace

std::string imageFolder(const std::string& imageId)
{
    return "image-" + guidOf(lowerCase(imageId));
}

Json newDisk(World& world, const ArmPath& path, const std::string& region, const std::string& sku, const Json& given)
{
    const int gib = given.value("diskSizeGB", 30);
    const Tier& tier = tierOf(gib);
    const bool isPremium = sku.starts_with("Premium");
    Json properties{{"creationData", given.value("creationData", Json{{"createOption", "Empty"}})}};
    for (const char* member : {"osType", "hyperVGeneration", "burstingEnabled", "networkAccessPolicy"}) {
        if (given.contains(member)) {
            properties[member] = given[member];
        }
    }
    properties["diskSizeGB"] = gib;
    properties["diskIOPSReadWrite"] = given.value("diskIOPSReadWrite", isPremium ? tier.premiumIops : tier.standardIops);
    properties["diskMBpsReadWrite"] = given.value("diskMBpsReadWrite", isPremium ? tier.premiumMBps : tier.standardMBps);
    properties["encryption"] = {{"type", "EncryptionAtRestWithPlatformKey"}};
    properties["timeCreated"] = world.now();
    properties["provisioningState"] = "Succeeded";
    properties["diskState"] = "Unattached";
    properties["diskSizeBytes"] = static_cast<std::int64_t>(gib) << 30;
    properties["uniqueId"] = world.identifiers.guid();
    if (isPremium) {
        properties["tier"] = std::string("P") + tier.number;
    }
    return {
        {"name", path.name()},
        {"id", path.id()},
        {"type", "Microsoft.Compute/disks"},
        {"location", region},
        {"tags", Json::object()},
        {"sku", {{"name", sku}, {"tier", isPremium ? "Premium" : sku.starts_with("Ultra") ? "Ultra" : "Standard"}}},
        {"properties", std::move(properties)}};
}

void setDiskState(World& world, const std::string& diskId, const std::string& state, const std::string& machineId)
{
    ArmStore store(world);
    const Json* found = store.find(diskId);
    if (found == nullptr) {
        return;
    }
    Json document = *found;
    document["body"]["properties"]["diskState"] = state;
    if (machineId.empty()) {
        document["body"].erase("managedBy");
    } else {
        document["body"]["managedBy"] = machineId;
    }
    store.put(diskId, std::move(document));
}

Disks::Disks(World& world) : PlainResources(world)
{
    world.operations.onFinish("disk.ready", [&world](Json& operation) {
        ArmStore store(world);
        const std::string id = operation.value("resource", "");
        if (const Json* found = store.find(id)) {
            Json document = *found;
            document["hidden"] = false;
            const Json body = bodyOf(document);
            store.put(id, std::move(document));
            operation["output"] = body;
        }
    });
    world.operations.onFinish("disk.gone", [](Json&) {});
}

Response Disks::answer(const ArmCall& call, const Json& body, int status)
{
    const auto id = m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", "disk.ready"}, {"resource", call.path.id()}}, m_world.pace.of(2));
    // The first answer tells what was asked, not yet what was made.
    Json shown = body;
    shown["properties"]["provisioningState"] = "Updating";
    shown["properties"]["isArmResource"] = true;
    for (const char* member : {"timeCreated", "uniqueId", "diskSizeBytes", "diskState", "encryption"}) {
        shown["properties"].erase(member);
    }
    shown.erase("id");
    shown.erase("type");
    Response response = jsonResponse(status, shown);
    addPollingHeaders(
        response, call.request, AsyncStyle::Disk, call.path.subscription, textAt(body, "location"), id,
        FinalAnswer::AtLocation, m_world.pace.wait(2));
    response.set("x-ms-ratelimit-remaining-resource", "Microsoft.Compute/CreateUpdateDisks3Min;999,Microsoft.Compute/CreateUpdateDisks30Min;7998");
    return response;
}

Response Disks::put(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    std::string region;
    if (auto refused = checkLocation(call, present, region)) {
        return std::move(*refused);
    }
    Json given = propertiesOf(call.body);
    const Json creation = given.value("creationData", Json::object());
    const std::string option = textAt(creation, "createOption");
    if (option.empty()) {
        return armError(400, "InvalidParameter", "Required parameter 'creationData.createOption' is missing (null).", "creationData");
    }
    if (option == "Copy") {
        const Json* source = m_resources.find(textAt(creation, "sourceResourceId"));
        if (source == nullptr) {
            return armError(
                404, "NotFound", fmt::format("Disk {} is not found.", textAt(creation, "sourceResourceId")));
        }
        given["diskSizeGB"] = given.value("diskSizeGB", propertiesOf(bodyOf(*source)).value("diskSizeGB", 30));
    } else if (option == "Empty" && !given.contains("diskSizeGB")) {
        return armError(400, "InvalidParameter", "Required parameter 'disk.diskSizeGB' is missing (null).", "disk.diskSizeGB");
    }
    const int gib = given.value("diskSizeGB", 30);
    if (gib < 1 || gib > 65536) {
        return armError(
            400, "InvalidParameter", fmt::format("The value '{}' of parameter 'disk.diskSizeGB' is out of range. Value '{}' must be between '1' and '32767' inclusive.", gib, gib),
            "disk.diskSizeGB");
    }
    std::string sku = textAt(call.body.value("sku", Json::object()), "name");
    sku = sku.empty() ? "Standard_LRS" : sku;
    if (!isSku(sku)) {
        return armError(400, "InvalidParameter", fmt::format("The value '{}' of parameter sku.name is invalid.", sku), "sku.name");
    }
    Json body = newDisk(m_world, call.path, region, sku, given);
    if (present != nullptr) {
        const Json before = propertiesOf(bodyOf(*present));
        if (gib < before.value("diskSizeGB", 0)) {
            return armError(
                400, "OperationNotAllowed",
                fmt::format("Disk of size {} GB (<{}> bytes) cannot be resized to {} GB. Only disk expansion is allowed.",
                            before.value("diskSizeGB", 0), before.value("diskSizeBytes", std::int64_t{0}), gib));
        }
        for (const char* member : {"timeCreated", "uniqueId", "diskState"}) {
            body["properties"][member] = before[member];
        }
        if (bodyOf(*present).contains("managedBy")) {
            body["managedBy"] = bodyOf(*present)["managedBy"];
        }
    }
    for (const char* member : {"tags", "zones"}) {
        if (call.body.contains(member)) {
            body[member] = call.body[member];
        }
    }
    Json document = present == nullptr ? Json{{"type", call.path.fullType()}} : *present;
    document["body"] = body;
    m_resources.put(call.path, std::move(document));
    return answer(call, body, 202);
}

Response Disks::patch(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return resourceNotFound(call.path);
    }
    // A PATCH is a PUT of what is there with some of it changed.
    Json merged{{"location", bodyOf(*present)["location"]}, {"properties", propertiesOf(bodyOf(*present))},
                {"sku", bodyOf(*present)["sku"]}, {"tags", bodyOf(*present).value("tags", Json::object())}};
    for (const char* limit : {"diskIOPSReadWrite", "diskMBpsReadWrite"}) {
        merged["properties"].erase(limit); // follow the new size unless they are given
    }
    merged.merge_patch(call.body);
    const ArmCall changed{call.request, call.path, "", merged};
    return put(changed);
}

Response Disks::remove(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return emptyResponse(204);
    }
    const std::string holder = textAt(bodyOf(*present), "managedBy");
    if (!holder.empty()) {
        return armError(
            409, "OperationNotAllowed", fmt::format("Disk {} is attached to VM {}.", call.path.name(), holder));
    }
    const std::string region = textAt(bodyOf(*present), "location");
    vanish(call.path.id());
    m_resources.erase(call.path.id());
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), {{"effect", "disk.gone"}}, m_world.pace.of(2));
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Disk, call.path.subscription, region, id, FinalAnswer::AtLocation,
        m_world.pace.wait(2));
    return response;
}

void Disks::vanish(const std::string& id)
{
    const Json* document = m_resources.find(id);
    const std::string machine = document == nullptr ? "" : document->value("machine", "");
    if (!machine.empty()) {
        m_world.host.remove(machine);
    }
}

Response Disks::act(const ArmCall& call)
{
    return armError(
        409, "OperationNotAllowed",
        fmt::format("The sandbox's disks cannot be downloaded: {} of disk {}.", call.action, call.path.name()));
}

Images::Images(World& world) : PlainResources(world)
{
    world.operations.onFinish("image.ready", [&world](Json& operation) {
        ArmStore(world).setState(operation.value("resource", ""), "Succeeded");
    });
    world.operations.onFinish("image.gone", [](Json&) {});
}

Response Images::put(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    std::string region;
    if (auto refused = checkLocation(call, present, region)) {
        return std::move(*refused);
    }
    const Json given = propertiesOf(call.body);
    Json properties = Json::object();
    const std::string source = idAt(given, "sourceVirtualMachine");
    if (!source.empty()) {
        const Json* machine = m_resources.find(source);
        if (machine == nullptr) {
            return armError(404, "NotFound", fmt::format("The source virtual machine '{}' was not found.", source));
        }
        if (!machine->value("generalized", false)) {
            return armError(
                409, "OperationNotAllowed",
                fmt::format("Capture or Image creation is not allowed for VM '{}' since the VM is not generalized.",
                            textAt(bodyOf(*machine), "name")));
        }
        const Json profile = propertiesOf(bodyOf(*machine)).value("storageProfile", Json::object());
        const Json osDisk = profile.value("osDisk", Json::object());
        const auto kept = m_world.host.keepDisk(machine->value("machine", ""), imageFolder(call.path.id()));
        if (!kept) {
            return armError(500, "InternalExecutionError", "The machine's disk could not be copied: " + kept.error().message);
        }
        properties["sourceVirtualMachine"] = {{"id", source}};
        properties["storageProfile"] = {
            {"osDisk",
             {{"osType", "Linux"},
              {"osState", "Generalized"},
              {"diskSizeGB", osDisk.value("diskSizeGB", 30)},
              {"managedDisk", {{"id", idAt(osDisk, "managedDisk")}}},
              {"caching", osDisk.value("caching", "ReadWrite")},
              {"storageAccountType", "Standard_LRS"}}},
            {"dataDisks", Json::array()},
            {"zoneResilient", false}};
    } else if (given.contains("storageProfile")) {
        properties["storageProfile"] = given["storageProfile"];
    } else {
        return armError(
            400, "InvalidParameter", "Required parameter 'sourceVirtualMachine' or 'storageProfile' is missing (null).", "image");
    }
    properties["provisioningState"] = "Creating";
    properties["hyperVGeneration"] = given.value("hyperVGeneration", "V2");
    const int status = present == nullptr ? 201 : 200;
    Json body = newBody(call, region);
    body["properties"] = std::move(properties);
    m_resources.put(call.path, {{"type", call.path.fullType()}, {"body", body}});
    const auto id = m_world.operations.begin(
        m_world.identifiers.guid(), {{"effect", "image.ready"}, {"resource", call.path.id()}}, m_world.pace.of(30));
    Response response = jsonResponse(status, body);
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id, FinalAnswer::None,
        m_world.pace.wait(10));
    return response;
}

Response Images::remove(const ArmCall& call)
{
    const Json* present = m_resources.find(call.path);
    if (present == nullptr) {
        return emptyResponse(204);
    }
    const std::string region = textAt(bodyOf(*present), "location");
    vanish(call.path.id());
    m_resources.erase(call.path.id());
    const auto id = m_world.operations.begin(m_world.identifiers.guid(), {{"effect", "image.gone"}}, m_world.pace.of(5));
    Response response = emptyResponse(202);
    addPollingHeaders(
        response, call.request, AsyncStyle::Compute, call.path.subscription, region, id, FinalAnswer::AtLocation,
        m_world.pace.wait(10));
    return response;
}

void Images::vanish(const std::string& id)
{
    m_world.host.dropDisk(imageFolder(id));
}

} // namespace ty::sandbox
