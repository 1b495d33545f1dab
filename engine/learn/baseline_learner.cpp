#include "engine/learn/baseline_learner.h"

#include <chrono>
#include <vector>

#include "engine/learn/baseline_model.h"
#include "engine/learn/model_package.h"

namespace ty::engine {

std::string BaselineLearner::help() const
{
    return "Always answers the most common class or the mean: the score that any other model has to beat.";
}

Result<FitOutcome> BaselineLearner::fit(const FitRequest& request, FitSink& sink, FitControl&) const
{
    const auto start = std::chrono::steady_clock::now();
    TY_TRY(Encoder encoder, Encoder::fit(*request.training, request.split.training));
    const auto samples = static_cast<float>(request.split.training.size());
    std::vector<float> shares(encoder.classes().size());
    double mean = 0;
    for (const std::uint32_t sample : request.split.training) {
        if (encoder.task() == Task::Classification) {
            shares[static_cast<std::size_t>(request.training->classOf(sample))] += 1.0F / samples;
        } else {
            mean += request.training->targetOf(sample) / static_cast<double>(samples);
        }
    }
    const std::size_t learned = encoder.task() == Task::Classification ? shares.size() : 1;
    TY_CHECK(sink.emitEvent(
        "plan",
        {{"learner", name()},
         {"epochs", 1},
         {"stepsPerEpoch", 1},
         {"batchSize", request.split.training.size()},
         {"parameters", learned},
         {"memoryBytes", learned * sizeof(float)},
         {"settings", request.settings},
         {"network", nullptr}}));
    const ModelOrigin origin{
        name(), request.spec->name, "cpu", request.training->info().fingerprint, request.spec->seed, request.settings};
    FitOutcome outcome;
    outcome.outcome = "completed";
    outcome.epochs = 1;
    outcome.bestEpoch = 1;
    outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const Json card = makeModelCard(origin, encoder);
    outcome.model = std::make_unique<BaselineModel>(std::move(encoder), card, std::move(shares), mean);
    return outcome;
}

} // namespace ty::engine
