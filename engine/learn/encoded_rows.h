#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/dataset.h"
#include "engine/data/encoder.h"
#include "engine/kernels/dense_rows.h"

namespace ty::engine {

struct FitRequest;
struct DataNeeds;

/// What learners of rows of numbers ask of their data. Errors: InvalidInput for a run that describes a network.
Result<DataNeeds> classicNeeds(const RunSpec& spec, const std::string& label);

/// The samples as the encoder gives them: {samples, inputSize()}. Errors: those of reading pictures.
Result<DenseRows> readEncoded(
    const Dataset& dataset, const Encoder& encoder, std::span<const std::uint32_t> samples, int threads);

/// Samples with a target, and the dataset that they are of.
struct LabelledPart {
    const Dataset* dataset = nullptr;
    std::vector<std::uint32_t> samples;
};
LabelledPart trainingPart(const FitRequest& request, Task task);
LabelledPart validationPart(const FitRequest& request, Task task);

} // namespace ty::engine
