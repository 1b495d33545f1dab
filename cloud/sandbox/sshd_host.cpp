#include "cloud/sandbox/sshd_host.h"

#include <algorithm>
#include <chrono>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include <arpa/inet.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cloud/sandbox/cloud_config.h"
#include "cloud/sandbox/keys.h"
#include "cloud/sandbox/loopback.h"
#include "cloud/sandbox/message.h"
#include "engine/base/files.h"

namespace ty::sandbox {

namespace fs = std::filesystem;

namespace {

constexpr char kMark[] = "TRAINYARD_SANDBOX_MACHINE";
constexpr auto kScriptLimit = std::chrono::minutes(90); ///< as on Azure

bool mayUsePort22()
{
    return portState("127.77.255.254", 22) == PortState::Free;
}

std::string ownName()
{
    const passwd* entry = getpwuid(geteuid());
    return entry == nullptr ? std::string() : entry->pw_name;
}

bool isListening(const std::string& address, int port)
{
    const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool isThere = probe >= 0 && inet_pton(AF_INET, address.c_str(), &place.sin_addr) == 1
        && connect(probe, reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0;
    if (probe >= 0) {
        close(probe);
    }
    return isThere;
}

/// A login name that sshd and /etc/passwd can take.
bool isLoginName(const std::string& name)
{
    return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    }) && name[0] != '-';
}

std::string quoted(const std::string& path)
{
    return "\"" + path + "\""; // sshd_config: an argument with spaces
}

std::vector<std::string> shellEnvironment(const std::string& home, const std::string& user, const std::string& id)
{
    return {"HOME=" + home, "USER=" + user, "LOGNAME=" + user, "SHELL=/bin/bash", "LANG=C.UTF-8",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", std::string(kMark) + "=" + id};
}

} // namespace

std::string findSshd()
{
    for (const char* path : {"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"}) {
        if (access(path, X_OK) == 0) {
            return path;
        }
    }
    return {};
}

SshdHost::SshdHost(std::string folder, int sshPort)
    : m_folder(std::move(folder)), m_port(sshPort != 0 ? sshPort : mayUsePort22() ? 22 : 22022)
{
}

SshdHost::~SshdHost() = default;

void SshdHost::log(const std::string& id, const std::string& line) const
{
    std::ofstream file(folderOf(id) + "/serial.log", std::ios::app);
    file << line << "\n";
}

Result<void> SshdHost::create(const MachineSpec& spec)
{
    const std::string folder = folderOf(spec.id);
    const bool isNew = !isFolder(folder + "/home");
    TY_CHECK(makeFolders(folder));
    if (chmod(folder.c_str(), 0700) != 0) {
        return errnoError(errno, "cannot restrict", folder);
    }
    if (isNew) {
        const std::string image = m_folder + "/" + spec.image;
        if (!spec.image.empty() && isFolder(image)) {
            std::error_code problem;
            fs::copy(image, folder + "/home", fs::copy_options::recursive | fs::copy_options::copy_symlinks, problem);
            if (problem) {
                return Error{ErrorKind::Io, "the image could not be copied: " + problem.message(), ""};
            }
        }
        TY_CHECK(makeFolders(folder + "/home"));
    }
    // The login is the person's who runs the sandbox, under the name that the machine was asked to have.
    const std::string user = isLoginName(spec.user) && canBeApart() ? spec.user : ownName();
    TY_TRY(const std::string accounts, readFile("/etc/passwd"));
    std::string passwd = fmt::format("{}:x:{}:{}:Sandbox machine:{}/home:/bin/bash\n", user, geteuid(), getegid(), folder);
    for (const auto& line : splitText(accounts, '\n')) {
        if (!line.empty() && !line.starts_with(user + ":")) {
            passwd += line + "\n";
        }
    }
    TY_CHECK(writeFileAtomically(folder + "/passwd", passwd));
    std::string keys;
    for (const auto& key : spec.publicKeys) {
        keys += key + (key.ends_with('\n') ? "" : "\n");
    }
    TY_CHECK(writeFileAtomically(folder + "/authorized_keys", keys));
    const std::string config = fmt::format(
        "Port {}\nListenAddress {}\nAddressFamily inet\nHostKey {}\nPidFile none\nAuthorizedKeysFile {}\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPubkeyAuthentication yes\n"
        "PermitRootLogin prohibit-password\nPrintMotd no\nUseDNS no\nMaxStartups 100:30:200\nMaxSessions 64\n"
        "Subsystem sftp internal-sftp\nSetEnv {}={}\nLogLevel INFO\n",
        m_port, spec.address, quoted(folder + "/ssh_host_ed25519_key"), quoted(folder + "/authorized_keys"), kMark, spec.id);
    TY_CHECK(writeFileAtomically(folder + "/sshd_config", config));
    TY_CHECK(writeJsonFile(
        folder + "/machine.json",
        {{"hostName", spec.hostName}, {"address", spec.address}, {"user", user}, {"asked", spec.user}}));
    if (!pathExists(folder + "/ssh_host_ed25519_key")) {
        ProcessSpec make;
        make.arguments = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "root@" + spec.hostName,
                          "-f", folder + "/ssh_host_ed25519_key"};
        make.environment = {"PATH=/usr/bin:/bin"};
        make.folder = folder;
        TY_TRY(const StartedProcess started, startProcess(make));
        (void)started;
        for (int wait = 0; wait < 200 && !pathExists(folder + "/ssh_host_ed25519_key.pub"); ++wait) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    if (const std::string script = bootScriptOf(spec.firstBootScript); isNew && !script.empty()) {
        TY_CHECK(writeFileAtomically(folder + "/first-boot", script));
    }
    return {};
}

ProcessSpec SshdHost::specFor(const std::string& id, std::vector<std::string> arguments) const
{
    const std::string folder = folderOf(id);
    const auto machine = readJsonFile(folder + "/machine.json");
    ProcessSpec spec;
    spec.arguments = std::move(arguments);
    spec.folder = folder + "/home";
    spec.hostName = machine ? machine->value("hostName", "") : "";
    spec.mounts = {{folder + "/passwd", "/etc/passwd"}};
    spec.environment = shellEnvironment(folder + "/home", machine ? machine->value("user", "") : "", id);
    return spec;
}

int SshdHost::listenerOf(const std::string& id, const std::vector<ProcessFacts>& all) const
{
    const auto kept = readJsonFile(folderOf(id) + "/process");
    if (!kept) {
        return 0;
    }
    const int pid = kept->value("pid", 0);
    const auto ticks = kept->value("start", std::uint64_t{0});
    const bool isAlive = std::any_of(all.begin(), all.end(), [&](const ProcessFacts& process) {
        return process.pid == pid && process.startTicks == ticks && !process.isGone;
    });
    return isAlive ? pid : 0;
}

Result<void> SshdHost::start(const std::string& id)
{
    const std::string folder = folderOf(id);
    if (listenerOf(id, allProcesses()) != 0) {
        return {}; // it outlived the sandbox's last process
    }
    const auto machine = readJsonFile(folder + "/machine.json");
    const std::string address = machine ? machine->value("address", "") : "";
    log(id, fmt::format("[    0.000000] Linux on this computer, machine {} at {}", id, address));
    const std::string sshd = findSshd();
    if (sshd.empty()) {
        log(id, "sshd was not found: nobody can log in.");
        return Error{
            ErrorKind::NotFound, "The machine runs without SSH: there is no sshd on this computer.",
            "Install the package openssh-server; its own service need not run."};
    }
    if (portState(address, m_port) == PortState::Taken) {
        // Ours would end at once, and whoever asks would reach the other one.
        const std::string words = fmt::format("{} port {} is used by another program", address, m_port);
        log(id, "sshd was not started: " + words);
        return Error{ErrorKind::Busy, "The machine runs without SSH: " + words, "Stop the machine and start it again: it gets another address."};
    }
    if (geteuid() == 0) {
        mkdir("/run/sshd", 0755); // sshd's unprivileged half wants it when it is started by root
    }
    auto spec = specFor(id, {sshd, "-D", "-e", "-f", folder + "/sshd_config"});
    spec.output = folder + "/sshd.log";
    TY_TRY(const StartedProcess started, startProcess(spec));
    const auto all = allProcesses();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& process) { return process.pid == started.pid; });
    TY_CHECK(writeJsonFile(
        folder + "/process",
        {{"pid", started.pid}, {"start", found == all.end() ? std::uint64_t{0} : found->startTicks}}));
    // A machine that is told to run can be logged in to. On this computer that takes some hundredths of a second.
    bool isUp = false;
    for (int wait = 0; wait < 300 && !isUp && isAlive(started.pid); ++wait) {
        isUp = isListening(address, m_port);
        std::this_thread::sleep_for(std::chrono::milliseconds(isUp ? 0 : 10));
    }
    if (!isUp) {
        const std::string words = readFile(folder + "/sshd.log").valueOr("");
        log(id, "sshd does not listen:\n" + words);
        return Error{ErrorKind::Io, "The machine runs without SSH: " + words, ""};
    }
    log(id, fmt::format("ci-info: user {}, ssh on {} port {}", machine ? machine->value("user", "") : "", address, m_port));
    log(id, "-----BEGIN SSH HOST KEY FINGERPRINTS-----");
    log(id, fmt::format("256 {} root@{} (ED25519)", hostKeyFingerprint(id), machine ? machine->value("hostName", "") : ""));
    log(id, "-----END SSH HOST KEY FINGERPRINTS-----");
    log(id, "-----BEGIN SSH HOST KEY KEYS-----");
    log(id, hostKey(id));
    log(id, "-----END SSH HOST KEY KEYS-----");
    const std::string script = folder + "/first-boot";
    if (pathExists(script)) {
        std::error_code ignored;
        fs::rename(script, folder + "/first-boot.sh", ignored);
        beginScript(id, folder + "/first-boot.sh", "first-boot", [this, id](const ScriptResult& result) {
            log(id, fmt::format("cloud-init: first boot script ended with {}\n{}{}", result.exitCode, result.standardOutput, result.standardError));
        });
    }
    return {};
}

const std::string& SshdHost::markOf(const ProcessFacts& process)
{
    const auto now = std::chrono::steady_clock::now();
    auto [found, isNew] = m_marks.try_emplace(process.pid);
    Mark& mark = found->second;
    if (isNew || mark.startTicks != process.startTicks) {
        mark = {process.startTicks, environmentOf(process.pid, kMark), now};
    } else if (mark.machine.empty() && now - mark.seen < std::chrono::seconds(2)) {
        mark.machine = environmentOf(process.pid, kMark); // it may have been on its way to become one
    }
    return mark.machine;
}

std::vector<ProcessFacts> SshdHost::processesOf(const std::string& id, const std::vector<ProcessFacts>& all)
{
    std::set<int> members;
    if (const int listener = listenerOf(id, all); listener != 0) {
        members.insert(listener);
    }
    for (const auto& process : all) {
        if (markOf(process) == id) {
            members.insert(process.pid);
        }
    }
    // Whatever they started is the machine's too; a child may have a lower number than its parent, so until nothing changes.
    for (std::size_t before = 0; before != members.size();) {
        before = members.size();
        for (const auto& process : all) {
            if (members.contains(process.parent)) {
                members.insert(process.pid);
            }
        }
    }
    std::vector<ProcessFacts> list;
    std::copy_if(all.begin(), all.end(), std::back_inserter(list), [&](const auto& process) {
        return members.contains(process.pid) && process.pid != getpid();
    });
    return list;
}

void SshdHost::stop(const std::string& id)
{
    if (!isFolder(folderOf(id))) {
        return;
    }
    // Twice: what a dying process started in between must go as well.
    for (int round = 0; round < 2; ++round) {
        for (const auto& process : processesOf(id, allProcesses())) {
            kill(process.pid, SIGKILL);
        }
    }
    (void)removeTree(folderOf(id) + "/process");
    log(id, "reboot: Power down");
}

void SshdHost::remove(const std::string& id)
{
    if (id.empty() || !isFolder(folderOf(id))) {
        return;
    }
    stop(id);
    (void)removeTree(folderOf(id));
    m_tallies.erase(id);
}

std::string SshdHost::hostKey(const std::string& id) const
{
    const auto text = readFile(folderOf(id) + "/ssh_host_ed25519_key.pub");
    if (!text) {
        return {};
    }
    const auto words = splitText(*text, ' ');
    return words.size() < 2 ? std::string() : words[0] + " " + words[1];
}

std::string SshdHost::hostKeyFingerprint(const std::string& id) const
{
    const auto words = splitText(hostKey(id), ' ');
    const auto blob = words.size() < 2 ? std::nullopt : decodeBase64(words[1]);
    if (!blob) {
        return {};
    }
    std::string digest = base64(sha256(*blob));
    digest.erase(std::find(digest.begin(), digest.end(), '='), digest.end());
    return "SHA256:" + digest;
}

std::string SshdHost::serialLog(const std::string& id) const
{
    return readFile(folderOf(id) + "/serial.log").valueOr("");
}

MachineUsage SshdHost::usage(const std::string& id)
{
    Tally& tally = m_tallies[id];
    tally.total.memoryBytes = 0;
    std::map<int, ProcessFacts> now;
    std::map<int, ProcessTraffic> traffic;
    const auto time = std::chrono::steady_clock::now();
    if (time - m_looked > std::chrono::milliseconds(100)) {
        m_processes = allProcesses(); // one look for all machines that are asked about in a row
        m_looked = time;
        std::erase_if(m_marks, [this](const auto& mark) {
            return std::none_of(m_processes.begin(), m_processes.end(), [&](const auto& process) { return process.pid == mark.first; });
        });
    }
    const auto grown = [](auto from, auto to) { return to > from ? to - from : decltype(to){0}; };
    for (const auto& process : processesOf(id, m_processes)) {
        const auto before = tally.processes.find(process.pid);
        const bool isKnown = before != tally.processes.end() && before->second.startTicks == process.startTicks;
        tally.total.cpuSeconds += grown(isKnown ? before->second.cpuSeconds : 0.0, process.cpuSeconds);
        tally.total.memoryBytes += process.residentBytes;
        const ProcessTraffic told = trafficOf(process.pid);
        const ProcessTraffic last = isKnown ? tally.traffic[process.pid] : ProcessTraffic{};
        tally.total.diskReadBytes += grown(last.readBytes, told.readBytes);
        tally.total.diskWriteBytes += grown(last.writtenBytes, told.writtenBytes);
        if (process.name == "sshd" || process.name.starts_with("sshd-")) {
            tally.total.networkInBytes += grown(last.takenBytes, told.takenBytes);
            tally.total.networkOutBytes += grown(last.givenBytes, told.givenBytes);
        }
        traffic[process.pid] = told;
        now[process.pid] = process;
    }
    tally.processes = std::move(now);
    tally.traffic = std::move(traffic);
    return tally.total;
}

void SshdHost::beginScript(
    const std::string& id, const std::string& file, const std::string& name, std::function<void(ScriptResult)> done)
{
    const std::string folder = folderOf(id);
    const std::string base = fmt::format("{}/{}", folder, name);
    for (const char* suffix : {".out", ".err", ".code"}) {
        (void)removeTree(base + suffix);
    }
    // A shell around it writes the exit status to a file: the script itself is no child of ours, and may outlive us.
    auto spec = specFor(
        id, {"/bin/sh", "-c", "if head -n 1 \"$1\" | grep -q '^#!'; then chmod 700 \"$1\"; \"$1\"; else /bin/sh \"$1\"; fi; echo $? > \"$2.part\"; mv \"$2.part\" \"$2\"",
             "script", file, base + ".code"});
    spec.output = base + ".out";
    spec.errors = base + ".err";
    const auto started = startProcess(spec);
    if (!started) {
        done({127, "", started.error().message});
        return;
    }
    m_scripts.emplace_back([base, pid = started->pid, done = std::move(done)](const std::stop_token& stop) {
        const auto limit = std::chrono::steady_clock::now() + kScriptLimit;
        int missing = 0;
        while (!stop.stop_requested() && !pathExists(base + ".code") && std::chrono::steady_clock::now() < limit && missing < 3) {
            missing = isAlive(pid) ? 0 : missing + 1; // gone without a word: the machine was stopped
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        if (stop.stop_requested()) {
            return;
        }
        const std::string code = readFile(base + ".code").valueOr("137");
        done({std::atoi(code.c_str()), readFile(base + ".out").valueOr(""), readFile(base + ".err").valueOr("")});
    });
}

void SshdHost::runScript(const std::string& id, const std::string& script, std::function<void(ScriptResult)> done)
{
    const std::string name = fmt::format("script-{}", std::chrono::steady_clock::now().time_since_epoch().count());
    const std::string file = folderOf(id) + "/" + name;
    const auto written = writeFileAtomically(file, script);
    if (!written) {
        done({127, "", written.error().message});
        return;
    }
    beginScript(id, file, name, std::move(done));
}

Result<void> SshdHost::keepDisk(const std::string& id, const std::string& image)
{
    TY_CHECK(removeTree(m_folder + "/" + image));
    std::error_code problem;
    fs::copy(folderOf(id) + "/home", m_folder + "/" + image, fs::copy_options::recursive | fs::copy_options::copy_symlinks, problem);
    if (problem) {
        return Error{ErrorKind::Io, "the disk of " + id + " could not be copied: " + problem.message(), ""};
    }
    return {};
}

void SshdHost::dropDisk(const std::string& image)
{
    (void)removeTree(m_folder + "/" + image);
}

} // namespace ty::sandbox
