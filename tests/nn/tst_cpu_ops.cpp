#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "engine/backends/cpu/cpu_executable.h"
#include "engine/backends/cpu/kernels/convolution_forms.h"
#include "engine/backends/cpu/loops/elementwise_loops.h"
#include "engine/backends/cpu/loops/loss_loops.h"
#include "engine/graph/reference_interpreter.h"
#include "gradient_graph.h"
#include "op_cases.h"

using namespace ty;
using namespace ty::engine;

class TestCpuOps : public QObject {
    Q_OBJECT

private slots:
    void everyOpAgreesWithTheReference_data();
    void everyOpAgreesWithTheReference();
    void lossCountAndGradientAgreeInOneNode_data();
    void lossCountAndGradientAgreeInOneNode();
    void threadsDoNotChangeOwnLoops();
    void sumsOfWideRowsAreThoseOfAnyThreads();
    void aProductWithABiasGradientMakesBoth();
    void narrowRowsAreThoseOfOneRow_data();
    void narrowRowsAreThoseOfOneRow();
    void sumsOfFewColumnsAreExact();
    void theFirstOfTheLargestCounts_data();
    void theFirstOfTheLargestCounts();
    void weightGradientsOfSharedImagesAreWhole_data();
    void weightGradientsOfSharedImagesAreWhole();
    void noConvolutionRunsTheLibrarysReference_data();
    void noConvolutionRunsTheLibrarysReference();
    void gradientsOfFewChannelsAreProductsOverPlainPictures();
};

namespace {

/// Runs the graph on the processor with `threads`, `runs` times on the same memory; gives its outputs.
std::vector<std::vector<float>> runOnCpu(const Graph& graph, int threads, int runs = 1)
{
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    ConvolutionPlanner planner(engine);
    std::map<std::string, std::vector<float>> outside;
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        if (graph.values()[i].role != ValueRole::Result) {
            const auto values = makeOperand(graph.values()[i], i + 1);
            outside[graph.values()[i].name] = std::vector<float>(values.begin(), values.end());
        }
    }
    const auto parameterOf = [&outside](const std::string& name) {
        return ExternalMemory{outside.at(name).data(), std::nullopt};
    };
    CpuExecutable executable(
        graph, engine, planner, parameterOf, std::vector<ExternalMemory>(graph.outputs().size()), threads);
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const Value& value = graph.values()[i];
        if (value.role == ValueRole::Input) {
            if (float* input = executable.input(value.name)) {
                std::copy(outside[value.name].begin(), outside[value.name].end(), input);
            }
        }
    }
    for (int i = 0; i < runs; ++i) {
        executable.run(11, 12);
    }
    std::vector<std::vector<float>> results;
    for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
        const float* data = executable.output(i);
        results.emplace_back(data, data + graph.value(graph.outputs()[i]).size());
    }
    return results;
}

std::vector<std::vector<double>> runOnReference(const Graph& graph)
{
    ReferenceInterpreter interpreter(graph);
    interpreter.setDropoutKeys(11, 12);
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        if (graph.values()[i].role != ValueRole::Result) {
            interpreter.value(static_cast<ValueId>(i)) = makeOperand(graph.values()[i], i + 1);
        }
    }
    interpreter.run();
    std::vector<std::vector<double>> results;
    for (const ValueId output : graph.outputs()) {
        results.push_back(interpreter.value(output));
    }
    return results;
}

/// Empty, or the first difference.
std::string differenceBetween(
    const std::vector<std::vector<float>>& results, const std::vector<std::vector<double>>& references)
{
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto& expected = references[i];
        double largest = 1;
        for (const double value : expected) {
            largest = std::max(largest, std::abs(value));
        }
        for (std::size_t k = 0; k < expected.size(); ++k) {
            const double difference = std::abs(expected[k] - static_cast<double>(results[i][k]));
            // float32 holds 7 digits; sums of some hundred terms and the approximated exponential lose one or two.
            if (!(difference <= 2e-5 * largest)) {
                return fmt::format("output {} element {}: {} instead of {}", i, k, results[i][k], expected[k]);
            }
        }
    }
    return {};
}

std::vector<OpCase> allCases()
{
    auto cases = opCases();
    auto drawn = randomOpCases();
    cases.insert(cases.end(), std::make_move_iterator(drawn.begin()), std::make_move_iterator(drawn.end()));
    return cases;
}

} // namespace

void TestCpuOps::everyOpAgreesWithTheReference_data()
{
    QTest::addColumn<int>("number");
    const auto cases = allCases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QTest::newRow(cases[i].name.c_str()) << static_cast<int>(i);
    }
}

void TestCpuOps::everyOpAgreesWithTheReference()
{
    QFETCH(int, number);
    const OpCase opCase = allCases()[static_cast<std::size_t>(number)];
    const Graph graph = GradientGraph(opCase.build).graph;
    const std::string difference = differenceBetween(runOnCpu(graph, 2), runOnReference(graph));
    QVERIFY2(difference.empty(), difference.c_str());
}

void TestCpuOps::lossCountAndGradientAgreeInOneNode_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("smoothing");
    QTest::addColumn<bool>("isWeighted");
    for (const auto& [rows, classes] : {std::pair{7, 4}, {1, 2}, {35, 16}, {130, 33}, {64, 700}, {700, 1000}}) {
        for (const double smoothing : {0.0, 0.1}) {
            for (const bool isWeighted : {false, true}) {
                const std::string name = fmt::format("{} x {}, {}, {}", rows, classes, smoothing, isWeighted);
                QTest::newRow(name.c_str()) << rows << classes << smoothing << isWeighted;
            }
        }
    }
}

void TestCpuOps::lossCountAndGradientAgreeInOneNode()
{
    QFETCH(int, rows);
    QFETCH(int, classes);
    QFETCH(double, smoothing);
    QFETCH(bool, isWeighted);
    Graph graph;
    const ValueId logits = graph.addParameter("logits", {rows, classes});
    const ValueId labels = graph.addInput("labels", {rows});
    const ValueId weights = isWeighted
        ? graph.addInput("weights", {classes})
        : graph.apply(OpKind::Fill, {}, FillAttributes{{classes}, 1.0});
    // A copy of the logits, so that the gradient may take its place.
    const ValueId copy = graph.apply(OpKind::Add, {logits, logits});
    LossAttributes attributes;
    attributes.labelSmoothing = smoothing;
    attributes.areSumsMade = true;
    const ValueId gradient = graph.apply(OpKind::SoftmaxCrossEntropyStep, {copy, labels, weights}, attributes);
    const std::vector<ValueId> results = graph.node(graph.value(gradient).producer).outputs;
    graph.setOutputs(results);
    const std::string difference = differenceBetween(runOnCpu(graph, 2), runOnReference(graph));
    QVERIFY2(difference.empty(), difference.c_str());
    QVERIFY2(runOnCpu(graph, 1) == runOnCpu(graph, 3, 2), "sums depend on the number of threads or on the run before");
}

void TestCpuOps::narrowRowsAreThoseOfOneRow_data()
{
    QTest::addColumn<int>("classes");
    for (const int classes : {1, 2, 3, 4, 5, 16}) {
        QTest::addRow("%d columns", classes) << classes;
    }
}

/// However many rows are made at once: each is what it is alone, in its order, and nothing behind the last is written.
void TestCpuOps::narrowRowsAreThoseOfOneRow()
{
    QFETCH(int, classes);
    constexpr float kUntouched = 77;
    constexpr std::size_t kBehind = 16;
    const auto columns = static_cast<std::size_t>(classes);
    for (std::size_t rows = 1; rows <= loops::rowsAtOnce(columns); ++rows) {
        std::vector<float> x(rows * columns);
        std::vector<float> grad(x.size());
        std::vector<float> labels(rows);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = std::sin(static_cast<float>(7 * i + rows));
            grad[i] = std::cos(static_cast<float>(5 * i + rows));
        }
        for (std::size_t row = 0; row < rows; ++row) {
            labels[row] = static_cast<float>((3 * row + 1) % columns);
        }
        std::vector<float> y(x.size() + kBehind, kUntouched);
        std::vector<float> dx(y);
        std::vector<float> step(y);
        std::vector<float> factors(rows, 0.25F);
        std::vector<double> losses(rows + kBehind, static_cast<double>(kUntouched));
        loops::softmaxRows(x.data(), y.data(), rows, columns);
        loops::softmaxGradRows(grad.data(), y.data(), dx.data(), rows, columns);
        const std::size_t right = loops::crossEntropyStepRows(
            x.data(), labels.data(), 0, factors.data(), step.data(), losses.data(), rows, columns);
        QCOMPARE(loops::countLargest(x.data(), labels.data(), rows, columns), right);
        std::size_t rightAlone = 0;
        for (std::size_t row = 0; row < rows; ++row) {
            const std::size_t at = row * columns;
            const auto label = static_cast<std::size_t>(labels[row]);
            double total = 0;
            double weighted = 0;
            for (std::size_t c = 0; c < columns; ++c) {
                total += std::exp(static_cast<double>(x[at + c]));
            }
            for (std::size_t c = 0; c < columns; ++c) {
                weighted += std::exp(static_cast<double>(x[at + c])) / total * static_cast<double>(grad[at + c]);
            }
            std::vector<float> alone(3 * columns);
            double loss = 0;
            loops::softmaxRows(x.data() + at, alone.data(), 1, columns);
            loops::softmaxGradRows(grad.data() + at, alone.data(), alone.data() + columns, 1, columns);
            rightAlone += loops::crossEntropyStepRows(
                x.data() + at, &labels[row], 0, factors.data(), alone.data() + 2 * columns, &loss, 1, columns);
            QCOMPARE(losses[row], loss);
            QVERIFY(std::abs(loss - std::log(total) + static_cast<double>(x[at + label])) < 1e-6);
            for (std::size_t c = 0; c < columns; ++c) {
                const double share = std::exp(static_cast<double>(x[at + c])) / total;
                QVERIFY(y[at + c] == alone[c] && dx[at + c] == alone[columns + c] && step[at + c] == alone[2 * columns + c]);
                QVERIFY(std::abs(static_cast<double>(y[at + c]) - share) < 1e-6);
                QVERIFY(std::abs(static_cast<double>(dx[at + c]) - share * (static_cast<double>(grad[at + c]) - weighted)) < 1e-6);
                QVERIFY(std::abs(static_cast<double>(step[at + c]) - 0.25 * (share - (c == label ? 1.0 : 0.0))) < 1e-6);
            }
        }
        QCOMPARE(right, rightAlone);
        for (std::size_t i = 0; i < kBehind; ++i) {
            QCOMPARE(y[x.size() + i], kUntouched);
            QCOMPARE(dx[x.size() + i], kUntouched);
            QCOMPARE(step[x.size() + i], kUntouched);
            QCOMPARE(losses[rows + i], static_cast<double>(kUntouched));
        }
    }
}

/// Doubles hold the sum of a few floats as a whole, so that any order gives the same.
void TestCpuOps::sumsOfFewColumnsAreExact()
{
    for (std::int64_t columns = 1; columns <= 20; ++columns) {
        for (std::int64_t rows = 1; rows <= 7; ++rows) {
            std::vector<float> x(static_cast<std::size_t>(rows * columns));
            std::vector<double> expected(static_cast<std::size_t>(columns));
            for (std::size_t i = 0; i < x.size(); ++i) {
                x[i] = static_cast<float>(i * i) + 0.125F;
                expected[i % expected.size()] += static_cast<double>(x[i]);
            }
            std::vector<float> total(expected.size() + 1, -1);
            loops::sumTinyRows(x.data(), total.data(), rows, columns);
            for (std::size_t c = 0; c < expected.size(); ++c) {
                QCOMPARE(static_cast<double>(total[c]), expected[c]);
            }
            QCOMPARE(total.back(), -1.0F);
        }
    }
}

void TestCpuOps::theFirstOfTheLargestCounts_data()
{
    QTest::addColumn<int>("classes");
    QTest::newRow("rows side by side") << 5;
    QTest::newRow("rows one by one") << 40;
}

void TestCpuOps::theFirstOfTheLargestCounts()
{
    QFETCH(int, classes);
    const auto columns = static_cast<std::size_t>(classes);
    const float none = std::numeric_limits<float>::quiet_NaN();
    const auto counts = [columns](const std::vector<float>& row, float label) {
        std::vector<float> values(row);
        values.resize(columns, -2.0F);
        const bool isCounted = loops::countLargest(values.data(), &label, 1, columns) == 1;
        const float factor = 1;
        double loss = 0;
        std::vector<float> gradient(columns);
        const std::size_t inStep = loops::crossEntropyStepRows(
            values.data(), &label, 0, &factor, gradient.data(), &loss, 1, columns);
        return isCounted && inStep == 1;
    };
    QVERIFY(counts({-1, 3, 3}, 1) && !counts({-1, 3, 3}, 2));
    QVERIFY(!counts({-1, 3, 2}, 0));
    QVERIFY(counts({-1, -1.5F, 4}, 2));
    QVERIFY(counts(std::vector<float>(columns, none), 0) && !counts(std::vector<float>(columns, none), 1));
}

/// Rows wider than what is summed at once, which depends on the threads, and no multiple of it.
void TestCpuOps::sumsOfWideRowsAreThoseOfAnyThreads()
{
    Graph graph;
    const ValueId product = graph.apply(
        OpKind::MatMul,
        {graph.addParameter("x", {130, 64}), graph.addParameter("w", {1300, 64})},
        MatMulAttributes{false, true, {}});
    graph.setOutputs({graph.apply(OpKind::SumChannels, {product}), product});
    const auto results = runOnCpu(graph, 1);
    const std::string difference = differenceBetween(results, runOnReference(graph));
    QVERIFY2(difference.empty(), difference.c_str());
    QVERIFY(runOnCpu(graph, 2)[0] == results[0]);
}

/// Sums within the product, beside a small one whose rows are whole vectors or which has too many terms, and beside one of
/// the library's.
void TestCpuOps::aProductWithABiasGradientMakesBoth()
{
    for (const auto& [batch, units, inputs] : {std::array{10, 3, 4}, {10, 2, 16}, {130, 3, 5}, {10, 3, 1}, {130, 64, 300}}) {
        Graph graph;
        MatMulAttributes attributes;
        attributes.isLeftTransposed = true;
        attributes.hasBiasGrad = true;
        const ValueId product = graph.apply(
            OpKind::MatMul, {graph.addParameter("grad", {batch, units}), graph.addParameter("x", {batch, inputs})}, attributes);
        graph.setOutputs(graph.node(graph.value(product).producer).outputs);
        const std::string difference = differenceBetween(runOnCpu(graph, 2, 2), runOnReference(graph));
        QVERIFY2(difference.empty(), difference.c_str());
    }
}

void TestCpuOps::threadsDoNotChangeOwnLoops()
{
    const OpCase opCase{"norm and loss", [](Graph& graph) {
                            ValueId value = graph.apply(
                                OpKind::BatchNorm,
                                {graph.addParameter("x", {64, 16, 20, 20}),
                                 graph.addParameter("scale", {16}),
                                 graph.addParameter("shift", {16}),
                                 graph.addState("mean", {16}),
                                 graph.addState("weights", {16})},
                                NormAttributes{});
                            value = graph.apply(OpKind::Dropout, {value}, DropoutAttributes{0.2, 1});
                            value = graph.apply(OpKind::MaxPool, {value}, PoolAttributes{{3, 3}, {2, 2}, {}, {}});
                            return graph.apply(OpKind::GlobalAveragePool, {value});
                        }};
    const Graph graph = GradientGraph(opCase.build).graph;
    const auto one = runOnCpu(graph, 1);
    const auto three = runOnCpu(graph, 3);
    for (std::size_t i = 0; i < one.size(); ++i) {
        QVERIFY(one[i] == three[i]);
    }
}

void TestCpuOps::weightGradientsOfSharedImagesAreWhole_data()
{
    QTest::addColumn<int>("images");
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("groups");
    QTest::newRow("fewer images than threads") << 2 << 3 << 1;
    QTest::newRow("an image for each thread") << 3 << 16 << 1;
    QTest::newRow("uneven shares") << 7 << 16 << 1;
    QTest::newRow("channels that fill no block") << 5 << 20 << 1;
    QTest::newRow("depthwise") << 4 << 16 << 16;
    QTest::newRow("one channel") << 5 << 1 << 1;
}

void TestCpuOps::weightGradientsOfSharedImagesAreWhole()
{
    QFETCH(int, images);
    QFETCH(int, channels);
    QFETCH(int, groups);
    const OpCase opCase{"strided convolution", [&](Graph& graph) {
                            ConvolutionAttributes attributes;
                            attributes.stride = {2, 2};
                            attributes.padding = {1, 1, 1, 1};
                            attributes.groups = groups;
                            const ValueId product = graph.apply(
                                OpKind::Conv2d,
                                {graph.addParameter("x", {images, channels, 33, 31}),
                                 graph.addParameter("w", {32, channels / groups, 3, 3})},
                                attributes);
                            return graph.apply(OpKind::AddBias, {product, graph.addParameter("b", {32})});
                        }};
    const Graph graph = GradientGraph(opCase.build).graph;
    const auto results = runOnCpu(graph, 3);
    const std::string difference = differenceBetween(results, runOnReference(graph));
    QVERIFY2(difference.empty(), difference.c_str());
    QVERIFY(results == runOnCpu(graph, 3));
}

/// The library's reference kernels are a thousand times slower than its others.
void TestCpuOps::noConvolutionRunsTheLibrarysReference_data()
{
    QTest::addColumn<int>("kernel");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("dilation");
    QTest::addColumn<int>("height");
    QTest::newRow("pixels") << 1 << 1 << 1 << 32;
    QTest::newRow("every second pixel") << 1 << 2 << 1 << 32;
    QTest::newRow("usual windows") << 3 << 1 << 1 << 32;
    QTest::newRow("usual windows, stride 2") << 3 << 2 << 1 << 32;
    QTest::newRow("even windows, stride 2") << 4 << 2 << 1 << 32;
    QTest::newRow("dilated windows") << 3 << 1 << 2 << 32;
    QTest::newRow("dilated windows, stride 2") << 3 << 2 << 2 << 32;
    QTest::newRow("wide windows") << 5 << 1 << 1 << 32;
    QTest::newRow("wide windows, stride 2") << 5 << 2 << 1 << 32;
    QTest::newRow("wide dilated windows") << 5 << 1 << 2 << 32;
    QTest::newRow("of a sequence") << 7 << 1 << 1 << 1;
    QTest::newRow("of a sequence, stride 2") << 5 << 2 << 1 << 1;
    QTest::newRow("of a sequence, dilated") << 3 << 1 << 4 << 1;
}

void TestCpuOps::noConvolutionRunsTheLibrarysReference()
{
    QFETCH(int, kernel);
    QFETCH(int, stride);
    QFETCH(int, dilation);
    QFETCH(int, height);
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    ConvolutionPlanner planner(engine);
    const auto check = [&](std::int64_t channels, std::int64_t filters, std::int64_t groups) {
        constexpr std::int64_t kWidth = 32;
        const std::array<std::int64_t, 2> window{height == 1 ? 1 : kernel, kernel};
        const std::array<std::int64_t, 2> padding{(window[0] - 1) / 2 * dilation, (window[1] - 1) / 2 * dilation};
        const auto extentOf = [&](std::int64_t extent, std::size_t axis) {
            return (extent + 2 * padding[axis] - dilation * (window[axis] - 1) - 1) / stride + 1;
        };
        ConvolutionAttributes attributes;
        attributes.stride = {stride, stride};
        attributes.dilation = {dilation, dilation};
        attributes.padding = {padding[0], padding[1], padding[0], padding[1]};
        attributes.groups = groups;
        const Shape weight{filters, channels / groups, window[0], window[1]};
        Value src;
        src.shape = {8, channels, height, kWidth};
        Value dst;
        dst.shape = {8, filters, extentOf(height, 0), extentOf(kWidth, 1)};
        const auto& plan = planner.planOf({src.shape, weight, dst.shape, DType::Float32}, attributes);
        src.channelBlock = canonicalBlock(src.shape, plan.layout.inputBlock);
        dst.channelBlock = canonicalBlock(dst.shape, plan.layout.resultBlock);
        const dnnl::memory::desc any(
            weightDims(weight, groups), dnnl::memory::data_type::f32, dnnl::memory::format_tag::any);
        const auto geometry = geometryOf(attributes);
        const auto forward = [&](const PicturePair& told) {
            return onednn::convolutionForward(engine, told.src, any, nullptr, told.dst, geometry, {});
        };
        const auto formsFor = [&](kernels::ConvolutionUse use) {
            return kernels::convolutionForms(src, dst, weight, groups, use);
        };
        const auto result = kernels::chooseForm(formsFor(kernels::ConvolutionUse::Forward), [&](const auto& way) { return forward(way.told); });
        const auto inputGrad = kernels::chooseForm(formsFor(kernels::ConvolutionUse::InputGrad), [&](const auto& way) {
            return onednn::convolutionBackwardData(
                engine, way.told.src, any, way.told.dst, geometry, forward(way.hint), {});
        });
        const auto weightGrad = kernels::chooseForm(formsFor(kernels::ConvolutionUse::WeightGrad), [&](const auto& way) {
            return onednn::convolutionBackwardWeights(
                engine, way.told.src, any, nullptr, way.told.dst, geometry, forward(way.hint), {});
        });
        for (const std::string_view name :
             {result.first.impl_info_str(), inputGrad.first.impl_info_str(), weightGrad.first.impl_info_str()}) {
            QVERIFY2(
                !isReference(name.data()), fmt::format("{} to {} in {} groups: {}", channels, filters, groups, name).c_str());
        }
    };
    for (const std::int64_t channels : {1, 2, 3, 4, 6, 8, 12, 16, 20, 32}) {
        for (const std::int64_t filters : {1, 2, 3, 6, 8, 16, 20, 24, 32, 64}) {
            check(channels, filters, 1);
            if (channels % 2 == 0 && filters % 2 == 0) {
                check(channels, filters, 2);
            }
        }
        check(channels, channels, channels);
        check(channels, 2 * channels, channels);
    }
}

void TestCpuOps::gradientsOfFewChannelsAreProductsOverPlainPictures()
{
    const auto firstOf = [](std::int64_t channels, std::int64_t filters, kernels::ConvolutionUse use) {
        Value src;
        src.shape = {8, channels, 28, 28};
        src.channelBlock = canonicalBlock(src.shape, 16);
        Value dst;
        dst.shape = {8, filters, 28, 28};
        dst.channelBlock = 16;
        return kernels::convolutionForms(src, dst, {filters, channels, 3, 3}, 1, use).front().told.dst;
    };
    const Shape many{8, 32, 28, 28};
    const auto plain = pictureDesc(many, 1, DType::Float32);
    QVERIFY(firstOf(1, 32, kernels::ConvolutionUse::InputGrad) == plain);
    QVERIFY(firstOf(3, 32, kernels::ConvolutionUse::InputGrad) == plain);
    QVERIFY(firstOf(1, 32, kernels::ConvolutionUse::WeightGrad) == pictureDesc(many, 16, DType::Float32));
    QVERIFY(firstOf(1, 32, kernels::ConvolutionUse::Forward) == pictureDesc(many, 16, DType::Float32));
    QVERIFY(firstOf(16, 32, kernels::ConvolutionUse::InputGrad) == pictureDesc(many, 16, DType::Float32));
}

QTEST_GUILESS_MAIN(TestCpuOps)
#include "tst_cpu_ops.moc"
