#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "engine/base/result.h"

namespace ty::catalog {

class Database;

/// A time in which a machine was in one state of billing, from the look at which its cloud first said so to the last one.
/// While nobody looked the state before holds: that counts too much rather than too little.
struct Charge {
    std::int64_t id = 0;
    std::string account;
    std::string machine;
    std::string mark; ///< of its creation: another machine of that name is another one
    std::string state; ///< cloud::machineStateName
    bool isOn = false; ///< processors are billed; else disks and addresses alone
    double perHour = 0; ///< of what has a known price
    bool isPartial = false; ///< something in it has no known price
    std::string currency;
    std::string since; ///< UTC
    std::string until; ///< UTC
    bool isOver = false; ///< another state, or none, follows
};

/// What a look at a machine told.
struct Sighting {
    std::string account;
    std::string machine;
    std::string mark;
    std::string state;
    bool isOn = false;
    double perHour = 0;
    bool isPartial = false;
    std::string currency;
    std::string created; ///< UTC, as the cloud says; where the first charge begins; empty: now
};

/// What a machine cost in a time.
struct Spent {
    std::string account;
    std::string machine;
    std::string mark;
    double amount = 0;      ///< of what has a known price
    bool isPartial = false; ///< something in it has no known price
    std::string currency;
};

/// The table `charges`: what machines cost, counted from states that their clouds confirmed. A connection of its own; one
/// thread.
class Charges {
public:
    static Result<std::unique_ptr<Charges>> open(const Paths& paths);
    ~Charges();
    Charges(const Charges&) = delete;
    Charges& operator=(const Charges&) = delete;

    /// All of our machines in an account, as they were read at `now` (UTC): what is not among them has gone.
    Result<void> see(const std::string& account, const std::vector<Sighting>& machines, const std::string& now);
    /// What each machine cost between two moments (UTC), by account and name.
    Result<std::vector<Spent>> spent(const std::string& from, const std::string& to);
    /// The state of each machine when it was last looked at, by account and name.
    Result<std::vector<Charge>> current();

private:
    explicit Charges(std::unique_ptr<Database> database);
    Result<void> seeOne(const Sighting& sighting, const std::vector<Charge>& current, const std::string& now);

    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
