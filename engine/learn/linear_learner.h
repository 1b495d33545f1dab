#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// "linear": logistic or linear regression, trained as a network of one layer. Its weight decay is the ridge.
class LinearLearner final : public Learner {
public:
    LinearLearner();
    std::string name() const override { return "linear"; }
    std::string label() const override { return "Linear model"; }
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task != Task::NextWord && task != Task::Grouping; }
    bool choosesByValidation() const override { return true; }
    bool canStartFromWeights() const override { return true; }
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string& preset, const DatasetInfo& info) const override;
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;
    Result<Json> describe(const FitRequest& request) const override;

private:
    ParameterTable m_table;
};

} // namespace ty::engine
