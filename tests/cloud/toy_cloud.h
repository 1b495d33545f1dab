#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cloud/provision/driver.h"
#include "cloud/provision/journal.h"

namespace ty::cloud {

/// The program's sudden end, thrown where a test wants it.
struct Crash {};

/// Counts calls and ends the program at one of them: before the call does anything, or after it did all.
class CrashPoint {
public:
    CrashPoint() = default;
    CrashPoint(int call, bool isAfter) : m_call(call), m_isAfter(isAfter) {}

    void before()
    {
        if (++m_count == m_call && !m_isAfter) {
            throw Crash{};
        }
    }
    void after() const
    {
        if (m_count == m_call && m_isAfter) {
            throw Crash{};
        }
    }
    int count() const { return m_count; }

private:
    int m_call = 0;
    bool m_isAfter = false;
    int m_count = 0;
};

/// A provider with the manners of the real ones in a few lines: names are unique, creations take some questions, some are
/// refused or fail after they were accepted, and what is deleted takes a while too. Survives the program's end.
class ToyCloud : public Driver {
public:
    struct Resource {
        std::string mark;
        int questionsLeft = 0;
        bool isFailing = false;
        bool isGoing = false;
    };

    Result<Found> look(const Step& step, const std::string& mark, std::stop_token) override
    {
        crash.before();
        const Found found = lookNow(step, mark);
        crash.after();
        return found;
    }

    Result<Begun> begin(const Step& step, const std::string& mark, std::stop_token) override
    {
        crash.before();
        auto begun = beginNow(step, mark);
        crash.after();
        return begun;
    }

    Result<Progress> progress(const std::string& handle, std::stop_token) override
    {
        crash.before();
        auto state = progressNow(handle);
        crash.after();
        return state;
    }

    std::map<std::string, Resource> resources;
    std::map<std::string, std::string> reached; ///< resource -> verb of the last Reach
    std::map<std::string, int> acts;            ///< verb -> how often
    std::set<std::string> refused;              ///< resources that are refused at once
    std::set<std::string> failing;              ///< that are accepted and fail later
    int repetitions = 0; ///< of the next creations: answered as the second one of two equal requests
    int lostAnswers = 0;                        ///< of the next requests: done, but the answer never comes
    int creations = 0;
    CrashPoint crash;

private:
    Found lookNow(const Step& step, const std::string& mark)
    {
        if (step.kind == Step::Kind::Reach) {
            const auto found = reached.find(step.resource);
            return found != reached.end() && found->second == step.verb ? Found::Done : Found::Absent;
        }
        const auto found = resources.find(step.resource);
        const bool isRemoval = step.kind == Step::Kind::Remove;
        if (found == resources.end()) {
            return isRemoval ? Found::Done : Found::Absent;
        }
        Resource& resource = found->second;
        if (resource.mark != mark) {
            return step.isOurs ? Found::Foreign : Found::Done;
        }
        if (resource.questionsLeft > 0) {
            --resource.questionsLeft; // time passes
            if (resource.questionsLeft == 0 && resource.isGoing) {
                resources.erase(found);
            }
            return Found::Busy;
        }
        if (isRemoval) {
            return Found::Absent; // not removed yet
        }
        return resource.isFailing ? Found::Broken : Found::Done;
    }

    Result<Begun> beginNow(const Step& step, const std::string& mark)
    {
        if (step.kind == Step::Kind::Reach) {
            reached[step.resource] = step.verb;
            return answered({});
        }
        if (step.kind == Step::Kind::Act) {
            ++acts[step.verb];
            return answered({});
        }
        if (step.kind == Step::Kind::Remove) {
            resources[step.resource].isGoing = true;
            resources[step.resource].questionsLeft = 2;
            return answered(step.resource);
        }
        if (refused.contains(step.resource)) {
            return Error{ErrorKind::Quota, "quota of " + step.resource + " exceeded", {}};
        }
        ++creations;
        resources[step.resource] = {mark, 2, failing.contains(step.resource), false};
        return answered(step.resource);
    }

    Result<Begun> answered(const std::string& handle)
    {
        if (repetitions > 0) {
            --repetitions;
            return Error{ErrorKind::InvalidInput, "a concurrent request is under way", {}};
        }
        if (lostAnswers > 0) {
            --lostAnswers;
            return Error{ErrorKind::Network, "the connection dropped", {}};
        }
        return Begun{handle, {}};
    }

    Result<Progress> progressNow(const std::string& handle)
    {
        const auto found = resources.find(handle);
        if (found == resources.end()) {
            return Progress{true, {}};
        }
        if (found->second.questionsLeft > 0 && --found->second.questionsLeft > 0) {
            return Progress{false, std::chrono::seconds(10)};
        }
        if (found->second.isGoing) {
            resources.erase(found);
            return Progress{true, {}};
        }
        if (found->second.isFailing) {
            return Error{ErrorKind::Quota, "allocation of " + handle + " failed", {}};
        }
        return Progress{true, {}};
    }
};

/// A journal that survives the program's end, as the catalog's does.
class KeptJournal : public Journal {
public:
    struct Entry {
        JournalEntry entry;
        bool isEnded = false;
        Outcome outcome = Outcome::Done;
        std::string error;
    };

    Result<std::int64_t> begin(const std::string& kind, const std::string& target, const Json& request) override
    {
        JournalEntry entry;
        entry.id = static_cast<std::int64_t>(entries.size()) + 1;
        entry.kind = kind;
        entry.target = target;
        entry.request = request;
        entries.push_back({entry, false, Outcome::Done, {}});
        return entry.id;
    }
    Result<void> note(std::int64_t id, const JournalNote& note) override
    {
        crash.before();
        entries.at(static_cast<std::size_t>(id - 1)).entry.note = note;
        crash.after();
        return isFull ? Result<void>(Error{ErrorKind::DiskFull, "no space left", {}}) : Result<void>();
    }
    Result<void> end(std::int64_t id, Outcome outcome, const std::string& error) override
    {
        crash.before();
        auto& kept = entries.at(static_cast<std::size_t>(id - 1));
        kept.isEnded = true;
        kept.outcome = outcome;
        kept.error = error;
        crash.after();
        return {};
    }
    Result<std::vector<JournalEntry>> openEntries() override
    {
        std::vector<JournalEntry> open;
        for (const auto& kept : entries) {
            if (!kept.isEnded) {
                open.push_back(kept.entry);
            }
        }
        return open;
    }

    std::vector<Entry> entries;
    bool isFull = false;
    CrashPoint crash;
};

} // namespace ty::cloud
