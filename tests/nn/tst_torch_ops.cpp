// Every layer, loss and optimizer against PyTorch: results and gradients, by the interpreter in float64 and by the
// processor's kernels in float32. Stored numbers and their origin: torch_ops.json, written by make_torch_ops.py.
#include <QTest>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "compiled_torch_case.h"
#include "engine/backends/cpu/cpu_backend.h"
#include "engine/backends/cpu/loops/winograd.h"
#include "engine/graph/reference_interpreter.h"
#include "torch_case.h"
#include "torch_coverage.h"

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

/// @param tolerance  of each tensor's largest magnitude; where PyTorch has nothing but rounding, of the case's largest
std::string firstDifference(const TorchCase& from, const Results& results, double tolerance)
{
    constexpr double kRounding = 1e-9;
    const std::vector<std::string> names = TorchGraph(from).names;
    const Json& stored = from.row["results"];
    if (names.size() != stored.size()) {
        return fmt::format("{} results instead of {}", names.size(), stored.size());
    }
    double largest = 0;
    for (const Json& one : stored) {
        largest = std::max(largest, largestOf(one));
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        const double own = largestOf(stored[i]);
        const double allowed = tolerance * (own < kRounding ? largest : own);
        if (const auto found = differenceFrom(stored[i], results[i], allowed); !found.empty()) {
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
    void optimizersMoveParametersAsThere_data();
    void optimizersMoveParametersAsThere();
    void everyPartOfTheEngineHasACase_data();
    void everyPartOfTheEngineHasACase();

private:
    const std::vector<TorchCase> m_cases = torchCases();
    const std::vector<TorchCase> m_trainings = torchTrainings();
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
    const std::string found = firstDifference(from, interpreted(from), 1e-7);
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
    CompiledTorchCase compiled(from);
    if (from.row.contains("kernels") && loops::isWinogradWide()) {
        QCOMPARE(compiled.convolutions(), from.row["kernels"].get<std::vector<std::string>>());
    }
    // float32 holds 7 digits, of which sums and the approximated exponential lose one or two.
    const std::string found = firstDifference(from, compiled.run(kKey0, kKey1), 1e-5);
    QVERIFY2(found.empty(), found.c_str());
}

void TestTorchOps::optimizersMoveParametersAsThere_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < m_trainings.size(); ++i) {
        QTest::newRow(m_trainings[i].name.c_str()) << static_cast<int>(i);
    }
}

void TestTorchOps::optimizersMoveParametersAsThere()
{
    QFETCH(int, number);
    const TorchCase& from = m_trainings[static_cast<std::size_t>(number)];
    const auto session = makeCpuBackend(1)->createSession(from.model, from.setup(), 1).value();
    const std::vector<NamedTensor> begin = beginOfTraining(session->parameters());
    QVERIFY(session->setParameters(begin));

    for (int step = 0; step < 3; ++step) {
        QVERIFY(session->step(batchOfTraining(from, step), from.row["targets"].get<std::vector<float>>(), from.row["rate"]));
    }

    const std::vector<NamedTensor> end = session->parameters();
    const Json& stored = from.row["results"];
    QCOMPARE(end.size(), stored.size());
    for (std::size_t i = 0; i < end.size(); ++i) {
        const auto before = begin[i].tensor.floats();
        std::vector<double> moved(end[i].tensor.floats().begin(), end[i].tensor.floats().end());
        std::transform(moved.begin(), moved.end(), before.begin(), moved.begin(), std::minus<>());
        // float32 parameters up to 0.5 hold a movement of 0.03 to 6 digits.
        const std::string found = differenceFrom(stored[i], moved, 2e-5 * largestOf(stored[i]));
        QVERIFY2(found.empty(), (end[i].name + ", " + found).c_str());
    }
}

void TestTorchOps::everyPartOfTheEngineHasACase_data()
{
    QTest::addColumn<bool>("isCovered");
    QTest::addColumn<QString>("exception");
    for (const CoveredItem& item : coverageOf(m_cases, m_trainings)) {
        QTest::newRow(item.name.c_str()) << item.isCovered << QString::fromStdString(item.exception);
    }
}

void TestTorchOps::everyPartOfTheEngineHasACase()
{
    QFETCH(bool, isCovered);
    QFETCH(QString, exception);
    QVERIFY2(isCovered || !exception.isEmpty(), "add a case to tests/nn/torch_ops, and run make_torch_ops.py");
    QVERIFY2(!isCovered || exception.isEmpty(), "it has a case and is no exception any more");
}

QTEST_GUILESS_MAIN(TestTorchOps)
#include "tst_torch_ops.moc"
