#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// "network": a network chosen from the data, or the one that the run describes.
class NetworkLearner final : public Learner {
public:
    NetworkLearner();
    std::string name() const override { return "network"; }
    std::string label() const override { return "Neural network"; }
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task != Task::Grouping; }
    bool choosesByValidation() const override { return true; }
    bool canStartFromWeights() const override { return true; }
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string& preset, const DatasetInfo& info) const override;
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;
    Result<Json> describe(const FitRequest& request) const override;

private:
    ParameterTable m_table;
};

} // namespace ty::engine
