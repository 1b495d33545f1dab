#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// "svm": support vector machine with a linear or radial kernel. Progress: machines done, and the gap of the one at work.
class SvmLearner final : public Learner {
public:
    SvmLearner();
    std::string name() const override { return "svm"; }
    std::string label() const override { return "Support vectors"; }
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
