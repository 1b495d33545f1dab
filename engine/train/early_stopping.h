#pragma once

#include <limits>

namespace ty::engine {

/// Which epoch was best, and whether it is time to give up. Lower is better.
struct EarlyStopping {
    double best = std::numeric_limits<double>::infinity();
    int bestEpoch = 0; ///< 1-based; 0: none yet
    int epochsWithoutGain = 0;

    /// Takes the loss of an epoch (1-based). True when it is the best so far.
    bool take(double loss, int epoch)
    {
        if (loss < best) {
            best = loss;
            bestEpoch = epoch;
            epochsWithoutGain = 0;
            return true;
        }
        ++epochsWithoutGain;
        return false;
    }
    bool isOver(int patience) const { return patience > 0 && epochsWithoutGain >= patience; }
};

} // namespace ty::engine
