#include "compiled_torch_case.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "engine/backends/cpu/strassen_rule.h"
#include "engine/backends/cpu/strided_window_rule.h"
#include "engine/backends/cpu/winograd_rule.h"

namespace ty::engine {

namespace {

const std::string kGradientOf = "gradient of ";

const ParameterStore::Entry* entryOf(const std::vector<ParameterStore::Entry>& entries, const std::string& name)
{
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& one) { return one.name == name; });
    return found == entries.end() ? nullptr : &*found;
}

} // namespace

CompiledTorchCase::CompiledTorchCase(const TorchCase& from)
    : m_made(from), m_engine(dnnl::engine::kind::cpu, 0), m_planner(m_engine), m_store(m_made.network, m_engine, m_planner, {})
{
    const Graph& graph = m_made.network.graph;
    std::vector<ExternalMemory> places(graph.outputs().size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (const auto* entry = learnedEntry(m_made.names[i])) {
            places[i] = {m_store.gradients() + entry->offset, entry->layout};
        }
    }
    const auto parameterOf = [this](const std::string& name) -> ExternalMemory {
        if (const auto* entry = entryOf(m_store.parameters(), name)) {
            return {m_store.values() + entry->offset, entry->layout};
        }
        return {m_store.stateValues() + entryOf(m_store.states(), name)->offset, std::nullopt};
    };
    constexpr int kThreads = 2;
    m_executable = std::make_unique<CpuExecutable>(graph, m_engine, m_planner, parameterOf, places, kThreads);
    give(from);
}

std::vector<std::vector<double>> CompiledTorchCase::run(std::uint32_t dropoutKey0, std::uint32_t dropoutKey1)
{
    m_executable->run(dropoutKey0, dropoutKey1);
    std::map<std::string, std::vector<double>> outside;
    const auto keep = [this, &outside](const std::string& prefix) {
        for (const NamedTensor& one : m_store.exportValues()) {
            const auto values = one.tensor.floats();
            outside[prefix + one.name].assign(values.begin(), values.end());
        }
    };
    keep("");
    // Gradients have the places and layouts of the values, but are not exported.
    std::copy_n(m_store.gradients(), m_store.count(), m_store.values());
    keep(kGradientOf);
    std::vector<std::vector<double>> results;
    for (std::size_t i = 0; i < m_made.values.size(); ++i) {
        if (const auto found = outside.find(m_made.names[i]); found != outside.end()) {
            results.push_back(found->second);
        } else {
            const float* data = m_executable->output(i);
            results.emplace_back(data, data + m_made.network.graph.value(m_made.values[i]).size());
        }
    }
    return results;
}

std::vector<std::string> CompiledTorchCase::convolutions() const
{
    const Graph& graph = m_executable->graph();
    std::vector<std::string> names;
    for (const Node& node : graph.nodes()) {
        if (node.kind != OpKind::Conv2d) {
            continue;
        }
        const Value& src = graph.value(node.inputs[0]);
        const Value& dst = graph.value(node.outputs[0]);
        const auto& settings = node.as<ConvolutionAttributes>();
        const ConvolutionShapes shapes = convolutionShapes(graph, node);
        constexpr std::int64_t kBlock = 16;
        const auto& layout = entryOf(m_store.parameters(), graph.value(node.inputs[1]).name)->layout;
        const bool isBlocked = dst.channelBlock == canonicalBlock(dst.shape, kBlock)
            && src.channelBlock == canonicalBlock(src.shape, kBlock) && *layout == winogradWeightDesc(shapes.weight);
        names.emplace_back(
            isBlocked && isWinogradFaster(shapes, settings)                                       ? "winograd"
                : isBlocked && isStrassenFaster(shapes, settings, src.shape[1], dst.shape[1]) ? "strassen"
                : src.channelBlock == 1 && isStridedWindowFaster(shapes, settings)            ? "strided window"
                                                                                              : "");
    }
    return names;
}

const ParameterStore::Entry* CompiledTorchCase::learnedEntry(const std::string& result) const
{
    return result.starts_with(kGradientOf) ? entryOf(m_store.parameters(), result.substr(kGradientOf.size())) : nullptr;
}

void CompiledTorchCase::give(const TorchCase& from)
{
    const Graph& graph = m_made.network.graph;
    std::vector<NamedTensor> kept;
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const auto id = static_cast<ValueId>(i);
        const Value& value = graph.value(id);
        if (value.role == ValueRole::Result) {
            continue;
        }
        const std::vector<double> given = givenValues(from, m_made, id);
        if (value.role != ValueRole::Input) {
            kept.push_back({value.name, Tensor(DType::Float32, value.shape)});
            std::copy(given.begin(), given.end(), kept.back().tensor.floats().begin());
        } else if (float* input = m_executable->input(value.name)) {
            std::copy(given.begin(), given.end(), input);
        }
    }
    if (!m_store.importValues(kept)) {
        throw std::runtime_error(from.name + ": parameters are missing");
    }
}

} // namespace ty::engine
