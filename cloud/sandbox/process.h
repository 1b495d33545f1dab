#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace ty::sandbox {

/// How a machine's process is started: with a view of its own of two system files and of the computer's name.
struct ProcessSpec {
    std::vector<std::string> arguments; ///< the first is the program's whole path
    std::vector<std::string> environment;
    std::string folder;                 ///< to start in
    std::string hostName;
    std::vector<std::pair<std::string, std::string>> mounts; ///< file shown -> file of the system it stands for
    std::string output;                 ///< file for standard output and error, appended; empty: /dev/null
    std::string errors;                 ///< file for standard error alone; empty: as output
};

/// Starts it in a session of its own, so that it outlives us. When the kernel does not grant a view of its own (it may be
/// forbidden to plain users), it starts without one and `isApart` says so.
struct StartedProcess {
    int pid = 0;
    bool isApart = false;
};
Result<StartedProcess> startProcess(const ProcessSpec& spec);
/// Whether startProcess can give a view of its own here. Tried once.
bool canBeApart();

/// One process as /proc tells of it.
struct ProcessFacts {
    int pid = 0;
    int parent = 0;
    std::string name;
    double cpuSeconds = 0; ///< user and system
    std::uint64_t residentBytes = 0;
    std::uint64_t startTicks = 0; ///< with the pid, names a process for good
    bool isGone = false;          ///< dead, waiting for its parent
};
std::vector<ProcessFacts> allProcesses();
/// Whether the process runs: it exists, and is not dead and waiting for its parent.
bool isAlive(int pid);
/// The value of a variable in a process's environment as it was started; empty when it is not there or may not be read.
std::string environmentOf(int pid, const std::string& name);

struct ProcessTraffic {
    std::uint64_t readBytes = 0;    ///< from disks
    std::uint64_t writtenBytes = 0;
    std::uint64_t takenBytes = 0;   ///< by read calls of any kind
    std::uint64_t givenBytes = 0;
};
ProcessTraffic trafficOf(int pid);

} // namespace ty::sandbox
