#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ty::engine {

/// Which samples are evaluated together: each of them once, `size` at a time.
struct EvaluationBatches {
    std::size_t samples = 0;
    std::size_t size = 1;
    std::size_t count = 0; ///< of batches
    /// Whether each row of a batch goes on where that row of the batch before ended. Then a batch may lack its last row.
    bool isInOrder = false;

    std::vector<std::uint32_t> at(std::size_t index) const;
};

/// @param size  at most so many samples at a time; at least 1
EvaluationBatches evaluationBatches(std::size_t samples, std::size_t size, bool isInOrder);

} // namespace ty::engine
