#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include <pthread.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cloud/sandbox/certificates.h"
#include "cloud/sandbox/google_sign_in.h"
#include "cloud/sandbox/http_server.h"
#include "cloud/sandbox/sandbox.h"
#include "cloud/sandbox/sshd_host.h"
#include "engine/base/files.h"
#include "engine/base/folder_lock.h"

namespace {

using ty::Error;
using ty::Json;
using ty::Result;

struct Settings {
    std::string folder;
    int port = 0;
    bool isPlain = false;
    int plainPort = 0;
    int sshPort = 0;
    std::string faults;
    ty::sandbox::SandboxOptions sandbox;
    int tokenSeconds = 3599;
    int sampleMilliseconds = 5000;
};

std::string defaultFolder()
{
    if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data != '\0') {
        return std::string(data) + "/trainyard/sandbox";
    }
    const char* home = std::getenv("HOME");
    return std::string(home == nullptr ? "." : home) + "/.local/share/trainyard/sandbox";
}

/// Files with a secret: for their owner alone.
Result<void> writeSecret(const std::string& path, const Json& json)
{
    TY_CHECK(ty::writeJsonFile(path, json));
    return chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0 ? Result<void>() : ty::errnoError(errno, "cannot restrict", path);
}

/// The port of the last start, so that links and settings that clients kept stay right; 0 when there was none.
int lastPort(const std::string& file, const char* name)
{
    const auto kept = ty::readJsonFile(file);
    return kept ? kept->value(name, 0) : 0;
}

Result<std::unique_ptr<ty::sandbox::HttpServer>> startServer(
    ty::sandbox::Sandbox& sandbox, const ty::sandbox::Certificates* certificates, int asked, int last)
{
    const auto handler = [&sandbox](const ty::sandbox::Request& request) { return sandbox.handle(request); };
    if (asked == 0 && last != 0) {
        if (auto server = ty::sandbox::HttpServer::start(handler, certificates, last)) {
            return server;
        }
    }
    return ty::sandbox::HttpServer::start(handler, certificates, asked);
}

Result<int> serve(Settings& settings)
{
    const std::string& folder = settings.folder;
    TY_CHECK(ty::makeFolders(folder));
    if (chmod(folder.c_str(), S_IRWXU) != 0) {
        return ty::errnoError(errno, "cannot restrict", folder);
    }
    TY_TRY(const auto lock, ty::FolderLock::acquire(folder + "/lock"));
    TY_TRY(const auto certificates, ty::sandbox::ensureCertificates(folder + "/tls"));
    const ty::sandbox::SystemClock clock;
    ty::sandbox::SshdHost host(folder + "/machines", settings.sshPort);
    settings.sandbox.stateFile = folder + "/state.jsonl";
    settings.sandbox.tokenLifetime = std::chrono::seconds(settings.tokenSeconds);
    settings.sandbox.sampling = std::chrono::milliseconds(settings.sampleMilliseconds);
    TY_TRY(const auto sandbox, ty::sandbox::Sandbox::open(settings.sandbox, clock, host));
    if (!settings.faults.empty()) {
        TY_TRY(const Json script, ty::readJsonFile(settings.faults));
        TY_CHECK(sandbox->setFaults(script));
    }
    const std::string portsFile = folder + "/ports.json";
    TY_TRY(const auto server, startServer(*sandbox, &certificates, settings.port, lastPort(portsFile, "https")));
    std::unique_ptr<ty::sandbox::HttpServer> plain;
    if (settings.isPlain) {
        TY_TRY(plain, startServer(*sandbox, nullptr, settings.plainPort, lastPort(portsFile, "http")));
    }
    const Json ports{{"https", server->port()}, {"http", plain == nullptr ? lastPort(portsFile, "http") : plain->port()}};
    TY_CHECK(ty::writeJsonFile(portsFile, ports));
    // What a client signs in with; the secret stays in files, never on the screen.
    const std::string origin = server->origin();
    Json client = clientSettings(sandbox->identity());
    client["endpoint"] = origin;
    client["authority"] = origin;
    client["caFile"] = certificates.authority;
    client["sshPort"] = host.sshPort();
    const std::string account = ty::sandbox::kStorageAccount;
    const std::string filesOrigin = plain == nullptr ? origin : plain->origin();
    sandbox->setFilesOrigin(filesOrigin);
    client["storage"] = fmt::format(
        "AccountName={};AccountKey={};FileEndpoint={}/file/{}", account, sandbox->storageKey(), filesOrigin, account);
    TY_CHECK(writeSecret(folder + "/client.json", client));
    TY_CHECK(writeSecret(
        folder + "/google-service-account.json",
        serviceAccountFile(sandbox->identity(), ty::sandbox::GoogleSignIn::tokenUri(origin))));
    sandbox->startTicking();
    const Json ready{
        {"ready", true},
        {"https", origin},
        {"http", plain == nullptr ? Json(nullptr) : Json(plain->origin())},
        {"caFile", certificates.authority},
        {"clientFile", folder + "/client.json"},
        {"googleServiceAccountFile", folder + "/google-service-account.json"},
        {"tenantId", sandbox->identity().tenantId},
        {"subscriptionId", sandbox->identity().subscriptionId},
        {"clientId", sandbox->identity().clientId},
        {"googleProject", sandbox->identity().project},
        {"sshPort", host.sshPort()},
        {"sshd", ty::sandbox::findSshd()},
        {"pace", settings.sandbox.pace},
        {"dataFolder", folder}};
    std::cout << ty::toJsonLine(ready) << std::endl; // flushed: whoever started us waits for it
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int received = 0;
    sigwait(&signals, &received);
    return 0; // the machines stay up; the next start finds them
}

} // namespace

int main(int argc, char** argv)
{
    Settings settings;
    settings.folder = defaultFolder();
    bool isUnthrottled = false;
    CLI::App app{"A local practice cloud on loopback: Azure Resource Manager, Compute Engine and their sign-in"};
    app.set_version_flag("--version", TRAINYARD_VERSION);
    app.add_option("--data-dir", settings.folder, "where its world is kept")->capture_default_str();
    app.add_option("--port", settings.port, "HTTPS port; 0: the one of the last start, or any")->check(CLI::Range(0, 65535));
    app.add_flag("--http", settings.isPlain, "plain HTTP as well, on a port of its own");
    app.add_option("--http-port", settings.plainPort, "its port; 0: the one of the last start, or any")->check(CLI::Range(0, 65535));
    app.add_option("--ssh-port", settings.sshPort, "port of the machines' sshd; 0: 22 where allowed, else 22022")->check(CLI::Range(0, 65535));
    app.add_option("--pace", settings.sandbox.pace, "how much faster than the real clouds (60: a minute takes a second)")
        ->check(CLI::Range(0.01, 1e6))->capture_default_str();
    app.add_option("--faults", settings.faults, "a script of faults, JSON")->check(CLI::ExistingFile);
    app.add_option("--token-seconds", settings.tokenSeconds, "lifetime of access tokens")->check(CLI::Range(1, 86400))->capture_default_str();
    app.add_option("--sample-ms", settings.sampleMilliseconds, "between two looks at what machines use")->check(CLI::Range(50, 600000))->capture_default_str();
    app.add_option("--seed", settings.sandbox.seed, "of names and ids; 0: by chance");
    app.add_flag("--no-throttling", isUnthrottled, "never answer 429 by itself");
    CLI11_PARSE(app, argc, argv);
    settings.sandbox.isThrottled = !isUnthrottled;
    // Blocked before any thread is begun, so that the one that waits for them gets them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const auto done = serve(settings);
    if (!done) {
        std::cerr << "trainyard-sandbox: " << done.error().message << "\n";
        if (!done.error().advice.empty()) {
            std::cerr << done.error().advice << "\n";
        }
        return ty::exitCode(done.error().kind);
    }
    return done.value();
}
