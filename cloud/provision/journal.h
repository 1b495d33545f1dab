#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cloud/model/fields.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::cloud {

/// Which way an operation goes. Written down before it goes that way, so that a crash never turns it round.
enum class Direction : std::uint8_t {
    Forward, ///< towards what was asked for
    Undo,    ///< removing what a failed or cancelled creation left
};

/// How far an operation came; the last one written is where a restart takes up.
struct JournalNote {
    Direction direction = Direction::Forward;
    int step = 0;  ///< of the plan in that direction, from 0
    int steps = 0; ///< of the whole plan
    std::string stage;  ///< for the person: "Creating network card"
    std::string resume; ///< the provider's handle of a request that was accepted; empty before
    std::string error;  ///< why it turned back; empty while all is well
    std::string finding; ///< JSON of a Finding: what became known on the way; empty before
};

/// What an operation found out that its error's sentence does not tell a program.
struct Finding {
    std::string verdict; ///< "allocated", or the name of a FailureClass
    std::string code;    ///< the provider's: "ZonalAllocationFailed"
    std::string scope;   ///< the name of a BlockScope
    std::optional<std::int64_t> blockSeconds;
    std::string at;               ///< of "allocated": when the machine stood, UTC
    std::optional<bool> isKept;   ///< of "allocated": that was all that was wanted

    void fields(auto& f)
    {
        f("verdict", verdict);
        f("code", code);
        f("scope", scope);
        f("blockSeconds", blockSeconds);
        f("at", at);
        f("kept", isKept);
    }

    bool isAllocated() const { return verdict == kAllocated; }
    /// Empty for an empty or foreign text.
    static Finding parse(const std::string& json);
    std::string text() const;

    static constexpr const char* kAllocated = "allocated";
};

/// How an operation ended.
enum class Outcome : std::uint8_t {
    Done,     ///< what was asked for is there
    Undone,   ///< it could not be, or was cancelled; nothing is left of it
    Failed, ///< it stopped half-way: the error says where, and what stands may bill
};

const char* outcomeName(Outcome outcome);
/// Inverse of outcomeName; Failed for unknown names, which makes somebody look.
Outcome outcomeFromName(const std::string& name);

struct JournalEntry {
    std::int64_t id = 0;
    std::string kind;   ///< "create", "start", "stop", "restart", "resize", "capture", "delete"
    std::string target; ///< the machine's name
    Json request;       ///< all that is needed to do it again: spec and names, never a secret
    JournalNote note;
    std::string started; ///< UTC
};

/// The memory of everything that creates, changes or bills. Each call is on the disk when it returns; an error means that
/// the request must not be sent. One thread at a time.
class Journal {
public:
    virtual ~Journal() = default;

    /// Before the first request. Result: the entry's id.
    virtual Result<std::int64_t> begin(const std::string& kind, const std::string& target, const Json& request) = 0;
    virtual Result<void> note(std::int64_t id, const JournalNote& note) = 0;
    virtual Result<void> end(std::int64_t id, Outcome outcome, const std::string& error) = 0;
    /// Those without an end, oldest first: what a start has to take up.
    virtual Result<std::vector<JournalEntry>> openEntries() = 0;
};

} // namespace ty::cloud
