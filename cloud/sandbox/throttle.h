#pragma once

#include <map>
#include <string>

#include "cloud/sandbox/arm_answers.h"

namespace ty::sandbox {

/// Resource Manager's token buckets: reads 250 (25 more a second), writes and deletes 200 (10 more a second each), as
/// published in 2024, one set per subscription. A faster pace fills them faster.
class Throttle {
public:
    explicit Throttle(World& world) : m_world(world) {}
    void setOn(bool isOn) { m_isOn = isOn; }
    /// Takes a token. @return false, with `response` the 429, when there is none
    bool admit(const Request& request, Response& response);
    /// Tells in the answer how many are left.
    void addHeaders(const Request& request, Response& response) const;

private:
    struct Bucket {
        double tokens = 0;
        TimePoint filled;
    };

    World& m_world;
    bool m_isOn = true;
    std::map<std::string, Bucket> m_buckets;
};

} // namespace ty::sandbox
