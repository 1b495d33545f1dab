#include <QTest>

#include <string>

#include <fmt/format.h>

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernels/strassen_matmul.h"
#include "engine/backends/cpu/loops/winograd.h"

#include "convolution_trial.h"

using namespace ty;
using namespace ty::engine;

class TestStrassenMatMul : public QObject {
    Q_OBJECT

private slots:
    void everyProductAgreesWithTheReference_data();
    void everyProductAgreesWithTheReference();
    void biasAndReluAreApplied();
    void anyNumberOfThreadsGivesTheSameBits();
    void otherProductsAreLeftToOthers();
};

namespace {

/// A product {rows, terms} {terms, columns}.
struct Case {
    std::int64_t rows = 2;
    std::int64_t terms = 32;
    std::int64_t columns = 64;
    MatMulAttributes attributes;
    bool hasBias = false;
};

Graph makeGraph(const Case& one)
{
    const auto matrix = [](std::int64_t rows, std::int64_t columns, bool isTransposed) {
        return isTransposed ? Shape{columns, rows} : Shape{rows, columns};
    };
    Graph graph;
    std::vector<ValueId> inputs{
        graph.addInput("a", matrix(one.rows, one.terms, one.attributes.isLeftTransposed)),
        graph.addInput("b", matrix(one.terms, one.columns, one.attributes.isRightTransposed))};
    if (one.hasBias) {
        inputs.push_back(graph.addParameter("bias", {one.columns}));
    }
    graph.apply(OpKind::MatMul, inputs, one.attributes);
    return graph;
}

std::vector<std::vector<float>> computed(const Graph& graph, int threads)
{
    return engine::computed(
        ConvolutionTrial{graph, plainDesc(graph.shape(weightOf(graph))), kernels::strassenMatMul}, threads);
}

/// Neither, the right or the left one comes transposed.
constexpr bool kTransposed[][2] = {{false, false}, {false, true}, {true, false}};

} // namespace

void TestStrassenMatMul::everyProductAgreesWithTheReference_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("terms");
    QTest::addColumn<int>("columns");
    QTest::newRow("one block") << 32 << 32 << 64;
    QTest::newRow("whole tiles") << 56 << 64 << 128;
    QTest::newRow("more rows than at once") << 230 << 32 << 64;
    QTest::newRow("more terms than at once") << 64 << 544 << 64;
    QTest::newRow("many pieces of rows, terms and columns") << 320 << 480 << 192;
    QTest::newRow("a row, a term and a column more") << 33 << 33 << 65;
    QTest::newRow("nearly a block more") << 63 << 95 << 127;
    QTest::newRow("odd sizes, many pieces") << 301 << 323 << 205;
}

void TestStrassenMatMul::everyProductAgreesWithTheReference()
{
    QFETCH(int, rows);
    QFETCH(int, terms);
    QFETCH(int, columns);
    for (const auto& [isLeft, isRight] : kTransposed) {
        const Graph graph = makeGraph({rows, terms, columns, {isLeft, isRight, {}}, false});
        const auto references = expected(graph);
        for (int threads = 1; threads <= 3; ++threads) {
            // The direct sum in float32 is within 1e-6 of the largest value.
            const std::string difference = differenceBetween(computed(graph, threads), references, 4e-6);
            QVERIFY2(
                difference.empty(),
                fmt::format("transposed {} {}, {} threads: {}", isLeft, isRight, threads, difference).c_str());
        }
    }
}

void TestStrassenMatMul::biasAndReluAreApplied()
{
    for (const bool isRight : {false, true}) {
        for (const bool hasBias : {false, true}) {
            for (const ActivationKind kind : {ActivationKind::None, ActivationKind::Relu}) {
                for (const std::int64_t terms : {64, 300}) {
                    const Graph graph = makeGraph({75, terms, 150, {false, isRight, {kind}}, hasBias});
                    const std::string difference = differenceBetween(computed(graph, 2), expected(graph), 4e-6);
                    QVERIFY2(difference.empty(), difference.c_str());
                }
            }
        }
    }
}

void TestStrassenMatMul::anyNumberOfThreadsGivesTheSameBits()
{
    for (const auto& [isLeft, isRight] : kTransposed) {
        const Graph graph = makeGraph({320, 320, 192, {isLeft, isRight, {}}, false});
        QVERIFY(computed(graph, 1) == computed(graph, 2));
        QVERIFY(computed(graph, 1) == computed(graph, 3));
    }
}

void TestStrassenMatMul::otherProductsAreLeftToOthers()
{
    const auto isChosen = [](const Case& one) {
        const Graph graph = makeGraph(one);
        return kernels::isStrassenMatMulFaster(graph, graph.nodes()[0]);
    };
    const Case words{8192, 256, 10'000, {false, true, {}}, true};
    if (!loops::isWinogradWide()) {
        QVERIFY(!isChosen(words));
        QSKIP("this processor or build has no vectors of 16 floats");
    }
    QVERIFY(isChosen(words));
    QVERIFY(isChosen({8192, 10'000, 256, {}, false}));              // its input's gradient
    QVERIFY(isChosen({10'000, 8192, 256, {true, false, {}}, false})); // its weight's
    Case other = words;
    other.rows = 1024; // too few for a weight to be split
    QVERIFY(!isChosen(other));
    other = words;
    other.terms = 64; // short sums
    QVERIFY(!isChosen(other));
    other = words;
    other.columns = 10; // narrower than a panel
    QVERIFY(!isChosen(other));
    other = words;
    other.columns = 100'000; // would be split into 180 MB
    QVERIFY(!isChosen(other));
    other = words;
    other.attributes.activation.kind = ActivationKind::Gelu;
    QVERIFY(!isChosen(other));
    QVERIFY(!isChosen({10'000, 8192, 256, {true, true, {}}, false}));
    QVERIFY(!isChosen({10'000, 8192, 256, {true, false, {ActivationKind::Relu}}, false}));
    QVERIFY(!isChosen({64, 8192, 256, {true, false, {}}, false})); // of few channels
    Graph many;
    many.apply(
        OpKind::MatMul, {many.addInput("a", {4, 8192, 256}), many.addInput("b", {4, 256, 256})}, MatMulAttributes{});
    QVERIFY(!kernels::isStrassenMatMulFaster(many, many.nodes()[0]));
    Graph half = makeGraph(words);
    half.setDType(half.find("a"), DType::BFloat16);
    QVERIFY(!kernels::isStrassenMatMulFaster(half, half.nodes()[0]));
}

QTEST_GUILESS_MAIN(TestStrassenMatMul)
#include "tst_strassen_matmul.moc"
