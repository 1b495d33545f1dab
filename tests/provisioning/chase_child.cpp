// A chase in the sandbox by a program that dies at a chosen request:
//   chase_child HOME begin|resume ACCOUNTS REQUEST before|after [first]
// ACCOUNTS: names with commas. REQUEST counts from 1, of all accounts together; 0: it does not die. Prints what became of the
// places as CSV, and how many requests were sent. "first": ends at the first machine, which is kept.
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>

#include <unistd.h>

#include "app/provisioning/gpu_chase.h"
#include "cloud/chase/chase_table.h"
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
        auto answer = m_inner.send(request, std::move(stop));
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

int fail(const Error& error)
{
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return exitCode(error.kind);
}

std::vector<app::Account> accountsNamed(const std::string& names)
{
    std::vector<app::Account> accounts;
    std::istringstream words(names);
    for (std::string name; std::getline(words, name, ',');) {
        app::Account account;
        account.name = name;
        account.provider = name == "sandbox" ? "azure" : "google";
        account.signIn = "sandbox";
        accounts.push_back(account);
    }
    return accounts;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 6) {
        return exitCode(ErrorKind::Usage);
    }
    const auto paths = catalog::Paths::below(argv[1]);
    const bool isResumed = std::string(argv[2]) == "resume";
    const auto accounts = accountsNamed(argv[3]);
    const int request = std::atoi(argv[4]);
    const bool isAfter = std::string(argv[5]) == "after";
    if (const auto made = paths.ensure(); !made) {
        return fail(made.error());
    }
    SessionSecrets secrets;
    app::ChaseHooks hooks;
    hooks.connection.wrap = [&](Transport& inner) -> std::unique_ptr<Transport> {
        return std::make_unique<DyingTransport>(inner, request, isAfter);
    };
    ChaseRequest wanted;
    wanted.gpu = "T4";
    wanted.testsAll = argc < 7;
    wanted.triesUnknownPrice = true;
    wanted.ignoresBlocks = true; // earlier rounds of a test are none of ours
    wanted.parallel = 16;
    wanted.machine.group = "crash";
    wanted.machine.allowedFrom = {"127.0.0.1/32"};
    if (const char* regions = std::getenv("CHASE_REGIONS")) {
        std::istringstream words(regions);
        for (std::string name; std::getline(words, name, ',');) {
            wanted.regions.push_back(name);
        }
    }
    auto chase = isResumed ? app::GpuChase::resume(paths, accounts, secrets, 0, hooks, {})
                           : app::GpuChase::plan(paths, accounts, secrets, wanted, hooks, {});
    if (!chase) {
        return fail(chase.error());
    }
    if (const auto begun = (*chase)->begin(); !begun) {
        return fail(begun.error());
    }
    if (const auto ran = (*chase)->run({}); !ran) {
        return fail(ran.error());
    }
    const ChaseState state = (*chase)->state();
    std::printf(
        "%srequests %d throttled %d left %d seconds %.2f perMinute %.0f\n", chaseCsv(state.places).c_str(), g_requests.load(),
        (*chase)->throttled(), state.left, state.seconds, state.perMinute);
    return 0;
}
