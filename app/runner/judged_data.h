#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/runner/opened_model.h"
#include "engine/base/run_events.h"
#include "engine/learn/run_data.h"

namespace ty::runner {

/// A model beside a part of the data that its run used, divided as the run did.
struct PartOfRun {
    std::unique_ptr<engine::Model> model;
    engine::RunData data;
    engine::DataPart part; ///< of `data`
    std::string name;      ///< "training", "validation", "test"

    /// @param part  empty: the test part, or where there is none the validation part
    /// Errors: Usage when the model is in no run's folder or the run had no such part.
    static Result<PartOfRun> open(
        const std::string& model, const std::string& part, const std::string& device, const engine::DataFiles* files);
};

/// Every sample that has an answer to compare with. Errors: InvalidInput when there is none.
Result<std::vector<std::uint32_t>> judgeableSamples(const OpenedModel& opened);

} // namespace ty::runner
