#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "engine/base/random.h"
#include "engine/graph/gradient.h"
#include "engine/graph/op_rule.h"
#include "engine/graph/reference_interpreter.h"
#include "engine/graph/rewriter.h"
#include "gradient_graph.h"
#include "op_cases.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// Gives values to all that `graph` takes from outside.
void setOperands(ReferenceInterpreter& interpreter, const Graph& graph)
{
    interpreter.setDropoutKeys(11, 12);
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        if (graph.values()[i].role != ValueRole::Result) {
            interpreter.value(static_cast<ValueId>(i)) = makeOperand(graph.values()[i], i + 1);
        }
    }
}

/// Empty, or the first difference between the graph's gradients and central differences in float64.
/// @param mostChecks  elements of a parameter; of one that has more, as many by chance
std::string differenceOf(const OpCase& opCase, std::size_t mostChecks)
{
    const GradientGraph made(opCase.build);
    ReferenceInterpreter interpreter(made.graph);
    setOperands(interpreter, made.graph);
    interpreter.run();

    // Without the gradient's nodes, which a difference does not need; the values before them keep their numbers.
    Graph forward;
    opCase.build(forward);
    ReferenceInterpreter moved(forward);
    setOperands(moved, forward);
    const auto objective = [&] {
        moved.run();
        const auto& result = moved.value(made.result);
        return std::inner_product(result.begin(), result.end(), interpreter.value(made.seed).begin(), 0.0);
    };

    Random random(5);
    constexpr double kStep = 1e-5;
    for (std::size_t p = 0; p < made.parameters.size(); ++p) {
        auto& parameter = moved.value(made.parameters[p]);
        const std::size_t checks = std::min(parameter.size(), mostChecks);
        for (std::size_t k = 0; k < checks; ++k) {
            const std::size_t i = checks == parameter.size() ? k : random.below(parameter.size());
            const double kept = parameter[i];
            parameter[i] = kept + kStep;
            const double above = objective();
            parameter[i] = kept - kStep;
            const double below = objective();
            parameter[i] = kept;
            const double numeric = (above - below) / (2 * kStep);
            const double analytic = made.gradients[p] == kNone ? 0 : interpreter.value(made.gradients[p])[i];
            // Steps of 1e-5 leave about 1e-10 of curvature and 1e-9 of rounding for sums of this size.
            if (!(std::abs(numeric - analytic) < 1e-6 * (1 + std::abs(numeric)))) {
                const Value& value = made.graph.value(made.parameters[p]);
                return fmt::format(
                    "{} {} element {}: {} instead of {}", value.name, toString(value.shape), i, analytic, numeric);
            }
        }
    }
    return {};
}

/// The kinds of op whose gradient the case needs: those between a parameter and the result.
std::set<OpKind> differentiatedOps(const OpCase& opCase)
{
    Graph graph;
    graph.setOutputs({opCase.build(graph)});
    const Graph used = removeUnused(graph);
    std::vector<bool> isDependent;
    for (const Value& value : used.values()) {
        isDependent.push_back(value.role == ValueRole::Parameter);
    }
    std::set<OpKind> kinds;
    for (const Node& node : used.nodes()) {
        const auto depends = [&](ValueId input) { return isDependent[static_cast<std::size_t>(input)]; };
        if (std::any_of(node.inputs.begin(), node.inputs.end(), depends)) {
            kinds.insert(node.kind);
            for (const ValueId output : node.outputs) {
                isDependent[static_cast<std::size_t>(output)] = true;
            }
        }
    }
    return kinds;
}

std::set<OpKind> differentiatedOps(const std::vector<OpCase>& cases)
{
    std::set<OpKind> kinds;
    for (const OpCase& opCase : cases) {
        kinds.merge(differentiatedOps(opCase));
    }
    return kinds;
}

void addRows(const std::vector<OpCase>& cases)
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QTest::newRow(cases[i].name.c_str()) << static_cast<int>(i);
    }
}

} // namespace

class TestGradient : public QObject {
    Q_OBJECT

private slots:
    void everyOpMeetsCentralDifferences_data();
    void everyOpMeetsCentralDifferences();
    void everyOpMeetsCentralDifferencesAtRandomShapes_data();
    void everyOpMeetsCentralDifferencesAtRandomShapes();
    void everyOpWithAGradientHasCases_data();
    void everyOpWithAGradientHasCases();
    void aValueUsedTwiceSumsItsGradients();
    void onlyWhatIsWantedIsComputed();
    void independentParametersHaveNoGradient();

private:
    const std::vector<OpCase> m_cases = opCases();
    const std::vector<OpCase> m_randomCases = randomOpCases();
};

void TestGradient::everyOpMeetsCentralDifferences_data()
{
    addRows(m_cases);
}

void TestGradient::everyOpMeetsCentralDifferences()
{
    QFETCH(int, number);
    const std::string difference = differenceOf(m_cases[static_cast<std::size_t>(number)], 12);
    QVERIFY2(difference.empty(), difference.c_str());
}

void TestGradient::everyOpMeetsCentralDifferencesAtRandomShapes_data()
{
    addRows(m_randomCases);
}

void TestGradient::everyOpMeetsCentralDifferencesAtRandomShapes()
{
    QFETCH(int, number);
    // All elements, so that none at an edge is left out: the shapes are small.
    constexpr auto kAll = std::numeric_limits<std::size_t>::max();
    const std::string difference = differenceOf(m_randomCases[static_cast<std::size_t>(number)], kAll);
    QVERIFY2(difference.empty(), difference.c_str());
}

void TestGradient::everyOpWithAGradientHasCases_data()
{
    QTest::addColumn<bool>("hasCase");
    QTest::addColumn<bool>("hasRandomShapes");
    const std::set<OpKind> written = differentiatedOps(m_cases);
    const std::set<OpKind> drawn = differentiatedOps(m_randomCases);
    for (int k = 0; k <= static_cast<int>(OpKind::Fill); ++k) { // no kind stands behind it: see ruleOf
        const auto kind = static_cast<OpKind>(k);
        if (ruleOf(kind).differentiate != nullptr) {
            QTest::newRow(ruleOf(kind).name) << written.contains(kind) << drawn.contains(kind);
        }
    }
}

void TestGradient::everyOpWithAGradientHasCases()
{
    QFETCH(bool, hasCase);
    QFETCH(bool, hasRandomShapes);
    QVERIFY2(hasCase, "add one to op_cases.cpp");
    QVERIFY2(hasRandomShapes, "add how to draw them to random_cases.cpp");
}

void TestGradient::aValueUsedTwiceSumsItsGradients()
{
    Graph graph;
    const ValueId x = graph.addParameter("x", {2, 2});
    const ValueId sum = graph.apply(OpKind::Add, {x, x});
    const std::vector<ValueId> wanted{x};
    const ValueId gradient = appendGradients(graph, sum, kNone, wanted)[0];
    ReferenceInterpreter interpreter(graph);
    interpreter.run();
    QCOMPARE(interpreter.value(gradient), (std::vector<double>{2, 2, 2, 2}));
}

void TestGradient::onlyWhatIsWantedIsComputed()
{
    Graph graph;
    const ValueId x = graph.addInput("x", {4, 3});
    const ValueId w = graph.addParameter("w", {2, 3});
    const ValueId y = graph.apply(OpKind::MatMul, {x, w}, MatMulAttributes{false, true, {}});
    const std::size_t before = graph.nodes().size();
    const std::vector<ValueId> wanted{w};
    appendGradients(graph, y, kNone, wanted);
    QCOMPARE(graph.nodes().size() - before, std::size_t{2}); // the seed, and one product: no gradient of x

    const std::vector<ValueId> saliency{x};
    const ValueId inputGradient = appendGradients(graph, y, kNone, saliency)[0];
    QCOMPARE(graph.shape(inputGradient), (Shape{4, 3}));
}

void TestGradient::independentParametersHaveNoGradient()
{
    Graph graph;
    const ValueId x = graph.addParameter("x", {2});
    const ValueId other = graph.addParameter("other", {2});
    const ValueId y = graph.apply(OpKind::Multiply, {x, x});
    const std::vector<ValueId> wanted{x, other};
    const auto gradients = appendGradients(graph, y, kNone, wanted);
    QVERIFY(gradients[0] != kNone);
    QCOMPARE(gradients[1], kNone);
}

QTEST_GUILESS_MAIN(TestGradient)
#include "tst_gradient.moc"
