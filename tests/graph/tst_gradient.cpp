#include <QTest>

#include <algorithm>
#include <cmath>

#include "engine/base/random.h"
#include "engine/graph/gradient.h"
#include "engine/graph/reference_interpreter.h"
#include "gradient_graph.h"
#include "op_cases.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// The largest relative difference between the graph's gradients and central differences in float64.
double gradientError(const OpCase& opCase)
{
    const GradientGraph made(opCase.build);
    const Graph& graph = made.graph;
    const std::vector<ValueId>& wanted = made.parameters;
    ReferenceInterpreter interpreter(graph);
    interpreter.setDropoutKeys(11, 12);
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        if (graph.values()[i].role != ValueRole::Result) {
            interpreter.value(static_cast<ValueId>(i)) = makeOperand(graph.values()[i], i + 1);
        }
    }
    interpreter.run();
    std::vector<std::vector<double>> analytic;
    for (const ValueId gradient : made.gradients) {
        analytic.push_back(interpreter.value(gradient));
    }
    const auto objective = [&] {
        interpreter.run();
        double total = 0;
        for (std::size_t i = 0; i < interpreter.value(made.result).size(); ++i) {
            total += interpreter.value(made.result)[i] * interpreter.value(made.seed)[i];
        }
        return total;
    };

    double worst = 0;
    Random random(5);
    constexpr double kStep = 1e-5;
    for (std::size_t p = 0; p < wanted.size(); ++p) {
        auto& parameter = interpreter.value(wanted[p]);
        const std::size_t checks = std::min<std::size_t>(parameter.size(), 12);
        for (std::size_t k = 0; k < checks; ++k) {
            const std::size_t i = checks == parameter.size() ? k : random.below(parameter.size());
            const double kept = parameter[i];
            parameter[i] = kept + kStep;
            const double above = objective();
            parameter[i] = kept - kStep;
            const double below = objective();
            parameter[i] = kept;
            const double numeric = (above - below) / (2 * kStep);
            worst = std::max(worst, std::abs(numeric - analytic[p][i]) / (1 + std::abs(numeric)));
        }
    }
    return worst;
}

} // namespace

class TestGradient : public QObject {
    Q_OBJECT

private slots:
    void everyOpMeetsCentralDifferences_data();
    void everyOpMeetsCentralDifferences();
    void aValueUsedTwiceSumsItsGradients();
    void onlyWhatIsWantedIsComputed();
    void independentParametersHaveNoGradient();
};

void TestGradient::everyOpMeetsCentralDifferences_data()
{
    QTest::addColumn<int>("number");
    const auto cases = opCases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QTest::newRow(cases[i].name.c_str()) << static_cast<int>(i);
    }
}

void TestGradient::everyOpMeetsCentralDifferences()
{
    QFETCH(int, number);
    const OpCase opCase = opCases()[static_cast<std::size_t>(number)];
    const double error = gradientError(opCase);
    // Steps of 1e-5 leave about 1e-10 of curvature and 1e-9 of rounding for sums of this size.
    QVERIFY2(error < 1e-6, std::to_string(error).c_str());
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
