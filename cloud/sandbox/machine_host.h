#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace ty::sandbox {

/// A machine as the clouds' services describe it to whoever brings it to life.
struct MachineSpec {
    std::string id;       ///< letters, digits and '-'; names its folder
    std::string hostName;
    std::string address;  ///< loopback address its sshd listens on
    std::string user;
    std::vector<std::string> publicKeys; ///< lines of authorized_keys
    std::string firstBootScript;         ///< run once, when it begins with "#!"; empty: none
    std::string image;                   ///< id of a kept disk to begin from; empty: an empty home folder
};

/// What a machine has used since it was created. Grows only.
struct MachineUsage {
    double cpuSeconds = 0;
    std::uint64_t memoryBytes = 0; ///< now
    std::uint64_t diskReadBytes = 0;
    std::uint64_t diskWriteBytes = 0;
    std::uint64_t networkInBytes = 0; ///< what its SSH sessions read and wrote; other traffic is not counted
    std::uint64_t networkOutBytes = 0;
};

struct ScriptResult {
    int exitCode = 0;
    std::string standardOutput;
    std::string standardError;
};

/// Brings the sandbox's machines to life. All calls come under the sandbox's lock and must be short; `done` of runScript
/// comes on another thread.
class MachineHost {
public:
    virtual ~MachineHost() = default;
    /// Makes the machine's disk and host key; a second call with the same id changes its address, user and keys.
    virtual Result<void> create(const MachineSpec& spec) = 0;
    virtual Result<void> start(const std::string& id) = 0;
    /// Ends every process of the machine. Its disk stays.
    virtual void stop(const std::string& id) = 0;
    /// Stops it and removes its disk.
    virtual void remove(const std::string& id) = 0;
    /// "SHA256:...", of the machine's ed25519 host key; empty when it has none.
    virtual std::string hostKeyFingerprint(const std::string& id) const = 0;
    /// "ssh-ed25519 AAAA..."
    virtual std::string hostKey(const std::string& id) const = 0;
    /// The port on which the machines' sshd listen.
    virtual int sshPort() const = 0;
    virtual std::string serialLog(const std::string& id) const = 0;
    virtual MachineUsage usage(const std::string& id) = 0;
    virtual void runScript(const std::string& id, const std::string& script, std::function<void(ScriptResult)> done) = 0;
    /// Keeps a copy of a machine's disk under `image`, for create() to begin from.
    virtual Result<void> keepDisk(const std::string& id, const std::string& image) = 0;
    virtual void dropDisk(const std::string& image) = 0;
};

} // namespace ty::sandbox
