#include "engine/train/trainer_state.h"

#include <algorithm>
#include <limits>

namespace ty::engine {

double TrainerState::etaSeconds() const
{
    std::vector<double> durations;
    for (std::size_t i = history.size() > 5 ? history.size() - 5 : 0; i < history.size(); ++i) {
        durations.push_back(history[i].value("epochSeconds", 0.0));
    }
    if (durations.empty()) {
        return -1;
    }
    const auto middle = durations.begin() + static_cast<std::ptrdiff_t>(durations.size() / 2);
    std::nth_element(durations.begin(), middle, durations.end());
    return *middle * std::max(0, epochs - epoch);
}

Json TrainerState::toJson() const
{
    return Json{
        {"step", step},
        {"epoch", epoch},
        {"stepInEpoch", stepInEpoch},
        {"totals", totals.toJson()},
        {"seconds", seconds},
        {"epochSeconds", epochSeconds},
        {"waitSeconds", waitSeconds},
        {"best",
         {{"loss", stopping.bestEpoch > 0 ? Json(stopping.best) : Json(nullptr)},
          {"epoch", stopping.bestEpoch},
          {"epochsWithoutGain", stopping.epochsWithoutGain},
          {"file", bestFile}}},
        {"kept", keptFiles},
        {"epochs", epochs},
        {"patience", patience},
        {"specEpochs", specEpochs},
        {"specPatience", specPatience},
        {"batchSize", batchSize},
        {"evaluationBatch", evaluationBatch},
        {"threads", threads},
        {"learningRate", learningRate},
        {"history", history},
        {"outcome", outcome},
        {"optimizerCounters", optimizerCounters}};
}

Result<TrainerState> TrainerState::fromJson(const Json& json, const std::string& what)
{
    TrainerState state;
    TY_TRY(state.step, jsonField<std::int64_t>(json, "step", what));
    TY_TRY(state.epoch, jsonField<int>(json, "epoch", what));
    TY_TRY(state.stepInEpoch, jsonField<std::int64_t>(json, "stepInEpoch", what));
    TY_TRY(const Json totals, jsonField<Json>(json, "totals", what));
    TY_TRY(state.totals, TrainingTotals::fromJson(totals));
    TY_TRY(state.seconds, jsonField<double>(json, "seconds", what));
    TY_TRY(state.epochSeconds, jsonField<double>(json, "epochSeconds", what));
    TY_TRY(state.waitSeconds, jsonField<double>(json, "waitSeconds", what));
    TY_TRY(const Json best, jsonField<Json>(json, "best", what));
    TY_TRY(
        state.stopping.best, jsonFieldOr<double>(best, "loss", std::numeric_limits<double>::infinity(), what + ": best"));
    TY_TRY(state.stopping.bestEpoch, jsonField<int>(best, "epoch", what + ": best"));
    TY_TRY(state.stopping.epochsWithoutGain, jsonField<int>(best, "epochsWithoutGain", what + ": best"));
    TY_TRY(state.bestFile, jsonField<std::string>(best, "file", what + ": best"));
    TY_TRY(const Json kept, jsonField<Json>(json, "kept", what));
    for (const Json& name : kept) {
        if (!name.is_string()) {
            return Error{ErrorKind::InvalidInput, what + ": \"kept\" must list file names", {}};
        }
        state.keptFiles.push_back(name.get<std::string>());
    }
    TY_TRY(state.epochs, jsonField<int>(json, "epochs", what));
    TY_TRY(state.patience, jsonField<int>(json, "patience", what));
    TY_TRY(state.specEpochs, jsonField<int>(json, "specEpochs", what));
    TY_TRY(state.specPatience, jsonField<int>(json, "specPatience", what));
    TY_TRY(state.batchSize, jsonFieldOr(json, "batchSize", std::int64_t{0}, what));
    TY_TRY(state.evaluationBatch, jsonFieldOr(json, "evaluationBatch", std::int64_t{0}, what));
    TY_TRY(state.threads, jsonFieldOr(json, "threads", std::int64_t{0}, what));
    constexpr std::int64_t kMostThreads = 1024;
    if (state.threads < 0 || state.threads > kMostThreads) {
        return Error{ErrorKind::InvalidInput, what + ": " + std::to_string(state.threads) + " threads", {}};
    }
    constexpr std::int64_t kMostSamples = 1'000'000;
    for (const std::int64_t batch : {state.batchSize, state.evaluationBatch}) {
        if (batch < 0 || batch > kMostSamples) {
            return Error{ErrorKind::InvalidInput, what + ": a batch of " + std::to_string(batch) + " samples", {}};
        }
    }
    TY_TRY(state.learningRate, jsonFieldOr<Json>(json, "learningRate", nullptr, what));
    TY_TRY(state.history, jsonField<Json>(json, "history", what));
    TY_TRY(state.outcome, jsonField<std::string>(json, "outcome", what));
    TY_TRY(state.optimizerCounters, jsonField<Json>(json, "optimizerCounters", what));
    return state;
}

} // namespace ty::engine
