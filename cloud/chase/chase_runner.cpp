#include "cloud/chase/chase_runner.h"

#include <algorithm>
#include <utility>

#include "cloud/chase/utc_time.h"

namespace ty::cloud {

namespace {

using namespace std::chrono_literals;

/// Threads at a time: attempts, and those that wait for what is left to go.
constexpr std::size_t kMostThreads = 96;
constexpr int kMostTries = 3;
constexpr std::chrono::hours kSpotBlock{1}; // spot comes back sooner than a closed size
constexpr std::chrono::hours kThisChase{24};
constexpr const char* kCancelled = "cancelled";

bool isTransient(const Finding& finding)
{
    return finding.verdict == failureClassName(FailureClass::Transient)
        || finding.verdict == failureClassName(FailureClass::Throttled);
}

ChaseOutcome outcomeOf(const Finding& finding)
{
    if (finding.isAllocated()) {
        return ChaseOutcome::Given;
    }
    return chaseOutcomeOf(failureClassFromName(finding.verdict));
}

} // namespace

ChaseRunner::ChaseRunner(ChaseWorld& world, ChaseRequest request, std::vector<ChasePlace> places, BlockList blocks)
    : m_world(world)
    , m_request(std::move(request))
    , m_places(std::move(places))
    , m_blocks(std::move(blocks))
    , m_spending(m_request.maxCost)
{
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        const ChasePlace& place = m_places[i];
        if (std::find(m_accounts.begin(), m_accounts.end(), place.account) == m_accounts.end()) {
            m_accounts.push_back(place.account);
        }
        if (place.result() == ChaseOutcome::Given) {
            m_spending.add(place.usdSpent);
            m_winner = place.isKept.value_or(false) ? static_cast<int>(i) : m_winner;
        }
    }
}

void ChaseRunner::run(std::stop_token stop)
{
    {
        const std::lock_guard lock(m_mutex);
        m_began = Clock::now();
        m_pausedSince = m_pausedSince ? m_began : m_pausedSince;
    }
    for (bool isGoing = true; isGoing;) {
        switch (startNext(stop)) {
        case Next::Started: break;
        case Next::End: isGoing = false; break;
        case Next::Wait: {
            std::unique_lock lock(m_mutex);
            m_changed.wait_for(lock, stop, 250ms, [] { return false; });
            isGoing = !stop.stop_requested();
            break;
        }
        }
        // Threads that have ended are joined now and then.
        std::list<std::jthread> ended;
        {
            const std::lock_guard lock(m_mutex);
            for (auto thread = m_threads.begin(); thread != m_threads.end();) {
                const auto next = std::next(thread);
                if (std::erase(m_finished, thread->get_id()) > 0) {
                    ended.splice(ended.end(), m_threads, thread);
                }
                thread = next;
            }
        }
    }
    std::list<std::jthread> last;
    {
        const std::lock_guard lock(m_mutex);
        last.swap(m_threads);
    }
    last.clear(); // joins: they end at their next question once `stop` was requested
    finishRest();
}

ChaseRunner::Next ChaseRunner::startNext(std::stop_token stop)
{
    const std::lock_guard lock(m_mutex);
    const auto known = std::count_if(m_work.begin(), m_work.end(), [](const auto& each) { return each.second.isKnown; });
    const auto trying = static_cast<std::int64_t>(m_work.size()) - known;
    if (m_isStopping || (m_winner >= 0 && stopsAtFirst())) {
        return m_work.empty() ? Next::End : Next::Wait;
    }
    const bool isFull = trying >= m_request.parallel.value_or(ChaseRequest::kUsualParallel) || m_work.size() >= kMostThreads;
    if (m_pausedSince || isFull) {
        return Next::Wait;
    }
    bool isHeldBack = false;
    if (const int index = pick(isHeldBack); index >= 0) {
        start(static_cast<std::size_t>(index), std::move(stop));
        return Next::Started;
    }
    return m_work.empty() && !isHeldBack ? Next::End : Next::Wait;
}

/// The next place to be tried; -1: none now. What was blocked meanwhile, or costs too much, is decided on the way.
/// `isHeldBack`: one may be tried later.
int ChaseRunner::pick(bool& isHeldBack)
{
    const auto now = Clock::now();
    for (std::size_t i = 0; i < m_places.size(); ++i) {
        ChasePlace& place = m_places[i];
        if (place.result() != ChaseOutcome::Waiting || m_work.contains(i)) {
            continue;
        }
        const Block* block = m_request.ignoresBlocks.value_or(false)
            ? nullptr
            : m_blocks.find(place, m_request.isSpot.value_or(false), std::chrono::system_clock::now());
        if (block != nullptr) {
            place.code = block->reason;
            place.setResult(
                chaseOutcomeFromName(block->verdict),
                "not tried until " + utcText(block->until).substr(0, 16) + "Z: " + block->reason);
            continue;
        }
        if (const auto wait = m_notBefore.find(i); wait != m_notBefore.end() && wait->second > now) {
            isHeldBack = true;
            continue;
        }
        if (!m_spending.wouldAllow(place.usdPerHour)) {
            place.setResult(ChaseOutcome::OverCap, "not tried: it may cost more than is left of the limit");
            continue;
        }
        if (!m_spending.allows(place.usdPerHour)) {
            isHeldBack = true; // perhaps when others have ended
            continue;
        }
        return static_cast<int>(i);
    }
    return -1;
}

void ChaseRunner::start(std::size_t index, std::stop_token stop)
{
    ChasePlace& place = m_places[index];
    place.tries = place.tries.value_or(0) + 1;
    place.setResult(ChaseOutcome::Trying);
    place.tried = utcText(std::chrono::system_clock::now());
    place.machine = machineName(place);
    m_spending.begin(place.key(), place.usdPerHour);
    m_work[index] = Work{Clock::now()};
    m_threads.emplace_back([this, index, machine = place.machine, stop = std::move(stop)] {
        attempt(index, machine, stop);
        const std::lock_guard lock(m_mutex);
        m_finished.push_back(std::this_thread::get_id());
        m_changed.notify_all();
    });
}

void ChaseRunner::attempt(std::size_t index, const std::string& machine, std::stop_token stop)
{
    ChaseWorld::Hooks hooks;
    hooks.watch = [this, index](const JournalNote& note) { learn(index, note); };
    hooks.isCancelled = [this] {
        const std::lock_guard lock(m_mutex);
        return m_isStopping || (m_winner >= 0 && stopsAtFirst());
    };
    hooks.isEnough = [this, index] { return isEnough(index); };
    ChasePlace place;
    {
        const std::lock_guard lock(m_mutex);
        place = m_places[index];
    }
    const auto end = m_world.attempt(place, machine, hooks, std::move(stop));
    conclude(index, end);
}

/// The answer is known before all is cleaned up.
void ChaseRunner::learn(std::size_t index, const JournalNote& note)
{
    const Finding finding = Finding::parse(note.finding);
    if (note.direction != Direction::Undo && !finding.isAllocated()) {
        return;
    }
    decide(index, finding, note.error);
}

void ChaseRunner::decide(std::size_t index, const Finding& finding, const std::string& error)
{
    const std::lock_guard lock(m_mutex);
    Work& work = m_work[index];
    if (work.isKnown) {
        return;
    }
    work.isKnown = true;
    ChasePlace& place = m_places[index];
    place.seconds = std::chrono::duration<double>(Clock::now() - work.began).count();
    place.code = finding.code;
    const bool isCancelled = finding.verdict.empty() && error == kCancelled;
    if (isCancelled && m_winner >= 0) {
        place.setResult(ChaseOutcome::NotTried, "taken back: another place gave a machine first");
    } else if (!isCancelled) {
        place.setResult(outcomeOf(finding), error);
        place.isKept = finding.isAllocated() ? finding.isKept : std::nullopt;
        block(place, finding);
    }
    m_changed.notify_all();
}

void ChaseRunner::conclude(std::size_t index, const Result<AttemptEnd>& end)
{
    if (end) {
        decide(index, end->finding, end->error);
    }
    const std::lock_guard lock(m_mutex);
    const Work work = m_work[index];
    ChasePlace& place = m_places[index];
    if (!end) {
        place.isLeft = true; // until the journal was taken up
        if (!work.isKnown) {
            const bool isOurs = end.error().kind == ErrorKind::NotSignedIn || end.error().kind == ErrorKind::Permission;
            place.setResult(isOurs ? ChaseOutcome::Permission : ChaseOutcome::Transient, end.error().message);
        }
    } else if (end->outcome == Outcome::Failed) {
        place.isLeft = true;
        place.reason = end->error;
    }
    const bool hasStood = place.result() == ChaseOutcome::Given || (end && end->finding.isAllocated());
    const double hours = hasStood ? std::chrono::duration<double, std::ratio<3600>>(Clock::now() - work.began).count() : 0;
    const auto usd = m_spending.end(place.key(), hours);
    if (hasStood) {
        place.usdSpent = usd;
    }
    const bool isCancelled = end && end->finding.verdict.empty() && end->error == kCancelled;
    const bool maybeLater = end && end->outcome == Outcome::Undone && isTransient(end->finding)
        && place.tries.value_or(0) < kMostTries;
    if (isCancelled && m_winner < 0) {
        place.tries = place.tries.value_or(1) - 1; // stopped: it counts as not tried
        place.setResult(ChaseOutcome::Waiting);
    } else if (maybeLater && !m_isStopping) {
        place.setResult(ChaseOutcome::Waiting);
        m_notBefore[index] = Clock::now() + m_tryAgainAfter * place.tries.value_or(1);
    }
    m_work.erase(index);
    m_world.keepPlaces(m_places);
    m_changed.notify_all();
}

void ChaseRunner::block(const ChasePlace& place, const Finding& finding)
{
    const bool isSpot = m_request.isSpot.value_or(false);
    const std::string key = BlockList::keyOf(place, blockScopeFromName(finding.scope), isSpot);
    auto duration = std::chrono::seconds(finding.blockSeconds.value_or(0));
    if (key.empty()) {
        return;
    }
    const bool isForThisChase = duration.count() <= 0; // somebody may give the right any moment
    if (isForThisChase) {
        duration = kThisChase;
    }
    if (isSpot && duration > kSpotBlock) {
        duration = kSpotBlock;
    }
    Block made{
        place.account, key, place.outcome, finding.code + " in " + place.name(),
        std::chrono::system_clock::now() + duration};
    if (!isForThisChase) {
        m_world.keepBlock(made);
    }
    m_blocks.add(std::move(made));
}

bool ChaseRunner::isEnough(std::size_t index)
{
    const std::lock_guard lock(m_mutex);
    if (!stopsAtFirst() || m_winner >= 0 || m_isStopping) {
        return false;
    }
    m_winner = static_cast<int>(index);
    return true;
}

void ChaseRunner::finishRest()
{
    const std::lock_guard lock(m_mutex);
    if (m_winner >= 0 && stopsAtFirst()) {
        for (ChasePlace& place : m_places) {
            if (place.result() == ChaseOutcome::Waiting) {
                place.setResult(ChaseOutcome::NotTried, "not needed: another place gave a machine first");
            }
        }
    }
    m_isDone = true;
    m_before += std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - *m_began - m_pausedFor);
    m_began.reset();
    m_world.keepPlaces(m_places);
}

void ChaseRunner::setPaused(bool isPaused)
{
    const std::lock_guard lock(m_mutex);
    if (isPaused && !m_pausedSince) {
        m_pausedSince = Clock::now();
    } else if (!isPaused && m_pausedSince) {
        m_pausedFor += Clock::now() - *m_pausedSince;
        m_pausedSince.reset();
    }
    m_changed.notify_all();
}

void ChaseRunner::stop()
{
    const std::lock_guard lock(m_mutex);
    m_isStopping = true;
    m_changed.notify_all();
}

double ChaseRunner::elapsed() const
{
    auto passed = std::chrono::duration<double>(m_before);
    if (m_began) {
        passed += m_pausedSince.value_or(Clock::now()) - *m_began - m_pausedFor;
    }
    return passed.count();
}

ChaseState ChaseRunner::state() const
{
    const std::lock_guard lock(m_mutex);
    ChaseState state;
    state.places = m_places;
    for (const ChasePlace& place : m_places) {
        const ChaseOutcome result = place.result();
        state.waiting += result == ChaseOutcome::Waiting ? 1 : 0;
        state.given += result == ChaseOutcome::Given ? 1 : 0;
        state.decided += isDecided(result) ? 1 : 0;
        state.left += place.isLeft.value_or(false) ? 1 : 0;
    }
    for (const auto& [index, work] : m_work) {
        (work.isKnown ? state.cleaning : state.trying) += 1;
    }
    state.spentUsd = m_spending.spent();
    state.reservedUsd = m_spending.reserved();
    state.unknownPrices = m_spending.unknown();
    state.capUsd = m_spending.cap();
    state.seconds = elapsed();
    state.perMinute = state.seconds > 0 ? state.decided * 60.0 / state.seconds : 0;
    if (state.waiting + state.trying > 0 && state.perMinute > 0) {
        state.secondsLeft = (state.waiting + state.trying) * 60.0 / state.perMinute;
    }
    state.isPaused = m_pausedSince.has_value();
    state.isStopping = m_isStopping;
    state.isDone = m_isDone;
    state.winner = m_winner;
    return state;
}

/// "t4-3f9a-westeurope-1": unique by the beginning, which is the chase's own, and good at every provider.
std::string ChaseRunner::machineName(const ChasePlace& place) const
{
    std::string name = m_request.machine.name + "-" + (place.provider == "google" ? place.zone : place.region);
    if (place.provider != "google" && !place.zone.empty()) {
        name += "-" + place.zone;
    }
    const auto account = std::find(m_accounts.begin(), m_accounts.end(), place.account) - m_accounts.begin();
    if (account > 0) {
        name += "-a" + std::to_string(account + 1);
    }
    if (place.tries.value_or(1) > 1) {
        name += "-" + std::string("r") + std::to_string(*place.tries);
    }
    return name;
}

} // namespace ty::cloud
