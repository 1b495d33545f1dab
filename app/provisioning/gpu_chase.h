#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/catalog/chases.h"
#include "app/catalog/paths.h"
#include "app/provisioning/account.h"
#include "app/provisioning/cloud_session.h"
#include "cloud/chase/chase_plan.h"
#include "cloud/chase/chase_runner.h"
#include "cloud/secrets/secret_store.h"
#include "engine/base/folder_lock.h"

namespace ty::app {

/// What a chase tells and asks while it works; called on any thread.
struct ChaseHooks {
    /// "Reading the offers of sandbox"; `all` 0: not known.
    std::function<void(const std::string& words, int done, int all)> progress;
    ConnectionHooks connection;
};

/// A hunt for a GPU through the zones of several accounts: reads offers, quotas and prices, tries the places through the
/// provisioning journal, and keeps in the catalog how far it came, so that it goes on after a crash.
class GpuChase : public cloud::ChaseWorld {
public:
    /// Reads what there is; nothing is made. `accounts`: those that the request means. `secrets` outlives this. An account that
    /// does not answer is in problems(). Blocks. Errors: InvalidInput, Cancelled, and that no account answers.
    static Result<std::unique_ptr<GpuChase>> plan(
        const catalog::Paths& paths, const std::vector<Account>& accounts, cloud::SecretStore& secrets,
        cloud::ChaseRequest request, ChaseHooks hooks, std::stop_token stop);
    /// A chase of the catalog (0: the newest), after what its program left open was ended. Blocks.
    /// Errors: NotFound, Busy when another program works on it.
    static Result<std::unique_ptr<GpuChase>> resume(
        const catalog::Paths& paths, const std::vector<Account>& all, cloud::SecretStore& secrets, std::int64_t id,
        ChaseHooks hooks, std::stop_token stop);
    ~GpuChase() override;

    const cloud::ChaseRequest& request() const { return m_request; }
    /// As they were planned or taken up; what came of them since is in state().
    const std::vector<cloud::ChasePlace>& places() const { return m_places; }
    cloud::ChasePreview preview() const { return cloud::previewOf(m_places, m_request); }
    /// What hindered the reading: "lab: nobody is signed in".
    const std::vector<std::string>& problems() const { return m_problems; }
    /// In the catalog; 0 before begin().
    std::int64_t id() const { return m_id; }
    /// How often a service asked to slow down.
    int throttled() const { return m_throttled; }

    /// More money, another number at a time: before begin().
    void setLimits(std::optional<double> maxCost, std::optional<std::int64_t> parallel);
    /// Who may reach the machine that is kept: before begin(). Looking asks for nobody's address.
    void setAllowedFrom(std::vector<std::string> blocks) { m_request.machine.allowedFrom = std::move(blocks); }
    /// Notes the chase in the catalog and makes it ready to run. Errors: InvalidInput (no machine can be asked for like this), Busy.
    Result<void> begin();
    /// Blocks until the end, or until it was stopped. `stop`: the program ends. Errors: those of the catalog; what is noted is noted.
    Result<void> run(std::stop_token stop);
    // Any thread, after begin().
    void setPaused(bool isPaused) { m_runner->setPaused(isPaused); }
    void stop() { m_runner->stop(); }
    cloud::ChaseState state() const;
    /// Deletes the machine that was kept. After run(). Blocks. Errors: NotFound when there is none.
    Result<OperationReport> removeKept(std::stop_token stop);

private:
    struct Desk;

    GpuChase(const catalog::Paths& paths, cloud::ChaseRequest request, ChaseHooks hooks);
    Result<void> openAccounts(
        const std::vector<Account>& accounts, cloud::SecretStore& secrets, std::stop_token stop);
    ConnectionHooks connectionHooks(const Account& account);
    Result<std::vector<cloud::ChasePlace>> scout(CloudSession& session, std::stop_token stop);
    void readPrices(CloudSession& session, std::vector<cloud::ChasePlace>& places, std::stop_token stop);
    void readGooglePrices(CloudSession& session, std::vector<cloud::ChasePlace>& places, std::stop_token stop);
    Result<cloud::BlockList> readBlocks();
    Result<void> takeUp(std::stop_token stop);
    Result<void> learnFromJournal();
    Result<std::unique_ptr<Desk>> takeDesk();
    void giveDesk(std::unique_ptr<Desk> desk);

    Result<cloud::AttemptEnd> attempt(
        const cloud::ChasePlace& place, const std::string& machine, const Hooks& hooks, std::stop_token stop) override;
    void keepBlock(const cloud::Block& block) override;
    void keepPlaces(const std::vector<cloud::ChasePlace>& places) override;

    catalog::Paths m_paths;
    cloud::ChaseRequest m_request;
    ChaseHooks m_hooks;
    std::map<std::string, std::unique_ptr<CloudSession>> m_sessions; ///< by account
    std::vector<cloud::ChasePlace> m_places;
    cloud::BlockList m_blocks;
    std::vector<std::string> m_problems;
    std::atomic<int> m_throttled{0};
    std::int64_t m_id = 0;
    FolderLock m_lock;
    std::chrono::steady_clock::time_point m_begun = std::chrono::steady_clock::now();
    std::chrono::milliseconds m_reading{0};
    std::unique_ptr<cloud::ChaseRunner> m_runner;

    std::mutex m_mutex; ///< of what follows
    std::unique_ptr<catalog::Chases> m_chases;
    std::chrono::steady_clock::time_point m_kept;
    std::vector<std::unique_ptr<Desk>> m_desks;
};

/// The accounts that a request names; without names all real ones, and the sandbox's where there are none.
/// Errors: NotFound.
Result<std::vector<Account>> accountsOf(const cloud::ChaseRequest& request, const std::vector<Account>& all);

} // namespace ty::app
