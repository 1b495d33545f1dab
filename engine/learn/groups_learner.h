#pragma once

#include "engine/learn/learner.h"

namespace ty::engine {

enum class GroupsKind {
    KMeans,
    Mixture,
    Density,  ///< DBSCAN
    Hierarchy
};

/// "k-means", "mixture", "dbscan" and "hierarchical": rows are grouped without a look at the target; what each group says of it is
/// read out afterwards, so that groups are judged like any other answer. Without a target (Task::Grouping) the groups themselves are the
/// answer, "group 1" the largest.
class GroupsLearner final : public Learner {
public:
    explicit GroupsLearner(GroupsKind kind);
    std::string name() const override;
    std::string label() const override;
    std::string help() const override;
    bool canLearn(Task task, DataKind) const override { return task == Task::Classification || task == Task::Regression || task == Task::Grouping; }
    Result<DataNeeds> dataNeeds(const RunSpec& spec) const override;
    const ParameterTable& parameters() const override { return m_table; }
    Json presetSettings(const std::string&, const DatasetInfo&) const override { return Json::object(); }
    Result<FitOutcome> fit(const FitRequest& request, FitSink& sink, FitControl& control) const override;

private:
    GroupsKind m_kind;
    ParameterTable m_table;
};

} // namespace ty::engine
