#include "engine/exchange/onnx_forest.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>


namespace ty::engine {

namespace {

/// The sets of categories that a feature is asked for, each with where a missing one goes; in the order of their columns.
using AskedSets = std::map<std::pair<CategorySet, bool>, std::int64_t>;

/// Where features stand in the input of the tree operator.
struct FeaturePlaces {
    std::vector<std::int64_t> numbers; ///< by feature; of a category unused
    std::vector<AskedSets> sets;       ///< by feature
};

std::vector<AskedSets> collectSets(const Forest& forest)
{
    std::vector<AskedSets> sets(forest.features.size());
    for (const Tree& tree : forest.trees) {
        for (const TreeNode& node : tree.nodes) {
            if (!node.isLeaf() && node.isCategory()) {
                sets[static_cast<std::size_t>(node.feature)].emplace(std::pair(tree.sets[node.set()], node.isMissingLeft()), 0);
            }
        }
    }
    return sets;
}

/// {N, sets}: 0 where the category is in the set, 1 where it is not.
std::string addSets(OnnxGraph& graph, const OnnxColumn& entry, const AskedSets& sets)
{
    const auto categories = static_cast<std::int64_t>(entry.column->categories.size());
    const auto width = static_cast<std::int64_t>(sets.size());
    std::vector<float> matrix(static_cast<std::size_t>(categories * width));
    std::vector<float> ofMissing;
    std::size_t column = 0;
    for (const auto& [asked, place] : sets) {
        const float missing = asked.second ? 0.0F : 1.0F;
        ofMissing.push_back(missing);
        for (std::int64_t c = 0; c < categories; ++c) {
            const float outside = asked.first.contains(static_cast<int>(c)) ? 0.0F : 1.0F;
            matrix[static_cast<std::size_t>(c * width) + column] = outside - missing;
        }
        ++column;
    }
    const auto hot = addOneHot(graph, entry);
    const auto weights = graph.floats(entry.input + "_sets", {categories, width}, matrix);
    const auto sums = graph.node("MatMul", {hot, weights}, {}, entry.input + "_outside_known");
    return graph.node("Add", {sums, graph.floats(entry.input + "_unknown", {width}, ofMissing)}, {}, entry.input + "_outside");
}

/// What the trees are asked with, {N, width}.
std::string addTreeInput(OnnxGraph& graph, const Forest& forest, const Encoder& encoder, FeaturePlaces& places)
{
    places.numbers.assign(forest.features.size(), 0);
    places.sets = collectSets(forest);
    if (encoder.kind() == DataKind::Image) {
        for (std::size_t f = 0; f < forest.features.size(); ++f) {
            places.numbers[f] = static_cast<std::int64_t>(f);
        }
        return graph.node("Flatten", {kImageInput}, {{"axis", std::int64_t{1}}}, "pixels");
    }
    const auto columns = onnxColumns(encoder);
    std::vector<std::string> parts;
    auto width = static_cast<std::int64_t>(numericWidth(columns));
    if (width > 0) {
        parts.emplace_back(kFeaturesInput);
    }
    std::size_t f = 0;
    for (const OnnxColumn& entry : columns) {
        if (entry.column->kind == EncodedColumn::Kind::YearCycle) {
            continue; // the same date once more
        }
        if (entry.isNumber()) {
            places.numbers[f] = static_cast<std::int64_t>(entry.position);
        } else if (!places.sets[f].empty()) {
            parts.push_back(addSets(graph, entry, places.sets[f]));
            for (auto& [asked, place] : places.sets[f]) {
                place = width++;
            }
        }
        ++f;
    }
    if (parts.empty()) { // nothing is asked: one number for each sample that says nothing
        const std::vector<float> nothing(columns.front().column->categories.size());
        const auto zero = graph.floats("nothing", {static_cast<std::int64_t>(nothing.size()), 1}, nothing);
        return graph.node("MatMul", {addOneHot(graph, columns.front()), zero}, {}, "unasked");
    }
    return parts.size() == 1 ? parts.front() : graph.node("Concat", parts, {{"axis", std::int64_t{1}}}, "tree_input");
}

/// The attributes of a tree operator, a value a node.
struct TreeAttributes {
    std::vector<std::int64_t> treeIds, nodeIds, featureIds, trueIds, falseIds, missingTrue, targetTrees, targetNodes, targetIds;
    std::vector<float> values, targetWeights;
    std::vector<std::string> modes;
};

void addNode(TreeAttributes& to, const Forest& forest, std::size_t number, std::size_t at, const FeaturePlaces& places)
{
    const Tree& tree = forest.trees[number];
    const TreeNode& node = tree.nodes[at];
    const auto tree64 = static_cast<std::int64_t>(number);
    const auto at64 = static_cast<std::int64_t>(at);
    to.treeIds.push_back(tree64);
    to.nodeIds.push_back(at64);
    to.modes.emplace_back(node.isLeaf() ? "LEAF" : "BRANCH_LEQ");
    to.trueIds.push_back(node.isLeaf() ? 0 : at64 + 1);
    to.falseIds.push_back(node.isLeaf() ? 0 : node.right);
    to.missingTrue.push_back(!node.isLeaf() && !node.isCategory() && node.isMissingLeft() ? 1 : 0);
    if (node.isLeaf()) {
        to.featureIds.push_back(0);
        to.values.push_back(0);
        const auto outputs = static_cast<std::size_t>(forest.outputs);
        for (std::size_t o = 0; o < outputs; ++o) {
            const double share = static_cast<double>(tree.values[static_cast<std::size_t>(node.right) * outputs + o]);
            to.targetTrees.push_back(tree64);
            to.targetNodes.push_back(at64);
            to.targetIds.push_back(static_cast<std::int64_t>(o));
            to.targetWeights.push_back(static_cast<float>(share / static_cast<double>(forest.trees.size())));
        }
        return;
    }
    const auto feature = static_cast<std::size_t>(node.feature);
    if (node.isCategory()) {
        to.featureIds.push_back(places.sets[feature].at({tree.sets[node.set()], node.isMissingLeft()}));
        to.values.push_back(0.5F);
    } else {
        to.featureIds.push_back(places.numbers[feature]);
        to.values.push_back(node.threshold);
    }
}

} // namespace

Result<OnnxReport> writeForestOnnx(
    const Forest& forest, const Encoder& encoder, const OnnxOptions& options, const std::string& file,
    const ForestFinish& finish)
{
    return writeOnnxWith(encoder, options, file, [&](OnnxGraph& graph) -> Result<OnnxAnswer> {
        FeaturePlaces places;
        const auto input = addTreeInput(graph, forest, encoder, places);
        TreeAttributes to;
        for (std::size_t number = 0; number < forest.trees.size(); ++number) {
            for (std::size_t at = 0; at < forest.trees[number].nodes.size(); ++at) {
                addNode(to, forest, number, at, places);
            }
        }
        const auto answer = graph.node(
            "ai.onnx.ml:TreeEnsembleRegressor",
            {input},
            {{"n_targets", std::int64_t{forest.outputs}},
             {"aggregate_function", std::string("SUM")},
             {"post_transform", std::string("NONE")},
             {"nodes_treeids", to.treeIds},
             {"nodes_nodeids", to.nodeIds},
             {"nodes_featureids", to.featureIds},
             {"nodes_values", to.values},
             {"nodes_modes", to.modes},
             {"nodes_truenodeids", to.trueIds},
             {"nodes_falsenodeids", to.falseIds},
             {"nodes_missing_value_tracks_true", to.missingTrue},
             {"target_treeids", to.targetTrees},
             {"target_nodeids", to.targetNodes},
             {"target_ids", to.targetIds},
             {"target_weights", to.targetWeights}},
            "forest");
        graph.describe(answer, {-1, forest.outputs});
        return finish ? finish(graph, answer) : OnnxAnswer{answer, OnnxAnswer::Kind::Probabilities};
    });
}

} // namespace ty::engine
