#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cloud/sandbox/arm_service.h"
#include "cloud/sandbox/azure_sign_in.h"
#include "cloud/sandbox/bucket_service.h"
#include "cloud/sandbox/file_service.h"
#include "cloud/sandbox/gce_service.h"
#include "cloud/sandbox/google_sign_in.h"
#include "cloud/sandbox/machine_metrics.h"
#include "cloud/sandbox/world.h"

namespace ty::sandbox {

struct SandboxOptions {
    std::string stateFile;                ///< empty: in memory
    double pace = 1;                      ///< how much faster than the real clouds
    bool isThrottled = true;              ///< answer 429 as the real ones do
    std::chrono::seconds tokenLifetime{3599};
    std::chrono::milliseconds sampling{5000}; ///< between two looks at the machines' processes
    std::uint64_t seed = 0;               ///< of names and ids; 0: by chance
    int keyBits = 2048;                   ///< of keys made at the first start; tests are content with fewer
};

/// The whole local cloud behind one function: a request in, an answer out. Any thread; one request at a time is worked on,
/// delays from fault scripts apart.
class Sandbox {
public:
    /// `clock` and `host` outlive it. Errors: Io, Permission, InvalidInput (a state file of something else).
    static Result<std::unique_ptr<Sandbox>> open(const SandboxOptions& options, const Clock& clock, MachineHost& host);
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    Response handle(const Request& request);
    /// Lets time pass on a thread of its own, as the program needs it; tests with a clock of their own call settle().
    void startTicking();
    /// Ends what is due and takes in what scripts on machines have said.
    void settle();
    /// Looks once at what the machines use.
    void sample();
    const Identity& identity() const { return m_world->identity; }
    /// Where clients reach Files; asked for by those who make storage accounts.
    void setFilesOrigin(const std::string& origin);
    /// The key of kStorageAccount.
    std::string storageKey() const;
    /// Replaces the fault script; an empty object takes it away.
    Result<void> setFaults(const Json& script);

private:
    struct Ended {
        std::string operation;
        ScriptResult result;
    };

    Sandbox(const SandboxOptions& options, std::unique_ptr<World> world);
    Response route(const Request& request);
    Response routeWhole(const Request& request);
    Response administer(const Request& request);
    Response addScope(const Request& request);
    Response faulty(const Request& request, const Fault& fault);
    void takeScripts();
    void reviveMachines();
    void tick(const std::stop_token& stop);
    Json stateJson() const;

    std::mutex m_lock; ///< guards all below but the ended scripts
    std::unique_ptr<World> m_world;
    Tokens m_tokens;
    AzureSignIn m_azureSignIn;
    GoogleSignIn m_googleSignIn;
    ArmService m_arm;
    ObjectBytes m_bytes;
    FileService m_files;
    BucketService m_buckets;
    GceService m_gce;
    MachineMetrics m_metrics;
    SandboxOptions m_options;
    std::uint64_t m_requests = 0;
    std::mutex m_endedLock;
    std::vector<Ended> m_ended;
    std::condition_variable_any m_wake;
    std::jthread m_ticker;
};

} // namespace ty::sandbox
