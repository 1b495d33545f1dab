#include <memory>
#include <vector>

#include "engine/learn/baseline_learner.h"
#include "engine/learn/baseline_model.h"
#include "engine/learn/bayes_learner.h"
#include "engine/learn/bayes_model.h"
#include "engine/learn/boost_learner.h"
#include "engine/learn/boost_model.h"
#include "engine/learn/forest_learner.h"
#include "engine/learn/forest_model.h"
#include "engine/learn/groups_learner.h"
#include "engine/learn/groups_model.h"
#include "engine/learn/isolation_learner.h"
#include "engine/learn/isolation_model.h"
#include "engine/learn/learner.h"
#include "engine/learn/linear_learner.h"
#include "engine/learn/neighbours_learner.h"
#include "engine/learn/neighbours_model.h"
#include "engine/learn/network_learner.h"
#include "engine/learn/network_model.h"
#include "engine/learn/solved_learner.h"
#include "engine/learn/svm_learner.h"
#include "engine/learn/svm_model.h"

namespace ty::engine {

Result<Json> Learner::describe(const FitRequest& /*request*/) const
{
    return Error{ErrorKind::Unsupported, "the learner \"" + name() + "\" has no network to describe", {}};
}

namespace {

Error noReconstruction()
{
    return {ErrorKind::Unsupported, "this model's samples are not their own target", {}};
}

} // namespace

Result<Json> Model::describeTree(std::size_t /*number*/, const Dataset* /*dataset*/, std::uint32_t /*sample*/) const
{
    return Error{ErrorKind::Unsupported, "this model is not made of decision trees", "Trees, forests and boosting are."};
}

Result<std::vector<SampleScore>> Model::score(const Dataset& /*dataset*/, std::span<const std::uint32_t> /*samples*/)
{
    return noReconstruction();
}

Result<Json> Model::measureGroups(const Dataset& /*dataset*/, std::span<const std::uint32_t> /*samples*/) const
{
    return Error{ErrorKind::Unsupported, "this model was trained with a target, so it is not judged by its groups", {}};
}

Result<std::vector<float>> Model::reconstruct(const Dataset& /*dataset*/, std::uint32_t /*sample*/)
{
    return noReconstruction();
}

std::vector<std::unique_ptr<Learner>> makeLearners()
{
    std::vector<std::unique_ptr<Learner>> learners;
    learners.push_back(std::make_unique<NetworkLearner>());
    learners.push_back(std::make_unique<ForestLearner>(ForestKind::RandomForest));
    learners.push_back(std::make_unique<BoostLearner>());
    for (const ForestKind kind : {ForestKind::Tree, ForestKind::ExtraTrees, ForestKind::SilasLike}) {
        learners.push_back(std::make_unique<ForestLearner>(kind));
    }
    learners.push_back(std::make_unique<SvmLearner>());
    learners.push_back(std::make_unique<NeighboursLearner>());
    for (const SolvedKind kind :
         {SolvedKind::Logistic, SolvedKind::LeastSquares, SolvedKind::Ridge, SolvedKind::Lasso, SolvedKind::Components}) {
        learners.push_back(std::make_unique<SolvedLearner>(kind));
    }
    learners.push_back(std::make_unique<LinearLearner>());
    for (const BayesKind kind : {BayesKind::Bernoulli, BayesKind::Gaussian, BayesKind::Multinomial}) {
        learners.push_back(std::make_unique<BayesLearner>(kind));
    }
    for (const GroupsKind kind : {GroupsKind::KMeans, GroupsKind::Mixture, GroupsKind::Density, GroupsKind::Hierarchy}) {
        learners.push_back(std::make_unique<GroupsLearner>(kind));
    }
    learners.push_back(std::make_unique<IsolationLearner>());
    learners.push_back(std::make_unique<BaselineLearner>());
    return learners;
}

Result<std::unique_ptr<Model>> loadModel(
    const std::string& folder, const std::string& device, const std::string& weights)
{
    const std::string cardFile = folder + "/model.json";
    TY_TRY(Json card, readJsonFile(cardFile));
    TY_TRY(const int format, jsonField<int>(card, "format", cardFile));
    if (format != 1) {
        return Error{
            ErrorKind::Unsupported,
            cardFile + ": format " + std::to_string(format) + " is not known to this program",
            "Open it with a newer Trainyard."};
    }
    TY_TRY(const auto learner, jsonField<std::string>(card, "learner", cardFile));
    TY_TRY(const Json preprocessing, jsonField<Json>(card, "preprocessing", cardFile));
    auto encoder = Encoder::fromJson(preprocessing);
    if (!encoder) {
        return std::move(encoder).error().withContext(cardFile + ": preprocessing");
    }
    if (learner == "baseline") {
        if (!weights.empty()) {
            return Error{ErrorKind::Unsupported, cardFile + ": a baseline has no weights to exchange", {}};
        }
        return BaselineModel::load(folder, std::move(card), std::move(encoder).value());
    }
    using Load = Result<std::unique_ptr<Model>> (*)(const std::string&, Json, Encoder);
    const Load load = card.contains("forest") ? ForestModel::load
        : card.contains("svm")                ? SvmModel::load
        : card.contains("bayes")              ? BayesModel::load
        : card.contains("boost")              ? BoostModel::load
        : card.contains("neighbours")         ? NeighboursModel::load
        : card.contains("groups")             ? GroupsModel::load
        : card.contains("isolation")          ? IsolationModel::load
                                              : nullptr;
    if (load != nullptr) {
        if (!weights.empty()) {
            return Error{ErrorKind::Unsupported, cardFile + ": the learner \"" + learner + "\" has no weights to exchange", {}};
        }
        return load(folder, std::move(card), std::move(encoder).value());
    }
    if (card.contains("network")) { // a linear model is a network of one layer
        return NetworkModel::load(folder, std::move(card), std::move(encoder).value(), device, weights);
    }
    return Error{ErrorKind::Unsupported, cardFile + ": the learner \"" + learner + "\" is not known to this program", {}};
}

} // namespace ty::engine
