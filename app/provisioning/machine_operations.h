#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/catalog/machines.h"
#include "app/catalog/operations.h"
#include "app/provisioning/machine_provider.h"
#include "cloud/provision/azure_shutdown.h"
#include "cloud/provision/leftover.h"
#include "cloud/provision/machine_info.h"
#include "cloud/provision/machine_request.h"
#include "cloud/provision/operation_runner.h"
#include "engine/base/folder_lock.h"

namespace ty::app {

/// How an operation on a machine ended.
struct OperationReport {
    std::int64_t id = 0; ///< in the journal
    std::string kind;
    std::string machine;
    cloud::Outcome outcome = cloud::Outcome::Done;
    std::string error; ///< why, unless Done
    bool isTakenUp = false; ///< an earlier program began it
    cloud::Finding finding; ///< of what the provider refused, and of an attempt
    std::optional<cloud::MachineRequest> asked; ///< of a creation; of each node of a cluster
    int nodes = 0;                              ///< of a cluster that was to be created
};

/// Creates, changes and deletes machines of one account, journal first. Blocks for minutes: worker threads, one
/// object a thread.
class MachineOperations {
public:
    struct Hooks {
        cloud::OperationRunner::Watch watch;             ///< after each journal note
        cloud::OperationRunner::IsCancelled isCancelled; ///< takes a creation back
        cloud::OperationRunner::IsEnough isEnough;       ///< of an attempt: the machine stays
    };

    /// All outlive this. `lockFolder`: where a file for each operation that is being worked on says so to other programs.
    MachineOperations(
        MachineProvider& provider, catalog::Operations& operations, catalog::Machines& machines, std::string lockFolder);

    MachineProvider& provider() { return m_provider; }
    void setHooks(Hooks hooks) { m_hooks = std::move(hooks); }

    /// Errors: AlreadyExists when the account has a machine of that name in the group, InvalidInput; of each: Unsupported for
    /// what the provider cannot do.
    Result<OperationReport> create(const cloud::MachineRequest& request, std::stop_token stop);
    /// Whether a machine can be had in a place: made, and deleted again unless Hooks::isEnough keeps it. One of a name that
    /// nobody else uses. `chase`, `place`: what it is tried for, kept in the journal.
    Result<OperationReport> attempt(
        const cloud::MachineRequest& request, std::int64_t chase, const std::string& place, std::stop_token stop);
    /// `verb`: "start", "deallocate" (Off: processors are given back), "powerOff" (still billed), "restart", "redeploy".
    Result<OperationReport> act(const cloud::MachineInfo& machine, const std::string& verb, std::stop_token stop);
    Result<OperationReport> resize(const cloud::MachineInfo& machine, const std::string& size, std::stop_token stop);
    /// All tags that the machine shall have. Those by which Trainyard knows its own stay as they are. Errors: InvalidInput
    /// (a name or value that Azure does not take).
    Result<OperationReport> retag(const cloud::MachineInfo& machine, const cloud::TextMap& tags, std::stop_token stop);
    /// The cloud itself stops it each day at that time, or no longer does. Errors: InvalidInput for no time of a day,
    /// Unsupported at Google.
    Result<OperationReport> shutDownDaily(
        const cloud::MachineInfo& machine, const std::optional<cloud::DailyShutdown>& shutdown, std::stop_token stop);
    /// Errors: Unsupported for a machine that Trainyard did not make, AlreadyExists, InvalidInput.
    Result<OperationReport> capture(const cloud::MachineInfo& machine, const CaptureOrder& order, std::stop_token stop);
    /// With what the creation said goes with it. A machine that Trainyard did not make goes alone.
    Result<OperationReport> remove(const cloud::MachineInfo& machine, std::stop_token stop);

    /// Any journalled operation that the provider knows. `target`: the name it is told by.
    Result<OperationReport> perform(const std::string& kind, const std::string& target, Json request, std::stop_token stop);
    /// Deletes leftovers of one mark; what bears another by then is passed over. Errors: InvalidInput for none or several marks.
    Result<OperationReport> clean(const std::vector<cloud::Leftover>& leftovers, std::stop_token stop);

    /// Operations of this account that an earlier program left open; those that another program works on are passed over.
    /// What cannot be ended now stays open and is told as the first error.
    Result<std::vector<OperationReport>> takeUp(std::stop_token stop);
    /// One of them. Nothing when it has ended meanwhile, or another program works on it. Errors: NotFound, and as takeUp().
    Result<std::optional<OperationReport>> takeUp(std::int64_t operation, std::stop_token stop);
    /// How many of this account there are.
    Result<std::size_t> openCount();

    Result<std::vector<cloud::MachineInfo>> machines(std::stop_token stop);
    Result<cloud::MachineInfo> find(const std::string& name, std::stop_token stop);

private:
    Result<OperationReport> begin(const std::string& kind, const std::string& machine, Json request, std::stop_token stop);
    Result<OperationReport> run(const cloud::JournalEntry& entry, std::stop_token stop);
    Result<void> enter(const cloud::JournalEntry& entry);
    Result<void> remember(const cloud::JournalEntry& entry, const OperationReport& report, std::stop_token stop);
    Result<FolderLock> lockGate() const;

    MachineProvider& m_provider;
    catalog::Operations& m_operations;
    catalog::Machines& m_machines;
    std::string m_lockFolder;
    Hooks m_hooks;
};

} // namespace ty::app
