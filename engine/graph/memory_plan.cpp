#include "engine/graph/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace ty::engine {

namespace {

constexpr std::int64_t kAlignment = 64;

/// Values that share one piece of memory.
struct Storage {
    std::int64_t bytes = 0;
    int firstUse = 0;
    int lastUse = 0;
    bool isOutside = false;
    std::int64_t offset = 0;
};

/// Whether a kernel of this kind may write over its first operand: it writes an element only when it needs it no more.
bool mayOverwriteFirst(OpKind kind)
{
    switch (kind) {
    case OpKind::AddBias:
    case OpKind::Activate:
    case OpKind::ActivateGrad:
    case OpKind::Add:
    case OpKind::Multiply:
    case OpKind::Dropout:
    case OpKind::BatchNormGrad: // it sums up what it overwrites before it does
    case OpKind::BatchNormInference:
    case OpKind::BatchNormInferenceGrad:
    case OpKind::Elementwise:
    case OpKind::Softmax:
    case OpKind::SoftmaxCrossEntropyStep:
    case OpKind::SoftmaxGrad: return true;
    default: return false;
    }
}

std::vector<int> lastUses(const Graph& graph)
{
    std::vector<int> last(graph.values().size(), -1);
    const auto nodes = static_cast<int>(graph.nodes().size());
    for (int i = 0; i < nodes; ++i) {
        for (const ValueId input : graph.node(i).inputs) {
            last[static_cast<std::size_t>(input)] = i;
        }
        for (const ValueId output : graph.node(i).outputs) {
            last[static_cast<std::size_t>(output)] = i;
        }
    }
    for (const ValueId output : graph.outputs()) {
        last[static_cast<std::size_t>(output)] = nodes;
    }
    return last;
}

/// Lowest offset at which `storage` meets none of the placed ones that live at the same time.
std::int64_t lowestOffset(const Storage& storage, const std::vector<const Storage*>& placed)
{
    std::int64_t offset = 0;
    for (const Storage* other : placed) { // ordered by offset
        const bool isTogether = other->firstUse <= storage.lastUse && storage.firstUse <= other->lastUse;
        if (!isTogether || other->offset + other->bytes <= offset) {
            continue;
        }
        if (offset + storage.bytes <= other->offset) {
            break;
        }
        offset = other->offset + other->bytes;
    }
    return offset;
}

} // namespace

MemoryPlan planMemory(const Graph& graph, const std::vector<bool>& isOutside)
{
    const std::vector<int> last = lastUses(graph);
    MemoryPlan plan;
    plan.viewOf.assign(graph.values().size(), kNone);
    std::vector<Storage> storages;
    std::vector<int> storageOf(graph.values().size(), -1);
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        if (graph.values()[i].role != ValueRole::Result) {
            storageOf[i] = static_cast<int>(storages.size());
            storages.push_back({0, 0, 0, true, 0});
        }
    }

    for (int i = 0; i < static_cast<int>(graph.nodes().size()); ++i) {
        const Node& node = graph.node(i);
        for (std::size_t k = 0; k < node.outputs.size(); ++k) {
            const auto output = static_cast<std::size_t>(node.outputs[k]);
            const Value& value = graph.values()[output];
            std::int64_t bytes = value.size() * static_cast<std::int64_t>(dtypeBytes(value.dtype));
            bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
            plan.separateBytes += bytes;
            const int first = node.inputs.empty() ? -1 : storageOf[static_cast<std::size_t>(node.inputs[0])];
            if (!isOutside[output] && k == 0 && first >= 0) {
                Storage& operand = storages[static_cast<std::size_t>(first)];
                const bool isView = node.kind == OpKind::Reshape;
                const bool isInPlace = mayOverwriteFirst(node.kind) && !operand.isOutside && operand.lastUse <= i
                    && operand.bytes == bytes && std::count(node.inputs.begin(), node.inputs.end(), node.inputs[0]) == 1;
                if (isView || isInPlace) {
                    storageOf[output] = first;
                    operand.lastUse = std::max(operand.lastUse, last[output]);
                    plan.viewOf[output] = isView ? node.inputs[0] : kNone;
                    continue;
                }
            }
            storageOf[output] = static_cast<int>(storages.size());
            storages.push_back({bytes, i, last[output], isOutside[output], 0});
        }
    }

    std::vector<std::size_t> order(storages.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&storages](std::size_t a, std::size_t b) {
        return storages[a].bytes > storages[b].bytes;
    });
    std::vector<const Storage*> placed;
    for (const std::size_t index : order) {
        Storage& storage = storages[index];
        if (storage.isOutside) {
            continue;
        }
        storage.offset = lowestOffset(storage, placed);
        plan.arenaBytes = std::max(plan.arenaBytes, storage.offset + storage.bytes);
        placed.insert(
            std::upper_bound(
                placed.begin(),
                placed.end(),
                &storage,
                [](const Storage* a, const Storage* b) { return a->offset < b->offset; }),
            &storage);
    }

    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const Storage& storage = storages[static_cast<std::size_t>(storageOf[i])];
        plan.offsets.push_back(storage.isOutside ? MemoryPlan::kOutside : storage.offset);
    }
    return plan;
}

} // namespace ty::engine
