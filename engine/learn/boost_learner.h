#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// "boost": trees that correct one another. The rounds after the best validation loss are left out.
class BoostLearner final : public Learner {
public:
    BoostLearner();
    std::string name() const override { return "boost"; }
    std::string label() const override { return "Gradient boosting"; }
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task == Task::Classification || task == Task::Regression; }
    bool choosesByValidation() const override { return true; }
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string& preset, const DatasetInfo& info) const override;
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    ParameterTable m_table;
};

} // namespace ty::engine
