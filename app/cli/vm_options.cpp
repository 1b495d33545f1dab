#include "app/cli/vm_options.h"

#include <algorithm>
#include <cstdlib>

#include <CLI/CLI.hpp>

namespace ty::cli {

namespace {

constexpr std::int64_t kIdleMinutes = 15;
constexpr std::int64_t kHardLimitHours = 12;

/// "256:Premium_LRS:delete"; what is no number becomes 0 GiB, which is refused with words.
cloud::DiskRequest diskOf(const std::string& text)
{
    cloud::DiskRequest disk;
    std::vector<std::string> parts;
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
        end = text.find(':', begin);
        parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
    }
    disk.sizeGiB = std::atoll(parts[0].c_str());
    disk.kind = parts.size() > 1 ? parts[1] : std::string();
    disk.isDeletedWithMachine = parts.size() > 2 && parts[2] == "delete";
    return disk;
}

/// `option`: where the pairs come from, for the words of an error.
void addTags(cloud::TextMap& tags, const char* option, const std::vector<std::string>& pairs)
{
    for (const std::string& pair : pairs) {
        const auto middle = pair.find('=');
        if (middle == std::string::npos || middle == 0) {
            throw CLI::ValidationError(option, "\"" + pair + "\" is not name=value");
        }
        tags[pair.substr(0, middle)] = pair.substr(middle + 1);
    }
}

CLI::App* addVerb(
    CLI::App& vm, VmRequest& request, std::string& command, const char* verb, const char* help, bool hasName = true)
{
    auto* added = vm.add_subcommand(verb, help);
    if (hasName) {
        added->add_option("name", request.name, "The machine's name")->required();
    }
    addAccountOptions(*added, request);
    added->callback([&request, &command, verb] {
        command = "vm";
        request.action = verb;
    });
    return added;
}

void addAgreement(CLI::App& verb, VmRequest& request)
{
    verb.add_flag("--yes,-y", request.isAgreed, "Do not ask");
}

} // namespace

void addMachineFields(CLI::App& verb, VmRequest& request)
{
    auto* create = &verb;
    auto& machine = request.machine;
    machine.osDisk.isDeletedWithMachine = true;
    create->add_option("--size", machine.size, "Size, for example Standard_NC4as_T4_v3, or n1-standard-4 at Google")->required();
    create->add_option("--region", machine.region, "Azure region, for example westeurope");
    create->add_option("--zone", machine.zone, "Azure: 1, 2 or 3; without: wherever there is room. Google: europe-west4-a");
    create->add_option("--gpu", machine.gpu, "Google: accelerator for an n1 size, for example nvidia-tesla-t4");
    create->add_option("--gpus", machine.gpus, "How many of them; without: 1");
    create->add_option("--group", machine.group, "Azure resource group; made if it is not there; without: trainyard");
    create->add_option(
        "--image", machine.image,
        "Azure: publisher:offer:sku:version, or an image's id. Google: project/family, or an image's path. "
        "Without: Ubuntu 22.04");
    create->add_flag_callback(
        "--specialized-image", [&machine] { machine.isImageSpecialized = true; },
        "Azure: the image is a machine as it was (vm capture --specialized); users and keys are those of its machine");
    create->add_option("--os-disk-gib", machine.osDisk.sizeGiB, "System disk in GiB")->default_str("64");
    create->add_option(
        "--os-disk-kind", machine.osDisk.kind,
        "Azure: StandardSSD_LRS (without), Premium_LRS, Standard_LRS. Google: pd-balanced (without), pd-ssd, pd-standard");
    create->add_option_function<std::vector<std::string>>(
        "--data-disk",
        [&machine](const std::vector<std::string>& disks) {
            for (const std::string& text : disks) {
                machine.dataDisks.push_back(diskOf(text));
            }
        },
        "A data disk: GIB[:KIND[:delete]], for example 256:Premium_LRS:delete; kinds: trainyard cloud disks. Repeatable");
    create->add_flag_callback(
        "--keep-os-disk", [&machine] { machine.osDisk.isDeletedWithMachine = false; },
        "The system disk stays when the machine is deleted");
    create->add_option_function<std::vector<std::int64_t>>(
        "--data-disk-gib",
        [&machine](const std::vector<std::int64_t>& sizes) {
            for (const std::int64_t size : sizes) {
                machine.dataDisks.push_back({size, {}, false});
            }
        },
        "A data disk of so many GiB; kept when the machine is deleted. Repeatable");
    create->add_option("--user", machine.user, "The first user; without: trainer");
    create->add_option("--ssh-key", machine.sshPublicKey, "Public key line; without: Trainyard's own key");
    create->add_option("--also-key", machine.moreKeys, "A further public key line that may come in. Repeatable");
    create->add_option("--allow-from", machine.allowedFrom, "Address block that may reach port 22. Repeatable");
    create->add_flag_callback("--no-public-ip", [&machine] { machine.hasPublicIp = false; }, "No public address");
    create->add_flag("--anyone-can-knock", request.mayAnyoneKnock, "Agree that 0.0.0.0/0 may reach port 22");
    create->add_flag_callback("--spot", [&machine] { machine.isSpot = true; }, "A spot machine: cheaper, may be taken away");
    create->add_option("--max-price", machine.maxPrice, "Of a spot machine, USD per hour");
    create->add_option("--eviction", machine.eviction, "Of a spot machine that is taken away: deallocate (without), or delete")
        ->check(CLI::IsMember({"deallocate", "delete"}));
    create->add_option_function<std::vector<std::string>>(
        "--tag", [&machine](const std::vector<std::string>& pairs) { addTags(machine.tags, "--tag", pairs); },
        "name=value, beside Trainyard's own. Repeatable");
    create->add_option("--currency", request.currency, "Of the prices")->capture_default_str();
    create->add_flag("--dry-run", request.isDryRun, "Ask the cloud whether it would take it, and show the price; create nothing");
}

void addOwnStops(CLI::App& verb, VmRequest& request, const std::string& what)
{
    auto& machine = request.machine;
    machine.idleMinutes = kIdleMinutes;
    machine.hardLimitHours = kHardLimitHours;
    verb.add_option("--idle-minutes", machine.idleMinutes, what + " when idle for so long; 0: never")->default_str("15");
    verb.add_option("--hard-limit-hours", machine.hardLimitHours, what + " after so long; 0: never")->default_str("12");
}

void dropZeroLimits(cloud::MachineRequest& machine)
{
    if (machine.idleMinutes == 0) {
        machine.idleMinutes.reset();
    }
    if (machine.hardLimitHours == 0) {
        machine.hardLimitHours.reset();
    }
}

namespace {

void addCreate(CLI::App& vm, VmRequest& request, std::string& command)
{
    auto* create = addVerb(vm, request, command, "create", "A new machine: its price is shown first");
    auto& machine = request.machine;
    addMachineFields(*create, request);
    addOwnStops(*create, request, "Stops itself");
    create->add_option("--budget", machine.budget, "Stops itself when it has cost so much, USD");
    create->add_flag("--over-budget", request.mayExceedBudget, "Agree to go over the month's budget");
    addAgreement(*create, request);
}

} // namespace

void addVm(CLI::App& app, VmRequest& request, std::string& command)
{
    auto* vm = app.add_subcommand("vm", "Machines in the cloud, or in the sandbox on this computer");
    vm->require_subcommand(1);
    addVerb(*vm, request, command, "list", "All machines of an account", false);
    addVerb(*vm, request, command, "show", "One machine");
    addCreate(*vm, request, command);
    addVerb(*vm, request, command, "start", "Start; billed from then on");
    addVerb(*vm, request, command, "stop", "Stop and give the processors back; only disks and addresses cost");
    addVerb(*vm, request, command, "power-off", "Switch off with the processors reserved: still billed");
    addVerb(*vm, request, command, "restart", "Restart");
    addVerb(*vm, request, command, "redeploy", "Move to another host; it restarts, and its temporary disk is lost");
    auto* shutdown = addVerb(*vm, request, command, "auto-shutdown", "Azure: stop it each day at one time, whatever it does");
    shutdown->add_option("--at", request.shutdown.time, "Time of day, for example 19:00; without: what is set now");
    shutdown->add_option("--time-zone", request.shutdown.timeZone, "As Windows calls it, for example \"W. Europe Standard Time\"")
        ->capture_default_str();
    shutdown->add_flag("--off", request.isShutdownOff, "No longer");
    auto* tag = addVerb(*vm, request, command, "tag", "Set and remove tags");
    tag->add_option_function<std::vector<std::string>>(
        "--set", [&request](const std::vector<std::string>& pairs) { addTags(request.tags, "--set", pairs); },
        "name=value. Repeatable");
    tag->add_option("--remove", request.untagged, "A tag's name. Repeatable");
    auto* resize = addVerb(*vm, request, command, "resize", "Another size");
    resize->add_option("--size", request.size, "The new size; without: the sizes there are, and which of them fit");
    addAgreement(*resize, request);
    auto* capture = addVerb(*vm, request, command, "capture", "Make an image of it; on Azure it can never start again, unless --specialized");
    capture->add_option("--image", request.image, "The image's name")->required();
    capture->add_flag(
        "--specialized", request.isSpecialized,
        "The machine as it is, with its users and keys, and it lives on. Azure: a version of the image in a gallery of its "
        "group; Google: a machine image");
    capture->add_option("--gallery", request.gallery, "Azure, with --specialized: the gallery")->capture_default_str();
    capture->add_option("--image-version", request.version, "Azure, with --specialized: as 1.0.0; without: the next one");
    capture->add_flag("--delete-source", request.isSourceDeleted, "Delete the machine once the image is there");
    addAgreement(*capture, request);
    addAgreement(*addVerb(*vm, request, command, "delete", "Delete with its disk, card and address"), request);
    auto* ssh = addVerb(*vm, request, command, "ssh", "Open a shell, or run a command, with the host key verified");
    ssh->add_option("command", request.command, "The command; without: a shell");
    ssh->positionals_at_end();
    auto* config = addVerb(*vm, request, command, "ssh-config", "The machine's entry for ~/.ssh/config");
    config->add_flag("--write", request.isConfigWritten, "Put it into ~/.ssh/config.d/trainyard.conf, included by ~/.ssh/config");
    auto* metrics = addVerb(*vm, request, command, "metrics", "CPU, network and disk over time, as the cloud measured them");
    metrics->add_option("--period", request.period, "1h, 6h, 12h, 24h, 7d or 30d")->capture_default_str();
    metrics->add_flag("--csv", request.isCsv, "Answer as CSV");
    addVerb(*vm, request, command, "test-auto-stop", "Prove on the machine that it stops when nobody uses it");
    auto* keep = addVerb(*vm, request, command, "keep", "It does not stop for idleness for a while");
    keep->add_option("--hours", request.hours, "For so long")->check(CLI::Range(1, 720))->capture_default_str();
    auto* leftovers = addVerb(*vm, request, command, "leftovers", "What Trainyard left in the account, and what it costs", false);
    leftovers->add_option("--currency", request.currency, "Of the prices")->capture_default_str();
    auto* clean = addVerb(*vm, request, command, "clean", "Delete leftovers", false);
    clean->add_option("name", request.names, "Names or ids of leftovers");
    clean->add_flag("--all", request.isAll, "All of them that hold no data");
    clean->add_option("--confirm", request.confirmed, "Name of a leftover that may hold data. Repeatable")->expected(1);
    addAgreement(*clean, request);
    addVerb(*vm, request, command, "recover", "End what an interrupted program left open", false);
    vm->footer(
        "Without --account everything happens in the sandbox on this computer and costs nothing.\n"
        "Example:\n  trainyard vm create gpu-1 --size Standard_NC4as_T4_v3 --region westeurope --allow-from 203.0.113.7/32");
}

std::vector<std::string> sshOptionsFirst(std::vector<std::string> words)
{
    auto at = std::find(words.begin(), words.end(), "vm");
    if (at == words.end() || ++at == words.end() || *at != "ssh" || ++at == words.end() || at->starts_with("-")) {
        return words;
    }
    const auto name = at;
    for (++at; at != words.end() && at->starts_with("--") && *at != "--";) {
        at += *at == "--account" && at + 1 != words.end() ? 2 : 1;
    }
    if (at != words.end() && *at == "--") {
        at = words.erase(at);
    }
    std::rotate(name, name + 1, at);
    return words;
}

} // namespace ty::cli
