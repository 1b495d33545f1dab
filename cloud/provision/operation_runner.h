#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "cloud/provision/driver.h"
#include "cloud/provision/journal.h"
#include "cloud/provision/step.h"

namespace ty::cloud {

/// The steps of an operation, made of its journalled request alone, so that a restart makes the same ones.
struct Plan {
    std::vector<Step> forward;
    /// What takes a failed or cancelled creation back; empty where nothing can or need be taken back.
    std::vector<Step> undo;
    /// The step before which what was wanted stands (a machine that is only tried): the finding "allocated" is noted there,
    /// and it is asked whether that is enough. -1: there is none.
    int gate = -1;
};

/// The Remove steps of what `forward` makes of our own, last made first.
std::vector<Step> undoOf(const std::vector<Step>& forward);

/// Adds what comes last whether the plan succeeds or is taken back, and whose failure is no failure of the plan.
void addAtBothEnds(Plan& plan, Step step);

/// The creation and then the deletion of what it made, with the gate between them: whether a machine can be had somewhere.
Plan attemptOf(Plan creation, const Plan& deletion);

/// Walks through an operation's plan, or through the rest of it after a restart. Every step is first looked at, every
/// intent is in the journal before its request is sent: a crash between any two requests leaves an entry from which the
/// next start goes on, and what was already done is found, not done again.
class OperationRunner {
public:
    /// Told after each journal note, on the runner's thread.
    using Watch = std::function<void(const JournalNote&)>;
    /// Whether the person wants it taken back; asked between requests.
    using IsCancelled = std::function<bool()>;
    /// Asked once, at the plan's gate: true ends the operation there.
    using IsEnough = std::function<bool()>;
    using Sleep = std::function<bool(std::chrono::milliseconds, std::stop_token)>;

    /// Driver and journal outlive this.
    OperationRunner(Driver& driver, Journal& journal, Sleep sleep);

    void setWatch(Watch watch) { m_watch = std::move(watch); }
    void setIsCancelled(IsCancelled isCancelled) { m_isCancelled = std::move(isCancelled); }
    void setIsEnough(IsEnough isEnough) { m_isEnough = std::move(isEnough); }

    /// Runs `entry` (new or found open) to its end and closes it in the journal. `mark` is the operation's UUID. Why it is not
    /// Done, or what of a done one did not succeed, is in `error`. Errors, with which the entry stays open for a later try:
    /// Cancelled (`stop`: the program ends), Network, NotSignedIn, and those of the journal.
    Result<Outcome> run(
        const JournalEntry& entry, const Plan& plan, const std::string& mark, std::string& error, std::stop_token stop);

private:
    struct Walk;
    Result<void> walk(Walk& walk, const std::vector<Step>& steps);
    Result<bool> passGate(Walk& walk);
    Result<void> finish(Walk& walk, const Step& step);
    Result<void> ensure(Walk& walk, const Step& step);
    Result<void> act(Walk& walk, const Step& step);
    Result<void> remove(Walk& walk, const Step& step);
    Result<Found> look(Walk& walk, const Step& step);
    Result<void> send(Walk& walk, const Step& step);
    Result<void> await(Walk& walk, std::string handle);
    Result<void> pause(Walk& walk, std::chrono::milliseconds duration);
    Result<void> write(Walk& walk);

    Driver& m_driver;
    Journal& m_journal;
    Sleep m_sleep;
    Watch m_watch;
    IsCancelled m_isCancelled;
    IsEnough m_isEnough;
};

} // namespace ty::cloud
