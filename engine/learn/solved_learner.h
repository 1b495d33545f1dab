#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

/// Linear models that are solved, not trained batch by batch.
enum class SolvedKind {
    Logistic,     ///< L-BFGS, with the squared length of the weights as penalty
    LeastSquares, ///< normal equations
    Ridge,        ///< likewise, with a penalty
    Lasso,        ///< coordinate descent; many weights become 0
    Components    ///< logistic regression or least squares on the principal components
};

/// "logistic", "least-squares", "ridge", "lasso" and "pca". The model is a network of one layer, like that of "linear".
class SolvedLearner final : public Learner {
public:
    explicit SolvedLearner(SolvedKind kind);
    std::string name() const override;
    std::string label() const override;
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override
    {
        const bool isOfClasses = m_kind == SolvedKind::Logistic || (m_kind == SolvedKind::Components && task == Task::Classification);
        return task == (isOfClasses ? Task::Classification : Task::Regression);
    }
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string&, const DatasetInfo&) const override { return Json::object(); }
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    SolvedKind m_kind;
    ParameterTable m_table;
};

} // namespace ty::engine
