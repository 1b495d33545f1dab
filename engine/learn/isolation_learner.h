#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// "isolation-forest": which rows are unlike the rest ("I do not know"), found without a look at the target; the rarer of two
/// classes names them.
class IsolationLearner final : public Learner {
public:
    IsolationLearner();
    std::string name() const override { return "isolation-forest"; }
    std::string label() const override { return "Isolation forest"; }
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task == Task::Classification || task == Task::Grouping; }
    std::size_t mostClasses() const override { return 2; } ///< usual and unusual
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string&, const DatasetInfo&) const override { return Json::object(); }
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    ParameterTable m_table;
};

} // namespace ty::engine
