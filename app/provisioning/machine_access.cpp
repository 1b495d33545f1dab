#include "app/provisioning/machine_access.h"

#include "cloud/provision/marks.h"
#include "cloud/ssh/key_pair.h"
#include "engine/base/files.h"

namespace ty::app {

namespace {

using namespace cloud;

constexpr int kSshPort = 22;

/// "[host]:port key" lines of what the machine said.
std::string knownHostsOf(const std::string& said, const std::string& host, int port)
{
    const std::string name = port == kSshPort ? host : "[" + host + "]:" + std::to_string(port);
    std::string text;
    for (const std::string& line : hostKeyLinesIn(said)) {
        text += name + " " + line + "\n";
    }
    return text;
}

} // namespace

std::string knownHostsFile(const catalog::Paths& paths, const MachineInfo& machine)
{
    const auto mark = machine.tags.find(kOperationTag);
    const std::string creation = mark == machine.tags.end() ? machine.created : mark->second;
    std::string name = machine.name + "-" + creation;
    for (char& c : name) {
        if (c == '/' || c == ':') {
            c = '-';
        }
    }
    return paths.dataFolder() + "/known_hosts/" + name;
}

Result<MachineAccess> reachMachine(
    MachineProvider& provider, const catalog::Paths& paths, const MachineInfo& machine, std::stop_token stop)
{
    if (machine.publicAddress.empty()) {
        return Error{
            ErrorKind::NotFound, machine.name + " has no public address",
            machine.state == MachineState::Off ? "Start it first." : "Reach it through another machine of its network."};
    }
    const int port = static_cast<int>(provider.account().sshPort.value_or(kSshPort));
    const std::string file = knownHostsFile(paths, machine);
    if (!pathExists(file)) {
        const auto log = provider.consoleText(machine, stop);
        std::string known = log ? knownHostsOf(*log, machine.publicAddress, port) : std::string();
        if (known.empty()) {
            TY_TRY(const std::string said, provider.askForHostKeys(machine, stop));
            known = knownHostsOf(said, machine.publicAddress, port);
        }
        if (known.empty()) {
            return Error{
                ErrorKind::NotFound, machine.name + " did not tell its host keys", "Wait until it has started, then try again."};
        }
        TY_CHECK(makeFolders(paths.dataFolder() + "/known_hosts"));
        TY_CHECK(writeFileAtomically(file, known));
    }
    TY_TRY(const std::string known, readFile(file));
    TY_TRY(const auto pair, KeyPair::openOrCreate(paths.dataFolder() + "/keys", "trainyard"));
    MachineAccess access;
    access.target.host = machine.publicAddress;
    access.target.port = port;
    access.target.user = machine.user;
    access.target.identityFile = pair.privateFile;
    access.target.hostKeys = hostKeysIn(known);
    access.target.machine = machine.name;
    access.knownHostsFile = file;
    access.sshCommand = {
        "ssh",
        "-i",
        pair.privateFile,
        "-p",
        std::to_string(port),
        "-o",
        "UserKnownHostsFile=" + file,
        "-o",
        "GlobalKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "IdentitiesOnly=yes",
        machine.user + "@" + machine.publicAddress};
    return access;
}

} // namespace ty::app
