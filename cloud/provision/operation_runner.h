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
};

/// The Remove steps of what `forward` makes of our own, last made first.
std::vector<Step> undoOf(const std::vector<Step>& forward);

/// Walks through an operation's plan, or through the rest of it after a restart. Every step is first looked at, every
/// intent is in the journal before its request is sent: a crash between any two requests leaves an entry from which the
/// next start goes on, and what was already done is found, not done again.
class OperationRunner {
public:
    /// Told after each journal note, on the runner's thread.
    using Watch = std::function<void(const JournalNote&)>;
    /// Whether the person wants it taken back; asked between requests.
    using IsCancelled = std::function<bool()>;
    using Sleep = std::function<bool(std::chrono::milliseconds, std::stop_token)>;

    /// Driver and journal outlive this.
    OperationRunner(Driver& driver, Journal& journal, Sleep sleep);

    void setWatch(Watch watch) { m_watch = std::move(watch); }
    void setIsCancelled(IsCancelled isCancelled) { m_isCancelled = std::move(isCancelled); }

    /// Runs `entry` (new or found open) to its end and closes it in the journal. `mark` is the operation's UUID. Why it is not
    /// Done, or what of a done one did not succeed, is in `error`. Errors, with which the entry stays open for a later try:
    /// Cancelled (`stop`: the program ends), Network, NotSignedIn, and those of the journal.
    Result<Outcome> run(
        const JournalEntry& entry, const Plan& plan, const std::string& mark, std::string& error, std::stop_token stop);

private:
    struct Walk;
    Result<void> walk(Walk& walk, const std::vector<Step>& steps);
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
};

} // namespace ty::cloud
