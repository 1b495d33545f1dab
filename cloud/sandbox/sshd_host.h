#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cloud/sandbox/machine_host.h"
#include "cloud/sandbox/process.h"

namespace ty::sandbox {

/// Machines as processes of this computer: each an own sshd on a loopback address, with an own host key, home folder,
/// names in /etc/passwd and host name, run as the user who runs the sandbox. No virtual hardware and no isolation from that
/// user's files: what runs on a machine may do what its owner may do.
///
/// A machine outlives the sandbox's process; start() finds one that still runs. Below `folder`, one folder a machine:
/// home/, sshd_config, ssh_host_ed25519_key(.pub), authorized_keys, passwd, serial.log, process (pid and start time).
class SshdHost : public MachineHost {
public:
    /// @param sshPort  0: 22 where it may be used, else 22022
    SshdHost(std::string folder, int sshPort);
    ~SshdHost() override;

    Result<void> create(const MachineSpec& spec) override;
    Result<void> start(const std::string& id) override;
    void stop(const std::string& id) override;
    void remove(const std::string& id) override;
    std::string hostKeyFingerprint(const std::string& id) const override;
    std::string hostKey(const std::string& id) const override;
    int sshPort() const override { return m_port; }
    std::string serialLog(const std::string& id) const override;
    MachineUsage usage(const std::string& id) override;
    void runScript(const std::string& id, const std::string& script, std::function<void(ScriptResult)> done) override;
    Result<void> keepDisk(const std::string& id, const std::string& image) override;
    void dropDisk(const std::string& image) override;

private:
    struct Tally {
        std::map<int, ProcessFacts> processes;
        std::map<int, ProcessTraffic> traffic;
        MachineUsage total;
    };
    std::string folderOf(const std::string& id) const { return m_folder + "/" + id; }
    /// Processes of a machine among `all`: those below its sshd, and those that carry its mark in their environment.
    std::vector<ProcessFacts> processesOf(const std::string& id, const std::vector<ProcessFacts>& all);
    /// The mark in a process's environment. Remembered: with many machines it is asked for very often.
    const std::string& markOf(const ProcessFacts& process);
    /// The pid of its sshd when that runs; 0 otherwise.
    int listenerOf(const std::string& id, const std::vector<ProcessFacts>& all) const;
    ProcessSpec specFor(const std::string& id, std::vector<std::string> arguments) const;
    void log(const std::string& id, const std::string& line) const;
    void beginScript(const std::string& id, const std::string& file, const std::string& name, std::function<void(ScriptResult)> done);

    std::string m_folder;
    int m_port;
    struct Mark {
        std::uint64_t startTicks = 0;
        std::string machine;
        std::chrono::steady_clock::time_point seen; ///< first
    };
    std::map<std::string, Tally> m_tallies;
    std::map<int, Mark> m_marks;
    std::vector<ProcessFacts> m_processes; ///< as they were at m_looked
    std::chrono::steady_clock::time_point m_looked;
    std::vector<std::jthread> m_scripts;
};

/// The sshd of this computer; empty when there is none.
std::string findSshd();

} // namespace ty::sandbox
