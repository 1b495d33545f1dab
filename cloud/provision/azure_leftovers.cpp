#include "cloud/provision/azure_leftovers.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "cloud/azure/captured_image.h"
#include "cloud/azure/disk.h"
#include "cloud/azure/gallery.h"
#include "cloud/azure/machine_requests.h"
#include "cloud/azure/network.h"
#include "cloud/azure/scale_set.h"
#include "cloud/provision/azure_cost.h"
#include "cloud/provision/azure_plan.h"

namespace ty::cloud {

namespace {

using namespace azure;

constexpr std::size_t kMarkLetters = 8;

/// Ids compare without case, and answers do change it.
std::string folded(std::string id)
{
    std::transform(id.begin(), id.end(), id.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return id;
}

std::string tagOf(const Resource& resource, const char* name)
{
    const auto found = resource.tags.find(name);
    return found == resource.tags.end() ? std::string() : found->second;
}

/// What the subscription holds.
struct Inventory {
    std::vector<VirtualMachine> machines;
    std::vector<ScaleSet> scaleSets;
    std::vector<NetworkInterface> cards;
    std::vector<azure::Disk> disks;
    std::vector<PublicIp> addresses;
    std::vector<VirtualNetwork> networks;
    std::vector<SecurityGroup> firewalls;
    std::vector<CapturedImage> images;
    std::vector<GalleryImageVersion> versions; ///< of all galleries: ours may stand in those of others
};

Result<std::vector<GalleryImageVersion>> readVersions(ArmClient& client, const std::string& subscription, std::stop_token stop)
{
    std::vector<GalleryImageVersion> all;
    TY_TRY(const auto galleries, client.list<Gallery>(listInSubscription(subscription, kGalleries), stop));
    for (const Gallery& gallery : galleries) {
        const ResourceRef shelf{subscription, groupOfId(gallery.id), kGalleries, {gallery.name}};
        TY_TRY(const auto images, client.list<GalleryImage>(listChildren(shelf, kGalleryImages), stop));
        for (const GalleryImage& image : images) {
            const ResourceRef definition{subscription, shelf.group, kGalleryImages, {gallery.name, image.name}};
            TY_TRY(auto versions, client.list<GalleryImageVersion>(listChildren(definition, kGalleryVersions), stop));
            std::move(versions.begin(), versions.end(), std::back_inserter(all));
        }
    }
    return all;
}

Result<Inventory> readInventory(ArmClient& client, const std::string& subscription, std::stop_token stop)
{
    Inventory all;
    TY_TRY(all.machines, client.list<VirtualMachine>(listMachines(subscription), stop));
    TY_TRY(all.scaleSets, client.list<ScaleSet>(listInSubscription(subscription, kScaleSets), stop));
    TY_TRY(all.cards, client.list<NetworkInterface>(listInSubscription(subscription, kNetworkInterfaces), stop));
    TY_TRY(all.disks, client.list<azure::Disk>(listInSubscription(subscription, kDisks), stop));
    TY_TRY(all.addresses, client.list<PublicIp>(listInSubscription(subscription, kPublicIps), stop));
    TY_TRY(all.networks, client.list<VirtualNetwork>(listInSubscription(subscription, kNetworks), stop));
    TY_TRY(all.firewalls, client.list<SecurityGroup>(listInSubscription(subscription, kSecurityGroups), stop));
    TY_TRY(all.images, client.list<CapturedImage>(listInSubscription(subscription, kImages), stop));
    TY_TRY(all.versions, readVersions(client, subscription, stop));
    return all;
}

class Finder {
public:
    Finder(const Inventory& all, const KnownOperations& known) : m_all(all), m_known(known)
    {
        for (const VirtualMachine& machine : all.machines) {
            m_alive.insert(tagOf(machine, kOperationTag));
            m_machineIds.insert(folded(machine.id));
        }
        for (const ScaleSet& set : all.scaleSets) {
            m_alive.insert(tagOf(set, kOperationTag));
        }
        m_alive.erase("");
    }

    std::vector<Leftover> find()
    {
        addMachines();
        addCards();
        addDisks();
        addAddresses();
        addNetworks();
        addFirewalls();
        addImages();
        addVersions();
        std::sort(m_found.begin(), m_found.end(), [](const Leftover& a, const Leftover& b) {
            return std::tie(a.kind, a.name, a.id) < std::tie(b.kind, b.name, b.id);
        });
        return std::move(m_found);
    }

private:
    /// Nothing for what is not ours or is being worked on.
    std::optional<Leftover> begin(const Resource& resource, LeftoverKind kind) const
    {
        Leftover leftover;
        leftover.mark = tagOf(resource, kOperationTag);
        leftover.machine = tagOf(resource, kMachineTag);
        if (leftover.mark.empty() || m_known.open.contains(leftover.mark)) {
            return {};
        }
        fill(leftover, resource, kind);
        leftover.reason = reasonOf(leftover);
        return leftover;
    }

    static void fill(Leftover& leftover, const Resource& resource, LeftoverKind kind)
    {
        leftover.id = resource.id;
        leftover.kind = kind;
        leftover.name = resource.name;
        leftover.group = groupOfId(resource.id);
        leftover.region = resource.location;
    }

    std::string reasonOf(const Leftover& leftover) const
    {
        return m_alive.contains(leftover.mark) ? "Made for " + leftover.machine + ", which does not use it."
                                               : "Its machine " + leftover.machine + " is gone.";
    }

    void addMachines()
    {
        for (const VirtualMachine& machine : m_all.machines) {
            auto leftover = begin(machine, LeftoverKind::Machine);
            if (!leftover || m_known.machines.contains(leftover->mark)) {
                continue;
            }
            leftover->reason = "Made by Trainyard, but not known on this computer; somebody may use it.";
            leftover->type = machine.size;
            leftover->holdsData = true;
            m_found.push_back(std::move(*leftover));
        }
    }

    void addCards()
    {
        for (const NetworkInterface& card : m_all.cards) {
            auto leftover = card.virtualMachineId.empty() ? begin(card, LeftoverKind::NetworkCard) : std::nullopt;
            if (leftover) {
                m_freeCards.insert(folded(card.id));
                m_found.push_back(std::move(*leftover));
            }
        }
    }

    void addDisks()
    {
        for (const azure::Disk& disk : m_all.disks) {
            if (!disk.managedBy.empty()) {
                continue;
            }
            auto leftover = begin(disk, LeftoverKind::Disk);
            if (!leftover) {
                leftover = systemDisk(disk);
            }
            if (!leftover) {
                continue;
            }
            leftover->type = disk.skuName;
            leftover->sizeGiB = disk.sizeGiB;
            leftover->lastUsed = disk.lastOwnershipUpdate;
            leftover->holdsData = disk.osType.empty();
            m_found.push_back(std::move(*leftover));
        }
    }

    /// A machine's creation makes its system disk, which may bear no tag; the mark is in its name.
    std::optional<Leftover> systemDisk(const azure::Disk& disk) const
    {
        if (!tagOf(disk, kOperationTag).empty()) {
            return {}; // tagged; begin() had its reasons
        }
        for (const auto& [mark, machine] : m_known.machineByMark) {
            if (disk.name == machine + "-os-" + mark.substr(0, kMarkLetters) && !m_known.open.contains(mark)) {
                Leftover leftover;
                leftover.mark = mark;
                leftover.machine = machine;
                leftover.isTagged = false;
                fill(leftover, disk, LeftoverKind::Disk);
                leftover.reason = reasonOf(leftover);
                return leftover;
            }
        }
        return {};
    }

    /// Whether only cards that are left over themselves use it.
    bool isFreeCard(const std::string& ipConfigurationId) const
    {
        const std::string id = folded(ipConfigurationId);
        return m_freeCards.contains(id.substr(0, id.rfind("/ipconfigurations/")));
    }

    void addAddresses()
    {
        for (const PublicIp& address : m_all.addresses) {
            const bool isFree = address.ipConfigurationId.empty() || isFreeCard(address.ipConfigurationId);
            if (auto leftover = isFree ? begin(address, LeftoverKind::PublicAddress) : std::nullopt) {
                leftover->type = address.skuName;
                m_found.push_back(std::move(*leftover));
            }
        }
    }

    void addNetworks()
    {
        for (const VirtualNetwork& network : m_all.networks) {
            auto leftover = begin(network, LeftoverKind::Network);
            const bool isUsed = std::any_of(network.subnets.begin(), network.subnets.end(), [this](const Subnet& subnet) {
                return std::any_of(subnet.ipConfigurations.begin(), subnet.ipConfigurations.end(), [this](const IdRef& ref) {
                    return !isFreeCard(ref.id);
                });
            });
            if (leftover && !isUsed && !m_alive.contains(leftover->mark)) {
                m_freeNetworks.insert(folded(network.id));
                m_found.push_back(std::move(*leftover));
            }
        }
    }

    void addFirewalls()
    {
        for (const SecurityGroup& firewall : m_all.firewalls) {
            auto leftover = begin(firewall, LeftoverKind::Firewall);
            const bool isOnCard = std::any_of(
                firewall.networkInterfaces.begin(), firewall.networkInterfaces.end(),
                [this](const IdRef& ref) { return !m_freeCards.contains(folded(ref.id)); });
            const bool isOnSubnet
                = std::any_of(firewall.subnets.begin(), firewall.subnets.end(), [this](const IdRef& ref) {
                      const std::string id = folded(ref.id);
                      return !m_freeNetworks.contains(id.substr(0, id.rfind("/subnets/")));
                  });
            if (leftover && !isOnCard && !isOnSubnet && !m_alive.contains(leftover->mark)) {
                m_found.push_back(std::move(*leftover));
            }
        }
    }

    void addImages()
    {
        for (const CapturedImage& image : m_all.images) {
            auto leftover = begin(image, LeftoverKind::Image);
            if (!leftover || m_machineIds.contains(folded(image.sourceVirtualMachineId))) {
                continue;
            }
            leftover->reason = "Captured from " + leftover->machine + ", which is gone.";
            if (image.osDisk) {
                leftover->type = image.osDisk->storageAccountType;
                leftover->sizeGiB = image.osDisk->sizeGiB;
            }
            leftover->holdsData = true;
            m_found.push_back(std::move(*leftover));
        }
    }

    void addVersions()
    {
        for (const GalleryImageVersion& version : m_all.versions) {
            auto leftover = begin(version, LeftoverKind::Image);
            if (!leftover || m_machineIds.contains(folded(version.sourceVirtualMachineId))) {
                continue;
            }
            // A version is called by its image: ".../images/NAME/versions/1.0.0".
            leftover->name = nameOfId(version.id.substr(0, folded(version.id).rfind("/versions/")));
            leftover->reason = "Captured from " + leftover->machine + ", which is gone.";
            leftover->holdsData = true;
            m_found.push_back(std::move(*leftover));
        }
    }

    const Inventory& m_all;
    const KnownOperations& m_known;
    std::set<std::string> m_alive; ///< marks of machines and scale sets that are there
    std::set<std::string> m_machineIds;
    std::set<std::string> m_freeCards;
    std::set<std::string> m_freeNetworks;
    std::vector<Leftover> m_found;
};

DiskRequest diskOf(const Leftover& leftover)
{
    DiskRequest disk;
    disk.kind = leftover.type;
    disk.sizeGiB = leftover.sizeGiB;
    return disk;
}

std::optional<double> perHour(const Leftover& leftover, const std::vector<PriceItem>& items)
{
    switch (leftover.kind) {
    case LeftoverKind::Machine:
        for (const VmPrice& price : vmPrices(items)) {
            if (isSame(price.vmSize, leftover.type) && isSame(price.region, leftover.region)) {
                return price.perHour;
            }
        }
        return {};
    case LeftoverKind::Disk: return azureDiskPerHour(diskOf(leftover), leftover.region, items);
    case LeftoverKind::PublicAddress: return azureAddressPerHour(leftover.region, items);
    case LeftoverKind::Image: return {};
    case LeftoverKind::NetworkCard:
    case LeftoverKind::Network:
    case LeftoverKind::Firewall: return 0.0; // the provider asks nothing for these
    }
    return {};
}

} // namespace

Result<std::vector<Leftover>> azureLeftovers(
    ArmClient& client, const std::string& subscription, const KnownOperations& known, std::stop_token stop)
{
    TY_TRY(const Inventory all, readInventory(client, subscription, std::move(stop)));
    return Finder(all, known).find();
}

std::vector<PriceQuery> azureLeftoverQueries(const std::vector<Leftover>& leftovers, const std::string& currency)
{
    std::map<std::string, PriceQuery> queries; // each question once
    for (const Leftover& leftover : leftovers) {
        std::optional<PriceQuery> query;
        if (leftover.kind == LeftoverKind::Machine) {
            query = PriceQuery{currency, leftover.region, leftover.type, "Virtual Machines"};
        } else if (leftover.kind == LeftoverKind::Disk) {
            query = azureDiskQuery(diskOf(leftover), leftover.region, currency);
        } else if (leftover.kind == LeftoverKind::PublicAddress) {
            query = azureAddressQuery(leftover.region, currency);
        }
        if (query) {
            queries.emplace(query->serviceName + "|" + query->region + "|" + query->vmSize, *query);
        }
    }
    std::vector<PriceQuery> all;
    for (const auto& [key, query] : queries) {
        all.push_back(query);
    }
    return all;
}

void priceAzureLeftovers(std::vector<Leftover>& leftovers, const std::vector<PriceItem>& items)
{
    for (Leftover& leftover : leftovers) {
        const auto price = perHour(leftover, items);
        leftover.perMonth = price ? std::optional(*price * kHoursPerMonth) : std::nullopt;
    }
}

} // namespace ty::cloud
