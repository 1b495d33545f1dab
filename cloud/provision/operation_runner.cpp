#include "cloud/provision/operation_runner.h"

#include <utility>

#include "engine/base/run_events.h"

namespace ty::cloud {

namespace {

using namespace std::chrono_literals;

constexpr auto kLookPause = 2'000ms;   // while something is on its way and no handle tells when to ask
constexpr auto kBusyPause = 10'000ms;  // before something that is still in use is removed again
constexpr int kSendTries = 5;          // of a request of which nobody knows whether it arrived, or that may pass later
constexpr int kLookTries = 5;
constexpr const char* kSent = "sent";  // the handle of an Act whose answer is not known

/// Reasons of this computer, not of the request: the operation waits for a better time.
bool isForLater(ErrorKind kind)
{
    return kind == ErrorKind::Cancelled || kind == ErrorKind::Network || kind == ErrorKind::NotSignedIn;
}

/// What a provider may answer to the second one of two equal requests.
bool isOfARepetition(ErrorKind kind)
{
    return kind == ErrorKind::Conflict || kind == ErrorKind::InvalidInput || kind == ErrorKind::AlreadyExists;
}

} // namespace

std::vector<Step> undoOf(const std::vector<Step>& forward)
{
    std::vector<Step> undo;
    for (auto step = forward.rbegin(); step != forward.rend(); ++step) {
        if (step->kind == Step::Kind::Ensure && step->isOurs) {
            Step removal = *step;
            removal.kind = Step::Kind::Remove;
            removal.body = nullptr;
            removal.title = "Taking back: " + step->title;
            undo.push_back(std::move(removal));
        }
    }
    return undo;
}

void addAtBothEnds(Plan& plan, Step step)
{
    step.mayFail = true;
    plan.forward.push_back(step);
    plan.undo.push_back(std::move(step));
}

Plan attemptOf(Plan creation, const Plan& deletion)
{
    creation.gate = static_cast<int>(creation.forward.size());
    creation.forward.insert(creation.forward.end(), deletion.forward.begin(), deletion.forward.end());
    return creation;
}

/// One walk through an operation: where it is and how it stops.
struct OperationRunner::Walk {
    std::int64_t id = 0;
    std::string mark;
    JournalNote note;
    std::stop_token stop;
    int gate = -1; ///< while going forward
    std::optional<Refusal> refusal; ///< of what failed last
    bool wasRefusedAtOnce = false;  ///< the last request, not the task that it began
    bool canBeUndone = false;
    bool mayBeCancelled = false; ///< the present step; never what removes: half removed would cost on
    bool isJournalBroken = false;
};

OperationRunner::OperationRunner(Driver& driver, Journal& journal, Sleep sleep)
    : m_driver(driver), m_journal(journal), m_sleep(std::move(sleep))
{
}

Result<Outcome> OperationRunner::run(
    const JournalEntry& entry, const Plan& plan, const std::string& mark, std::string& error, std::stop_token stop)
{
    Walk current;
    current.id = entry.id;
    current.mark = mark;
    current.note = entry.note;
    current.stop = std::move(stop);
    Outcome outcome = Outcome::Done;
    if (current.note.direction == Direction::Forward) {
        current.canBeUndone = !plan.undo.empty();
        current.gate = plan.gate;
        auto done = walk(current, plan.forward);
        if (!done) {
            if (current.isJournalBroken || current.stop.stop_requested() || isForLater(done.error().kind)) {
                return std::move(done).error();
            }
            const Error& why = done.error();
            const std::string text = why.advice.empty() ? why.message : why.message + " " + why.advice;
            std::string finding = current.note.finding;
            if (const auto& refusal = current.refusal; finding.empty() && refusal) {
                Finding found;
                found.verdict = failureClassName(refusal->verdict.failure);
                found.code = refusal->code;
                found.scope = blockScopeName(refusal->verdict.scope);
                found.blockSeconds = refusal->verdict.blockFor.count();
                finding = found.text();
            }
            current.note
                = JournalNote{Direction::Undo, 0, static_cast<int>(plan.undo.size()), "Taking back", {}, text, finding};
            TY_CHECK(write(current));
        }
    }
    error = current.note.error;
    current.gate = -1;
    if (current.note.direction == Direction::Undo) {
        outcome = plan.undo.empty() ? Outcome::Failed : Outcome::Undone;
        current.canBeUndone = false;
        auto undone = walk(current, plan.undo);
        if (!undone) {
            if (current.isJournalBroken || current.stop.stop_requested() || isForLater(undone.error().kind)) {
                return std::move(undone).error();
            }
            outcome = Outcome::Failed;
            error += ". Taking it back failed too: " + undone.error().message;
        }
    }
    TY_CHECK(m_journal.end(entry.id, outcome, error));
    return outcome;
}

Result<void> OperationRunner::walk(Walk& walk, const std::vector<Step>& steps)
{
    const int first = walk.note.step;
    for (int i = first; i < static_cast<int>(steps.size()); ++i) {
        const Step& step = steps[static_cast<std::size_t>(i)];
        if (i == walk.gate) {
            TY_TRY(const bool isEnough, passGate(walk));
            if (isEnough) {
                return {};
            }
        }
        const bool isTakenUp = i == first && !walk.note.resume.empty();
        walk.mayBeCancelled = walk.canBeUndone && step.kind != Step::Kind::Remove;
        walk.note.step = i;
        walk.note.steps = static_cast<int>(steps.size());
        walk.note.stage = step.title;
        if (!isTakenUp) {
            walk.note.resume.clear();
        }
        TY_CHECK(write(walk));
        auto done = finish(walk, step);
        const bool isForNow = !done && !walk.isJournalBroken && !walk.stop.stop_requested() && !isForLater(done.error().kind);
        if (isForNow && step.mayFail) {
            walk.note.error = step.title + " failed: " + done.error().message;
            continue;
        }
        TY_CHECK(done);
    }
    return {};
}

/// Notes that what was wanted stands. Whether it is kept is part of the same note: a crash does not change it.
Result<bool> OperationRunner::passGate(Walk& walk)
{
    Finding finding = Finding::parse(walk.note.finding);
    if (!finding.isAllocated()) {
        finding.verdict = Finding::kAllocated;
        finding.at = utcNow();
        finding.isKept = m_isEnough && m_isEnough();
        walk.note.finding = finding.text();
        TY_CHECK(write(walk));
    }
    return finding.isKept.value_or(false);
}

Result<void> OperationRunner::finish(Walk& walk, const Step& step)
{
    switch (step.kind) {
    case Step::Kind::Ensure:
    case Step::Kind::Reach:
        return ensure(walk, step);
    case Step::Kind::Act:
        return act(walk, step);
    case Step::Kind::Remove:
        return remove(walk, step);
    }
    return {};
}

Result<void> OperationRunner::ensure(Walk& walk, const Step& step)
{
    if (!walk.note.resume.empty()) {
        TY_CHECK(await(walk, walk.note.resume));
    }
    for (int sent = 0;;) {
        TY_TRY(const Found found, look(walk, step));
        switch (found) {
        case Found::Done:
            return {};
        case Found::Busy:
            TY_CHECK(pause(walk, kLookPause));
            continue;
        case Found::Broken:
            walk.refusal = m_driver.refusal();
            return Error{ErrorKind::Conflict, step.resource + " was made but failed", {}};
        case Found::Foreign:
            return Error{
                ErrorKind::AlreadyExists, step.resource + " exists already and was not made by this operation",
                "Choose another name."};
        case Found::Absent:
            break;
        }
        if (sent == kSendTries) {
            return Error{ErrorKind::Conflict, step.resource + " was accepted but is not there", {}};
        }
        ++sent;
        auto done = send(walk, step);
        // Of a lost answer a look tells more than a second request.
        const bool mayPass
            = !done && (done.error().kind == ErrorKind::Network || done.error().kind == ErrorKind::Busy);
        if (!done && (!mayPass || sent == kSendTries || walk.isJournalBroken)) {
            const bool mayBeThere = !walk.isJournalBroken && walk.wasRefusedAtOnce && isOfARepetition(done.error().kind);
            if (!mayBeThere) {
                return done;
            }
            // The transport repeats a request whose answer was lost; what is refused then is already on its way.
            TY_TRY(const Found now, look(walk, step));
            if (sent == kSendTries || now == Found::Absent || now == Found::Foreign) {
                return done;
            }
            continue;
        }
        if (!done) {
            TY_CHECK(pause(walk, kLookPause));
        }
    }
}

Result<void> OperationRunner::act(Walk& walk, const Step& step)
{
    if (walk.note.resume == kSent) {
        return {}; // it may have been done, and must not be done twice
    }
    if (!walk.note.resume.empty()) {
        return await(walk, walk.note.resume);
    }
    walk.note.resume = kSent;
    TY_CHECK(write(walk));
    return send(walk, step);
}

Result<void> OperationRunner::remove(Walk& walk, const Step& step)
{
    if (!walk.note.resume.empty()) {
        auto done = await(walk, walk.note.resume);
        if (!done && (isForLater(done.error().kind) || walk.isJournalBroken)) {
            return done;
        }
    }
    std::chrono::milliseconds waited{0};
    for (;;) {
        TY_TRY(const Found found, look(walk, step));
        if (found == Found::Done || found == Found::Foreign) {
            return {};
        }
        if (found == Found::Busy) {
            TY_CHECK(pause(walk, kLookPause));
            continue;
        }
        auto done = send(walk, step);
        if (done) {
            continue; // gone? the look tells
        }
        const bool isInUse = done.error().kind == ErrorKind::Busy || done.error().kind == ErrorKind::Conflict;
        if (!isInUse || walk.isJournalBroken || waited >= std::chrono::seconds(step.patienceSeconds)) {
            return done;
        }
        TY_CHECK(pause(walk, kBusyPause));
        waited += kBusyPause;
    }
}

Result<void> OperationRunner::send(Walk& walk, const Step& step)
{
    walk.wasRefusedAtOnce = false;
    if (walk.mayBeCancelled && m_isCancelled && m_isCancelled()) {
        walk.refusal.reset();
        return Error{ErrorKind::Conflict, "cancelled", {}};
    }
    auto sent = m_driver.begin(step, walk.mark, walk.stop);
    walk.wasRefusedAtOnce = !sent;
    walk.refusal = sent ? std::nullopt : m_driver.refusal();
    TY_TRY(const Begun begun, std::move(sent));
    if (begun.handle.empty()) {
        return {};
    }
    walk.note.resume = begun.handle;
    TY_CHECK(write(walk));
    TY_CHECK(pause(walk, begun.wait));
    return await(walk, begun.handle);
}

/// Looks again for a while where the provider is out of order; then the operation waits for a better time.
Result<Found> OperationRunner::look(Walk& walk, const Step& step)
{
    for (int tries = 1;; ++tries) {
        auto found = m_driver.look(step, walk.mark, walk.stop);
        const bool mayPass
            = !found && (found.error().kind == ErrorKind::Busy || found.error().kind == ErrorKind::Network);
        if (found || !mayPass) {
            return found;
        }
        if (tries == kLookTries) {
            Error error = std::move(found).error();
            error.kind = ErrorKind::Network;
            return error;
        }
        TY_CHECK(pause(walk, kLookPause * tries));
    }
}

Result<void> OperationRunner::await(Walk& walk, std::string handle)
{
    for (;;) {
        auto progress = m_driver.progress(handle, walk.stop);
        if (!progress && progress.error().kind == ErrorKind::NotFound) {
            break; // forgotten; the caller's look tells how it went
        }
        if (!progress) {
            walk.refusal = m_driver.refusal();
            walk.note.resume.clear(); // asked for good, or a look tells more
            return std::move(progress).error();
        }
        if (progress->isDone) {
            break;
        }
        if (walk.mayBeCancelled && m_isCancelled && m_isCancelled()) {
            walk.refusal.reset();
            return Error{ErrorKind::Conflict, "cancelled", {}};
        }
        TY_CHECK(pause(walk, progress->wait));
    }
    walk.note.resume.clear();
    return {};
}

Result<void> OperationRunner::pause(Walk& walk, std::chrono::milliseconds duration)
{
    if (!m_sleep(duration, walk.stop)) {
        return Error{ErrorKind::Cancelled, "interrupted; it goes on at the next start", {}};
    }
    return {};
}

Result<void> OperationRunner::write(Walk& walk)
{
    auto written = m_journal.note(walk.id, walk.note);
    walk.isJournalBroken = !written;
    if (written && m_watch) {
        m_watch(walk.note);
    }
    return written;
}

} // namespace ty::cloud
