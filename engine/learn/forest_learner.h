#pragma once

#include "engine/learn/forest_table.h"
#include "engine/learn/learner.h"

namespace ty::engine {

/// "forest", "extra-trees", "silas-like" and "tree". Progress: trees done, with the out-of-bag score as the training part.
class ForestLearner final : public Learner {
public:
    explicit ForestLearner(ForestKind kind) : m_kind(kind), m_table(makeForestTable(kind)) {}

    std::string name() const override;
    std::string label() const override;
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task == Task::Classification || task == Task::Regression; }
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string& preset, const DatasetInfo&) const override { return forestPreset(m_kind, preset); }
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    ForestKind m_kind;
    ParameterTable m_table;
};

} // namespace ty::engine
