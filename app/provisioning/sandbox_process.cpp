#include "app/provisioning/sandbox_process.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cloud/http/url.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"
#include "engine/base/json.h"

extern char** environ;

namespace ty::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
constexpr auto kPause = 30ms;
constexpr const char* kProgram = "trainyard-sandbox";

Error notAnswering(const std::string& folder)
{
    return Error{
        ErrorKind::Busy, "the sandbox did not start within 10 s", "Look into " + folder + "/sandbox.log, then try again."};
}

bool isListening(const std::string& url)
{
    const auto parts = cloud::parseUrl(url);
    if (!parts) {
        return false;
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(parts->port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool isOpen = fd >= 0 && ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    if (fd >= 0) {
        ::close(fd);
    }
    return isOpen;
}

/// A process of its own session: Ctrl+C in the terminal that started it does not reach it.
Result<void> spawn(const std::string& program, const std::string& folder)
{
    const std::string log = folder + "/sandbox.log";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::string name = program;
    std::string option = "--data-dir";
    std::string value = folder;
    const char* pace = std::getenv("TRAINYARD_SANDBOX_PACE");
    std::string paceOption = "--pace";
    std::string paceValue = pace == nullptr ? "20" : pace; // a machine that takes a minute is up in three seconds
    // Stores know no authority of their own: Files are served in plain, on loopback alone.
    std::string plain = "--http";
    std::array<char*, 7> arguments
        = {name.data(), option.data(), value.data(), paceOption.data(), paceValue.data(), plain.data(), nullptr};
    pid_t pid = 0;
    const int code = ::posix_spawnp(&pid, program.c_str(), &actions, &attributes, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code == ENOENT) {
        return Error{ErrorKind::NotFound, program + " is not installed", "Install all of Trainyard."};
    }
    return code == 0 ? Result<void>() : errnoError(code, "cannot start", program);
}

Result<SandboxAccess> readAccess(const std::string& folder, const Account& account)
{
    const std::string file = folder + "/client.json";
    TY_TRY(const Json client, readJsonFile(file));
    SandboxAccess access;
    access.account.name = account.name;
    access.account.provider = account.provider;
    access.account.signIn = "sandbox";
    TY_TRY(access.account.managementUrl, jsonField<std::string>(client, "endpoint", file));
    TY_TRY(access.account.loginUrl, jsonField<std::string>(client, "authority", file));
    TY_TRY(access.account.caFile, jsonField<std::string>(client, "caFile", file));
    access.account.pricesUrl = access.account.managementUrl;
    if (client.contains("sshPort")) {
        TY_TRY(access.account.sshPort, jsonField<std::int64_t>(client, "sshPort", file));
    }
    if (account.provider == "google") {
        TY_TRY(access.account.scope, jsonField<std::string>(client, "googleProject", file));
        TY_TRY(const std::string keyFile, readFile(folder + "/google-service-account.json"));
        access.secret = cloud::Secret(keyFile);
        return access;
    }
    TY_TRY(access.account.tenant, jsonField<std::string>(client, "tenantId", file));
    TY_TRY(access.account.scope, jsonField<std::string>(client, "subscriptionId", file));
    TY_TRY(access.account.clientId, jsonField<std::string>(client, "clientId", file));
    TY_TRY(const std::string secret, jsonField<std::string>(client, "clientSecret", file));
    access.secret = cloud::Secret(secret);
    return access;
}

} // namespace

Result<SandboxAccess> reachSandbox(const std::string& dataFolder, const std::string& program, const Account& account)
{
    const std::string folder = dataFolder + "/sandbox";
    TY_CHECK(makeFolders(folder));
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    bool isStarted = false;
    while (std::chrono::steady_clock::now() < deadline) {
        if (FolderLock::isHeld(folder + "/lock")) {
            const auto access = readAccess(folder, account);
            if (access && isListening(access->account.managementUrl)) {
                return access;
            }
        } else if (!isStarted) {
            TY_CHECK(spawn(program, folder));
            isStarted = true;
        }
        std::this_thread::sleep_for(kPause);
    }
    return notAnswering(folder);
}

std::string sandboxProgram()
{
    std::array<char, PATH_MAX> path{};
    const auto length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    if (length > 0) {
        const std::string own(path.data(), static_cast<std::size_t>(length));
        const std::string beside = own.substr(0, own.rfind('/') + 1) + kProgram;
        if (::access(beside.c_str(), X_OK) == 0) {
            return beside;
        }
    }
    return kProgram;
}

} // namespace ty::app
