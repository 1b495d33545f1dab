#pragma once

#include <cstddef>
#include <string>

#include "engine/base/random.h"

namespace ty::sandbox {

/// Makes the names that a cloud would make: GUIDs, operation names, numeric ids. One owner, one lock.
class Identifiers {
public:
    /// @param seed  0: from the system's entropy; anything else repeats the same names, for tests
    explicit Identifiers(std::uint64_t seed = 0);

    /// "0f8fad5b-d9cd-469f-a165-70867728950e" (version 4)
    std::string guid();
    /// Lower-case hexadecimal digits.
    std::string hex(std::size_t digits);
    /// A Compute Engine id: 19 decimal digits.
    std::string number();
    /// A MAC address in one of Azure's ranges, "00-0D-3A-xx-xx-xx".
    std::string macAddress();
    Random& random() { return m_random; }

private:
    Random m_random;
};

/// The same GUID for the same text on every machine (of its SHA-256).
std::string guidOf(const std::string& text);

} // namespace ty::sandbox
