#include "app/provisioning/gpu_chase.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "app/catalog/machines.h"
#include "app/catalog/operations.h"
#include "app/provisioning/machine_operations.h"
#include "cloud/azure/price_list.h"
#include "cloud/chase/azure_scout.h"
#include "cloud/chase/google_scout.h"
#include "cloud/chase/gpu_choice.h"
#include "cloud/chase/utc_time.h"
#include "cloud/http/paced_transport.h"
#include "cloud/http/request_id.h"
#include "cloud/ssh/key_pair.h"
#include "engine/base/files.h"

namespace ty::app {

namespace {

using namespace cloud;
using namespace std::chrono_literals;

constexpr auto kKeepEvery = 1s;
constexpr std::size_t kNameLetters = 4;
constexpr const char* kCancelled = "cancelled";

/// Below the limits of the service, around whatever a test puts there.
class PacedAround : public Transport {
public:
    PacedAround(std::unique_ptr<Transport> wrapped, Transport& inner, const PacedTransport::Rates& rates)
        : m_wrapped(std::move(wrapped))
        , m_paced(m_wrapped ? *m_wrapped : inner, rates, [] { return std::chrono::steady_clock::now(); }, sleepFor)
    {
    }
    Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override
    {
        return m_paced.send(request, std::move(stop));
    }

private:
    std::unique_ptr<Transport> m_wrapped;
    PacedTransport m_paced;
};

/// What nobody chose.
Result<void> fillIn(ChaseRequest& request, const catalog::Paths& paths)
{
    MachineRequest& machine = request.machine;
    if (machine.name.empty()) {
        machine.name = foldedGpu(request.gpu) + "-" + makeUuid().substr(0, kNameLetters);
    }
    machine.osDisk.isDeletedWithMachine = true;
    if (request.testsAll.value_or(false)) {
        machine.hasPublicIp = false; // nobody comes in, and it goes at once
        machine.allowedFrom.clear();
    }
    if (machine.sshPublicKey.empty()) {
        TY_TRY(const auto pair, KeyPair::openOrCreate(paths.dataFolder() + "/keys", "trainyard"));
        machine.sshPublicKey = pair.publicLine;
    }
    return {};
}

double secondsBetween(const std::string& begin, const std::string& end)
{
    const auto from = utcTime(begin);
    const auto to = utcTime(end);
    return from && to ? std::chrono::duration<double>(*to - *from).count() : 0;
}

/// What the journal knows of a place's last attempt.
void learn(ChasePlace& place, const catalog::OperationRecord& operation)
{
    const Finding finding = Finding::parse(operation.finding);
    place.machine = operation.target;
    place.tried = operation.started;
    place.code = finding.code;
    place.isLeft.reset();
    const bool isOpen = operation.state == "open";
    if (isOpen || operation.state == "failed") {
        place.isLeft = true;
    }
    const double seconds = secondsBetween(operation.started, operation.ended);
    place.seconds = isOpen ? std::nullopt : std::optional(seconds);
    if (finding.isAllocated()) {
        place.setResult(ChaseOutcome::Given, operation.error);
        place.isKept = finding.isKept;
        constexpr double kSecondsPerHour = 3600;
        if (place.usdPerHour) {
            place.usdSpent = *place.usdPerHour * std::max(seconds / kSecondsPerHour, Spending::kLeastHours);
        }
    } else if (finding.verdict.empty()) {
        const bool isUndecided = operation.state == "undone" && operation.error == kCancelled;
        place.setResult(
            isUndecided ? ChaseOutcome::Waiting : isOpen ? ChaseOutcome::Transient : ChaseOutcome::Problem,
            isUndecided ? std::string() : isOpen ? "still open; it goes on at the next start" : operation.error);
    } else {
        place.setResult(chaseOutcomeOf(failureClassFromName(finding.verdict)), operation.error);
    }
}

} // namespace

/// The catalog's tables for one attempt at a time.
struct GpuChase::Desk {
    std::unique_ptr<catalog::Operations> operations;
    std::unique_ptr<catalog::Machines> machines;
};

GpuChase::GpuChase(const catalog::Paths& paths, ChaseRequest request, ChaseHooks hooks)
    : m_paths(paths)
    , m_request(std::move(request))
    , m_hooks(std::move(hooks))
{
}

GpuChase::~GpuChase() = default;

Result<std::unique_ptr<GpuChase>> GpuChase::plan(
    const catalog::Paths& paths, const std::vector<Account>& accounts, SecretStore& secrets, ChaseRequest request,
    ChaseHooks hooks, std::stop_token stop)
{
    TY_CHECK(checkChase(request));
    TY_CHECK(fillIn(request, paths));
    request.accounts.clear();
    for (const Account& account : accounts) {
        request.accounts.push_back(account.name);
    }
    std::unique_ptr<GpuChase> chase(new GpuChase(paths, std::move(request), std::move(hooks)));
    TY_TRY(chase->m_chases, catalog::Chases::open(paths));
    TY_CHECK(chase->openAccounts(accounts, secrets, stop));
    for (const auto& [name, session] : chase->m_sessions) {
        auto places = chase->scout(*session, stop);
        if (stop.stop_requested()) {
            return Error{ErrorKind::Cancelled, "stopped while the offers were read", {}};
        }
        if (!places) {
            chase->m_problems.push_back(name + ": " + places.error().message);
            continue;
        }
        chase->readPrices(*session, *places, stop);
        std::move(places->begin(), places->end(), std::back_inserter(chase->m_places));
    }
    if (chase->m_places.empty() && !chase->m_problems.empty()) {
        return Error{ErrorKind::Network, "no account answers: " + chase->m_problems.front(), "Try again, or choose others."};
    }
    TY_TRY(chase->m_blocks, chase->readBlocks());
    arrange(chase->m_places, chase->m_request, chase->m_blocks, std::chrono::system_clock::now());
    chase->m_reading
        = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - chase->m_begun);
    return chase;
}

Result<std::unique_ptr<GpuChase>> GpuChase::resume(
    const catalog::Paths& paths, const std::vector<Account>& all, SecretStore& secrets, std::int64_t id, ChaseHooks hooks,
    std::stop_token stop)
{
    TY_TRY(auto chases, catalog::Chases::open(paths));
    catalog::ChaseRecord record;
    if (id == 0) {
        TY_TRY(auto newest, chases->newest());
        if (!newest) {
            return Error{ErrorKind::NotFound, "there was no chase yet", "Begin one."};
        }
        record = std::move(*newest);
    } else {
        TY_TRY(record, chases->find(id));
    }
    TY_TRY(auto request, fromJson<ChaseRequest>(record.request, "the chase"));
    TY_TRY(const auto accounts, accountsOf(request, all));
    std::unique_ptr<GpuChase> chase(new GpuChase(paths, std::move(request), std::move(hooks)));
    chase->m_id = record.id;
    chase->m_chases = std::move(chases);
    TY_TRY(chase->m_places, listFromJson<ChasePlace>(record.places, "the chase"));
    TY_CHECK(makeFolders(paths.dataFolder() + "/operations"));
    TY_TRY(chase->m_lock, FolderLock::acquire(paths.dataFolder() + "/operations/chase-" + std::to_string(record.id) + ".lock"));
    TY_CHECK(chase->openAccounts(accounts, secrets, stop));
    TY_CHECK(chase->takeUp(stop));
    TY_CHECK(chase->learnFromJournal());
    TY_TRY(chase->m_blocks, chase->readBlocks());
    arrange(chase->m_places, chase->m_request, chase->m_blocks, std::chrono::system_clock::now());
    return chase;
}

Result<void> GpuChase::openAccounts(const std::vector<Account>& accounts, SecretStore& secrets, std::stop_token stop)
{
    for (const Account& account : accounts) {
        if (stop.stop_requested()) {
            return Error{ErrorKind::Cancelled, "stopped", {}};
        }
        if (m_hooks.progress) {
            m_hooks.progress("Opening " + account.name, 0, 0);
        }
        auto session = CloudSession::open(m_paths, account, secrets, connectionHooks(account));
        if (session) {
            m_sessions[account.name] = std::move(session).value();
        } else {
            m_problems.push_back(account.name + ": " + session.error().message);
        }
    }
    if (m_sessions.empty()) {
        return Error{
            ErrorKind::NotSignedIn, m_problems.empty() ? "there is no account" : m_problems.front(), "Sign in first."};
    }
    return {};
}

ConnectionHooks GpuChase::connectionHooks(const Account& account)
{
    ConnectionHooks hooks = m_hooks.connection;
    hooks.log = [this, log = m_hooks.connection.log](const std::string& line) {
        if (line.find(" -> 429") != std::string::npos) {
            ++m_throttled;
        }
        if (log) {
            log(line);
        }
    };
    const auto rates = account.provider == "google" ? googleRates() : azureRates();
    hooks.wrap = [wrap = m_hooks.connection.wrap, rates](Transport& inner) -> std::unique_ptr<Transport> {
        return std::make_unique<PacedAround>(wrap ? wrap(inner) : nullptr, inner, rates);
    };
    return hooks;
}

Result<std::vector<ChasePlace>> GpuChase::scout(CloudSession& session, std::stop_token stop)
{
    const Account& account = session.account();
    const auto progress = [this, name = account.name](int done, int all) {
        if (m_hooks.progress) {
            m_hooks.progress("Reading the offers of " + name, done, all);
        }
    };
    if (session.google() != nullptr) {
        return scoutGoogle(session.google()->client(), account.name, account.scope, m_request, progress, std::move(stop));
    }
    return scoutAzure(session.connection().client(), account.name, account.scope, m_request, progress, std::move(stop));
}

void GpuChase::readPrices(CloudSession& session, std::vector<ChasePlace>& places, std::stop_token stop)
{
    if (m_hooks.progress) {
        m_hooks.progress("Reading the prices of " + session.account().name, 0, 0);
    }
    if (session.google() != nullptr) {
        readGooglePrices(session, places, stop);
        return;
    }
    AzureConnection& connection = session.connection();
    std::vector<azure::PriceItem> items;
    for (const auto& query : azurePriceQueriesOf(places, m_request)) {
        auto some = azure::readPriceList(connection.plain(), connection.pricesUrl(), query, stop);
        if (!some) {
            m_problems.push_back(session.account().name + ": prices are unknown: " + some.error().message);
            return;
        }
        items.insert(items.end(), std::make_move_iterator(some->begin()), std::make_move_iterator(some->end()));
    }
    priceAzurePlaces(places, m_request, items);
}

void GpuChase::readGooglePrices(CloudSession& session, std::vector<ChasePlace>& places, std::stop_token stop)
{
    const std::string unknown = session.account().name + ": prices are unknown: ";
    const auto list = session.googlePrices()->read("USD", stop);
    if (!list || !list->problem.empty()) {
        m_problems.push_back(list ? session.account().name + ": " + list->problem : unknown + list.error().message);
        return;
    }
    std::map<std::string, gcp::MachineType> types;
    for (const ChasePlace& place : places) {
        if (place.size.empty() || !place.isOffered.value_or(false) || types.contains(place.size)) {
            continue;
        }
        const auto type = readMachineType(*session.google(), place.zone, place.size, stop);
        if (!type) {
            m_problems.push_back(unknown + type.error().message);
            return;
        }
        if (*type) {
            types.emplace(place.size, **type);
        }
    }
    priceGooglePlaces(places, m_request, *list->prices, types);
}

Result<BlockList> GpuChase::readBlocks()
{
    BlockList list;
    for (const auto& [name, session] : m_sessions) {
        TY_TRY(const auto records, m_chases->blocks(name));
        for (const catalog::BlockRecord& record : records) {
            if (const auto until = utcTime(record.until)) {
                list.add({record.account, record.place, record.verdict, record.reason, *until});
            }
        }
    }
    return list;
}

Result<void> GpuChase::takeUp(std::stop_token stop)
{
    for (const auto& [name, session] : m_sessions) {
        if (m_hooks.progress) {
            m_hooks.progress("Ending what was left open in " + name, 0, 0);
        }
        if (auto taken = session->machines().takeUp(stop); !taken) {
            m_problems.push_back(name + ": " + taken.error().message);
        }
    }
    return stop.stop_requested() ? Result<void>(Error{ErrorKind::Cancelled, "stopped", {}}) : Result<void>();
}

/// The journal knows better than the list of places, which was written now and then.
Result<void> GpuChase::learnFromJournal()
{
    std::map<std::string, std::vector<catalog::OperationRecord>> attempts;
    TY_TRY(const auto desk, takeDesk());
    TY_TRY(auto operations, desk->operations->ofChase(m_id));
    for (catalog::OperationRecord& operation : operations) {
        const std::string place = operation.request.value("place", std::string());
        attempts[place].push_back(std::move(operation));
    }
    for (ChasePlace& place : m_places) {
        const auto found = attempts.find(place.key());
        if (found != attempts.end()) {
            learn(place, found->second.back());
            place.tries = static_cast<std::int64_t>(found->second.size());
        } else if (place.result() == ChaseOutcome::Trying) {
            place.setResult(ChaseOutcome::Waiting);
        }
        const ChaseOutcome result = place.result();
        const bool isForAgain = result == ChaseOutcome::OverCap || result == ChaseOutcome::NoPrice
            || (result == ChaseOutcome::Transient && !place.isLeft.value_or(false) && !place.size.empty());
        if (isForAgain) {
            place.setResult(ChaseOutcome::Waiting);
        }
    }
    return {};
}

void GpuChase::setLimits(std::optional<double> maxCost, std::optional<std::int64_t> parallel)
{
    m_request.maxCost = maxCost ? maxCost : m_request.maxCost;
    m_request.parallel = parallel ? parallel : m_request.parallel;
}

Result<void> GpuChase::begin()
{
    TY_CHECK(checkChase(m_request));
    TY_CHECK(checkReach(m_request));
    const auto first = std::find_if(m_places.begin(), m_places.end(), [](const ChasePlace& place) {
        return place.result() == ChaseOutcome::Waiting;
    });
    if (first != m_places.end()) {
        TY_CHECK(checkRequest(machineAt(*first, m_request), false));
    }
    if (m_id == 0) {
        TY_TRY(m_id, m_chases->begin(cloud::toJson(m_request), cloud::toJson(m_places)));
        TY_CHECK(makeFolders(m_paths.dataFolder() + "/operations"));
        TY_TRY(
            m_lock,
            FolderLock::acquire(m_paths.dataFolder() + "/operations/chase-" + std::to_string(m_id) + ".lock"));
    }
    m_runner = std::make_unique<ChaseRunner>(*this, m_request, m_places, m_blocks);
    m_runner->setElapsed(m_reading);
    return {};
}

Result<void> GpuChase::run(std::stop_token stop)
{
    m_runner->run(std::move(stop));
    const ChaseState state = m_runner->state();
    const bool isOver = state.waiting == 0 && state.left == 0;
    const std::lock_guard lock(m_mutex);
    return isOver ? m_chases->end(m_id, cloud::toJson(state.places))
                  : m_chases->setPlaces(m_id, cloud::toJson(state.places));
}

ChaseState GpuChase::state() const
{
    return m_runner->state();
}

Result<OperationReport> GpuChase::removeKept(std::stop_token stop)
{
    const ChaseState now = m_runner->state();
    if (now.winner < 0) {
        return Error{ErrorKind::NotFound, "no machine was kept", {}};
    }
    const ChasePlace& place = now.places[static_cast<std::size_t>(now.winner)];
    MachineOperations& machines = m_sessions.at(place.account)->machines();
    TY_TRY(const MachineInfo machine, machines.find(place.machine, stop));
    return machines.remove(machine, std::move(stop));
}

Result<std::unique_ptr<GpuChase::Desk>> GpuChase::takeDesk()
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_desks.empty()) {
            auto desk = std::move(m_desks.back());
            m_desks.pop_back();
            return desk;
        }
    }
    auto desk = std::make_unique<Desk>();
    TY_TRY(desk->operations, catalog::Operations::open(m_paths));
    TY_TRY(desk->machines, catalog::Machines::open(m_paths));
    return desk;
}

void GpuChase::giveDesk(std::unique_ptr<Desk> desk)
{
    const std::lock_guard lock(m_mutex);
    m_desks.push_back(std::move(desk));
}

Result<AttemptEnd> GpuChase::attempt(
    const ChasePlace& place, const std::string& machine, const Hooks& hooks, std::stop_token stop)
{
    const auto session = m_sessions.find(place.account);
    if (session == m_sessions.end()) {
        return Error{ErrorKind::NotSignedIn, place.account + " is not connected", "Sign in again."};
    }
    TY_TRY(auto desk, takeDesk());
    MachineOperations machines(
        session->second->provider(), *desk->operations, *desk->machines, m_paths.dataFolder() + "/operations");
    machines.setHooks({hooks.watch, hooks.isCancelled, hooks.isEnough});
    MachineRequest request = machineAt(place, m_request);
    request.name = machine;
    auto report = machines.attempt(request, m_id, place.key(), std::move(stop));
    giveDesk(std::move(desk));
    if (!report) {
        return std::move(report).error();
    }
    return AttemptEnd{report->outcome, report->finding, report->error};
}

void GpuChase::keepBlock(const Block& block)
{
    const std::lock_guard lock(m_mutex);
    // One that is not kept is only tried again too early.
    (void)m_chases->block({block.account, block.place, block.verdict, block.reason, utcText(block.until)});
}

void GpuChase::keepPlaces(const std::vector<ChasePlace>& places)
{
    const std::lock_guard lock(m_mutex);
    const auto now = std::chrono::steady_clock::now();
    if (now - m_kept < kKeepEvery) {
        return; // the journal has the attempts; this is for those who look
    }
    m_kept = now;
    (void)m_chases->setPlaces(m_id, cloud::toJson(places));
}

Result<std::vector<Account>> accountsOf(const ChaseRequest& request, const std::vector<Account>& all)
{
    std::vector<Account> chosen;
    for (const std::string& name : request.accounts) {
        const auto found
            = std::find_if(all.begin(), all.end(), [&](const Account& account) { return account.name == name; });
        if (found == all.end()) {
            return Error{
                ErrorKind::NotFound, "there is no cloud account \"" + name + "\"", "See trainyard cloud accounts."};
        }
        chosen.push_back(*found);
    }
    if (!chosen.empty()) {
        return chosen;
    }
    std::copy_if(all.begin(), all.end(), std::back_inserter(chosen), [](const Account& each) { return !each.isSandbox(); });
    return chosen.empty() ? all : chosen;
}

} // namespace ty::app
