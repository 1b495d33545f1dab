#include "cloud/provision/google_plan.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cloud/gcp/compute_catalog.h"
#include "cloud/gcp/firewall.h"
#include "cloud/gcp/instance.h"
#include "cloud/provision/google_driver.h"

namespace ty::cloud {

namespace {

using namespace gcp;

constexpr std::size_t kMarkLetters = 8;
constexpr std::size_t kLongestName = 63;
constexpr const char* kNetwork = "global/networks/default";
// The default network's own rules, which let SSH in from everywhere, have 65534.
constexpr std::int64_t kOpenPriority = 900;
constexpr std::int64_t kClosedPriority = 1000;
/// How long Compute Engine may go on to hold what belongs to a machine that has gone.
constexpr int kPatienceSeconds = 120;

/// Families whose machines have GPUs built in.
constexpr std::array<std::string_view, 5> kGpuFamilies{"a2-", "a3-", "a4-", "g2-", "g4-"};

Step stepOf(Step::Kind kind, std::string title, std::string resource)
{
    Step step;
    step.kind = kind;
    step.title = std::move(title);
    step.resource = std::move(resource);
    return step;
}

Step ensure(std::string title, std::string resource, Json body)
{
    Step step = stepOf(Step::Kind::Ensure, std::move(title), std::move(resource));
    step.body = std::move(body);
    return step;
}

Step reach(std::string title, const std::string& machine, std::string verb)
{
    Step step = stepOf(Step::Kind::Reach, std::move(title), machine);
    step.verb = std::move(verb);
    return step;
}

/// `name` with a suffix, in as many letters as Google takes.
std::string suffixed(const std::string& name, const std::string& suffix)
{
    return name.substr(0, kLongestName - suffix.size()) + suffix;
}

TextMap labelsOf(const MachineRequest& request, const std::string& mark)
{
    TextMap labels = request.tags;
    labels[kOperationTag] = mark;
    labels[kMachineTag] = request.name;
    return labels;
}

/// For what has no labels.
std::string markWords(const MachineRequest& request, const std::string& mark)
{
    return std::string(kOperationTag) + "=" + mark + " " + kMachineTag + "=" + request.name;
}

Firewall ruleOf(const MachineRequest& request, const std::string& mark, const GoogleMachinePaths& paths)
{
    Firewall rule;
    rule.network = kNetwork;
    rule.direction = "INGRESS";
    rule.targetTags = {paths.networkTag};
    rule.description = markWords(request, mark); // rules have no labels
    return rule;
}

Firewall openRule(const MachineRequest& request, const std::string& mark, const GoogleMachinePaths& paths)
{
    Firewall rule = ruleOf(request, mark, paths);
    rule.name = lastPart(paths.openRule);
    rule.priority = kOpenPriority;
    rule.allowed = {{"tcp", {"22"}}};
    rule.sourceRanges = request.allowedFrom;
    return rule;
}

Firewall closedRule(const MachineRequest& request, const std::string& mark, const GoogleMachinePaths& paths)
{
    Firewall rule = ruleOf(request, mark, paths);
    rule.name = lastPart(paths.closedRule);
    rule.priority = kClosedPriority;
    rule.denied = {{"tcp", {"22", "3389"}}}; // what the default network opens
    rule.sourceRanges = {"0.0.0.0/0"};
    return rule;
}

gcp::Disk dataDisk(const MachineRequest& request, const std::string& mark, const std::string& path, const DiskRequest& wanted)
{
    gcp::Disk disk;
    disk.name = lastPart(path);
    disk.sizeGiB = wanted.sizeGiB;
    disk.type = "projects/" + request.scope + "/zones/" + request.zone + "/diskTypes/" + wanted.kind;
    disk.labels = labelsOf(request, mark);
    return disk;
}

/// "debian-cloud/debian-12" (a project's family), or a path or link as it is.
std::string imageLink(const std::string& image)
{
    const auto slash = image.find('/');
    const bool isShort = slash != std::string::npos && image.find('/', slash + 1) == std::string::npos;
    return isShort ? "projects/" + image.substr(0, slash) + "/global/images/family/" + image.substr(slash + 1) : image;
}

bool hasGpu(const MachineRequest& request)
{
    return !request.gpu.empty()
        || std::any_of(kGpuFamilies.begin(), kGpuFamilies.end(), [&](std::string_view family) {
               return request.size.starts_with(family);
           });
}

Scheduling schedulingOf(const MachineRequest& request)
{
    Scheduling scheduling;
    const bool isSpot = request.isSpot.value_or(false);
    // Machines with GPUs cannot move to another host, spot machines are not moved.
    scheduling.onHostMaintenance = hasGpu(request) || isSpot ? "TERMINATE" : "MIGRATE";
    scheduling.provisioningModel = isSpot ? "SPOT" : "STANDARD";
    scheduling.automaticRestart = !isSpot;
    if (isSpot) {
        scheduling.instanceTerminationAction = request.eviction == "delete" ? "DELETE" : "STOP";
    }
    return scheduling;
}

gcp::NetworkInterface cardOf(const MachineRequest& request)
{
    gcp::NetworkInterface card;
    card.network = kNetwork;
    if (request.hasPublicIp.value_or(true)) {
        card.accessConfigs.emplace_back();
    }
    return card;
}

Metadata metadataOf(const MachineRequest& request, const std::string& startup)
{
    std::string keys = request.user + ":" + request.sshPublicKey;
    for (const std::string& key : request.moreKeys) {
        keys += "\n" + request.user + ":" + key;
    }
    Metadata metadata;
    metadata.items = {
        {"ssh-keys", keys},
        {"block-project-ssh-keys", "TRUE"}, // nobody else's key
        {"enable-oslogin", "FALSE"}};       // which would ignore ours
    if (!startup.empty()) {
        metadata.items.push_back({"startup-script", startup});
    }
    return metadata;
}

Instance machine(
    const MachineRequest& request, const std::string& mark, const GoogleMachinePaths& paths, const std::string& startup)
{
    const std::string zone = "zones/" + request.zone;
    Instance result;
    result.name = request.name;
    result.machineType = zone + "/machineTypes/" + request.size;
    result.labels = labelsOf(request, mark);
    result.tags.items = {paths.networkTag};
    result.scheduling = schedulingOf(request);
    if (!request.gpu.empty()) {
        result.accelerators.push_back({zone + "/acceleratorTypes/" + request.gpu, request.gpus.value_or(1)});
    }
    result.networkInterfaces.push_back(cardOf(request));
    result.metadata = metadataOf(request, startup);
    if (request.isOfMachineImage()) {
        result.sourceMachineImage = request.image; // its disks are named by Google
        return result;
    }
    AttachedDisk boot;
    boot.isBoot = true;
    boot.autoDelete = request.osDisk.isDeletedWithMachine.value_or(true);
    DiskParameters& parameters = boot.make.emplace();
    parameters.diskName = lastPart(paths.osDisk);
    parameters.diskType = zone + "/diskTypes/" + request.osDisk.kind;
    parameters.sourceImage = imageLink(request.image);
    parameters.sizeGiB = request.osDisk.sizeGiB;
    parameters.labels = result.labels;
    result.disks.push_back(std::move(boot));
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        AttachedDisk disk;
        disk.source = paths.dataDisks[i];
        disk.deviceName = "data" + std::to_string(i);
        disk.mode = "READ_WRITE";
        disk.autoDelete = request.dataDisks[i].isDeletedWithMachine.value_or(false);
        result.disks.push_back(std::move(disk));
    }
    return result;
}

Step removal(std::string title, std::string resource)
{
    Step step = stepOf(Step::Kind::Remove, std::move(title), std::move(resource));
    step.patienceSeconds = kPatienceSeconds;
    return step;
}

/// A machine of a machine image has disks whose names nobody knows before: they go with it, by Google's own hand.
Step machineRemoval(std::string title, const MachineRequest& request, const GoogleMachinePaths& paths)
{
    Step step = removal(std::move(title), paths.machine);
    if (request.isOfMachineImage() && request.osDisk.isDeletedWithMachine.value_or(true)) {
        step.verb = kWithDisksVerb;
    }
    return step;
}

/// The mark is in the disk's name, so no label has to say whose it is.
Step osDiskRemoval(std::string title, const GoogleMachinePaths& paths)
{
    Step step = removal(std::move(title), paths.osDisk);
    step.isOurs = false;
    return step;
}

} // namespace

std::string zoneOfPath(const std::string& path)
{
    constexpr std::string_view kZones = "/zones/";
    const auto begin = path.find(kZones);
    if (begin == std::string::npos) {
        return {};
    }
    const auto name = begin + kZones.size();
    return path.substr(name, path.find('/', name) - name);
}

GoogleMachinePaths::GoogleMachinePaths(const MachineRequest& request, const std::string& mark)
{
    const std::string project = "projects/" + request.scope;
    const std::string inZone = project + "/zones/" + request.zone;
    const std::string letters = mark.substr(0, kMarkLetters);
    machine = inZone + "/instances/" + request.name;
    openRule = project + "/global/firewalls/" + suffixed(request.name, "-ssh-" + letters);
    closedRule = project + "/global/firewalls/" + suffixed(request.name, "-closed-" + letters);
    networkTag = "trainyard-" + letters;
    osDisk = inZone + "/disks/" + suffixed(request.name, "-os-" + letters);
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        dataDisks.push_back(inZone + "/disks/" + suffixed(request.name, "-data" + std::to_string(i)));
    }
}

Plan googleCreation(const MachineRequest& request, const std::string& mark, const std::string& startup)
{
    const GoogleMachinePaths paths(request, mark);
    Plan plan;
    plan.forward.push_back(ensure("Closing the firewall", paths.closedRule, toJson(closedRule(request, mark, paths))));
    if (!request.allowedFrom.empty()) {
        plan.forward.push_back(ensure("Opening SSH for you", paths.openRule, toJson(openRule(request, mark, paths))));
    }
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        const std::string& path = paths.dataDisks[i];
        plan.forward.push_back(
            ensure("Creating data disk", path, toJson(dataDisk(request, mark, path, request.dataDisks[i]))));
    }
    plan.forward.push_back(ensure("Starting machine", paths.machine, toJson(machine(request, mark, paths, startup))));
    plan.undo = undoOf(plan.forward);
    plan.undo.front() = machineRemoval("Taking back: Starting machine", request, paths);
    if (!request.isOfMachineImage()) {
        // The machine's creation makes this one, and a machine that failed may leave it.
        plan.undo.insert(plan.undo.begin() + 1, osDiskRemoval("Taking back: system disk", paths));
    }
    for (Step& step : plan.undo) {
        step.patienceSeconds = kPatienceSeconds;
    }
    return plan;
}

Plan googleDeletion(const MachineRequest& request, const std::string& mark)
{
    const GoogleMachinePaths paths(request, mark);
    Plan plan;
    plan.forward.push_back(machineRemoval("Deleting machine", request, paths));
    if (!request.isOfMachineImage() && request.osDisk.isDeletedWithMachine.value_or(true)) {
        plan.forward.push_back(osDiskRemoval("Deleting system disk", paths));
    }
    for (std::size_t i = 0; i < request.dataDisks.size(); ++i) {
        if (request.dataDisks[i].isDeletedWithMachine.value_or(false)) {
            plan.forward.push_back(removal("Deleting data disk", paths.dataDisks[i]));
        }
    }
    if (!request.allowedFrom.empty()) {
        plan.forward.push_back(removal("Deleting firewall rule", paths.openRule));
    }
    plan.forward.push_back(removal("Deleting firewall rule", paths.closedRule));
    return plan;
}

Plan googlePower(const std::string& machinePath, const std::string& verb)
{
    return Plan{{reach(verb == "start" ? "Starting machine" : "Stopping machine", machinePath, verb)}, {}};
}

Plan googleReset(const std::string& machinePath)
{
    Step step = reach("Restarting machine", machinePath, "reset");
    step.kind = Step::Kind::Act;
    return Plan{{std::move(step)}, {}};
}

Plan googleResize(const std::string& machinePath, const std::string& machineType, bool wasRunning)
{
    Plan plan;
    plan.forward.push_back(reach("Stopping machine", machinePath, "stop"));
    Step resize = reach("Changing size", machinePath, "setMachineType");
    resize.body = Json{{"machineType", "zones/" + zoneOfPath(machinePath) + "/machineTypes/" + machineType}};
    plan.forward.push_back(std::move(resize));
    if (wasRunning) {
        plan.forward.push_back(reach("Starting machine", machinePath, "start"));
    }
    return plan;
}

Plan googleLabels(const std::string& machinePath, const TextMap& labels)
{
    Step step = reach("Changing labels", machinePath, "setLabels");
    step.body = Json{{"labels", labels}};
    return Plan{{std::move(step)}, {}};
}

Plan googleCapture(
    const MachineRequest& request, const std::string& machinePath, const std::string& osDiskPath, const std::string& imageName,
    const std::string& mark, bool wasRunning)
{
    Image image;
    image.name = imageName;
    image.sourceDisk = osDiskPath;
    image.labels = labelsOf(request, mark);
    Plan plan;
    plan.forward.push_back(reach("Stopping machine", machinePath, "stop"));
    plan.forward.push_back(
        ensure("Saving image", "projects/" + request.scope + "/global/images/" + imageName, toJson(std::move(image))));
    plan.undo = undoOf(plan.forward);
    if (wasRunning) {
        addAtBothEnds(plan, reach("Starting machine", machinePath, "start")); // the image is there all the same
    }
    return plan;
}

Plan googleSpecializedCapture(
    const MachineRequest& request, const std::string& machinePath, const std::string& imageName, const std::string& mark,
    bool wasRunning)
{
    MachineImage image;
    image.name = imageName;
    image.sourceInstance = machinePath;
    image.description = markWords(request, mark); // machine images have no labels
    Plan plan;
    plan.forward.push_back(reach("Stopping machine", machinePath, "stop"));
    plan.forward.push_back(
        ensure("Saving machine image", "projects/" + request.scope + "/global/machineImages/" + imageName, toJson(std::move(image))));
    plan.undo = undoOf(plan.forward);
    if (wasRunning) {
        addAtBothEnds(plan, reach("Starting machine", machinePath, "start")); // the image is there all the same
    }
    return plan;
}

} // namespace ty::cloud
