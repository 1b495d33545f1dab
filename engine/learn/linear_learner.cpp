#include "engine/learn/linear_learner.h"

#include "engine/learn/network_fit.h"
#include "engine/learn/network_table.h"

namespace ty::engine {

LinearLearner::LinearLearner() : m_table(makeLinearTable()) {}

std::string LinearLearner::help() const
{
    return "Logistic or linear regression: quick, hard to beat on small tables, and easy to read.";
}

Json LinearLearner::presetSettings(const std::string& preset, const DatasetInfo&) const
{
    return linearPreset(preset);
}

Result<FitOutcome> LinearLearner::fit(const FitRequest& request, FitSink& sink, FitControl& control) const
{
    if (!request.spec->network.is_null()) {
        return Error{
            ErrorKind::InvalidInput,
            "a linear model takes no network description",
            "Choose the learner \"network\", or remove the network from the run."};
    }
    const NetworkMaker makeNetwork =
        [](const Encoder& encoder, std::int64_t outputs, std::uint64_t) -> Result<ModelDescription> {
        ModelDescription network;
        network.input = encoder.inputShape();
        network.layers.push_back({"output", "dense", {}, {{"units", outputs}}});
        return network;
    };
    return fitNetwork(request, name(), makeNetwork, sink, control);
}

} // namespace ty::engine
