#include "engine/learn/linear_learner.h"

#include "engine/learn/network_fit.h"
#include "engine/learn/network_table.h"

namespace ty::engine {

namespace {

Result<void> refuseNetwork(const RunSpec& spec)
{
    if (spec.network.is_null()) {
        return {};
    }
    return Error{
        ErrorKind::InvalidInput,
        "a linear model takes no network description",
        "Choose the learner \"network\", or remove the network from the run."};
}

Result<AdaptedNetwork> makeSingleLayer(const Encoder& encoder, const Shape& outputs, std::uint64_t /*samples*/)
{
    AdaptedNetwork made;
    made.network.input = encoder.inputShape();
    made.network.layers.push_back({"output", "dense", {}, {{"units", outputs.front()}}});
    return made;
}

} // namespace

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
    TY_CHECK(refuseNetwork(*request.spec));
    return fitNetwork(request, name(), makeSingleLayer, sink, control);
}

Result<Json> LinearLearner::describe(const FitRequest& request) const
{
    TY_CHECK(refuseNetwork(*request.spec));
    return describeNetwork(request, name(), makeSingleLayer);
}

} // namespace ty::engine
