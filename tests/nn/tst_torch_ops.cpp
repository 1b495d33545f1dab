// Every layer and every loss against PyTorch: results and gradients, by the interpreter in float64 and by the processor's
// kernels in float32. Stored numbers and their origin: torch_ops.json, written by make_torch_ops.py.
#include <QTest>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/backends/cpu/cpu_executable.h"
#include "engine/backends/cpu/loops/winograd.h"
#include "engine/backends/cpu/parameter_store.h"
#include "engine/backends/cpu/strassen_rule.h"
#include "engine/backends/cpu/strided_window_rule.h"
#include "engine/backends/cpu/winograd_rule.h"
#include "engine/graph/reference_interpreter.h"
#include "torch_case.h"

using namespace ty;
using namespace ty::engine;

namespace {

// The step whose dropout mask PyTorch was given.
constexpr std::uint32_t kKey0 = 11;
constexpr std::uint32_t kKey1 = 12;

using Results = std::vector<std::vector<double>>;

Results interpreted(const TorchCase& from)
{
    const TorchGraph made(from);
    const Graph& graph = made.network.graph;
    ReferenceInterpreter interpreter(graph);
    interpreter.setDropoutKeys(kKey0, kKey1);
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const auto id = static_cast<ValueId>(i);
        if (graph.value(id).role != ValueRole::Result) {
            interpreter.value(id) = givenValues(from, made, id);
        }
    }
    interpreter.run();
    Results results;
    for (const ValueId id : made.values) {
        results.push_back(interpreter.value(id));
    }
    return results;
}

/// A case on the processor, with parameters and their gradients in the layout of the kernels, as in training.
class CompiledCase {
public:
    explicit CompiledCase(const TorchCase& from)
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

    const Graph& graph() const { return m_executable->graph(); }

    Results run()
    {
        m_executable->run(kKey0, kKey1);
        std::map<std::string, std::vector<double>> outside;
        const auto keep = [&outside](const std::string& prefix, const std::vector<NamedTensor>& tensors) {
            for (const NamedTensor& one : tensors) {
                const auto values = one.tensor.floats();
                outside[prefix + one.name].assign(values.begin(), values.end());
            }
        };
        keep("", m_store.exportValues());
        // Gradients have the places and layouts of the values, but are not exported.
        std::copy_n(m_store.gradients(), m_store.count(), m_store.values());
        keep("gradient of ", m_store.exportValues());
        Results results;
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

private:
    static const ParameterStore::Entry* entryOf(const std::vector<ParameterStore::Entry>& entries, const std::string& name)
    {
        const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& one) { return one.name == name; });
        return found == entries.end() ? nullptr : &*found;
    }

    /// The parameter whose gradient a result is.
    const ParameterStore::Entry* learnedEntry(const std::string& result) const
    {
        const std::string prefix = "gradient of ";
        return result.starts_with(prefix) ? entryOf(m_store.parameters(), result.substr(prefix.size())) : nullptr;
    }

    void give(const TorchCase& from)
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

    TorchGraph m_made;
    dnnl::engine m_engine;
    ConvolutionPlanner m_planner;
    ParameterStore m_store;
    std::unique_ptr<CpuExecutable> m_executable;
};

std::string difference(const TorchCase& from, const Results& results, double tolerance, double floor)
{
    const std::vector<std::string> names = TorchGraph(from).names;
    const Json& stored = from.row["results"];
    if (names.size() != stored.size()) {
        return fmt::format("{} results instead of {}", names.size(), stored.size());
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (const auto found = differenceFrom(stored[i], results[i], tolerance, floor); !found.empty()) {
            return names[i] + ", " + found;
        }
    }
    return {};
}

} // namespace

class TestTorchOps : public QObject {
    Q_OBJECT

private slots:
    void theInterpreterAgrees_data();
    void theInterpreterAgrees();
    void theProcessorAgrees_data();
    void theProcessorAgrees();

private:
    std::vector<TorchCase> m_cases = torchCases();
};

void TestTorchOps::theInterpreterAgrees_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < m_cases.size(); ++i) {
        if (!m_cases[i].isLarge()) {
            QTest::newRow(m_cases[i].name.c_str()) << static_cast<int>(i);
        }
    }
}

void TestTorchOps::theInterpreterAgrees()
{
    QFETCH(int, number);
    const TorchCase& from = m_cases[static_cast<std::size_t>(number)];
    // Nine digits are stored; settings such as a slope are float32.
    const std::string found = difference(from, interpreted(from), 1e-7, 0.1);
    QVERIFY2(found.empty(), found.c_str());
}

void TestTorchOps::theProcessorAgrees_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < m_cases.size(); ++i) {
        QTest::newRow(m_cases[i].name.c_str()) << static_cast<int>(i);
    }
}

void TestTorchOps::theProcessorAgrees()
{
    QFETCH(int, number);
    const TorchCase& from = m_cases[static_cast<std::size_t>(number)];
    CompiledCase compiled(from);
    const std::string found = difference(from, compiled.run(), 1e-5, 0.1);
    QVERIFY2(found.empty(), found.c_str());
}

QTEST_GUILESS_MAIN(TestTorchOps)
#include "tst_torch_ops.moc"
