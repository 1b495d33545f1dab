#include "cloud/sandbox/process.h"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace ty::sandbox {

namespace {

/// All that the child needs, made before the fork: after it only system calls are safe.
struct Prepared {
    std::vector<char*> arguments;
    std::vector<char*> environment;
    std::string userMap;
    std::string groupMap;
    bool needsUserSpace = false;
};

Prepared prepare(const ProcessSpec& spec)
{
    Prepared ready;
    for (const auto& text : spec.arguments) {
        ready.arguments.push_back(const_cast<char*>(text.c_str()));
    }
    for (const auto& text : spec.environment) {
        ready.environment.push_back(const_cast<char*>(text.c_str()));
    }
    ready.arguments.push_back(nullptr);
    ready.environment.push_back(nullptr);
    ready.needsUserSpace = geteuid() != 0;
    ready.userMap = fmt::format("{} {} 1", geteuid(), geteuid());
    ready.groupMap = fmt::format("{} {} 1", getegid(), getegid());
    return ready;
}

bool writeWhole(const char* path, const std::string& text)
{
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    const bool isWritten = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) {
        close(file);
    }
    return isWritten;
}

/// Between fork and exec: system calls alone.
bool goApart(const ProcessSpec& spec, const Prepared& ready)
{
    const int spaces = CLONE_NEWNS | CLONE_NEWUTS | (ready.needsUserSpace ? CLONE_NEWUSER : 0);
    if (unshare(spaces) != 0) {
        return false;
    }
    if (ready.needsUserSpace
        && (!writeWhole("/proc/self/setgroups", "deny") || !writeWhole("/proc/self/uid_map", ready.userMap)
            || !writeWhole("/proc/self/gid_map", ready.groupMap))) {
        return false;
    }
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
        return false;
    }
    for (const auto& [file, place] : spec.mounts) {
        if (mount(file.c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0) {
            return false;
        }
    }
    if (!spec.hostName.empty()) {
        (void)sethostname(spec.hostName.c_str(), spec.hostName.size()); // a nicety; the machine works without
    }
    return true;
}

void redirect(const char* path, int number)
{
    const int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file >= 0) {
        dup2(file, number);
    }
}

void closeInherited()
{
    for (int file = 3; file < 1024; ++file) {
        close(file);
    }
}

[[noreturn]] void becomeProgram(const ProcessSpec& spec, const Prepared& ready)
{
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    if (!spec.output.empty()) {
        redirect(spec.output.c_str(), STDOUT_FILENO);
        redirect(spec.errors.empty() ? spec.output.c_str() : spec.errors.c_str(), STDERR_FILENO);
    }
    closeInherited();
    // We take signals in our own way; the program starts with none of that.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    if (chdir(spec.folder.c_str()) == 0) {
        execve(ready.arguments[0], ready.arguments.data(), ready.environment.data());
    }
    _exit(127);
}

} // namespace

bool canBeApart()
{
    static const bool can = [] {
        ProcessSpec spec;
        spec.arguments = {"/bin/true"};
        spec.folder = std::string("/");
        const Prepared ready = prepare(spec);
        const pid_t child = fork();
        if (child == 0) {
            _exit(goApart(spec, ready) ? 0 : 1);
        }
        int status = 1;
        return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }();
    return can;
}

Result<StartedProcess> startProcess(const ProcessSpec& spec)
{
    const bool isApart = canBeApart();
    const Prepared ready = prepare(spec);
    int channel[2] = {};
    if (pipe2(channel, O_CLOEXEC) != 0) {
        return errnoError(errno, "cannot start", spec.arguments.front());
    }
    // Twice: the process in between ends at once, so that the machine's belongs to nobody here and stays when we go.
    const pid_t between = fork();
    if (between == 0) {
        setsid();
        const pid_t child = fork();
        if (child == 0) {
            if (isApart && !goApart(spec, ready)) {
                _exit(126);
            }
            becomeProgram(spec, ready);
        }
        (void)!write(channel[1], &child, sizeof child);
        _exit(child > 0 ? 0 : 1);
    }
    close(channel[1]);
    pid_t pid = -1;
    const bool isTold = between > 0 && read(channel[0], &pid, sizeof pid) == static_cast<ssize_t>(sizeof pid);
    close(channel[0]);
    if (between > 0) {
        waitpid(between, nullptr, 0);
    }
    if (!isTold || pid <= 0) {
        return Error{ErrorKind::Io, "cannot start " + spec.arguments.front(), ""};
    }
    return StartedProcess{pid, isApart};
}

std::vector<ProcessFacts> allProcesses()
{
    static const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    std::vector<ProcessFacts> list;
    DIR* folder = opendir("/proc");
    if (folder == nullptr) {
        return list;
    }
    while (const dirent* entry = readdir(folder)) {
        const int pid = std::atoi(entry->d_name);
        if (pid <= 0) {
            continue;
        }
        std::ifstream file(fmt::format("/proc/{}/stat", pid));
        std::string line;
        std::getline(file, line);
        const auto open = line.find('(');
        const auto close = line.rfind(')'); // the name may hold anything, also brackets
        if (open == std::string::npos || close == std::string::npos) {
            continue;
        }
        ProcessFacts facts;
        facts.pid = pid;
        facts.name = line.substr(open + 1, close - open - 1);
        std::istringstream fields(line.substr(close + 2));
        std::string state;
        std::string skipped;
        double user = 0;
        double system = 0;
        std::uint64_t pages = 0;
        fields >> state >> facts.parent;
        for (int i = 5; i <= 13; ++i) {
            fields >> skipped;
        }
        fields >> user >> system;
        for (int i = 16; i <= 21; ++i) {
            fields >> skipped;
        }
        fields >> facts.startTicks >> skipped >> pages;
        facts.cpuSeconds = (user + system) / ticks;
        facts.residentBytes = pages * page;
        facts.isGone = state == "Z" || state == "X";
        list.push_back(std::move(facts));
    }
    closedir(folder);
    return list;
}

bool isAlive(int pid)
{
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(file, line);
    const auto close = line.rfind(')');
    return close != std::string::npos && close + 2 < line.size() && line[close + 2] != 'Z' && line[close + 2] != 'X';
}

std::string environmentOf(int pid, const std::string& name)
{
    std::ifstream file(fmt::format("/proc/{}/environ", pid), std::ios::binary);
    std::string variable;
    while (std::getline(file, variable, '\0')) {
        if (variable.starts_with(name + "=")) {
            return variable.substr(name.size() + 1);
        }
    }
    return {};
}

ProcessTraffic trafficOf(int pid)
{
    std::ifstream file(fmt::format("/proc/{}/io", pid));
    ProcessTraffic traffic;
    std::string name;
    std::uint64_t value = 0;
    while (file >> name >> value) {
        std::uint64_t* slot = name == "rchar:" ? &traffic.takenBytes
            : name == "wchar:"                 ? &traffic.givenBytes
            : name == "read_bytes:"            ? &traffic.readBytes
            : name == "write_bytes:"           ? &traffic.writtenBytes
                                               : nullptr;
        if (slot != nullptr) {
            *slot = value;
        }
    }
    return traffic;
}

} // namespace ty::sandbox
