// One operation on a machine of the sandbox by a program that dies at a chosen request:
//   crash_child HOME azure|google ACTION NAME REQUEST before|after
// ACTION: create, resize, tag, capture, capture-whole, delete; create-cluster, scale-cluster, delete-cluster; recover.
// REQUEST counts from 1; 0: it does not die. Prints the number of requests sent and how the operations ended.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <unistd.h>

#include "app/provisioning/cloud_session.h"
#include "app/provisioning/cluster_operations.h"
#include "cloud/provision/machine_defaults.h"
#include "cloud/secrets/session_secrets.h"

using namespace ty;
using namespace ty::cloud;

namespace {

std::atomic<int> g_requests{0};

/// kill -9 of itself: no destructor, no flush, no goodbye.
class DyingTransport : public Transport {
public:
    DyingTransport(Transport& inner, int request, bool isAfter) : m_inner(inner), m_request(request), m_isAfter(isAfter) {}

    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override
    {
        const int number = ++g_requests;
        if (number == m_request && !m_isAfter) {
            ::kill(::getpid(), SIGKILL);
        }
        auto answer = m_inner.send(request, stop);
        if (number == m_request && m_isAfter) {
            ::kill(::getpid(), SIGKILL);
        }
        return answer;
    }

private:
    Transport& m_inner;
    int m_request;
    bool m_isAfter;
};

MachineRequest wanted(const std::string& name, const app::Account& account)
{
    const bool isGoogle = account.provider == "google";
    MachineRequest request;
    request.provider = account.provider;
    request.scope = account.scope;
    request.group = isGoogle ? "" : "crash";
    request.name = name;
    request.region = isGoogle ? "us-central1" : "eastus";
    request.zone = isGoogle ? "us-central1-f" : "";
    request.size = isGoogle ? "n1-standard-2" : "Standard_D2s_v5";
    if (isGoogle) {
        request.gpu = "nvidia-tesla-t4"; // of which that zone has some
    }
    request.dataDisks = {{32, isGoogle ? "pd-ssd" : "StandardSSD_LRS", true}};
    request.sshPublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEQdCWiw7g++b+wZskvmxUuI54EckYmLw0hmeb9BPTKx test";
    request.allowedFrom = {"127.0.0.1/32"};
    request.idleMinutes = 15; // with an identity and a right of its own
    fillDefaults(request);
    return request;
}

int fail(const Error& error)
{
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return exitCode(error.kind);
}

void tell(const app::OperationReport& report)
{
    std::printf("%s %s %s\n", report.kind.c_str(), outcomeName(report.outcome), report.error.c_str());
}

Result<app::OperationReport> performOnCluster(app::CloudSession& session, const std::string& action, const std::string& name)
{
    app::ClusterOperations clusters(session.machines());
    if (action == "create-cluster") {
        ClusterRequest request;
        request.node = wanted(name, session.account());
        request.count = 2;
        return clusters.create(request, {});
    }
    TY_TRY(const auto cluster, clusters.find(name, {}));
    return action == "scale-cluster" ? clusters.scale(cluster, 3, {}) : clusters.remove(cluster, {});
}

Result<app::OperationReport> perform(app::CloudSession& session, const std::string& action, const std::string& name)
{
    if (action.ends_with("-cluster")) {
        return performOnCluster(session, action, name);
    }
    if (action == "create") {
        return session.machines().create(wanted(name, session.account()), {});
    }
    TY_TRY(const auto machine, session.machines().find(name, {}));
    if (action == "resize") {
        return session.machines().resize(machine, machine.provider == "google" ? "n1-standard-4" : "Standard_D4s_v5", {});
    }
    if (action == "tag") {
        return session.machines().retag(machine, {{"owner", "ada"}}, {});
    }
    if (action == "capture" || action == "capture-whole") {
        const auto form = action == "capture" ? app::CaptureForm::Image : app::CaptureForm::Machine;
        return session.machines().capture(machine, {name + "-image", form}, {});
    }
    return session.machines().remove(machine, {});
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 7) {
        return exitCode(ErrorKind::Usage);
    }
    const std::string provider = argv[2];
    const std::string action = argv[3];
    const std::string name = argv[4];
    const int request = std::atoi(argv[5]);
    const bool isAfter = std::string(argv[6]) == "after";
    const auto paths = catalog::Paths::below(argv[1]);
    if (const auto made = paths.ensure(); !made) {
        return fail(made.error());
    }
    const auto accounts = app::sandboxAccounts();
    const app::Account& account = provider == "google" ? accounts.back() : accounts.front();
    SessionSecrets secrets;
    app::ConnectionHooks hooks;
    hooks.wrap = [&](Transport& inner) -> std::unique_ptr<Transport> {
        return std::make_unique<DyingTransport>(inner, request, isAfter);
    };
    const auto session = app::CloudSession::open(paths, account, secrets, hooks);
    if (!session) {
        return fail(session.error());
    }
    if (action == "recover") {
        const auto reports = (*session)->machines().takeUp({});
        if (!reports) {
            return fail(reports.error());
        }
        for (const auto& report : *reports) {
            tell(report);
        }
        return 0;
    }
    const auto report = perform(**session, action, name);
    if (!report) {
        return fail(report.error());
    }
    tell(*report);
    std::printf("requests %d\n", g_requests.load());
    return 0;
}
