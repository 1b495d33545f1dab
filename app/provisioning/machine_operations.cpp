#include "app/provisioning/machine_operations.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "app/provisioning/catalog_journal.h"
#include "app/provisioning/operation_keys.h"
#include "app/provisioning/open_operations.h"
#include "cloud/azure/resource.h"
#include "cloud/http/request_id.h"
#include "cloud/http/retry.h"
#include "cloud/provision/marks.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr const char* kChase = "chase";
constexpr const char* kPlace = "place";
constexpr const char* kAttempt = "attempt";

bool isUp(MachineState state)
{
    return state == MachineState::Running || state == MachineState::Idle || state == MachineState::Starting;
}

/// An attempt is a creation and the deletion of what it made.
Result<Plan> planOf(MachineProvider& provider, const JournalEntry& entry)
{
    if (entry.kind != kAttempt) {
        return provider.plan(entry);
    }
    JournalEntry part = entry;
    part.kind = "create";
    TY_TRY(Plan creation, provider.plan(part));
    part.kind = "delete";
    TY_TRY(const Plan deletion, provider.plan(part));
    return attemptOf(std::move(creation), deletion);
}

} // namespace

MachineOperations::MachineOperations(
    MachineProvider& provider, catalog::Operations& operations, catalog::Machines& machines, std::string lockFolder)
    : m_provider(provider), m_operations(operations), m_machines(machines), m_lockFolder(std::move(lockFolder))
{
}

Result<OperationReport> MachineOperations::create(const MachineRequest& request, std::stop_token stop)
{
    TY_TRY(const auto known, m_provider.machines(stop));
    const auto isNamed = [&](const MachineInfo& machine) { return azure::isSame(machine.name, request.name); };
    TY_TRY(const auto record, m_machines.find(request.name));
    TY_TRY(const auto open, m_operations.openOnes());
    const bool isBusy = std::any_of(
        open.begin(), open.end(), [&](const auto& operation) { return operation.target == request.name; });
    // A record alone, of this account, is what a program left that ended between its last request and the catalog.
    const bool isStale = record && record->cloud == m_provider.account().name && !isBusy
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
    json[kMarkKey] = makeUuid();
    json[kRequestKey] = toJson(request);
    return begin("create", request.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::attempt(
    const MachineRequest& request, std::int64_t chase, const std::string& place, std::stop_token stop)
{
    Json json;
    json[kMarkKey] = makeUuid();
    json[kRequestKey] = toJson(request);
    json[kChase] = chase;
    json[kPlace] = place;
    return begin(kAttempt, request.name, std::move(json), std::move(stop));
}

Result<OperationReport> MachineOperations::act(const MachineInfo& machine, const std::string& verb, std::stop_token stop)
{
    const std::string kind = verb == "deallocate" ? "stop" : verb == "powerOff" ? "power off" : verb;
    Json json;
    json[kMachineIdKey] = machine.id;
    json[kVerbKey] = verb;
    return begin(kind, machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::resize(
    const MachineInfo& machine, const std::string& size, std::stop_token stop)
{
    Json json;
    json[kMachineIdKey] = machine.id;
    json[kSizeKey] = size;
    json[kWasRunningKey] = isUp(machine.state);
    return begin("resize", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::retag(
    const MachineInfo& machine, const TextMap& tags, std::stop_token stop)
{
    TextMap wanted = tags;
    for (const char* ours : {kOperationTag, kMachineTag, kUserTag, kShutdownTag}) {
        wanted.erase(ours);
        if (const auto kept = machine.tags.find(ours); kept != machine.tags.end()) {
            wanted.insert(*kept);
        }
    }
    TY_CHECK(checkTags(wanted));
    Json json;
    json[kMachineIdKey] = machine.id;
    json[kTagsKey] = wanted;
    return begin("tag", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::shutDownDaily(
    const MachineInfo& machine, const std::optional<DailyShutdown>& shutdown, std::stop_token stop)
{
    if (machine.provider != "azure") {
        return Error{
            ErrorKind::Unsupported, "machines of Google have no daily shutdown here",
            "Their idle stop and hard limit stop them: vm create --idle-minutes, --hard-limit-hours."};
    }
    if (shutdown) {
        TY_CHECK(checkShutdown(*shutdown));
    }
    Json json;
    json[kMachineIdKey] = machine.id;
    json[kRegionKey] = machine.region;
    json[kTagsKey] = machine.tags;
    if (shutdown) {
        json[kShutdownKey] = toJson(*shutdown);
    }
    return begin("auto-shutdown", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::capture(
    const MachineInfo& machine, const CaptureOrder& order, std::stop_token stop)
{
    TY_TRY(const CaptureOrder whole, m_provider.complete(machine, order, stop));
    MachineRequest request;
    request.scope = m_provider.account().scope;
    request.group = machine.group;
    request.name = machine.name;
    request.region = machine.region;
    Json json;
    json[kMachineIdKey] = machine.id;
    json[kMarkKey] = makeUuid();
    json[kImageKey] = whole.image;
    json[kDiskKey] = machine.osDisk;
    json[kWasRunningKey] = isUp(machine.state);
    json[kSpecializedKey] = whole.form == CaptureForm::Machine;
    json[kGalleryKey] = whole.gallery;
    json[kVersionKey] = whole.version;
    json[kIsImageThereKey] = whole.isImageThere;
    json[kRequestKey] = toJson(request);
    return begin("capture", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::remove(const MachineInfo& machine, std::stop_token stop)
{
    Json json;
    json[kMachineIdKey] = machine.id;
    json[kTagsKey] = machine.tags;
    TY_TRY(const auto record, m_machines.find(machine.name));
    const auto tag = machine.tags.find(kOperationTag);
    // The catalog must mean this very machine: one of its name may have been made elsewhere.
    if (record && tag != machine.tags.end() && textOf(record->details, kMarkKey) == tag->second) {
        json[kMarkKey] = tag->second;
        json[kRequestKey] = record->details.value(kRequestKey, Json::object());
    }
    return begin("delete", machine.name, std::move(json), stop);
}

Result<OperationReport> MachineOperations::perform(
    const std::string& kind, const std::string& target, Json request, std::stop_token stop)
{
    return begin(kind, target, std::move(request), std::move(stop));
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
    json[kMarkKey] = leftovers.front().mark;
    json[kLeftoversKey] = std::move(list);
    return begin("clean", leftovers.front().machine, std::move(json), stop);
}

Result<OperationReport> MachineOperations::begin(
    const std::string& kind, const std::string& machine, Json request, std::stop_token stop)
{
    request[kAccountKey] = m_provider.account().name;
    request[kOperationKey] = makeUuid();
    CatalogJournal journal(m_operations);
    JournalEntry entry;
    entry.kind = kind;
    entry.target = machine;
    entry.request = std::move(request);
    TY_CHECK(planOf(m_provider, entry)); // what cannot be done is not begun
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
    TY_TRY(const Plan plan, planOf(m_provider, entry));
    CatalogJournal journal(m_operations);
    const auto driver = m_provider.driver(entry);
    OperationRunner runner(*driver, journal, sleepFor);
    runner.setWatch(m_hooks.watch);
    runner.setIsCancelled(m_hooks.isCancelled);
    runner.setIsEnough(m_hooks.isEnough);
    OperationReport report;
    report.id = entry.id;
    report.kind = entry.kind;
    report.machine = entry.target;
    // The machine's record comes first: a crash between the two would lose how to delete it.
    if (entry.kind == "create" || entry.kind == kAttempt) {
        TY_CHECK(enter(entry));
    }
    TY_TRY(report.outcome, runner.run(entry, plan, textOf(entry.request, kMarkKey), report.error, stop));
    if (entry.kind == "create") {
        report.asked = requestOf(entry.request);
    }
    if (entry.kind == kCreateCluster) {
        const ClusterRequest cluster = clusterRequestOf(entry.request);
        report.asked = cluster.node;
        report.nodes = static_cast<int>(cluster.count.value_or(1));
    }
    if (entry.kind == kAttempt || report.outcome != Outcome::Done) {
        TY_TRY(const auto ended, m_operations.operation(entry.id));
        report.finding = Finding::parse(ended.finding);
    }
    TY_CHECK(remember(entry, report, stop));
    return report;
}

Result<void> MachineOperations::enter(const JournalEntry& entry)
{
    const MachineRequest request = requestOf(entry.request);
    catalog::MachineRecord record;
    record.name = entry.target;
    record.cloud = m_provider.account().name;
    record.state = machineStateName(MachineState::Starting);
    record.size = request.size;
    record.region = request.zone.empty() ? request.region : request.region + "/" + request.zone;
    if (request.idleMinutes) {
        record.autoStopMinutes = static_cast<int>(*request.idleMinutes);
    }
    record.details = Json{{kMarkKey, textOf(entry.request, kMarkKey)}, {kRequestKey, toJson(request)}};
    TY_CHECK(m_machines.put(record));
    return {};
}

Result<void> MachineOperations::remember(const JournalEntry& entry, const OperationReport& report, std::stop_token stop)
{
    const bool isDone = report.outcome == Outcome::Done;
    if (entry.kind == "delete") {
        return isDone ? m_machines.remove(entry.target) : Result<void>();
    }
    const bool isGone = entry.kind == kAttempt && isDone && !report.finding.isKept.value_or(false);
    if (isGone || ((entry.kind == "create" || entry.kind == kAttempt) && report.outcome == Outcome::Undone)) {
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
        if (textOf(entry.request, kAccountKey) != m_provider.account().name) {
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
        return textOf(entry.request, kAccountKey) == m_provider.account().name;
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
    return m_provider.machines(std::move(stop));
}

Result<MachineInfo> MachineOperations::find(const std::string& name, std::stop_token stop)
{
    TY_TRY(auto all, machines(std::move(stop)));
    const auto found
        = std::find_if(all.begin(), all.end(), [&](const MachineInfo& machine) { return azure::isSame(machine.name, name); });
    if (found == all.end()) {
        return Error{
            ErrorKind::NotFound, "there is no machine \"" + name + "\" in " + m_provider.account().name,
            "See trainyard vm list."};
    }
    return std::move(*found);
}

} // namespace ty::app
