#include "cloud/provision/google_leftovers.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "cloud/provision/cost.h"
#include "cloud/provision/google_plan.h"
#include "cloud/provision/marks.h"

namespace ty::cloud {

namespace {

using namespace gcp;

struct Inventory {
    std::vector<Instance> machines;
    std::vector<gcp::Disk> disks;
    std::vector<Firewall> firewalls;
    std::vector<Image> images;
    std::vector<MachineImage> machineImages;
};

Result<Inventory> readInventory(ComputeClient& client, const std::string& project, std::stop_token stop)
{
    Inventory all;
    TY_TRY(auto machines, client.aggregated<InstanceScope>(listAllInstances(project), stop));
    for (auto& [zone, scope] : machines) {
        std::move(scope.instances.begin(), scope.instances.end(), std::back_inserter(all.machines));
    }
    TY_TRY(auto disks, client.aggregated<DiskScope>(listAllDisks(project), stop));
    for (auto& [zone, scope] : disks) {
        std::move(scope.disks.begin(), scope.disks.end(), std::back_inserter(all.disks));
    }
    TY_TRY(all.firewalls, client.list<Firewall>(listFirewalls(project), stop));
    TY_TRY(all.images, client.list<Image>(listImages(project), stop));
    TY_TRY(all.machineImages, client.list<MachineImage>(listMachineImages(project), stop));
    return all;
}

std::string labelOf(const TextMap& labels, const char* name)
{
    const auto found = labels.find(name);
    return found == labels.end() ? std::string() : found->second;
}

/// "trainyard-operation=MARK trainyard-machine=NAME": rules have no labels.
std::string wordOf(const std::string& description, const char* name)
{
    const std::string key = std::string(name) + "=";
    const auto at = description.find(key);
    if (at == std::string::npos) {
        return {};
    }
    const auto begin = at + key.size();
    return description.substr(begin, description.find(' ', begin) - begin);
}

class Finder {
public:
    Finder(const Inventory& all, std::string project, const KnownOperations& known)
        : m_all(all), m_project("projects/" + std::move(project)), m_known(known)
    {
        for (const Instance& machine : all.machines) {
            m_alive.insert(labelOf(machine.labels, kOperationTag));
        }
        m_alive.erase("");
    }

    std::vector<Leftover> find()
    {
        addMachines();
        addDisks();
        addFirewalls();
        addImages();
        addMachineImages();
        std::sort(m_found.begin(), m_found.end(), [](const Leftover& a, const Leftover& b) {
            return std::tie(a.kind, a.name, a.id) < std::tie(b.kind, b.name, b.id);
        });
        return std::move(m_found);
    }

private:
    /// Nothing for what is not ours or is being worked on.
    std::optional<Leftover> begin(
        LeftoverKind kind, const std::string& mark, const std::string& machine, const std::string& name) const
    {
        if (mark.empty() || m_known.open.contains(mark)) {
            return {};
        }
        Leftover leftover;
        leftover.kind = kind;
        leftover.mark = mark;
        leftover.machine = machine;
        leftover.name = name;
        leftover.reason = m_alive.contains(mark) ? "Made for " + machine + ", which does not use it."
                                                 : "Its machine " + machine + " is gone.";
        return leftover;
    }

    void addMachines()
    {
        for (const Instance& machine : m_all.machines) {
            auto leftover = begin(
                LeftoverKind::Machine, labelOf(machine.labels, kOperationTag), labelOf(machine.labels, kMachineTag), machine.name);
            if (!leftover || m_known.machines.contains(leftover->mark)) {
                continue;
            }
            const std::string zone = lastPart(machine.zone);
            leftover->id = m_project + "/zones/" + zone + "/instances/" + machine.name;
            leftover->region = regionOfZone(zone);
            leftover->reason = "Made by Trainyard, but not known on this computer; somebody may use it.";
            leftover->type = typeOf(machine);
            leftover->holdsData = true;
            m_found.push_back(std::move(*leftover));
        }
    }

    /// "n1-standard-4", and what it has besides: then the type's name alone does not tell the price.
    static std::string typeOf(const Instance& machine)
    {
        std::string type = lastPart(machine.machineType);
        for (const GuestAccelerator& card : machine.accelerators) {
            type += " + " + std::to_string(card.count.value_or(1)) + " x " + lastPart(card.type);
        }
        return type + (machine.scheduling.provisioningModel == "SPOT" ? " (spot)" : "");
    }

    void addDisks()
    {
        for (const gcp::Disk& disk : m_all.disks) {
            if (!disk.users.empty()) {
                continue;
            }
            auto leftover
                = begin(LeftoverKind::Disk, labelOf(disk.labels, kOperationTag), labelOf(disk.labels, kMachineTag), disk.name);
            if (!leftover) {
                continue;
            }
            const std::string zone = lastPart(disk.zone);
            leftover->id = m_project + "/zones/" + zone + "/disks/" + disk.name;
            leftover->region = regionOfZone(zone);
            leftover->type = lastPart(disk.type);
            leftover->sizeGiB = disk.sizeGiB;
            leftover->lastUsed = disk.lastDetachTimestamp;
            leftover->holdsData = disk.sourceImage.empty();
            m_found.push_back(std::move(*leftover));
        }
    }

    void addFirewalls()
    {
        for (const Firewall& rule : m_all.firewalls) {
            auto leftover = begin(
                LeftoverKind::Firewall, wordOf(rule.description, kOperationTag), wordOf(rule.description, kMachineTag), rule.name);
            if (leftover && !m_alive.contains(leftover->mark)) {
                leftover->id = m_project + "/global/firewalls/" + rule.name;
                m_found.push_back(std::move(*leftover));
            }
        }
    }

    void addImages()
    {
        for (const Image& image : m_all.images) {
            auto leftover
                = begin(LeftoverKind::Image, labelOf(image.labels, kOperationTag), labelOf(image.labels, kMachineTag), image.name);
            const bool isSourceThere = std::any_of(m_all.machines.begin(), m_all.machines.end(), [&](const Instance& machine) {
                return std::any_of(machine.disks.begin(), machine.disks.end(), [&](const AttachedDisk& disk) {
                    return !image.sourceDisk.empty() && lastPart(disk.source) == lastPart(image.sourceDisk)
                        && zoneOfPath(disk.source) == zoneOfPath(image.sourceDisk);
                });
            });
            if (!leftover || isSourceThere) {
                continue;
            }
            leftover->id = m_project + "/global/images/" + image.name;
            leftover->reason = "Captured from " + leftover->machine + ", which is gone.";
            leftover->sizeGiB = image.diskGiB;
            leftover->holdsData = true;
            m_found.push_back(std::move(*leftover));
        }
    }

    void addMachineImages()
    {
        for (const MachineImage& image : m_all.machineImages) {
            auto leftover = begin(
                LeftoverKind::Image, wordOf(image.description, kOperationTag), wordOf(image.description, kMachineTag), image.name);
            const bool isSourceThere = std::any_of(m_all.machines.begin(), m_all.machines.end(), [&](const Instance& machine) {
                return machine.name == lastPart(image.sourceInstance) && lastPart(machine.zone) == zoneOfPath(image.sourceInstance);
            });
            if (!leftover || isSourceThere) {
                continue;
            }
            leftover->id = m_project + "/global/machineImages/" + image.name;
            leftover->reason = "Captured from " + leftover->machine + ", which is gone.";
            leftover->holdsData = true;
            m_found.push_back(std::move(*leftover));
        }
    }

    const Inventory& m_all;
    std::string m_project;
    const KnownOperations& m_known;
    std::set<std::string> m_alive; ///< marks of machines that are there
    std::vector<Leftover> m_found;
};

std::optional<double> perHour(
    const Leftover& leftover, const GooglePrices& prices, const std::map<std::string, MachineType>& types)
{
    switch (leftover.kind) {
    case LeftoverKind::Machine: {
        const auto type = types.find(leftover.type);
        return type == types.end() ? std::nullopt : prices.machinePerHour(type->second, leftover.region, false);
    }
    case LeftoverKind::Disk:
        return leftover.sizeGiB ? prices.diskPerHour(leftover.type, *leftover.sizeGiB, leftover.region) : std::nullopt;
    case LeftoverKind::Firewall: return 0.0; // Google asks nothing for rules
    default: return {}; // images are billed by what they hold once compressed
    }
}

} // namespace

Result<std::vector<Leftover>> googleLeftovers(
    ComputeClient& client, const std::string& project, const KnownOperations& known, std::stop_token stop)
{
    TY_TRY(const Inventory all, readInventory(client, project, std::move(stop)));
    return Finder(all, project, known).find();
}

void priceGoogleLeftovers(
    std::vector<Leftover>& leftovers, const GooglePrices& prices, const std::map<std::string, MachineType>& types)
{
    for (Leftover& leftover : leftovers) {
        const auto price = perHour(leftover, prices, types);
        leftover.perMonth = price ? std::optional(*price * kHoursPerMonth) : std::nullopt;
    }
}

} // namespace ty::cloud
