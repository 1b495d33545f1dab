#include "torch_coverage.h"

#include <map>
#include <set>
#include <stdexcept>

#include "engine/graph/fusion.h"
#include "engine/graph/op_rule.h"
#include "engine/graph/rewriter.h"
#include "engine/nn/layer_types.h"

namespace ty::engine {

namespace {

// Switches without a default: the compiler names a new enumerator that is missing. Null: there is none of that number.

const char* lossName(LossKind kind)
{
    switch (kind) {
    case LossKind::SoftmaxCrossEntropy: return "SoftmaxCrossEntropy";
    case LossKind::MeanSquaredError: return "MeanSquaredError";
    case LossKind::MeanAbsoluteError: return "MeanAbsoluteError";
    case LossKind::Huber: return "Huber";
    case LossKind::BinaryCrossEntropy: return "BinaryCrossEntropy";
    case LossKind::Hinge: return "Hinge";
    case LossKind::Ctc: return "Ctc";
    }
    return nullptr;
}

const char* optimizerName(OptimizerKind kind)
{
    switch (kind) {
    case OptimizerKind::Sgd: return "Sgd";
    case OptimizerKind::Adam: return "Adam";
    case OptimizerKind::AdamW: return "AdamW";
    case OptimizerKind::RmsProp: return "RmsProp";
    case OptimizerKind::Adagrad: return "Adagrad";
    }
    return nullptr;
}

const char* cellName(RecurrentCell cell)
{
    switch (cell) {
    case RecurrentCell::Lstm: return "Lstm";
    case RecurrentCell::Gru: return "Gru";
    case RecurrentCell::Tanh: return "Tanh";
    case RecurrentCell::Relu: return "Relu";
    }
    return nullptr;
}

const char* activationNameOf(ActivationKind kind)
{
    try {
        return activationName(kind);
    } catch (const std::out_of_range&) {
        return nullptr;
    }
}

template<typename Kind>
struct Kinds {
    std::set<Kind> found;

    /// All that `nameOf` has a name for.
    void list(const char* what, const char* (*nameOf)(Kind), std::vector<CoveredItem>& items) const
    {
        for (int k = 0; nameOf(static_cast<Kind>(k)) != nullptr; ++k) {
            const auto kind = static_cast<Kind>(k);
            items.push_back({std::string(what) + nameOf(kind), found.contains(kind), {}});
        }
    }
};

const std::map<OpKind, std::string> kExceptions{
    {OpKind::Cast, "written for bfloat16 alone, whose rounding is ours: tst_bfloat16, tst_precision_plan"},
    {OpKind::Reorder, "written by the layout plan; every case with blocked channels runs through it on the processor"}};

struct Found {
    Kinds<OpKind> ops;
    Kinds<LossKind> losses;
    Kinds<OptimizerKind> optimizers;
    Kinds<ActivationKind> activations{{ActivationKind::None}}; // nothing is computed
    Kinds<RecurrentCell> cells;
    std::set<std::string> layers;

    void addOps(const Graph& graph)
    {
        for (const Node& node : graph.nodes()) {
            ops.found.insert(node.kind);
            if (node.kind == OpKind::Activate) {
                activations.found.insert(node.as<ActivationAttributes>().activation.kind);
            } else if (node.kind == OpKind::Recurrent) {
                cells.found.insert(node.as<RecurrentAttributes>().cell);
            }
        }
    }
};

} // namespace

std::vector<CoveredItem> coverageOf(const std::vector<TorchCase>& cases, const std::vector<TorchCase>& trainings)
{
    Found found;
    for (const TorchCase& one : cases) {
        const TorchGraph made(one);
        const Graph used = removeUnused(made.network.graph);
        found.addOps(used);
        found.addOps(fuseGraph(used));
        for (const LayerDescription& layer : one.model.layers) {
            found.layers.insert(layer.type);
        }
        if (one.hasLoss()) {
            found.losses.found.insert(made.setup.loss);
        }
    }
    for (const TorchCase& one : trainings) {
        found.optimizers.found.insert(one.setup().optimizer);
    }

    std::vector<CoveredItem> items;
    for (int k = 0; k <= static_cast<int>(OpKind::Fill); ++k) { // no kind stands behind it: see ruleOf
        const auto kind = static_cast<OpKind>(k);
        const auto exception = kExceptions.find(kind);
        items.push_back(
            {std::string("op ") + ruleOf(kind).name,
             found.ops.found.contains(kind),
             exception == kExceptions.end() ? "" : exception->second});
    }
    for (const std::string& type : layerTypes()) {
        items.push_back({"layer " + type, found.layers.contains(type), {}});
    }
    found.losses.list("loss ", lossName, items);
    found.optimizers.list("optimizer ", optimizerName, items);
    found.activations.list("activation ", activationNameOf, items);
    found.cells.list("recurrent cell ", cellName, items);
    return items;
}

} // namespace ty::engine
