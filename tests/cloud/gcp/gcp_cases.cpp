#include "tests/cloud/gcp/gcp_cases.h"

#include <iterator>

#include "cloud/gcp/compute_operation.h"

namespace ty::test {

namespace {

using namespace cloud;
using namespace cloud::gcp;

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
Reread page()
{
    return [](const Json& answer) -> Result<Json> {
        TY_TRY(const auto values, listFromJson<T>(answer.value("items", Json::array()), "answer"));
        Json items = Json::array();
        for (const T& value : values) {
            items.push_back(toJson(value));
        }
        return Json{{"items", items}};
    };
}

template<typename T>
Reread aggregated()
{
    return [](const Json& answer) -> Result<Json> {
        Json items = Json::object();
        for (const auto& [place, part] : answer.at("items").items()) {
            TY_TRY(const T value, fromJson<T>(part, "answer"));
            items[place] = toJson(value);
        }
        return Json{{"items", items}};
    };
}

/// Operations are only read; what was read is put back under its names.
Result<Json> rereadOperation(const Json& answer)
{
    TY_TRY(const ComputeOperation operation, parseOperation(answer));
    Json json{
        {"name", operation.name},
        {"operationType", operation.operationType},
        {"status", operation.status},
        {"selfLink", operation.selfLink},
        {"zone", operation.zone},
        {"region", operation.region},
        {"targetLink", operation.targetLink},
        {"targetId", operation.targetId},
        {"insertTime", operation.insertTime},
        {"endTime", operation.endTime}};
    if (operation.progress) {
        json["progress"] = *operation.progress;
    }
    for (auto member = json.begin(); member != json.end();) {
        member = *member == "" ? json.erase(member) : std::next(member);
    }
    return json;
}

template<typename Make>
auto plain(Make make)
{
    return [make](const GcpExchange& e) -> Result<ComputeRequest> { return make(e); };
}

template<typename T, typename Make>
auto withBody(Make make)
{
    return [make](const GcpExchange& e) -> Result<ComputeRequest> {
        TY_TRY(const T value, fromJson<T>(e.body, "body"));
        return make(e, value);
    };
}

InstanceRef machine(const GcpExchange& e)
{
    return {e.text("project"), e.text("zone"), e.text("instance")};
}

InstanceRef disk(const GcpExchange& e)
{
    return {e.text("project"), e.text("zone"), e.text("disk")};
}

void addCatalog(std::map<std::string, GcpCase>& cases)
{
    const ListOptions all{{}, 0};
    cases["compute.projects.get"] = {plain([](const GcpExchange& e) { return getProject(e.text("project")); }), one<Project>()};
    cases["compute.regions.list"]
        = {plain([=](const GcpExchange& e) { return listRegions(e.text("project"), all); }), page<Region>()};
    cases["compute.regions.get"]
        = {plain([](const GcpExchange& e) { return getRegion(e.text("project"), e.text("region")); }), one<Region>()};
    cases["compute.zones.list"] = {plain([=](const GcpExchange& e) { return listZones(e.text("project"), all); }), page<Zone>()};
    cases["compute.zones.get"]
        = {plain([](const GcpExchange& e) { return getZone(e.text("project"), e.text("zone")); }), one<Zone>()};
    cases["compute.acceleratorTypes.aggregatedList"]
        = {plain([=](const GcpExchange& e) { return listAllAcceleratorTypes(e.text("project"), all); }),
           aggregated<AcceleratorScope>()};
    cases["compute.acceleratorTypes.list"]
        = {plain([=](const GcpExchange& e) { return listAcceleratorTypes(e.text("project"), e.text("zone"), all); }),
           page<AcceleratorType>()};
    cases["compute.acceleratorTypes.get"] = {
        plain([](const GcpExchange& e) {
            return getAcceleratorType(e.text("project"), e.text("zone"), e.text("acceleratorType"));
        }),
        one<AcceleratorType>()};
    cases["compute.machineTypes.aggregatedList"]
        = {plain([=](const GcpExchange& e) { return listAllMachineTypes(e.text("project"), all); }),
           aggregated<MachineTypeScope>()};
    cases["compute.machineTypes.list"]
        = {plain([=](const GcpExchange& e) { return listMachineTypes(e.text("project"), e.text("zone"), all); }),
           page<MachineType>()};
    cases["compute.machineTypes.get"]
        = {plain([](const GcpExchange& e) { return getMachineType(e.text("project"), e.text("zone"), e.text("machineType")); }),
           one<MachineType>()};
    cases["compute.diskTypes.list"]
        = {plain([=](const GcpExchange& e) { return listDiskTypes(e.text("project"), e.text("zone"), all); }), page<DiskType>()};
    cases["compute.images.list"] = {plain([=](const GcpExchange& e) { return listImages(e.text("project"), all); }), page<Image>()};
    cases["compute.images.get"]
        = {plain([](const GcpExchange& e) { return getImage(e.text("project"), e.text("image")); }), one<Image>()};
    cases["compute.images.getFromFamily"]
        = {plain([](const GcpExchange& e) { return getImageFamily(e.text("project"), e.text("family")); }), one<Image>()};
    cases["compute.images.insert"]
        = {withBody<Image>([](const GcpExchange& e, const Image& i) { return createImage(e.text("project"), i); }), rereadOperation};
    cases["compute.images.delete"]
        = {plain([](const GcpExchange& e) { return deleteImage(e.text("project"), e.text("image")); }), rereadOperation};
    cases["compute.machineImages.list"]
        = {plain([=](const GcpExchange& e) { return listMachineImages(e.text("project"), all); }), page<MachineImage>()};
    cases["compute.machineImages.get"]
        = {plain([](const GcpExchange& e) { return getMachineImage(e.text("project"), e.text("machineImage")); }),
           one<MachineImage>()};
    cases["compute.machineImages.insert"] = {
        withBody<MachineImage>([](const GcpExchange& e, const MachineImage& i) { return createMachineImage(e.text("project"), i); }),
        rereadOperation};
    cases["compute.machineImages.delete"]
        = {plain([](const GcpExchange& e) { return deleteMachineImage(e.text("project"), e.text("machineImage")); }),
           rereadOperation};
}

void addMachines(std::map<std::string, GcpCase>& cases)
{
    const std::string p = "compute.instances.";
    cases[p + "insert"] = {
        withBody<Instance>([](const GcpExchange& e, const Instance& i) {
            return insertInstance(e.text("project"), e.text("zone"), i);
        }),
        rereadOperation};
    cases[p + "get"] = {plain([](const GcpExchange& e) { return getInstance(machine(e)); }), one<Instance>()};
    cases[p + "list"] = {
        plain([](const GcpExchange& e) { return listInstances(e.text("project"), e.text("zone"), {{}, 0}); }), page<Instance>()};
    cases[p + "aggregatedList"]
        = {plain([](const GcpExchange& e) { return listAllInstances(e.text("project"), {{}, 0}); }), aggregated<InstanceScope>()};
    cases[p + "start"] = {plain([](const GcpExchange& e) { return startInstance(machine(e)); }), rereadOperation};
    cases[p + "stop"] = {plain([](const GcpExchange& e) { return stopInstance(machine(e)); }), rereadOperation};
    cases[p + "reset"] = {plain([](const GcpExchange& e) { return resetInstance(machine(e)); }), rereadOperation};
    cases[p + "delete"] = {plain([](const GcpExchange& e) { return deleteInstance(machine(e)); }), rereadOperation};
    cases[p + "setMetadata"] = {
        withBody<Metadata>([](const GcpExchange& e, const Metadata& m) { return setMetadata(machine(e), m); }), rereadOperation};
    cases[p + "setScheduling"] = {
        withBody<Scheduling>([](const GcpExchange& e, const Scheduling& s) { return setScheduling(machine(e), s); }),
        rereadOperation};
    cases[p + "setLabels"] = {
        plain([](const GcpExchange& e) {
            return setLabels(
                machine(e), e.body.at("labels").get<TextMap>(), e.body.at("labelFingerprint").get<std::string>());
        }),
        rereadOperation};
    cases[p + "setMachineType"] = {
        plain([](const GcpExchange& e) { return setMachineType(machine(e), e.body.at("machineType").get<std::string>()); }),
        rereadOperation};
    cases[p + "getSerialPortOutput"]
        = {plain([](const GcpExchange& e) { return getSerialOutput(machine(e)); }), one<SerialOutput>()};
}

void addDisksAndOperations(std::map<std::string, GcpCase>& cases)
{
    cases["compute.disks.insert"] = {
        withBody<gcp::Disk>([](const GcpExchange& e, const gcp::Disk& d) {
            return insertDisk(e.text("project"), e.text("zone"), d);
        }),
        rereadOperation};
    cases["compute.disks.get"] = {plain([](const GcpExchange& e) { return getDisk(disk(e)); }), one<gcp::Disk>()};
    cases["compute.disks.aggregatedList"]
        = {plain([](const GcpExchange& e) { return listAllDisks(e.text("project"), {{}, 0}); }), aggregated<DiskScope>()};
    cases["compute.disks.resize"] = {
        plain([](const GcpExchange& e) { return resizeDisk(disk(e), std::stoll(e.body.at("sizeGb").get<std::string>())); }),
        rereadOperation};
    cases["compute.disks.delete"] = {plain([](const GcpExchange& e) { return deleteDisk(disk(e)); }), rereadOperation};
    cases["compute.firewalls.list"]
        = {plain([](const GcpExchange& e) { return listFirewalls(e.text("project"), {{}, 0}); }), page<Firewall>()};
    cases["compute.firewalls.get"]
        = {plain([](const GcpExchange& e) { return getFirewall(e.text("project"), e.text("firewall")); }), one<Firewall>()};
    cases["compute.firewalls.insert"] = {
        withBody<Firewall>([](const GcpExchange& e, const Firewall& f) { return insertFirewall(e.text("project"), f); }),
        rereadOperation};
    cases["compute.firewalls.delete"]
        = {plain([](const GcpExchange& e) { return deleteFirewall(e.text("project"), e.text("firewall")); }), rereadOperation};
    cases["compute.zoneOperations.get"] = {
        plain([](const GcpExchange& e) { return getZoneOperation(e.text("project"), e.text("zone"), e.text("operation")); }),
        rereadOperation};
    cases["compute.zoneOperations.wait"] = {
        plain([](const GcpExchange& e) { return waitZoneOperation(e.text("project"), e.text("zone"), e.text("operation")); }),
        rereadOperation};
    cases["compute.globalOperations.get"] = {
        plain([](const GcpExchange& e) { return getGlobalOperation(e.text("project"), e.text("operation")); }), rereadOperation};
}

} // namespace

const std::string& GcpExchange::text(const std::string& placeholder) const
{
    static const std::string none;
    const auto found = names.find(placeholder);
    return found == names.end() ? none : found->second;
}

std::map<std::string, GcpCase> gcpCases()
{
    std::map<std::string, GcpCase> cases;
    addCatalog(cases);
    addMachines(cases);
    addDisksAndOperations(cases);
    return cases;
}

} // namespace ty::test
