#include "engine/train/evaluation_batches.h"

#include <algorithm>

namespace ty::engine {

namespace {

constexpr std::size_t kFewestInARow = 32; ///< samples that follow one another; each row begins without a memory

} // namespace

std::vector<std::uint32_t> EvaluationBatches::at(std::size_t index) const
{
    std::vector<std::uint32_t> positions;
    for (std::size_t row = 0; row < size; ++row) {
        const std::size_t position = isInOrder ? row * count + index : index * size + row;
        if (position < samples) {
            positions.push_back(static_cast<std::uint32_t>(position));
        }
    }
    return positions;
}

EvaluationBatches evaluationBatches(std::size_t samples, std::size_t size, bool isInOrder)
{
    EvaluationBatches batches;
    batches.samples = samples;
    const std::size_t rows = isInOrder ? std::min(size, samples / kFewestInARow) : std::min(size, samples);
    batches.size = std::max<std::size_t>(1, rows);
    batches.count = (samples + batches.size - 1) / batches.size;
    batches.isInOrder = isInOrder;
    if (isInOrder && batches.count > 0) {
        batches.size = (samples + batches.count - 1) / batches.count; // rows that begin behind the end would stay empty
    }
    return batches;
}

} // namespace ty::engine
