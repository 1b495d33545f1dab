#pragma once

#include "engine/learn/learner.h"
#include "engine/linear/naive_bayes.h"

namespace ty::engine {

/// "bernoulli-bayes", "gaussian-bayes" and "multinomial-bayes": one pass over the data.
class BayesLearner final : public Learner {
public:
    explicit BayesLearner(BayesKind kind);
    std::string name() const override;
    std::string label() const override;
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task == Task::Classification; }
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string&, const DatasetInfo&) const override { return Json::object(); }
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    BayesKind m_kind;
    ParameterTable m_table;
};

} // namespace ty::engine
