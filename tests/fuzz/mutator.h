#pragma once

#include <string>
#include <vector>

#include "engine/base/random.h"

namespace ty::fuzz {

/// Makes damaged inputs out of good ones: flipped bits, cut and repeated parts, spliced seeds, numbers at their limits.
/// The same seeds and the same random numbers give the same inputs everywhere.
class Mutator {
public:
    explicit Mutator(std::vector<std::string> seeds);

    std::string next(Random& random) const;

private:
    std::string mutateOnce(std::string input, Random& random) const;

    std::vector<std::string> m_seeds;
};

} // namespace ty::fuzz
