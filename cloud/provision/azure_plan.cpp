#include "cloud/provision/azure_plan.h"

#include <utility>

#include "cloud/azure/captured_image.h"
#include "cloud/azure/gallery.h"
#include "cloud/azure/disk.h"
#include "cloud/azure/network.h"
#include "cloud/azure/virtual_machine.h"
#include "cloud/provision/azure_grant.h"
#include "engine/base/base64.h"

namespace ty::cloud {

namespace {

using namespace azure;

constexpr std::size_t kMarkLetters = 8;
constexpr const char* kSubnetName = "machines";
constexpr const char* kAddressSpace = "10.42.0.0/16";
constexpr const char* kSubnetSpace = "10.42.0.0/24";
constexpr std::int64_t kSshPriority = 1000;
/// Azure keeps the card of a machine that failed or went for this long.
constexpr int kCardPatienceSeconds = 240;

ResourceRef refOf(const MachineRequest& request, ResourceType type, std::vector<std::string> names)
{
    return {request.scope, request.group, type, std::move(names)};
}

Step ensure(std::string title, std::string resource, Json body)
{
    Step step;
    step.kind = Step::Kind::Ensure;
    step.title = std::move(title);
    step.resource = std::move(resource);
    step.body = std::move(body);
    return step;
}

Step reach(std::string title, const std::string& machine, std::string verb)
{
    Step step;
    step.kind = Step::Kind::Reach;
    step.title = std::move(title);
    step.resource = machine;
    step.verb = std::move(verb);
    return step;
}

/// What every resource of a creation says of itself.
template<typename T>
void describe(T& resource, const MachineRequest& request, const std::string& mark)
{
    resource.location = request.region;
    resource.tags = request.tags;
    resource.tags[kOperationTag] = mark;
    resource.tags[kMachineTag] = request.name;
}

std::vector<std::string> zonesOf(const MachineRequest& request)
{
    return request.zone.empty() ? std::vector<std::string>{} : std::vector<std::string>{request.zone};
}

SecurityGroup securityGroup(const MachineRequest& request, const std::string& mark)
{
    SecurityGroup group;
    describe(group, request, mark);
    if (!request.allowedFrom.empty()) {
        SecurityRule ssh;
        ssh.name = "ssh";
        ssh.protocol = "Tcp";
        ssh.access = "Allow";
        ssh.direction = "Inbound";
        ssh.priority = kSshPriority;
        if (request.allowedFrom.size() == 1) {
            ssh.sourceAddressPrefix = request.allowedFrom.front();
        } else {
            ssh.sourceAddressPrefixes = request.allowedFrom;
        }
        ssh.sourcePortRange = "*";
        ssh.destinationAddressPrefix = "*";
        ssh.destinationPortRange = "22";
        group.rules.push_back(std::move(ssh));
    }
    return group;
}

VirtualNetwork network(const MachineRequest& request, const std::string& mark, const AzureMachineIds& ids)
{
    VirtualNetwork result;
    describe(result, request, mark);
    result.addressPrefixes = {kAddressSpace};
    Subnet subnet;
    subnet.name = kSubnetName;
    subnet.addressPrefix = kSubnetSpace;
    subnet.securityGroupId = ids.securityGroup;
    result.subnets.push_back(std::move(subnet));
    return result;
}

PublicIp publicIp(const MachineRequest& request, const std::string& mark)
{
    PublicIp address;
    describe(address, request, mark);
    address.skuName = "Standard";
    address.allocationMethod = "Static";
    address.version = "IPv4";
    address.zones = zonesOf(request);
    return address;
}

NetworkInterface networkInterface(const MachineRequest& request, const std::string& mark, const AzureMachineIds& ids)
{
    NetworkInterface card;
    describe(card, request, mark);
    IpConfiguration configuration;
    configuration.name = "primary";
    configuration.subnetId = ids.subnet;
    configuration.publicIpId = ids.publicIp;
    configuration.isPrimary = true;
    configuration.privateAllocationMethod = "Dynamic";
    card.ipConfigurations.push_back(std::move(configuration));
    return card;
}

azure::Disk dataDisk(const MachineRequest& request, const std::string& mark, const DiskRequest& wanted)
{
    azure::Disk disk;
    describe(disk, request, mark);
    disk.skuName = wanted.kind;
    disk.createOption = "Empty";
    disk.sizeGiB = wanted.sizeGiB;
    disk.zones = zonesOf(request);
    return disk;
}

/// "publisher:offer:sku:version" or an id.
ImageReference imageReference(const std::string& image)
{
    ImageReference reference;
    if (image.starts_with("/")) {
        reference.id = image;
        return reference;
    }
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = image.find(':', begin);
        parts.push_back(image.substr(begin, end == std::string::npos ? end : end - begin));
    }
    parts.resize(4);
    reference.publisher = parts[0];
    reference.offer = parts[1];
    reference.sku = parts[2];
    reference.version = parts[3].empty() ? "latest" : parts[3];
    return reference;
}

VirtualMachine machine(
    const MachineRequest& request, const std::string& mark, const AzureMachineIds& ids, const std::string& cloudInit)
{
    VirtualMachine result;
    describe(result, request, mark);
    result.zones = zonesOf(request);
    result.size = request.size;
    if (request.stopsItself()) {
        result.identity.type = "SystemAssigned";
    }
    result.storage.image = imageReference(request.image);
    OsDisk& os = result.storage.osDisk;
    os.name = nameOfId(ids.osDisk);
    os.createOption = "FromImage";
    os.caching = "ReadWrite";
    os.sizeGiB = request.osDisk.sizeGiB;
    os.deleteOption = request.osDisk.isDeletedWithMachine.value_or(true) ? "Delete" : "Detach";
    os.managedDisk.storageAccountType = request.osDisk.kind;
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        DataDisk disk;
        disk.lun = static_cast<std::int64_t>(i);
        disk.createOption = "Attach";
        disk.caching = "None";
        disk.deleteOption = request.dataDisks[i].isDeletedWithMachine.value_or(false) ? "Delete" : "Detach";
        disk.managedDisk.id = ids.dataDisks[i];
        result.storage.dataDisks.push_back(std::move(disk));
    }
    constexpr std::size_t kLongestHostName = 63;
    // A specialized image brings its users and keys along, and Azure refuses others for it.
    if (!request.isImageSpecialized.value_or(false)) {
        result.os.computerName = request.name.substr(0, kLongestHostName);
        result.os.adminUsername = request.user;
        result.os.customData = cloudInit.empty() ? std::string() : encodeBase64(cloudInit);
        result.os.disablePasswordAuthentication = true;
        const std::string keyFile = "/home/" + request.user + "/.ssh/authorized_keys";
        result.os.sshKeys.push_back({keyFile, request.sshPublicKey});
        for (const std::string& key : request.moreKeys) {
            result.os.sshKeys.push_back({keyFile, key});
        }
    } else {
        result.tags[kUserTag] = request.user;
    }
    NetworkInterfaceRef card;
    card.id = ids.networkInterface;
    card.isPrimary = true;
    card.deleteOption = "Delete";
    result.networkInterfaces.push_back(std::move(card));
    result.diagnostics.isEnabled = true; // the serial log, without a storage account
    if (request.isSpot.value_or(false)) {
        result.priority = "Spot";
        result.evictionPolicy = request.eviction == "delete" ? "Delete" : "Deallocate";
        result.maxPrice = request.maxPrice.value_or(-1.0);
    }
    return result;
}

Step removal(std::string title, std::string resource)
{
    Step step;
    step.kind = Step::Kind::Remove;
    step.title = std::move(title);
    step.resource = std::move(resource);
    return step;
}

} // namespace

AzureMachineIds::AzureMachineIds(const MachineRequest& request, const std::string& mark)
{
    const std::string& name = request.name;
    const auto id = [&](ResourceType type, std::vector<std::string> names) {
        return refOf(request, type, std::move(names)).id();
    };
    group = "/subscriptions/" + request.scope + "/resourceGroups/" + request.group;
    securityGroup = id(kSecurityGroups, {name + "-firewall"});
    network = id(kNetworks, {name + "-network"});
    subnet = id(kSubnets, {name + "-network", kSubnetName});
    publicIp = request.hasPublicIp.value_or(true) ? id(kPublicIps, {name + "-address"}) : std::string();
    networkInterface = id(kNetworkInterfaces, {name + "-card"});
    osDisk = id(kDisks, {name + "-os-" + mark.substr(0, kMarkLetters)});
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        dataDisks.push_back(id(kDisks, {name + "-data" + std::to_string(i)}));
    }
    machine = id(kVirtualMachines, {name});
    if (request.stopsItself()) {
        grant = azureGrantId(machine, mark);
    }
}

Plan azureCreation(const MachineRequest& request, const std::string& mark, const std::string& cloudInit)
{
    const AzureMachineIds ids(request, mark);
    Plan plan;
    Step group = ensure("Creating resource group", ids.group, Json{{"location", request.region}});
    group.isOurs = false; // several machines share it, and it costs nothing
    plan.forward.push_back(std::move(group));
    plan.forward.push_back(
        ensure("Creating firewall", ids.securityGroup, toJson(securityGroup(request, mark))));
    plan.forward.push_back(ensure("Creating network", ids.network, toJson(network(request, mark, ids))));
    if (!ids.publicIp.empty()) {
        plan.forward.push_back(ensure("Reserving public address", ids.publicIp, toJson(publicIp(request, mark))));
    }
    plan.forward.push_back(
        ensure("Creating network card", ids.networkInterface, toJson(networkInterface(request, mark, ids))));
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        plan.forward.push_back(ensure(
            "Creating data disk", ids.dataDisks[i], toJson(dataDisk(request, mark, request.dataDisks[i]))));
    }
    plan.forward.push_back(
        ensure("Starting machine", ids.machine, toJson(machine(request, mark, ids, cloudInit))));
    plan.undo = undoOf(plan.forward);
    if (!ids.grant.empty()) {
        plan.forward.push_back(azureGrant("Letting the machine release itself", request.scope, ids.grant));
    }
    // The machine's creation makes this one, and a machine that failed may leave it.
    Step osDisk = removal("Taking back: system disk", ids.osDisk);
    osDisk.isOurs = false; // the mark is in its name
    plan.undo.insert(plan.undo.begin() + 1, std::move(osDisk));
    if (!ids.grant.empty()) {
        plan.undo.insert(plan.undo.begin(), azureGrantRemoval("Taking back: the machine's own right", ids.grant));
    }
    for (Step& step : plan.undo) {
        step.patienceSeconds = kCardPatienceSeconds;
    }
    return plan;
}

Plan azureDeletion(const MachineRequest& request, const std::string& mark)
{
    const AzureMachineIds ids(request, mark);
    Plan plan;
    if (!ids.grant.empty()) {
        plan.forward.push_back(azureGrantRemoval("Taking back the machine's own right", ids.grant));
    }
    plan.forward.push_back(removal("Deleting machine", ids.machine));
    plan.forward.push_back(removal("Deleting network card", ids.networkInterface));
    if (request.osDisk.isDeletedWithMachine.value_or(true)) {
        Step osDisk = removal("Deleting system disk", ids.osDisk);
        osDisk.isOurs = false; // the mark is in its name
        plan.forward.push_back(std::move(osDisk));
    }
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        if (request.dataDisks[i].isDeletedWithMachine.value_or(false)) {
            plan.forward.push_back(removal("Deleting data disk", ids.dataDisks[i]));
        }
    }
    if (!ids.publicIp.empty()) {
        plan.forward.push_back(removal("Releasing public address", ids.publicIp));
    }
    plan.forward.push_back(removal("Deleting network", ids.network));
    plan.forward.push_back(removal("Deleting firewall", ids.securityGroup));
    for (Step& step : plan.forward) {
        step.patienceSeconds = kCardPatienceSeconds;
    }
    return plan;
}

Plan azurePower(const std::string& machineId, const std::string& verb)
{
    const char* title = verb == "start" ? "Starting machine"
        : verb == "deallocate"          ? "Stopping machine"
                                        : "Powering off machine";
    return Plan{{reach(title, machineId, verb)}, {}};
}

Plan azureAction(const std::string& machineId, const std::string& verb)
{
    Step step = reach("Asking the machine to " + verb, machineId, verb);
    step.kind = Step::Kind::Act;
    return Plan{{std::move(step)}, {}};
}

Plan azureResize(const std::string& machineId, const std::string& size, bool wasRunning)
{
    Plan plan;
    plan.forward.push_back(reach("Stopping machine", machineId, "deallocate"));
    Step resize = reach("Changing size", machineId, "resize");
    resize.body = Json{{"properties", {{"hardwareProfile", {{"vmSize", size}}}}}};
    plan.forward.push_back(std::move(resize));
    if (wasRunning) {
        plan.forward.push_back(reach("Starting machine", machineId, "start"));
    }
    return plan;
}

Plan azureTags(const std::string& machineId, const TextMap& tags)
{
    Step step = reach("Changing tags", machineId, "tags");
    step.body = Json{{"tags", Json::object()}};
    for (const auto& [key, value] : tags) {
        step.body["tags"][key] = value;
    }
    return Plan{{std::move(step)}, {}};
}

Plan azureCapture(
    const MachineRequest& request, const std::string& machineId, const std::string& imageName, const std::string& mark)
{
    CapturedImage image;
    describe(image, request, mark);
    image.sourceVirtualMachineId = machineId;
    image.hyperVGeneration = "V2";
    Plan plan;
    plan.forward.push_back(reach("Stopping machine", machineId, "deallocate"));
    plan.forward.push_back(reach("Generalizing machine", machineId, "generalize"));
    plan.forward.push_back(
        ensure("Saving image", refOf(request, kImages, {imageName}).id(), toJson(std::move(image))));
    plan.undo = undoOf(plan.forward);
    return plan;
}

Plan azureSpecializedCapture(
    const MachineRequest& request, const std::string& machineId, const GalleryPlace& place, const std::string& mark,
    bool wasRunning)
{
    Gallery gallery;
    describe(gallery, request, mark);
    gallery.description = "Machines saved as they were, by Trainyard";
    GalleryImage image;
    describe(image, request, mark);
    image.osType = "Linux";
    image.osState = "Specialized";
    image.hyperVGeneration = "V2";
    image.publisher = "trainyard";
    image.offer = request.name;
    image.sku = place.image;
    GalleryImageVersion version;
    describe(version, request, mark);
    version.targetRegions = {{request.region, 1}};
    version.sourceVirtualMachineId = machineId;
    Plan plan;
    plan.forward.push_back(reach("Stopping machine", machineId, "deallocate"));
    Step shelf = ensure("Creating image gallery", refOf(request, kGalleries, {place.gallery}).id(), toJson(std::move(gallery)));
    shelf.isOurs = false; // several images share it, and it costs nothing
    plan.forward.push_back(std::move(shelf));
    Step definition = ensure(
        "Describing image", refOf(request, kGalleryImages, {place.gallery, place.image}).id(), toJson(std::move(image)));
    definition.isOurs = !place.isImageThere;
    plan.forward.push_back(std::move(definition));
    plan.forward.push_back(ensure(
        "Saving image", refOf(request, kGalleryVersions, {place.gallery, place.image, place.version}).id(),
        toJson(std::move(version))));
    plan.undo = undoOf(plan.forward);
    if (wasRunning) {
        addAtBothEnds(plan, reach("Starting machine", machineId, "start")); // the image is there all the same
    }
    return plan;
}

} // namespace ty::cloud
