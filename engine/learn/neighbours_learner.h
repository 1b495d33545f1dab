#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// "neighbours": the k nearest rows that are known answer. Nothing is computed before somebody asks.
class NeighboursLearner final : public Learner {
public:
    NeighboursLearner();
    std::string name() const override { return "neighbours"; }
    std::string label() const override { return "Nearest neighbours"; }
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task == Task::Classification || task == Task::Regression; }
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string&, const DatasetInfo&) const override { return Json::object(); }
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    ParameterTable m_table;
};

} // namespace ty::engine
