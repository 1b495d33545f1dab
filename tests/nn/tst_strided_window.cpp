#include <QTest>

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/backends/cpu/convolution_planner.h"
#include "engine/backends/cpu/kernels/strided_window_kernels.h"
#include "engine/backends/cpu/strided_window_rule.h"

#include "convolution_trial.h"

using namespace ty;
using namespace ty::engine;

class TestStridedWindow : public QObject {
    Q_OBJECT

private slots:
    void bothPassesAgreeWithTheReference_data();
    void bothPassesAgreeWithTheReference();
    void activationsAreApplied_data();
    void activationsAreApplied();
    void theSameThreadsGiveTheSameBits();
    void otherWindowsAreLeftToOthers();
    void smallPicturesAndWindowsAreLeftToOthers();
};

namespace {

/// One pass of a convolution of stride 2 of pictures {images, channels, height, width}.
struct WindowCase {
    using Padding = std::array<std::int64_t, 4>;

    WindowCase() = default;
    WindowCase(Shape size, std::int64_t filterCount, std::int64_t height = 7, std::int64_t width = 7, Padding around = {3, 3, 3, 3})
        : x(std::move(size)), filters(filterCount), windowHeight(height), windowWidth(width), padding(around)
    {
    }

    OpKind kind = OpKind::Conv2d;
    Shape x;
    std::int64_t filters = 16;
    std::int64_t windowHeight = 7;
    std::int64_t windowWidth = 7;
    Padding padding{3, 3, 3, 3};
    Activation activation;
};

Graph makeGraph(const WindowCase& one)
{
    ConvolutionAttributes attributes;
    attributes.stride = {2, 2};
    attributes.padding = one.padding;
    attributes.activation = one.activation;
    const Shape weight{one.filters, one.x[1], one.windowHeight, one.windowWidth};
    const Shape y{
        one.x[0],
        one.filters,
        (one.x[2] + one.padding[0] + one.padding[2] - one.windowHeight) / 2 + 1,
        (one.x[3] + one.padding[1] + one.padding[3] - one.windowWidth) / 2 + 1};
    Graph graph;
    if (one.kind == OpKind::Conv2d) {
        graph.apply(
            one.kind,
            {graph.addInput("x", one.x), graph.addParameter("w", weight), graph.addParameter("b", {one.filters})},
            attributes);
        graph.setChannelBlock(graph.nodes()[0].outputs[0], canonicalBlock(y, 16));
    } else {
        attributes.resultShape = weight;
        attributes.hasBiasGrad = true;
        const ValueId grad = graph.addInput("dy", y);
        graph.apply(one.kind, {grad, graph.addInput("x", one.x)}, attributes);
        graph.setChannelBlock(grad, canonicalBlock(y, 16));
    }
    return graph;
}

std::vector<std::vector<float>> computed(const Graph& graph, int threads)
{
    const auto make = [](KernelBuilder& builder, const Node& node) {
        return node.kind == OpKind::Conv2d ? kernels::stridedWindowConv2d(builder, node)
                                           : kernels::stridedWindowWeightGrad(builder, node);
    };
    return engine::computed({graph, plainDesc(graph.shape(weightOf(graph))), make}, threads);
}

} // namespace

void TestStridedWindow::bothPassesAgreeWithTheReference_data()
{
    using Padding = WindowCase::Padding;
    QTest::addColumn<WindowCase>("one");
    const auto row = [](const char* name, const WindowCase& one) { QTest::newRow(name) << one; };
    row("one pixel", {{1, 3, 1, 1}, 16});
    row("one result of two pixels", {{2, 3, 2, 2}, 16});
    row("one tile", {{1, 3, 8, 8}, 16});
    row("one image, odd sizes", {{1, 3, 29, 17}, 32});
    row("one row", {{3, 3, 1, 40}, 16});
    row("one column", {{3, 3, 40, 1}, 16});
    row("one channel", {{2, 1, 33, 20}, 48});
    row("two channels", {{2, 2, 20, 31}, 16});
    row("four channels", {{3, 4, 18, 22}, 32});
    row("as in ResNet-50, smaller", {{2, 3, 64, 64}, 64});
    row("as wide as in ResNet-50", {{1, 3, 9, 224}, 16});
    row("a strip to its last pixel", {{1, 3, 8, 256}, 16});
    row("more than a strip", {{2, 3, 12, 261}, 16});
    row("more than two strips", {{1, 1, 5, 531}, 16});
    row("no padding", {{2, 3, 23, 37}, 16, 7, 7, Padding{0, 0, 0, 0}});
    row("padding of one side", {{2, 3, 21, 24}, 16, 7, 7, Padding{2, 0, 1, 6}});
    row("more padding than the window", {{1, 3, 6, 5}, 16, 7, 7, Padding{9, 40, 10, 11}});
    row("a window of 5 x 5", {{2, 3, 30, 27}, 16, 5, 5, Padding{2, 2, 2, 2}});
    row("a window of 6 x 6", {{2, 3, 30, 28}, 32, 6, 6, Padding{2, 2, 2, 2}});
    row("a window of 5 x 7", {{2, 4, 19, 28}, 16, 5, 7, Padding{2, 3, 2, 3}});
}

void TestStridedWindow::bothPassesAgreeWithTheReference()
{
    QFETCH(WindowCase, one);
    for (const OpKind kind : {OpKind::Conv2d, OpKind::Conv2dWeightGrad}) {
        one.kind = kind;
        const Graph graph = makeGraph(one);
        const auto references = expected(graph);
        for (int threads = 1; threads <= 3; ++threads) {
            // The direct sum in float32 is within 1e-6 of the largest value, the transforms lose a digit at most.
            const std::string difference = differenceBetween(computed(graph, threads), references, 5e-6);
            QVERIFY2(
                difference.empty(),
                fmt::format("pass {}, {} threads: {}", static_cast<int>(kind), threads, difference).c_str());
        }
    }
}

void TestStridedWindow::activationsAreApplied_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"relu", "leakyRelu", "gelu", "silu", "sigmoid", "hardSwish"}) {
        QTest::newRow(name) << name;
    }
}

void TestStridedWindow::activationsAreApplied()
{
    QFETCH(QString, name);
    WindowCase one({2, 3, 13, 270}, 32);
    one.activation = *activationFromName(name.toStdString());
    const Graph graph = makeGraph(one);
    // Arguments reach 50, and bounded results are as wrong as these.
    const std::string difference = differenceBetween(computed(graph, 2), expected(graph), 1e-4);
    QVERIFY2(difference.empty(), difference.c_str());
}

void TestStridedWindow::theSameThreadsGiveTheSameBits()
{
    WindowCase one({3, 3, 37, 41}, 32);
    const Graph forward = makeGraph(one);
    QVERIFY(computed(forward, 1) == computed(forward, 3));
    one.kind = OpKind::Conv2dWeightGrad;
    const Graph gradient = makeGraph(one);
    QVERIFY(computed(gradient, 2) == computed(gradient, 2));
}

void TestStridedWindow::otherWindowsAreLeftToOthers()
{
    ConvolutionAttributes usual;
    usual.padding = {3, 3, 3, 3};
    usual.stride = {2, 2};
    const ConvolutionShapes shapes{{8, 3, 224, 224}, {64, 3, 7, 7}, {8, 64, 112, 112}, DType::Float32};
    QVERIFY(isStridedWindowPossible(shapes, usual));

    auto settings = usual;
    settings.stride = {1, 1};
    QVERIFY(!isStridedWindowPossible(shapes, settings));
    settings.stride = {2, 1};
    QVERIFY(!isStridedWindowPossible(shapes, settings));
    settings = usual;
    settings.dilation = {2, 2};
    QVERIFY(!isStridedWindowPossible(shapes, settings));
    settings = usual;
    settings.groups = 3;
    QVERIFY(!isStridedWindowPossible(shapes, settings));
    auto other = shapes;
    other.weight = {64, 3, 9, 7};
    QVERIFY(!isStridedWindowPossible(other, usual));
    other.weight = {64, 3, 7, 3};
    QVERIFY(!isStridedWindowPossible(other, usual));
    other.weight = {24, 3, 7, 7};
    QVERIFY(!isStridedWindowPossible(other, usual));
    other.weight = {64, 16, 7, 7};
    QVERIFY(!isStridedWindowPossible(other, usual));
    other = shapes;
    other.dtype = DType::BFloat16;
    QVERIFY(!isStridedWindowPossible(other, usual));
}

void TestStridedWindow::smallPicturesAndWindowsAreLeftToOthers()
{
    ConvolutionAttributes usual;
    usual.padding = {3, 3, 3, 3};
    usual.stride = {2, 2};
    const auto isChosen = [&usual](std::int64_t side, std::int64_t channels, std::int64_t window) {
        return isStridedWindowFaster(
            {{8, channels, side, side},
             {64, channels, window, window},
             {8, 64, (side + 7 - window) / 2, (side + 7 - window) / 2},
             DType::Float32},
            usual);
    };
    if (!isChosen(224, 3, 7)) {
        QSKIP("this processor or build has no vectors of 16 floats");
    }
    QVERIFY(isChosen(32, 3, 7));
    QVERIFY(!isChosen(28, 3, 7));
    QVERIFY(isChosen(64, 1, 7));
    QVERIFY(!isChosen(28, 1, 7));
    QVERIFY(isChosen(64, 3, 6));
    QVERIFY(!isChosen(224, 1, 6));
    QVERIFY(!isChosen(224, 3, 5));
}

QTEST_GUILESS_MAIN(TestStridedWindow)
#include "tst_strided_window.moc"
