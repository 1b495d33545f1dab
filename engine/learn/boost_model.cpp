#include "engine/learn/boost_model.h"

#include <algorithm>
#include <array>

#include "engine/exchange/forest_tensors.h"
#include "engine/exchange/onnx_forest.h"
#include "engine/exchange/model_weights.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/importance_words.h"
#include "engine/learn/stored_numbers.h"
#include "engine/learn/tree_words.h"

namespace ty::engine {

namespace {

int scoresOf(const Encoder& encoder)
{
    const int classes = encoder.task() == Task::Classification ? static_cast<int>(encoder.classes().size()) : 0;
    return classes > 2 ? classes : 1;
}

/// A forest whose mean is the sum of the trees' scores, of two classes with a first score of 0.
Forest asForest(const BoostedTrees& boosted)
{
    Forest forest;
    forest.features = boosted.features;
    forest.outputs = std::max(1, boosted.classes);
    const auto width = static_cast<std::size_t>(forest.outputs);
    const auto count = static_cast<float>(boosted.trees.size()); // which a mean divides by
    for (std::size_t t = 0; t < boosted.trees.size(); ++t) {
        Tree tree = boosted.trees[t];
        const std::size_t target = boosted.classes == 2 ? 1 : t % boosted.scores();
        std::vector<float> values(tree.values.size() * width);
        for (std::size_t leaf = 0; leaf < tree.values.size(); ++leaf) {
            values[leaf * width + target] = tree.values[leaf] * count;
        }
        tree.values = std::move(values);
        forest.trees.push_back(std::move(tree));
    }
    return forest;
}

} // namespace

BoostModel::BoostModel(Encoder encoder, Json card, BoostedTrees trees)
    : PortableModel(std::move(encoder), std::move(card)), m_trees(std::move(trees))
{
    std::size_t nodes = 0;
    for (const Tree& tree : m_trees.trees) {
        nodes += tree.nodes.size();
    }
    Json& facts = mutableCard();
    facts["boost"] = {{"trees", m_trees.trees.size()}, {"rounds", m_trees.trees.size() / m_trees.scores()}, {"nodes", nodes}};
    facts["importance"] = importanceJson(m_trees.features, m_trees.gainImportance(), "gain");
    facts["parameters"] = nodes;
}

Result<std::unique_ptr<Model>> BoostModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string file = folder + "/weights.safetensors";
    TY_TRY(const auto stored, readModelWeights(file));
    auto forest = forestFromTensors(stored.tensors, featuresOf(encoder), 1);
    auto starts = numbersOf(stored.tensors, "starts", {scoresOf(encoder)});
    if (!forest || !starts) {
        return (forest ? std::move(starts).error() : std::move(forest).error()).withContext(file);
    }
    BoostedTrees trees;
    trees.features = forest.value().features;
    trees.classes = encoder.task() == Task::Classification ? static_cast<int>(encoder.classes().size()) : 0;
    trees.starts = std::move(starts).value();
    trees.trees = std::move(forest).value().trees;
    if (trees.trees.size() % trees.scores() != 0) {
        return Error{ErrorKind::InvalidInput, file + ": a round of trees is not whole", {}};
    }
    return std::unique_ptr<Model>(std::make_unique<BoostModel>(std::move(encoder), std::move(card), std::move(trees)));
}

Result<std::vector<double>> BoostModel::answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const int threads = fitThreads(0);
    TY_TRY(const FeatureTable table, readFeatures(dataset, encoder(), samples, threads));
    return m_trees.answers(table, threads);
}

Result<Json> BoostModel::describeTree(std::size_t number, const Dataset* dataset, std::uint32_t sample) const
{
    const auto& classes = encoder().classes();
    const std::size_t score = number % m_trees.scores();
    // Of two classes there is one score, that of the second.
    const std::string addsTo = m_trees.classes == 0 ? std::string() : classes[m_trees.classes == 2 ? 1 : score];
    return describedTree({m_trees.trees[number], m_trees.features, encoder(), TreeAnswers::Addition, addsTo}, dataset, sample);
}

std::vector<NamedTensor> BoostModel::tensors() const
{
    Forest forest;
    forest.features = m_trees.features;
    forest.trees = m_trees.trees;
    std::vector<NamedTensor> made = forestTensors(forest);
    made.push_back(storedNumbers("starts", {static_cast<std::int64_t>(m_trees.scores())}, m_trees.starts));
    return made;
}

Result<OnnxReport> BoostModel::writeOnnxFile(const OnnxOptions& options, const std::string& file) const
{
    std::vector<float> starts(m_trees.starts.begin(), m_trees.starts.end());
    if (m_trees.classes == 2) {
        starts.insert(starts.begin(), 0.0F);
    }
    return writeForestOnnx(asForest(m_trees), encoder(), options, file, [&](OnnxGraph& graph, const std::string& sums) {
        const auto start = graph.floats("starts", {static_cast<std::int64_t>(starts.size())}, starts);
        return OnnxAnswer{graph.node("Add", {sums, start}, {}, "scores"), OnnxAnswer::Kind::Logits};
    });
}

} // namespace ty::engine
