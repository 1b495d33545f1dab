// Trees and support vectors as writeForestOnnx and writeSvmOnnx write them.
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_kernels.h"

namespace ty::engine {

namespace {

struct AskedNode {
    bool isLeaf = false;
    bool isMissingTrue = false;
    std::size_t feature = 0;
    float value = 0;
    std::size_t ifTrue = 0;
    std::size_t ifFalse = 0;
    std::vector<std::pair<std::size_t, float>> targets;
};

template<typename T>
Result<std::vector<T>> listOf(
    const std::map<std::string, std::vector<T>>& lists, const char* name, std::size_t count)
{
    const auto found = lists.find(name);
    if (found == lists.end() || found->second.size() != count) {
        return onnxError(fmt::format("attribute {}: {} values expected", name, count));
    }
    return found->second;
}

using NodeNames = std::map<std::pair<std::int64_t, std::int64_t>, std::size_t>;

Result<std::vector<AskedNode>> readTrees(const OnnxNode& node, std::size_t width, std::size_t outputs, std::vector<std::size_t>& roots)
{
    const auto ids = node.integerLists.find("nodes_treeids");
    const std::size_t count = ids == node.integerLists.end() ? 0 : ids->second.size();
    const auto targets = node.integerLists.find("target_treeids");
    const std::size_t answers = targets == node.integerLists.end() ? 0 : targets->second.size();
    TY_TRY(const auto treeIds, listOf(node.integerLists, "nodes_treeids", count));
    TY_TRY(const auto nodeIds, listOf(node.integerLists, "nodes_nodeids", count));
    TY_TRY(const auto features, listOf(node.integerLists, "nodes_featureids", count));
    TY_TRY(const auto values, listOf(node.floatLists, "nodes_values", count));
    TY_TRY(const auto modes, listOf(node.textLists, "nodes_modes", count));
    TY_TRY(const auto trues, listOf(node.integerLists, "nodes_truenodeids", count));
    TY_TRY(const auto falses, listOf(node.integerLists, "nodes_falsenodeids", count));
    TY_TRY(const auto missing, listOf(node.integerLists, "nodes_missing_value_tracks_true", count));
    TY_TRY(const auto targetTrees, listOf(node.integerLists, "target_treeids", answers));
    TY_TRY(const auto targetNodes, listOf(node.integerLists, "target_nodeids", answers));
    TY_TRY(const auto targetIds, listOf(node.integerLists, "target_ids", answers));
    TY_TRY(const auto weights, listOf(node.floatLists, "target_weights", answers));
    NodeNames places;
    for (std::size_t i = 0; i < count; ++i) {
        if (!places.emplace(std::pair(treeIds[i], nodeIds[i]), i).second) {
            return onnxError("two nodes of a tree have one number");
        }
        if (i == 0 || treeIds[i] != treeIds[i - 1]) {
            roots.push_back(i);
        }
    }
    std::vector<AskedNode> nodes(count);
    for (std::size_t i = 0; i < count; ++i) {
        AskedNode& asked = nodes[i];
        asked.isLeaf = modes[i] == "LEAF";
        if (asked.isLeaf) {
            continue;
        }
        const auto yes = places.find({treeIds[i], trues[i]});
        const auto no = places.find({treeIds[i], falses[i]});
        const bool isForward = yes != places.end() && no != places.end() && yes->second > i && no->second > i;
        if (modes[i] != "BRANCH_LEQ" || !isForward || features[i] < 0 || static_cast<std::size_t>(features[i]) >= width) {
            return onnxError(fmt::format("node {} of the trees is not one that we write", i));
        }
        asked.feature = static_cast<std::size_t>(features[i]);
        asked.value = values[i];
        asked.ifTrue = yes->second;
        asked.ifFalse = no->second;
        asked.isMissingTrue = missing[i] != 0;
    }
    for (std::size_t i = 0; i < answers; ++i) {
        const auto leaf = places.find({targetTrees[i], targetNodes[i]});
        if (leaf == places.end() || targetIds[i] < 0 || static_cast<std::size_t>(targetIds[i]) >= outputs) {
            return onnxError("an answer of the trees belongs to no leaf");
        }
        nodes[leaf->second].targets.emplace_back(static_cast<std::size_t>(targetIds[i]), weights[i]);
    }
    return nodes;
}

Result<OnnxArray> treeEnsembleRegressor(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* values, floatInput(inputs, 0));
    const Shape& shape = inputs.front()->shape;
    const std::int64_t outputs = node.integer("n_targets", 1);
    if (shape.size() != 2 || outputs < 1 || outputs > 4096) {
        return onnxError("trees take rows of numbers and give up to 4096");
    }
    const auto width = static_cast<std::size_t>(shape[1]);
    const auto targets = static_cast<std::size_t>(outputs);
    std::vector<std::size_t> roots;
    TY_TRY(const auto nodes, readTrees(node, width, targets, roots));
    OnnxArray result{{shape[0], outputs}, {}};
    TY_TRY(const auto size, checkedOnnxSize(result.shape));
    std::vector<float> sums(size);
    for (std::size_t row = 0; row < static_cast<std::size_t>(shape[0]); ++row) {
        for (std::size_t at : roots) {
            while (!nodes[at].isLeaf) {
                const float value = (*values)[row * width + nodes[at].feature];
                const bool isTrue = std::isnan(value) ? nodes[at].isMissingTrue : value <= nodes[at].value;
                at = isTrue ? nodes[at].ifTrue : nodes[at].ifFalse;
            }
            for (const auto& [target, weight] : nodes[at].targets) {
                sums[row * targets + target] += weight;
            }
        }
    }
    result.data = std::move(sums);
    return result;
}

Result<OnnxArray> svmRegressor(const OnnxNode& node, const OnnxArguments& inputs)
{
    TY_TRY(const auto* values, floatInput(inputs, 0));
    const Shape& shape = inputs.front()->shape;
    const std::int64_t supports = node.integer("n_supports", 0);
    if (shape.size() != 2 || supports < 0 || supports > (std::int64_t{1} << 26)) {
        return onnxError("support vectors take rows of numbers");
    }
    const auto width = static_cast<std::size_t>(shape[1]);
    const auto count = static_cast<std::size_t>(supports);
    TY_TRY(const auto vectors, listOf(node.floatLists, "support_vectors", count * width));
    TY_TRY(const auto weights, listOf(node.floatLists, "coefficients", count));
    TY_TRY(const auto rho, listOf(node.floatLists, "rho", 1));
    TY_TRY(const auto parameters, listOf(node.floatLists, "kernel_params", 3));
    const auto kernel = node.texts.find("kernel_type");
    const bool isRbf = kernel != node.texts.end() && kernel->second == "RBF";
    if (!isRbf && (kernel == node.texts.end() || kernel->second != "LINEAR")) {
        return onnxError("the kernel of the support vectors is not known");
    }
    const auto rows = static_cast<std::size_t>(shape[0]);
    TY_CHECK(checkOnnxWork(static_cast<double>(rows) * static_cast<double>(count) * static_cast<double>(width)));
    std::vector<float> decisions(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        double sum = static_cast<double>(rho.front());
        for (std::size_t v = 0; v < count; ++v) {
            double product = 0;
            for (std::size_t i = 0; i < width; ++i) {
                const double x = static_cast<double>((*values)[row * width + i]);
                const double s = static_cast<double>(vectors[v * width + i]);
                product += isRbf ? (x - s) * (x - s) : x * s;
            }
            sum += static_cast<double>(weights[v]) * (isRbf ? std::exp(-static_cast<double>(parameters.front()) * product) : product);
        }
        decisions[row] = static_cast<float>(sum);
    }
    return OnnxArray{{shape[0], 1}, std::move(decisions)};
}

} // namespace

OnnxKernel onnxLearnerKernel(const std::string& type)
{
    if (type == "ai.onnx.ml:SVMRegressor") {
        return svmRegressor;
    }
    return type == "ai.onnx.ml:TreeEnsembleRegressor" ? treeEnsembleRegressor : nullptr;
}

} // namespace ty::engine
