#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// Samples of a dataset that belong together.
struct DataPart {
    const Dataset* dataset = nullptr;
    std::vector<std::uint32_t> samples;
};

/// The opened data of a run.
struct RunData {
    std::unique_ptr<Dataset> training;
    std::unique_ptr<Dataset> validation; ///< its own file, or null
    std::unique_ptr<Dataset> test;       ///< likewise
    Split split;
    std::vector<std::uint32_t> unbalanced; ///< split.training before its classes were made equally frequent
    Task task = Task::Classification; ///< of the run: that of the data, or Reconstruction

    /// Opens, splits, and prepares with what steps find in the training part alone. Errors: InvalidInput naming the file when it cannot be learned from (no samples, one class,
    /// no feature, no target), when it is not the data that the run was described with, and those of openDataset.
    /// @param files  for addresses of stores; null: there are none. Outlives the data
    /// @param found  steps with the findings of a model, to be used instead; null: those of the training part
    static Result<RunData> open(
        const DataSpec& spec, const DataNeeds& needs = {}, const DataFiles* files = nullptr, const Preparation* found = nullptr);

    std::optional<DataPart> validationPart() const;
    std::optional<DataPart> testPart() const;
    Json toEvent() const; ///< fields of the "data" event
};

/// Sentences about categories of features that only validation and test rows hold: they have no input.
std::vector<std::string> unseenCategories(const RunData& data);

} // namespace ty::engine
