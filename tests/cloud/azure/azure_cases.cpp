#include "tests/cloud/azure/azure_cases.h"

#include <algorithm>
#include <cstdlib>

#include "cloud/azure/machine_requests.h"
#include "cloud/azure/market_image.h"
#include "cloud/azure/network.h"
#include "cloud/azure/sku.h"
#include "cloud/azure/usage.h"

namespace ty::test {

namespace {

using namespace cloud;
using namespace cloud::azure;

using Reread = std::function<Result<Json>(const Json&)>;

template<typename T>
Reread one()
{
    return [](const Json& answer) -> Result<Json> {
        TY_TRY(const T value, fromJson<T>(answer, "answer"));
        return toJson(value);
    };
}

template<typename T>
Json written(const std::vector<T>& values)
{
    Json list = Json::array();
    for (const T& value : values) {
        list.push_back(toJson(value));
    }
    return list;
}

template<typename T>
Reread page()
{
    return [](const Json& answer) -> Result<Json> {
        TY_TRY(const auto values, listFromJson<T>(answer.at("value"), "answer"));
        return Json{{"value", written(values)}};
    };
}

Reread bareList()
{
    return [](const Json& answer) -> Result<Json> {
        TY_TRY(const auto values, listFromJson<MarketName>(answer, "answer"));
        return written(values);
    };
}

std::string subscription(const Exchange& e)
{
    return e.text("subscriptionId");
}

std::string group(const Exchange& e)
{
    return e.text("resourceGroupName");
}

ResourceRef ref(const Exchange& e, const ResourceType& type, const char* name, const char* child = nullptr)
{
    ResourceRef made{subscription(e), group(e), type, {e.text(name)}};
    if (child != nullptr) {
        made.names.push_back(e.text(child));
    }
    return made;
}

ResourceRef machine(const Exchange& e)
{
    return ref(e, kVirtualMachines, "vmName");
}

ResourceRef scaleSet(const Exchange& e)
{
    return ref(e, kScaleSets, "vmScaleSetName");
}

Flag flag(const Exchange& e, const char* name)
{
    return e.text(name).empty() || e.text(name) == "false" ? Flag::No : Flag::Yes;
}

/// Request of a function that takes a value read from the example's body.
template<typename T, typename Make>
auto withBody(Make make)
{
    return [make](const Exchange& e) -> Result<ArmRequest> {
        TY_TRY(const T value, fromJson<T>(e.body.is_null() ? Json::object() : e.body, "body"));
        return make(e, value);
    };
}

template<typename Make>
auto plain(Make make)
{
    return [make](const Exchange& e) -> Result<ArmRequest> { return make(e); };
}

/// PUT, GET, DELETE and the two lists of one kind of resource.
template<typename T>
void addResource(
    std::map<std::string, AzureCase>& cases,
    const std::string& prefix,
    const ResourceType& type,
    const char* name,
    const char* listName,
    const char* listAllName)
{
    cases[prefix + "_CreateOrUpdate"] = {
        withBody<T>([=](const Exchange& e, const T& value) { return putResource(ref(e, type, name), toJson(value)); }),
        one<T>()};
    cases[prefix + "_Get"]
        = {plain([=](const Exchange& e) { return getResource(ref(e, type, name), e.text("$expand")); }), one<T>()};
    cases[prefix + "_Delete"] = {plain([=](const Exchange& e) { return deleteResource(ref(e, type, name)); }), {}};
    cases[prefix + listName]
        = {plain([=](const Exchange& e) { return listInGroup(subscription(e), group(e), type); }), page<T>()};
    cases[prefix + listAllName]
        = {plain([=](const Exchange& e) { return listInSubscription(subscription(e), type); }), page<T>()};
}

void addSubscriptions(std::map<std::string, AzureCase>& cases)
{
    const auto edge = [](const Exchange& e) {
        return e.text("includeExtendedLocations").empty() ? EdgeZones::No : EdgeZones::Yes;
    };
    cases["Subscriptions_List"] = {plain([](const Exchange&) { return listSubscriptions(); }), page<Subscription>()};
    cases["Subscriptions_Get"]
        = {plain([](const Exchange& e) { return getSubscription(subscription(e)); }), one<Subscription>()};
    cases["Subscriptions_ListLocations"]
        = {plain([=](const Exchange& e) { return listLocations(subscription(e), edge(e)); }), page<Location>()};
    cases["Tenants_List"] = {plain([](const Exchange&) { return listTenants(); }), page<Tenant>()};
    cases["Providers_List"] = {plain([](const Exchange& e) { return listProviders(subscription(e)); }), page<Provider>()};
    cases["Providers_Get"]
        = {plain([](const Exchange& e) { return getProvider(subscription(e), e.text("resourceProviderNamespace")); }),
           one<Provider>()};
    cases["Providers_Register"]
        = {plain([](const Exchange& e) { return registerProvider(subscription(e), e.text("resourceProviderNamespace")); }),
           one<Provider>()};
    cases["ResourceGroups_List"]
        = {plain([](const Exchange& e) { return listGroups(subscription(e), e.text("$filter")); }), page<ResourceGroup>()};
    cases["ResourceGroups_Get"]
        = {plain([](const Exchange& e) { return getGroup(subscription(e), group(e)); }), one<ResourceGroup>()};
    cases["ResourceGroups_CheckExistence"]
        = {plain([](const Exchange& e) { return hasGroup(subscription(e), group(e)); }), {}};
    cases["ResourceGroups_CreateOrUpdate"] = {
        withBody<ResourceGroup>([](const Exchange& e, ResourceGroup value) {
            value.name = group(e);
            return putGroup(subscription(e), value);
        }),
        one<ResourceGroup>()};
    cases["ResourceGroups_Delete"]
        = {plain([](const Exchange& e) { return deleteGroup(subscription(e), group(e), e.text("forceDeletionTypes")); }), {}};
    cases["Resources_ListByResourceGroup"]
        = {plain([](const Exchange& e) { return listResources(subscription(e), group(e), e.text("$filter")); }),
           page<AnyResource>()};
}

MarketPath market(const Exchange& e)
{
    return {e.text("location"), e.text("publisherName"), e.text("offer"), e.text("skus"), e.text("version")};
}

void addCatalog(std::map<std::string, AzureCase>& cases)
{
    cases["ResourceSkus_List"] = {
        plain([](const Exchange& e) {
            std::string region = e.text("$filter"); // location eq 'westus'
            region = region.empty() ? region : region.substr(13, region.size() - 14);
            const bool hasEdge = !e.text("includeExtendedLocations").empty();
            return listSkus(subscription(e), region, hasEdge ? EdgeZones::Yes : EdgeZones::No);
        }),
        page<ResourceSku>()};
    cases["Usage_List"]
        = {plain([](const Exchange& e) { return listComputeUsages(subscription(e), e.text("location")); }), page<Usage>()};
    cases["Usages_List"]
        = {plain([](const Exchange& e) { return listNetworkUsages(subscription(e), e.text("location")); }), page<Usage>()};
    cases["VirtualMachineImages_ListPublishers"]
        = {plain([](const Exchange& e) { return listPublishers(subscription(e), market(e)); }), bareList()};
    cases["VirtualMachineImages_ListOffers"]
        = {plain([](const Exchange& e) { return listOffers(subscription(e), market(e)); }), bareList()};
    cases["VirtualMachineImages_ListSkus"]
        = {plain([](const Exchange& e) { return listPlans(subscription(e), market(e)); }), bareList()};
    cases["VirtualMachineImages_List"] = {
        plain([](const Exchange& e) {
            return listVersions(
                subscription(e), market(e), std::atoi(e.text("$top").c_str()), e.text("$orderby"), e.text("$expand"));
        }),
        bareList()};
    cases["VirtualMachineImages_Get"]
        = {plain([](const Exchange& e) { return getMarketImage(subscription(e), market(e)); }), one<MarketImage>()};
}

void addNetwork(std::map<std::string, AzureCase>& cases)
{
    addResource<VirtualNetwork>(cases, "VirtualNetworks", kNetworks, "virtualNetworkName", "_List", "_ListAll");
    addResource<NetworkInterface>(
        cases, "NetworkInterfaces", kNetworkInterfaces, "networkInterfaceName", "_List", "_ListAll");
    addResource<PublicIp>(cases, "PublicIPAddresses", kPublicIps, "publicIpAddressName", "_List", "_ListAll");
    addResource<SecurityGroup>(
        cases, "NetworkSecurityGroups", kSecurityGroups, "networkSecurityGroupName", "_List", "_ListAll");
    const auto subnet = [](const Exchange& e) { return ref(e, kSubnets, "virtualNetworkName", "subnetName"); };
    const auto rule = [](const Exchange& e) {
        return ref(e, kSecurityRules, "networkSecurityGroupName", "securityRuleName");
    };
    cases["Subnets_CreateOrUpdate"]
        = {withBody<Subnet>([=](const Exchange& e, const Subnet& s) { return putResource(subnet(e), toJson(s)); }),
           one<Subnet>()};
    cases["Subnets_Get"] = {plain([=](const Exchange& e) { return getResource(subnet(e)); }), one<Subnet>()};
    cases["Subnets_Delete"] = {plain([=](const Exchange& e) { return deleteResource(subnet(e)); }), {}};
    cases["Subnets_List"]
        = {plain([](const Exchange& e) { return listChildren(ref(e, kNetworks, "virtualNetworkName"), kSubnets); }),
           page<Subnet>()};
    cases["SecurityRules_CreateOrUpdate"] = {
        withBody<SecurityRule>([=](const Exchange& e, const SecurityRule& r) { return putResource(rule(e), toJson(r)); }),
        one<SecurityRule>()};
    cases["SecurityRules_Get"] = {plain([=](const Exchange& e) { return getResource(rule(e)); }), one<SecurityRule>()};
    cases["SecurityRules_Delete"] = {plain([=](const Exchange& e) { return deleteResource(rule(e)); }), {}};
    cases["SecurityRules_List"] = {
        plain([](const Exchange& e) {
            return listChildren(ref(e, kSecurityGroups, "networkSecurityGroupName"), kSecurityRules);
        }),
        page<SecurityRule>()};
}

void addMachines(std::map<std::string, AzureCase>& cases)
{
    const std::string p = "VirtualMachines_";
    cases[p + "CreateOrUpdate"] = {
        withBody<VirtualMachine>([](const Exchange& e, const VirtualMachine& m) { return createMachine(machine(e), m); }),
        one<VirtualMachine>()};
    cases[p + "Update"] = {
        withBody<VirtualMachine>([](const Exchange& e, const VirtualMachine& m) {
            return patchResource(machine(e), toJson(m));
        }),
        one<VirtualMachine>()};
    cases[p + "Get"]
        = {plain([](const Exchange& e) { return getMachine(machine(e), e.text("$expand")); }), one<VirtualMachine>()};
    cases[p + "InstanceView"] = {plain([](const Exchange& e) { return getInstanceView(machine(e)); }), one<InstanceView>()};
    cases[p + "Delete"]
        = {plain([](const Exchange& e) { return deleteMachine(machine(e), flag(e, "forceDeletion")); }), {}};
    cases[p + "Start"] = {plain([](const Exchange& e) { return start(machine(e)); }), {}};
    cases[p + "Restart"] = {plain([](const Exchange& e) { return restart(machine(e)); }), {}};
    cases[p + "Redeploy"] = {plain([](const Exchange& e) { return redeploy(machine(e)); }), {}};
    cases[p + "Reimage"] = {plain([](const Exchange& e) { return reimage(machine(e)); }), {}};
    cases[p + "Generalize"] = {plain([](const Exchange& e) { return generalize(machine(e)); }), {}};
    cases[p + "SimulateEviction"] = {plain([](const Exchange& e) { return simulateEviction(machine(e)); }), {}};
    cases[p + "Deallocate"]
        = {plain([](const Exchange& e) { return deallocate(machine(e), flag(e, "hibernate")); }), {}};
    cases[p + "PowerOff"]
        = {plain([](const Exchange& e) { return powerOff(machine(e), flag(e, "skipShutdown")); }), {}};
    cases[p + "Capture"] = {
        withBody<CaptureParameters>([](const Exchange& e, const CaptureParameters& c) {
            return captureUnmanaged(machine(e), c);
        }),
        {}};
    cases[p + "RunCommand"] = {
        withBody<RunCommand>([](const Exchange& e, const RunCommand& c) { return runCommand(machine(e), c); }),
        one<RunCommandResult>()};
    cases[p + "RetrieveBootDiagnosticsData"] = {
        plain([](const Exchange& e) {
            return bootLog(machine(e), std::atoi(e.text("sasUriExpirationTimeInMinutes").c_str()));
        }),
        one<BootLogUris>()};
    cases[p + "ListByLocation"]
        = {plain([](const Exchange& e) { return listMachinesInRegion(subscription(e), e.text("location")); }),
           page<VirtualMachine>()};
    cases[p + "List"]
        = {plain([](const Exchange& e) { return listMachinesInGroup(subscription(e), group(e), e.text("$filter")); }),
           page<VirtualMachine>()};
    cases[p + "ListAll"]
        = {plain([](const Exchange& e) { return listMachines(subscription(e), flag(e, "statusOnly"), e.text("$filter")); }),
           page<VirtualMachine>()};
}

void addDisksAndImages(std::map<std::string, AzureCase>& cases)
{
    addResource<Disk>(cases, "Disks", kDisks, "diskName", "_ListByResourceGroup", "_List");
    const auto disk = [](const Exchange& e) { return ref(e, kDisks, "diskName"); };
    cases["Disks_CreateOrUpdate"].build
        = withBody<Disk>([=](const Exchange& e, const Disk& d) { return createDisk(disk(e), d); });
    cases["Disks_Update"]
        = {withBody<Disk>([=](const Exchange& e, const Disk& d) { return updateDisk(disk(e), d); }), one<Disk>()};
    cases["Disks_GrantAccess"] = {
        withBody<DiskAccess>([=](const Exchange& e, const DiskAccess& a) { return grantDiskAccess(disk(e), a); }),
        one<DiskAccessUri>()};
    cases["Disks_RevokeAccess"] = {plain([=](const Exchange& e) { return revokeDiskAccess(disk(e)); }), {}};
    addResource<CapturedImage>(cases, "Images", kImages, "imageName", "_ListByResourceGroup", "_List");
    cases["Images_CreateOrUpdate"].build = withBody<CapturedImage>(
        [](const Exchange& e, const CapturedImage& i) { return captureImage(ref(e, kImages, "imageName"), i); });
}

void addScaleSets(std::map<std::string, AzureCase>& cases)
{
    addResource<ScaleSet>(cases, "VirtualMachineScaleSets", kScaleSets, "vmScaleSetName", "_List", "_ListAll");
    const std::string p = "VirtualMachineScaleSets_";
    cases[p + "CreateOrUpdate"].build
        = withBody<ScaleSet>([](const Exchange& e, const ScaleSet& s) { return createScaleSet(scaleSet(e), s); });
    cases[p + "Update"] = {
        withBody<ScaleSet>([](const Exchange& e, const ScaleSet& s) { return patchResource(scaleSet(e), toJson(s)); }),
        one<ScaleSet>()};
    cases[p + "Delete"].build = plain([](const Exchange& e) { return deleteScaleSet(scaleSet(e), flag(e, "forceDeletion")); });
    cases[p + "Start"] = {
        withBody<InstanceIds>([](const Exchange& e, const InstanceIds& i) { return startInstances(scaleSet(e), i); }), {}};
    cases[p + "Restart"] = {
        withBody<InstanceIds>([](const Exchange& e, const InstanceIds& i) { return restartInstances(scaleSet(e), i); }), {}};
    cases[p + "Deallocate"] = {
        withBody<InstanceIds>([](const Exchange& e, const InstanceIds& i) {
            return deallocateInstances(scaleSet(e), i, flag(e, "hibernate"));
        }),
        {}};
    cases[p + "PowerOff"] = {
        withBody<InstanceIds>([](const Exchange& e, const InstanceIds& i) {
            return powerOffInstances(scaleSet(e), i, flag(e, "skipShutdown"));
        }),
        {}};
    cases[p + "DeleteInstances"] = {
        withBody<InstanceIds>([](const Exchange& e, const InstanceIds& i) {
            return deleteInstances(scaleSet(e), i, flag(e, "forceDeletion"));
        }),
        {}};
    cases[p + "GetInstanceView"]
        = {plain([](const Exchange& e) { return getScaleSetView(scaleSet(e)); }), one<ScaleSetInstanceView>()};
    cases["VirtualMachineScaleSetVMs_List"] = {
        plain([](const Exchange& e) {
            return listScaleSetMachines(
                ref(e, kScaleSets, "virtualMachineScaleSetName"), e.text("$expand"), e.text("$filter"), e.text("$select"));
        }),
        page<ScaleSetMachine>()};
}

void addMetrics(std::map<std::string, AzureCase>& cases)
{
    const auto words = [](const std::string& text) {
        std::vector<std::string> parts;
        for (std::size_t start = 0; start < text.size();) {
            const auto end = std::min(text.find(',', start), text.size());
            parts.push_back(text.substr(start, end - start));
            start = end + 1;
        }
        return parts;
    };
    cases["Metrics_List"] = {
        plain([=](const Exchange& e) {
            MetricQuery query;
            query.resourceId = e.text("resourceUri");
            query.timespan = e.text("timespan");
            query.interval = e.text("interval");
            query.names = words(e.text("metricnames"));
            query.aggregations = words(e.text("aggregation"));
            query.metricNamespace = e.text("metricnamespace");
            query.filter = e.text("$filter");
            query.top = e.text("top");
            query.orderBy = e.text("orderby");
            query.resultType = e.text("resultType");
            query.canAdjustInterval = !e.text("AutoAdjustTimegrain").empty();
            if (!e.text("ValidateDimensions").empty()) {
                query.validateDimensions = e.text("ValidateDimensions") == "true";
            }
            return getMetrics(query);
        }),
        one<MetricAnswer>()};
    cases["MetricDefinitions_List"]
        = {plain([](const Exchange& e) { return listMetricDefinitions(e.text("resourceUri"), e.text("metricnamespace")); }),
           page<MetricDefinition>()};
}

} // namespace

std::map<std::string, AzureCase> azureCases()
{
    std::map<std::string, AzureCase> cases;
    addSubscriptions(cases);
    addCatalog(cases);
    addNetwork(cases);
    addMachines(cases);
    addDisksAndImages(cases);
    addScaleSets(cases);
    addMetrics(cases);
    return cases;
}

} // namespace ty::test
