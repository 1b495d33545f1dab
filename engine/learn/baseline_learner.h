#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// "baseline": what a model must beat: the share of each class, or the mean.
class BaselineLearner final : public Learner {
public:
    std::string name() const override { return "baseline"; }
    std::string label() const override { return "Baseline"; }
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task != Task::NextWord && task != Task::Grouping; }
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string&, const DatasetInfo&) const override { return Json::object(); }
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    ParameterTable m_table; ///< empty: there is nothing to choose
};

} // namespace ty::engine
