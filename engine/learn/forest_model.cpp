#include "engine/learn/forest_model.h"

#include <algorithm>

#include "engine/exchange/forest_tensors.h"
#include "engine/exchange/onnx_forest.h"
#include "engine/exchange/model_weights.h"
#include "engine/learn/feature_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/learn/importance_words.h"
#include "engine/learn/tree_words.h"

namespace ty::engine {

ForestModel::ForestModel(Encoder encoder, Json card, Forest forest)
    : PortableModel(std::move(encoder), std::move(card)), m_forest(std::move(forest))
{
    std::size_t nodes = 0;
    std::size_t depth = 0;
    for (const Tree& tree : m_forest.trees) {
        nodes += tree.nodes.size();
        depth = std::max(depth, tree.depth());
    }
    Json& facts = mutableCard();
    facts["forest"] = {{"trees", m_forest.trees.size()}, {"nodes", nodes}, {"depth", depth}};
    facts["importance"] = importanceJson(m_forest.features, m_forest.impurityImportance(), "impurity");
    facts["parameters"] = nodes;
    if (m_forest.trees.size() == 1) {
        facts["tree"] = treeJson({m_forest.trees.front(), m_forest.features, this->encoder(), answersAre()});
    }
}

Result<std::unique_ptr<Model>> ForestModel::load(const std::string& folder, Json card, Encoder encoder)
{
    const std::string file = folder + "/weights.safetensors";
    TY_TRY(const auto stored, readModelWeights(file));
    const int outputs = encoder.task() == Task::Classification ? static_cast<int>(encoder.classes().size()) : 1;
    auto forest = forestFromTensors(stored.tensors, featuresOf(encoder), outputs);
    if (!forest) {
        return std::move(forest).error().withContext(file);
    }
    return std::unique_ptr<Model>(
        std::make_unique<ForestModel>(std::move(encoder), std::move(card), std::move(forest).value()));
}

Result<std::vector<double>> ForestModel::answers(const Dataset& dataset, std::span<const std::uint32_t> samples) const
{
    const int threads = fitThreads(0);
    TY_TRY(const FeatureTable table, readFeatures(dataset, encoder(), samples, threads));
    return m_forest.answers(table, threads);
}

TreeAnswers ForestModel::answersAre() const
{
    return encoder().task() == Task::Classification ? TreeAnswers::Shares : TreeAnswers::Value;
}

Result<Json> ForestModel::describeTree(std::size_t number, const Dataset* dataset, std::uint32_t sample) const
{
    return describedTree({m_forest.trees[number], m_forest.features, encoder(), answersAre()}, dataset, sample);
}

std::vector<NamedTensor> ForestModel::tensors() const
{
    return forestTensors(m_forest);
}

Result<OnnxReport> ForestModel::writeOnnxFile(const OnnxOptions& options, const std::string& file) const
{
    return writeForestOnnx(m_forest, encoder(), options, file);
}

} // namespace ty::engine
