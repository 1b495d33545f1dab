#pragma once

#include <string>
#include <vector>

namespace ty::engine {

/// One node of a compiled training step, run alone.
struct ProfiledNode {
    std::string name;            ///< "Conv2d conv1"
    bool isLibraryKernel = false; ///< a product or convolution; else a loop that memory bounds
    double seconds = 0;          ///< alone, median of several runs
    double bytes = 0;            ///< read and written
};

/// What a step is made of. Its floor: products and convolutions as fast as each runs alone, everything else at the speed
/// of memory.
struct StepProfile {
    std::vector<ProfiledNode> nodes; ///< in order of the step
    double updateBytes = 0;          ///< what the optimizer reads and writes
    double librarySeconds() const; ///< of products and convolutions alone
    double aloneSeconds() const;   ///< of all nodes alone
    double floor(double bytesPerSecond) const;
};

} // namespace ty::engine
