#include "app/provisioning/machine_operations.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "app/provisioning/catalog_journal.h"
#include "app/provisioning/open_operations.h"
#include "cloud/azure/resource.h"
#include "cloud/provision/azure_driver.h"
#include "cloud/provision/azure_machines.h"
#include "cloud/provision/azure_plan.h"
#include "cloud/provision/cloud_init.h"
#include "cloud/provision/idle_stop_text.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"

namespace ty::app {

namespace {

using namespace cloud;

// What the journal keeps of an operation besides its kind.
constexpr const char* kAccount = "account";
constexpr const char* kMark = "mark";           ///< of the machine's creation
constexpr const char* kRequest = "request";     ///< MachineRequest
constexpr const char* kMachineId = "machineId";
constexpr const char* kVerb = "verb";
constexpr const char* kSize = "size";
constexpr const char* kImage = "image";
constexpr const char* kWasRunning = "wasRunning";
constexpr const char* kTags = "tags";
constexpr const char* kLeftovers = "leftovers"; ///< of "clean": id, kind, name, tagged

std::string textOf(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

MachineRequest requestOf(const Json& json)
{
    const auto found = json.find(kRequest);
    if (found == json.end()) {
        return {};
    }
    return fromJson<MachineRequest>(*found, "the journal").valueOr({});
}

std::vector<Leftover> leftoversOf(const Json& json)
{
    std::vector<Leftover> leftovers;
    for (const Json& each : json.value(kLeftovers, Json::array())) {
        const auto kind = leftoverKindFromName(textOf(each, "kind"));
        if (!kind) {
            continue;
        }
        Leftover leftover;
        leftover.id = textOf(each, "id");
        leftover.kind = *kind;
        leftover.name = textOf(each, "name");
        leftover.isTagged = each.value("tagged", true);
        leftovers.push_back(std::move(leftover));
    }
    return leftovers;
}

/// The same steps each time, from what the journal keeps alone.
Result<Plan> planOf(const JournalEntry& entry)
{
    const Json& json = entry.request;
    const std::string machineId = textOf(json, kMachineId);
    const std::string mark = textOf(json, kMark);
    if (entry.kind == "create") {
        const MachineRequest request = requestOf(json);
        const AzureMachineIds ids(request, mark);
        return azureCreation(request, mark, cloudInit(request, ids.machine, idleStopText()));
    }
    if (entry.kind == "delete") {
        if (!mark.empty()) {
            return azureDeletion(requestOf(json), mark);
        }
        Step step;
        step.kind = Step::Kind::Remove;
        step.title = "Deleting machine";
        step.resource = machineId;
        step.isOurs = false; // the person named it
        return Plan{{step}, {}};
    }
    if (entry.kind == "start" || entry.kind == "stop" || entry.kind == "power off") {
        return azurePower(machineId, textOf(json, kVerb));
    }
    if (entry.kind == "restart" || entry.kind == "redeploy") {
        return azureAction(machineId, entry.kind);
    }
    if (entry.kind == "resize") {
        return azureResize(machineId, textOf(json, kSize), json.value(kWasRunning, false));
    }
    if (entry.kind == "tag") {
        TextMap tags;
        const Json kept = json.value(kTags, Json::object());
        for (const auto& tag : kept.items()) {
            tags[tag.key()] = tag.value().get<std::string>();
        }
        return azureTags(machineId, tags);
    }
    if (entry.kind == "capture") {
        return azureCapture(requestOf(json), machineId, textOf(json, kImage), mark);
    }
    if (entry.kind == "clean") {
        return cleaningOf(leftoversOf(json));
    }
    return Error{ErrorKind::Unsupported, "the journal holds an operation \"" + entry.kind + "\" of a newer Trainyard", {}};
}

} // namespace

MachineOperations::MachineOperations(
    AzureConnection& connection, catalog::Operations& operations, catalog::Machines& machines, std::string lockFolder)
    : m_connection(connection), m_operations(operations), m_machines(machines), m_lockFolder(std::move(lockFolder))
{
}

Result<OperationReport> MachineOperations::create(const MachineRequest& request, std::stop_token stop)
{
    TY_TRY(const auto known, azureMachines(m_connection.client(), request.scope, stop));
    const auto isNamed = [&](const MachineInfo& machine) { return azure::isSame(machine.name, request.name); };
    TY_TRY(const auto record, m_machines.find(request.name));
    TY_TRY(const auto open, m_operations.openOnes());
    const bool isBusy = std::any_of(
        open.begin(), open.end(), [&](const auto& operation) { return operation.target == request.name; });
    // A record alone, of this account, is what a program left that ended between its last request and the catalog.
    const bool isStale = record && record->cloud == m_connection.account().name && !isBusy
        && std::none_of(known.begin(), known.end(), isNamed);
    if (record && !isStale) {
        return Error{
            ErrorKind::AlreadyExists, "there is a machine \"" + request.name + "\" in " + record->cloud + " already",
            "Choose another name."};
    }
    const bool isThere = std::any_of(known.begin(), known.end(), [&](const MachineInfo& machine) {
        return isNamed(machine) && azure::isSame(machine.group, request.group);
    });
    if (isThere) {
        return Error{
            ErrorKind::AlreadyExists, "there is a machine \"" + request.name + "\" in " + request.group + " already",
            "Choose another name."};
    }
    Json json;
    json[kMark] = makeUuid();
    json[kRequest] = toJson(request);
    return begin("create", request.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::act(const MachineInfo& machine, const std::string& verb, std::stop_token stop)
{
    const std::string kind = verb == "deallocate" ? "stop" : verb == "powerOff" ? "power off" : verb;
    Json json;
    json[kMachineId] = machine.id;
    json[kVerb] = verb;
    return begin(kind, machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::resize(
    const MachineInfo& machine, const std::string& size, std::stop_token stop)
{
    Json json;
    json[kMachineId] = machine.id;
    json[kSize] = size;
    json[kWasRunning] = machine.state == MachineState::Running || machine.state == MachineState::Idle
        || machine.state == MachineState::Starting;
    return begin("resize", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::retag(
    const MachineInfo& machine, const TextMap& tags, std::stop_token stop)
{
    TextMap wanted = tags;
    for (const char* ours : {kOperationTag, kMachineTag}) {
        wanted.erase(ours);
        if (const auto kept = machine.tags.find(ours); kept != machine.tags.end()) {
            wanted.insert(*kept);
        }
    }
    TY_CHECK(checkTags(wanted));
    Json json;
    json[kMachineId] = machine.id;
    json[kTags] = Json::object();
    for (const auto& [key, value] : wanted) {
        json[kTags][key] = value;
    }
    return begin("tag", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::capture(
    const MachineInfo& machine, const std::string& image, std::stop_token stop)
{
    MachineRequest request;
    request.scope = m_connection.account().scope;
    request.group = machine.group;
    request.name = machine.name;
    request.region = machine.region;
    Json json;
    json[kMachineId] = machine.id;
    json[kMark] = makeUuid();
    json[kImage] = image;
    json[kRequest] = toJson(request);
    return begin("capture", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::remove(const MachineInfo& machine, std::stop_token stop)
{
    Json json;
    json[kMachineId] = machine.id;
    TY_TRY(const auto record, m_machines.find(machine.name));
    const auto tag = machine.tags.find(kOperationTag);
    // The catalog must mean this very machine: one of its name may have been made elsewhere.
    if (record && tag != machine.tags.end() && textOf(record->details, kMark) == tag->second) {
        json[kMark] = tag->second;
        json[kRequest] = record->details.value(kRequest, Json::object());
    }
    return begin("delete", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::clean(const std::vector<Leftover>& leftovers, std::stop_token stop)
{
    Json list = Json::array();
    for (const Leftover& leftover : leftovers) {
        if (leftover.mark.empty() || leftover.mark != leftovers.front().mark) {
            return Error{ErrorKind::InvalidInput, "these leftovers are not of one operation", {}};
        }
        list.push_back(
            {{"id", leftover.id}, {"kind", leftoverKindName(leftover.kind)}, {"name", leftover.name},
             {"tagged", leftover.isTagged}});
    }
    if (leftovers.empty()) {
        return Error{ErrorKind::InvalidInput, "there is nothing to delete", {}};
    }
    Json json;
    json[kMark] = leftovers.front().mark;
    json[kLeftovers] = std::move(list);
    return begin("clean", leftovers.front().machine, std::move(json), stop);
}

Result<OperationReport> MachineOperations::begin(
    const std::string& kind, const std::string& machine, Json request, std::stop_token stop)
{
    request[kAccount] = m_connection.account().name;
    CatalogJournal journal(m_operations);
    JournalEntry entry;
    entry.kind = kind;
    entry.target = machine;
    entry.request = std::move(request);
    std::optional<FolderLock> lock;
    {
        // Nobody may take it up between its entry and its lock.
        TY_TRY(const FolderLock gate, lockGate());
        TY_TRY(entry.id, journal.begin(kind, machine, entry.request));
        TY_TRY(FolderLock own, FolderLock::acquire(operationLockFile(m_lockFolder, entry.id)));
        lock = std::move(own);
    }
    auto report = run(entry, std::move(stop));
    (void)removeTree(operationLockFile(m_lockFolder, entry.id));
    return report;
}

Result<OperationReport> MachineOperations::run(const JournalEntry& entry, std::stop_token stop)
{
    TY_TRY(const Plan plan, planOf(entry));
    CatalogJournal journal(m_operations);
    AzureDriver driver(m_connection.client());
    OperationRunner runner(driver, journal, sleepFor);
    runner.setWatch(m_hooks.watch);
    runner.setIsCancelled(m_hooks.isCancelled);
    OperationReport report;
    report.id = entry.id;
    report.kind = entry.kind;
    report.machine = entry.target;
    // The machine's record comes first: a crash between the two would lose how to delete it.
    if (entry.kind == "create") {
        TY_CHECK(enter(entry));
    }
    TY_TRY(report.outcome, runner.run(entry, plan, textOf(entry.request, kMark), report.error, stop));
    TY_CHECK(remember(entry, report, stop));
    return report;
}

Result<void> MachineOperations::enter(const JournalEntry& entry)
{
    const MachineRequest request = requestOf(entry.request);
    catalog::MachineRecord record;
    record.name = entry.target;
    record.cloud = m_connection.account().name;
    record.state = machineStateName(MachineState::Starting);
    record.size = request.size;
    record.region = request.zone.empty() ? request.region : request.region + "/" + request.zone;
    if (request.idleMinutes) {
        record.autoStopMinutes = static_cast<int>(*request.idleMinutes);
    }
    record.details = Json{{kMark, textOf(entry.request, kMark)}, {kRequest, toJson(request)}};
    TY_CHECK(m_machines.put(record));
    return {};
}

Result<void> MachineOperations::remember(const JournalEntry& entry, const OperationReport& report, std::stop_token stop)
{
    const bool isDone = report.outcome == Outcome::Done;
    if (entry.kind == "delete") {
        return isDone ? m_machines.remove(entry.target) : Result<void>();
    }
    if (entry.kind == "create" && report.outcome == Outcome::Undone) {
        return m_machines.remove(entry.target);
    }
    TY_TRY(const auto record, m_machines.find(entry.target));
    if (!record || !isDone) {
        return {};
    }
    const auto found = find(entry.target, stop);
    if (found) {
        return m_machines.setState(entry.target, machineStateName(found->state), found->publicAddress);
    }
    return {};
}

Result<std::vector<OperationReport>> MachineOperations::takeUp(std::stop_token stop)
{
    CatalogJournal journal(m_operations);
    TY_TRY(const auto entries, journal.openEntries());
    std::vector<OperationReport> reports;
    std::optional<Error> first;
    for (const JournalEntry& entry : entries) {
        if (textOf(entry.request, kAccount) != m_connection.account().name) {
            continue;
        }
        auto report = takeUp(entry.id, stop);
        if (report && *report) {
            reports.push_back(std::move(**report));
        } else if (!report && !first) {
            first = report.error();
        }
    }
    if (first) {
        return *first;
    }
    return reports;
}

Result<std::optional<OperationReport>> MachineOperations::takeUp(std::int64_t operation, std::stop_token stop)
{
    const std::string file = operationLockFile(m_lockFolder, operation);
    std::optional<FolderLock> lock;
    {
        TY_TRY(const FolderLock gate, lockGate());
        auto own = FolderLock::acquire(file);
        if (!own) {
            return std::optional<OperationReport>{}; // another program works on it
        }
        lock = std::move(own).value();
    }
    // Read under its lock: it may just have ended.
    CatalogJournal journal(m_operations);
    TY_TRY(const auto entries, journal.openEntries());
    const auto entry = std::find_if(
        entries.begin(), entries.end(), [operation](const JournalEntry& each) { return each.id == operation; });
    if (entry == entries.end()) {
        (void)removeTree(file);
        return std::optional<OperationReport>{};
    }
    auto report = run(*entry, stop);
    (void)removeTree(file);
    if (!report) {
        return std::move(report).error();
    }
    report->isTakenUp = true;
    return std::optional<OperationReport>(std::move(report).value());
}

Result<std::size_t> MachineOperations::openCount()
{
    CatalogJournal journal(m_operations);
    TY_TRY(const auto entries, journal.openEntries());
    return static_cast<std::size_t>(std::count_if(entries.begin(), entries.end(), [&](const JournalEntry& entry) {
        return textOf(entry.request, kAccount) == m_connection.account().name;
    }));
}

Result<FolderLock> MachineOperations::lockGate() const
{
    constexpr std::chrono::seconds kPatience{10};
    TY_CHECK(makeFolders(m_lockFolder));
    return FolderLock::await(m_lockFolder + "/gate.lock", kPatience);
}

Result<std::vector<MachineInfo>> MachineOperations::machines(std::stop_token stop)
{
    return azureMachines(m_connection.client(), m_connection.account().scope, std::move(stop));
}

Result<MachineInfo> MachineOperations::find(const std::string& name, std::stop_token stop)
{
    TY_TRY(auto all, machines(std::move(stop)));
    const auto found
        = std::find_if(all.begin(), all.end(), [&](const MachineInfo& machine) { return azure::isSame(machine.name, name); });
    if (found == all.end()) {
        return Error{
            ErrorKind::NotFound, "there is no machine \"" + name + "\" in " + m_connection.account().name,
            "See trainyard vm list."};
    }
    return std::move(*found);
}

} // namespace ty::app
