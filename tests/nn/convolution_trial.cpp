#include "convolution_trial.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/backends/cpu/aligned_buffer.h"
#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/loops/bfloat16.h"
#include "engine/base/random.h"
#include "engine/graph/reference_interpreter.h"

namespace ty::engine {

namespace {

std::vector<float> operandOf(const Value& value, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> numbers(static_cast<std::size_t>(value.size()));
    for (float& number : numbers) {
        number = static_cast<float>(random.normal());
        if (value.dtype == DType::BFloat16) {
            number = loops::toFloat(loops::fromFloat<BFloat16>(number));
        }
    }
    return numbers;
}

/// The memory of every value of a one-node graph in the layouts of the kernels, around the runs of its kernel.
class Runner {
public:
    explicit Runner(const ConvolutionTrial& trial, int threads)
        : m_trial(trial), m_graph(trial.graph), m_builder(m_graph, m_engine, m_stream, threads)
    {
        for (std::size_t i = 0; i < m_graph.values().size(); ++i) {
            const auto id = static_cast<ValueId>(i);
            m_memory.emplace_back(static_cast<std::size_t>(m_graph.value(id).size()) * sizeof(float));
            m_builder.setPointer(id, m_memory.back().data());
        }
        m_builder.setWeightLayout(weightOf(m_graph), trial.weight);
    }

    void set(ValueId id, std::vector<float> plain)
    {
        reorder(plainDesc(m_graph.shape(id)), plain.data(), layoutOf(id), memoryOf(id));
    }

    std::vector<float> get(ValueId id)
    {
        std::vector<float> plain(static_cast<std::size_t>(m_graph.value(id).size()));
        reorder(layoutOf(id), memoryOf(id), plainDesc(m_graph.shape(id)), plain.data());
        return plain;
    }

    void run()
    {
        const Kernel kernel = m_trial.make(m_builder, m_graph.nodes()[0]);
        AlignedBuffer scratch(m_builder.scratchBytes());
        for (int round = 0; round < 2; ++round) { // the second one finds nothing done
            std::fill_n(scratch.floats(), scratch.bytes() / sizeof(float), std::nanf("")); // nothing is taken for zero,
            for (const ValueId output : m_graph.nodes()[0].outputs) { // nor what is not written
                std::fill_n(memoryOf(output), m_graph.value(output).size(), std::nanf(""));
            }
            kernel({scratch.data(), 0, 0});
        }
    }

private:
    float* memoryOf(ValueId id) { return m_memory[static_cast<std::size_t>(id)].floats(); }

    dnnl::memory::desc layoutOf(ValueId id) const
    {
        const Value& value = m_graph.value(id);
        return id == weightOf(m_graph)  ? m_trial.weight
            : value.shape.size() == 4 ? pictureDesc(value.shape, value.channelBlock, value.dtype)
                                      : plainDesc(value.shape);
    }

    void reorder(const dnnl::memory::desc& from, float* source, const dnnl::memory::desc& to, float* target)
    {
        dnnl::memory src(from, m_engine, source);
        dnnl::memory dst(to, m_engine, target);
        dnnl::reorder(src, dst).execute(m_stream, src, dst);
        m_stream.wait();
    }

    const ConvolutionTrial& m_trial;
    const Graph& m_graph;
    dnnl::engine m_engine{dnnl::engine::kind::cpu, 0};
    dnnl::stream m_stream{m_engine};
    KernelBuilder m_builder;
    std::vector<AlignedBuffer> m_memory;
};

} // namespace

ValueId weightOf(const Graph& graph)
{
    const Node& node = graph.nodes()[0];
    return node.kind == OpKind::Conv2dWeightGrad ? node.outputs[0] : node.inputs[1];
}

std::vector<std::vector<float>> computed(const ConvolutionTrial& trial, int threads)
{
    Runner runner(trial, threads);
    const Node& node = trial.graph.nodes()[0];
    for (const ValueId input : node.inputs) {
        runner.set(input, operandOf(trial.graph.value(input), static_cast<std::uint64_t>(input) + 1));
    }
    runner.run();
    std::vector<std::vector<float>> results;
    for (const ValueId output : node.outputs) {
        results.push_back(runner.get(output));
    }
    return results;
}

std::vector<std::vector<double>> expected(const Graph& graph)
{
    ReferenceInterpreter interpreter(graph);
    const Node& node = graph.nodes()[0];
    for (const ValueId input : node.inputs) {
        const auto numbers = operandOf(graph.value(input), static_cast<std::uint64_t>(input) + 1);
        interpreter.value(input).assign(numbers.begin(), numbers.end());
    }
    interpreter.run();
    std::vector<std::vector<double>> results;
    for (const ValueId output : node.outputs) {
        results.push_back(interpreter.value(output));
    }
    return results;
}

std::string differenceBetween(
    const std::vector<std::vector<float>>& results,
    const std::vector<std::vector<double>>& references,
    double tolerance)
{
    for (std::size_t i = 0; i < references.size(); ++i) {
        double largest = 0;
        for (const double value : references[i]) {
            largest = std::max(largest, std::abs(value));
        }
        for (std::size_t k = 0; k < references[i].size(); ++k) {
            const double difference = std::abs(references[i][k] - static_cast<double>(results[i][k]));
            if (!(difference <= tolerance * largest)) {
                return fmt::format(
                    "result {} element {}: {} instead of {}", i, k, results[i][k], references[i][k]);
            }
        }
    }
    return {};
}

} // namespace ty::engine
