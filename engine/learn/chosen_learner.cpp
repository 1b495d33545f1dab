#include "engine/learn/chosen_learner.h"

#include <utility>

namespace ty::engine {

namespace {

constexpr auto kClassWeights = "classWeights"; ///< of learners that have it (network_table.cpp)

} // namespace

Result<std::unique_ptr<Learner>> findLearner(const std::string& name)
{
    std::string known;
    for (auto& learner : makeLearners()) {
        if (learner->name() == name) {
            return std::move(learner);
        }
        known += (known.empty() ? "" : ", ") + learner->name();
    }
    return Error{ErrorKind::InvalidInput, "unknown learner \"" + name + "\"; known: " + known, {}};
}

Result<Json> completeSettings(const Learner& learner, const RunSpec& spec, const DatasetInfo& info)
{
    Json settings = learner.presetSettings(spec.preset, info);
    const bool canWeigh =
        info.task == Task::Classification && learner.parameters().find(kClassWeights) != nullptr;
    if (spec.data.repairs.areClassesWeighed && canWeigh) {
        settings[kClassWeights] = "balanced";
    }
    settings.update(spec.settings);
    return learner.parameters().complete(settings);
}

} // namespace ty::engine
