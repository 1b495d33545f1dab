#include "engine/exchange/forest_tensors.h"

#include <algorithm>
#include <span>
#include <string>

#include "engine/trees/forest_check.h"

namespace ty::engine {

namespace {

template<typename T>
NamedTensor tensorOf(const char* name, DType dtype, Shape shape, const std::vector<T>& values)
{
    NamedTensor named{name, Tensor(dtype, std::move(shape))};
    std::copy(values.begin(), values.end(), static_cast<T*>(named.tensor.data())); // of none there is no place
    return named;
}

/// The elements of a tensor that must be there. Lives as long as `tensors`.
template<typename T>
Result<std::span<const T>> elementsOf(const std::vector<NamedTensor>& tensors, const char* name, DType dtype)
{
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& item) { return item.name == name; });
    if (found == tensors.end() || found->tensor.dtype() != dtype) {
        return Error{ErrorKind::InvalidInput, std::string("the forest's tensor \"") + name + "\" is missing", {}};
    }
    return std::span<const T>(static_cast<const T*>(found->tensor.data()), static_cast<std::size_t>(found->tensor.size()));
}

Error doesNotFit()
{
    return Error{ErrorKind::InvalidInput, "the forest's tensors do not fit one another", {}};
}

} // namespace

std::vector<NamedTensor> forestTensors(const Forest& forest)
{
    std::vector<std::int32_t> nodeCounts;
    std::vector<std::int32_t> setCounts;
    std::vector<std::int32_t> features;
    std::vector<std::int32_t> rights;
    std::vector<std::int32_t> questions;
    std::vector<float> thresholds;
    std::vector<float> samples;
    std::vector<float> gains;
    std::vector<std::uint64_t> sets;
    std::vector<float> values;
    for (const Tree& tree : forest.trees) {
        nodeCounts.push_back(static_cast<std::int32_t>(tree.nodes.size()));
        setCounts.push_back(static_cast<std::int32_t>(tree.sets.size()));
        for (const TreeNode& node : tree.nodes) {
            features.push_back(node.feature);
            rights.push_back(node.right);
            thresholds.push_back(node.threshold);
            questions.push_back(static_cast<std::int32_t>(node.setAndSide));
        }
        samples.insert(samples.end(), tree.samples.begin(), tree.samples.end());
        gains.insert(gains.end(), tree.gains.begin(), tree.gains.end());
        for (const CategorySet& set : tree.sets) {
            sets.insert(sets.end(), set.words.begin(), set.words.end());
        }
        values.insert(values.end(), tree.values.begin(), tree.values.end());
    }
    const auto trees = static_cast<std::int64_t>(nodeCounts.size());
    const auto nodes = static_cast<std::int64_t>(features.size());
    const auto outputs = static_cast<std::int64_t>(forest.outputs);
    return {
        tensorOf("trees.nodes", DType::Int32, {trees}, nodeCounts),
        tensorOf("trees.sets", DType::Int32, {trees}, setCounts),
        tensorOf("nodes.feature", DType::Int32, {nodes}, features),
        tensorOf("nodes.right", DType::Int32, {nodes}, rights),
        tensorOf("nodes.question", DType::Int32, {nodes}, questions),
        tensorOf("nodes.threshold", DType::Float32, {nodes}, thresholds),
        tensorOf("nodes.samples", DType::Float32, {nodes}, samples),
        tensorOf("nodes.gain", DType::Float32, {nodes}, gains),
        tensorOf("sets", DType::Int64, {static_cast<std::int64_t>(sets.size() / 4), 4}, sets),
        tensorOf("leaves.values", DType::Float32, {static_cast<std::int64_t>(values.size()) / outputs, outputs}, values)};
}

Result<Forest> forestFromTensors(const std::vector<NamedTensor>& tensors, std::vector<Feature> features, int outputs)
{
    TY_TRY(const auto nodeCounts, elementsOf<std::int32_t>(tensors, "trees.nodes", DType::Int32));
    TY_TRY(const auto setCounts, elementsOf<std::int32_t>(tensors, "trees.sets", DType::Int32));
    TY_TRY(const auto asked, elementsOf<std::int32_t>(tensors, "nodes.feature", DType::Int32));
    TY_TRY(const auto rights, elementsOf<std::int32_t>(tensors, "nodes.right", DType::Int32));
    TY_TRY(const auto questions, elementsOf<std::int32_t>(tensors, "nodes.question", DType::Int32));
    TY_TRY(const auto thresholds, elementsOf<float>(tensors, "nodes.threshold", DType::Float32));
    TY_TRY(const auto samples, elementsOf<float>(tensors, "nodes.samples", DType::Float32));
    TY_TRY(const auto gains, elementsOf<float>(tensors, "nodes.gain", DType::Float32));
    TY_TRY(const auto sets, elementsOf<std::uint64_t>(tensors, "sets", DType::Int64));
    TY_TRY(const auto values, elementsOf<float>(tensors, "leaves.values", DType::Float32));
    const std::size_t nodes = asked.size();
    if (setCounts.size() != nodeCounts.size() || rights.size() != nodes || questions.size() != nodes
        || thresholds.size() != nodes || samples.size() != nodes || gains.size() != nodes) {
        return doesNotFit();
    }
    Forest forest;
    forest.features = std::move(features);
    forest.outputs = outputs;
    std::size_t node = 0;
    std::size_t set = 0;
    std::size_t value = 0;
    for (std::size_t t = 0; t < nodeCounts.size(); ++t) {
        const auto nodesOfTree = static_cast<std::size_t>(std::max(0, nodeCounts[t]));
        const auto setsOfTree = static_cast<std::size_t>(std::max(0, setCounts[t]));
        const std::size_t valuesOfTree = (nodesOfTree + 1) / 2 * static_cast<std::size_t>(outputs); // of a binary tree's leaves
        if (node + nodesOfTree > nodes || (set + setsOfTree) * 4 > sets.size() || value + valuesOfTree > values.size()) {
            return doesNotFit();
        }
        Tree tree;
        for (std::size_t i = node; i < node + nodesOfTree; ++i) {
            tree.nodes.push_back({asked[i], rights[i], thresholds[i], static_cast<std::uint32_t>(questions[i])});
        }
        tree.samples.assign(samples.begin() + static_cast<std::ptrdiff_t>(node), samples.begin() + static_cast<std::ptrdiff_t>(node + nodesOfTree));
        tree.gains.assign(gains.begin() + static_cast<std::ptrdiff_t>(node), gains.begin() + static_cast<std::ptrdiff_t>(node + nodesOfTree));
        for (std::size_t i = set; i < set + setsOfTree; ++i) {
            tree.sets.push_back({{sets[4 * i], sets[4 * i + 1], sets[4 * i + 2], sets[4 * i + 3]}});
        }
        const auto answers = values.subspan(value, valuesOfTree);
        tree.values.assign(answers.begin(), answers.end());
        node += nodesOfTree;
        set += setsOfTree;
        value += valuesOfTree;
        forest.trees.push_back(std::move(tree));
    }
    TY_CHECK(checkForest(forest));
    return forest;
}

} // namespace ty::engine
