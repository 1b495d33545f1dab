#include <QFile>
#include <QTest>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <map>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/backends/cpu/cpu_executable.h"
#include "engine/backends/cpu/loops/pooling_loops.h"
#include "engine/base/random.h"
#include "gradient_graph.h"
#include "trained_samples.h"

using namespace ty;
using namespace ty::engine;

namespace {

struct HalfCase {
    const char* name;
    std::function<ValueId(Graph&)> build;
    double largestError; ///< of a result or gradient: |difference| / |float32|, Euclidean
};

ConvolutionAttributes window(std::int64_t padding, std::int64_t stride = 1, std::int64_t groups = 1)
{
    ConvolutionAttributes settings;
    settings.padding = {padding, padding, padding, padding};
    settings.stride = {stride, stride};
    settings.groups = groups;
    return settings;
}

ValueId normed(Graph& graph, ValueId x, const std::string& name, std::int64_t channels)
{
    NormAttributes settings;
    return graph.apply(
        OpKind::BatchNorm,
        {x,
         graph.addParameter(name + ".scale", {channels}),
         graph.addParameter(name + ".shift", {channels}),
         graph.addState(name + ".mean", {channels}),
         graph.addState(name + ".variance", {channels})},
        settings);
}

ValueId relu(Graph& graph, ValueId x)
{
    return graph.apply(OpKind::Activate, {x}, ActivationAttributes{*activationFromName("relu")});
}

ValueId recurrentOf(Graph& graph, RecurrentCell cell)
{
    RecurrentAttributes settings;
    settings.cell = cell;
    const ValueId x = graph.addParameter("x", {56, 5, 24});
    std::vector<ValueId> inputs{
        x,
        graph.addParameter("weight", {settings.gateCount() * 32, 24}),
        graph.addParameter("recurrent", {settings.gateCount() * 32, 32}),
        graph.addParameter("bias", {settings.biasCount() * 32}),
        graph.addParameter("h0", {56, 32})};
    if (cell == RecurrentCell::Lstm) {
        inputs.push_back(graph.addParameter("c0", {56, 32}));
    }
    return graph.apply(OpKind::Recurrent, inputs, settings);
}

/// One product each with rounding's error of its operands (2^-9 each), then chains, whose errors add up.
std::vector<HalfCase> halfCases()
{
    constexpr double kOne = 0.01;
    constexpr double kChain = 0.05;
    // Where relu or a maximum is decided by the rounded digits, a gradient goes another way: some in a thousand do.
    constexpr double kChosen = 0.1;
    // ... and of the few maxima of large windows, which have a rival each among 300 samples, some in a hundred.
    constexpr double kFewChosen = 0.4;
    const auto product = [](bool isLeft, bool isRight) {
        return [=](Graph& g) {
            const ValueId a = g.addParameter("a", isLeft ? Shape{40, 48} : Shape{48, 40});
            const ValueId b = g.addParameter("b", isRight ? Shape{56, 40} : Shape{40, 56});
            return g.apply(OpKind::MatMul, {a, b}, MatMulAttributes{isLeft, isRight, {}});
        };
    };
    const auto convolution = [](Shape x, Shape weight, ConvolutionAttributes settings) {
        return [=](Graph& g) {
            return g.apply(OpKind::Conv2d, {g.addParameter("x", x), g.addParameter("weight", weight)}, settings);
        };
    };
    return {
        {"a product", product(false, false), kOne},
        {"a product, left transposed", product(true, false), kOne},
        {"a product, right transposed", product(false, true), kOne},
        {"products of many matrices",
         [](Graph& g) {
             return g.apply(
                 OpKind::MatMul,
                 {g.addParameter("a", {6, 32, 16}), g.addParameter("b", {6, 16, 24})},
                 MatMulAttributes{});
         },
         kOne},
        {"a convolution", convolution({4, 16, 10, 10}, {32, 16, 3, 3}, window(1)), kOne},
        {"a convolution with stride", convolution({4, 16, 11, 11}, {32, 16, 3, 3}, window(1, 2)), kOne},
        {"a convolution of single pixels", convolution({4, 32, 6, 6}, {64, 32, 1, 1}, window(0)), kOne},
        {"a convolution of one channel", convolution({4, 1, 12, 12}, {16, 1, 5, 5}, window(2)), kOne},
        {"a convolution of colours", convolution({4, 3, 12, 12}, {32, 3, 3, 3}, window(1)), kOne},
        {"a convolution whose channels fill no block", convolution({4, 20, 8, 8}, {50, 20, 5, 5}, window(0)), kOne},
        {"a convolution of groups", convolution({4, 32, 8, 8}, {32, 8, 3, 3}, window(1, 1, 4)), kOne},
        {"a depthwise convolution", convolution({4, 32, 8, 8}, {32, 1, 3, 3}, window(1, 1, 32)), kOne},
        {"an lstm", [](Graph& g) { return recurrentOf(g, RecurrentCell::Lstm); }, kChain},
        {"a gru", [](Graph& g) { return recurrentOf(g, RecurrentCell::Gru); }, kChain},
        {"a simple recurrent layer", [](Graph& g) { return recurrentOf(g, RecurrentCell::Tanh); }, kChain},
        {"convolutions around pooling",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {4, 16, 12, 12});
             ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {32, 16, 3, 3})}, window(1));
             y = g.apply(OpKind::AddBias, {y, g.addParameter("b1", {32})});
             y = g.apply(OpKind::MaxPool, {relu(g, y)}, PoolAttributes{});
             return g.apply(OpKind::Conv2d, {y, g.addParameter("w2", {16, 32, 3, 3})}, window(1));
         },
         kChosen},
        {"convolutions around pooling of large windows",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {4, 16, 36, 34});
             ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {32, 16, 3, 3})}, window(1));
             y = g.apply(OpKind::MaxPool, {relu(g, y)}, PoolAttributes{{18, 17}, {18, 17}, {}, {}});
             return g.apply(OpKind::Conv2d, {y, g.addParameter("w2", {16, 32, 3, 3})}, window(1));
         },
         kFewChosen},
        {"convolutions around pooling of large windows that overlap",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {4, 16, 30, 28});
             ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {20, 16, 3, 3})}, window(1));
             y = g.apply(OpKind::MaxPool, {y}, PoolAttributes{{17, 18}, {6, 5}, {3, 2, 1, 4}, {}});
             return g.apply(OpKind::Conv2d, {y, g.addParameter("w2", {16, 20, 3, 3})}, window(1));
         },
         kFewChosen},
        {"a residual block",
         [](Graph& g) {
             const ValueId x = relu(g, g.addParameter("x", {4, 16, 8, 8}));
             ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {16, 16, 3, 3})}, window(1));
             y = relu(g, normed(g, y, "n1", 16));
             y = g.apply(OpKind::Conv2d, {y, g.addParameter("w2", {16, 16, 3, 3})}, window(1));
             y = relu(g, g.apply(OpKind::Add, {normed(g, y, "n2", 16), x}));
             return g.apply(OpKind::Conv2d, {y, g.addParameter("w3", {16, 16, 1, 1})}, window(0));
         },
         kChosen},
        {"convolutions around average pooling",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {4, 16, 12, 12});
             ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {32, 16, 3, 3})}, window(1));
             y = g.apply(OpKind::AveragePool, {y}, PoolAttributes{});
             return g.apply(OpKind::Conv2d, {y, g.addParameter("w2", {16, 32, 3, 3})}, window(1));
         },
         kChain},
        {"average pooling of windows that overlap",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {4, 16, 12, 12});
             ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {20, 16, 3, 3})}, window(1));
             y = g.apply(OpKind::AveragePool, {y}, PoolAttributes{{3, 3}, {2, 2}, {1, 1, 1, 1}, {}});
             return g.apply(OpKind::Conv2d, {y, g.addParameter("w2", {16, 20, 3, 3})}, window(1));
         },
         kChain},
        {"the mean of each picture",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {4, 16, 12, 12});
             const ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {32, 16, 3, 3})}, window(1));
             return g.apply(OpKind::GlobalAveragePool, {y});
         },
         kChain},
        {"pictures beside each other",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {4, 16, 8, 8});
             const ValueId a = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {32, 16, 3, 3})}, window(1));
             const ValueId b = g.apply(OpKind::Conv2d, {x, g.addParameter("w2", {16, 16, 1, 1})}, window(0));
             const ValueId y = g.apply(OpKind::Concat, {a, b}, AxisAttributes{1});
             return g.apply(OpKind::Conv2d, {y, g.addParameter("w3", {16, 48, 3, 3})}, window(1));
         },
         kChain},
        {"the weights of attention",
         [](Graph& g) {
             const ValueId query = g.addParameter("query", {6, 40, 32});
             const ValueId key = g.addParameter("key", {6, 40, 32});
             ValueId y = g.apply(OpKind::MatMul, {query, key}, MatMulAttributes{false, true, {}});
             y = g.apply(OpKind::Activate, {y}, ActivationAttributes{Activation{ActivationKind::Scale, 0.18F}});
             y = g.apply(OpKind::Softmax, {y}, SoftmaxAttributes{true});
             return g.apply(OpKind::MatMul, {y, g.addParameter("value", {6, 40, 32})}, MatMulAttributes{});
         },
         kChain},
        {"layers with an activation that is no part of a product",
         [](Graph& g) {
             const ValueId x = g.addParameter("x", {32, 40});
             ValueId y = g.apply(OpKind::MatMul, {x, g.addParameter("w1", {40, 48})}, MatMulAttributes{});
             y = g.apply(OpKind::Activate, {y}, ActivationAttributes{*activationFromName("gelu")});
             return g.apply(OpKind::MatMul, {y, g.addParameter("w2", {48, 40})}, MatMulAttributes{});
         },
         kChain},
    };
}

std::vector<float> numbersFor(const Value& value, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> numbers(static_cast<std::size_t>(value.size()));
    const bool isRecurrent = value.name == "recurrent"; // large ones make of any rounding another sequence
    for (float& number : numbers) {
        number = value.role == ValueRole::State ? 1.0F : static_cast<float>((isRecurrent ? 0.15 : 1.0) * random.normal());
    }
    return numbers;
}

struct Run {
    std::vector<std::vector<float>> outputs;
    std::size_t halves = 0; ///< values of the compiled graph kept in bfloat16
    std::size_t casts = 0;
    double arenaBytes = 0;
};

Run runOnCpu(const Graph& graph, DType products)
{
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    ConvolutionPlanner planner(engine);
    std::map<std::string, std::vector<float>> outside;
    for (std::size_t i = 0; i < graph.values().size(); ++i) {
        const Value& value = graph.values()[i];
        if (value.role != ValueRole::Result) {
            outside[value.name] = numbersFor(value, i + 1);
        }
    }
    CpuExecutable executable(
        graph,
        engine,
        planner,
        [&outside](const std::string& name) { return ExternalMemory{outside.at(name).data(), std::nullopt}; },
        std::vector<ExternalMemory>(graph.outputs().size()),
        2,
        products);
    for (const auto& [name, numbers] : outside) {
        const ValueId id = executable.graph().find(name);
        if (id != kNone && executable.graph().value(id).role == ValueRole::Input) {
            std::copy(numbers.begin(), numbers.end(), executable.input(name));
        }
    }
    executable.run(1, 2);
    Run run;
    for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
        const float* data = executable.output(i);
        run.outputs.emplace_back(data, data + graph.value(graph.outputs()[i]).size());
    }
    for (const Value& value : executable.graph().values()) {
        run.halves += value.dtype == DType::BFloat16 ? 1 : 0;
    }
    for (const Node& node : executable.graph().nodes()) {
        run.casts += node.kind == OpKind::Cast ? 1 : 0;
    }
    run.arenaBytes = static_cast<double>(executable.arenaBytes());
    return run;
}

double relativeError(const std::vector<float>& exact, const std::vector<float>& rounded)
{
    double difference = 0;
    double size = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const double e = static_cast<double>(exact[i]);
        difference += (e - static_cast<double>(rounded[i])) * (e - static_cast<double>(rounded[i]));
        size += e * e;
    }
    return std::sqrt(difference / std::max(size, 1e-30));
}

TrainingSetup setupOf(Precision precision)
{
    TrainingSetup setup;
    setup.precision = precision;
    return setup;
}

/// Normal numbers whose class is the quarter that is brighter; or words whose class the first one says.
Samples samplesOf(std::int64_t count, std::int64_t size, std::int64_t words)
{
    Random random(3);
    Samples samples;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto label = static_cast<std::int64_t>(random.below(4));
        samples.targets.push_back(static_cast<float>(label));
        for (std::int64_t k = 0; k < size; ++k) {
            const bool isBright = k * 4 / size == label;
            samples.inputs.push_back(
                words > 0 ? static_cast<float>(k == 0 ? label : static_cast<std::int64_t>(random.below(20)))
                          : static_cast<float>(0.5 * random.normal() + (isBright ? 1.0 : 0.0)));
        }
    }
    return samples;
}

const char* const kMlp = R"({"input":[64],"layers":[
    {"type":"dense","units":96,"activation":"relu"},{"type":"dense","units":64,"activation":"tanh"},
    {"type":"dense","units":4}]})";
const char* const kConvNet = R"({"input":[1,16,16],"layers":[
    {"type":"conv2d","filters":16,"bias":false},{"type":"batchNorm","activation":"relu"},{"type":"maxPool2d"},
    {"type":"conv2d","filters":20,"activation":"relu"},{"type":"dropout","rate":0.2},{"type":"maxPool2d"},
    {"type":"dense","units":32,"activation":"gelu"},{"type":"dense","units":4}]})";
const char* const kLstm = R"({"input":[8],"layers":[
    {"type":"embedding","vocabulary":20,"units":16},{"type":"lstm","units":32},{"type":"dense","units":4}]})";

} // namespace

class TestBFloat16 : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void theLibraryUsesAllThatTheProcessorHas();
    void resultsAndGradientsAreThoseOfFloat32ButForRounding_data();
    void resultsAndGradientsAreThoseOfFloat32ButForRounding();
    void maximaOfRoundedPicturesLieWhereThoseOfFloat32Lie_data();
    void maximaOfRoundedPicturesLieWhereThoseOfFloat32Lie();
    void vectorsAreRoundedAsSingleNumbersAre();
    void picturesStayInBFloat16AroundConvolutionsOfOurOwn();
    void networksLearnAsInFloat32_data();
    void networksLearnAsInFloat32();
    void resumedTrainingGivesBitEqualLosses_data() { networksLearnAsInFloat32_data(); }
    void resumedTrainingGivesBitEqualLosses();
};

void TestBFloat16::initTestCase()
{
    if (!hasBFloat16()) {
        const auto session = makeCpuBackend(1)->createSession(
            ModelDescription::fromJson(Json::parse(kMlp)).value(), setupOf(Precision::BFloat16), 1);
        QVERIFY(!session && session.error().kind == ErrorKind::Unsupported);
        QVERIFY(session.error().advice.find("float32") != std::string::npos);
        QSKIP("this processor has no bfloat16");
    }
}

void TestBFloat16::theLibraryUsesAllThatTheProcessorHas()
{
    if (qEnvironmentVariableIsSet("ONEDNN_MAX_CPU_ISA") || qEnvironmentVariableIsSet("DNNL_MAX_CPU_ISA")) {
        QSKIP("somebody allows the library less");
    }
    QFile file("/proc/cpuinfo");
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray processor = file.readAll();
    QCOMPARE(hasTiles(), processor.contains(" amx_tile") && processor.contains(" amx_bf16"));
    QCOMPARE(makeCpuBackend(1)->description().find("AMX") != std::string::npos, hasTiles());
}

void TestBFloat16::resultsAndGradientsAreThoseOfFloat32ButForRounding_data()
{
    QTest::addColumn<int>("number");
    const auto cases = halfCases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QTest::newRow(cases[i].name) << static_cast<int>(i);
    }
}

void TestBFloat16::resultsAndGradientsAreThoseOfFloat32ButForRounding()
{
    QFETCH(int, number);
    const HalfCase one = halfCases()[static_cast<std::size_t>(number)];
    const Graph graph = GradientGraph(one.build).graph;

    const Run exact = runOnCpu(graph, DType::Float32);
    const Run rounded = runOnCpu(graph, DType::BFloat16);
    QCOMPARE(exact.halves, std::size_t{0});
    for (std::size_t i = 0; i < exact.outputs.size(); ++i) {
        const double error = relativeError(exact.outputs[i], rounded.outputs[i]);
        const std::string text = "output " + std::to_string(i) + ": " + std::to_string(error);
        QVERIFY2(error < one.largestError, text.c_str());
        QVERIFY2(rounded.halves == 0 || i > 0 || error > 1e-5, text.c_str()); // it did round
    }
}

void TestBFloat16::maximaOfRoundedPicturesLieWhereThoseOfFloat32Lie_data()
{
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("side");
    QTest::newRow("usual windows, blocks of channels") << 32 << 3;
    QTest::newRow("usual windows, one channel") << 1 << 3;
    QTest::newRow("large windows, blocks of channels") << 32 << 17;
    QTest::newRow("large windows, a block and a rest") << 19 << 17;
    QTest::newRow("large windows, one channel") << 1 << 17;
}

void TestBFloat16::maximaOfRoundedPicturesLieWhereThoseOfFloat32Lie()
{
    QFETCH(int, channels);
    QFETCH(int, side);
    loops::PoolPlane plane;
    plane.height = 2 * side;
    plane.width = 3 * side;
    plane.resultHeight = 2;
    plane.resultWidth = 3;
    plane.inner = channels;
    plane.kernel = plane.stride = {side, side};
    const auto pixels = static_cast<std::size_t>(plane.height * plane.width * channels);
    const auto results = static_cast<std::size_t>(6 * channels);
    std::vector<BFloat16> halves(pixels);
    std::vector<float> floats(pixels);
    Random random(3);
    for (std::size_t i = 0; i < pixels; ++i) {
        halves[i] = loops::fromFloat<BFloat16>(static_cast<float>(random.normal()));
        floats[i] = loops::toFloat(halves[i]);
    }
    const auto differs = [&](auto place) {
        std::vector<decltype(place)> places(results);
        std::vector<decltype(place)> halfPlaces(results);
        std::vector<float> maxima(results);
        std::vector<BFloat16> halfMaxima(results);
        loops::maxPool(plane, floats.data(), maxima.data(), places.data());
        loops::maxPool(plane, halves.data(), halfMaxima.data(), halfPlaces.data());
        std::vector<float> gradient(pixels);
        std::vector<BFloat16> halfGradient(pixels);
        loops::maxPoolGrad(plane, maxima.data(), places.data(), gradient.data());
        loops::maxPoolGrad(plane, halfMaxima.data(), halfPlaces.data(), halfGradient.data());
        std::size_t kept = 0;
        for (std::size_t i = 0; i < pixels; ++i) {
            // A pixel's gradient is here the pixel itself where it was the largest, else nothing.
            kept += gradient[i] != 0 && gradient[i] == floats[i] && loops::toFloat(halfGradient[i]) == floats[i] ? 1U : 0U;
        }
        return places != halfPlaces || kept != results;
    };
    QVERIFY(side > 16 ? !differs(std::int32_t{}) : !differs(std::uint8_t{}));
}

void TestBFloat16::vectorsAreRoundedAsSingleNumbersAre()
{
    // Ties both ways, the largest number and its neighbours, the smallest, and what is no number.
    std::vector<std::uint32_t> bits{
        0x3F808000U, 0x3F818000U, 0x3F808001U, 0x3F807FFFU, 0x7F7FFFFFU, 0xFF7FFFFFU, 0x7F800000U, 0xFF800000U,
        0x7F800001U, 0xFFC00000U, 0x7FFFFFFFU, 0xFFFFFFFFU, 0x00000001U, 0x80000000U, 0x00018000U, 0x00008000U};
    Random random(7);
    while (bits.size() < 45) { // two whole vectors and a rest
        bits.push_back(static_cast<std::uint32_t>(random.next()));
    }
    std::vector<float> numbers;
    for (const std::uint32_t one : bits) {
        numbers.push_back(std::bit_cast<float>(one));
    }
    std::vector<BFloat16> rounded(numbers.size());
    loops::convert(numbers.data(), rounded.data(), numbers.size());
    std::vector<float> back(numbers.size());
    loops::convert(rounded.data(), back.data(), back.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto expected = loops::fromFloat<BFloat16>(numbers[i]);
        QCOMPARE(static_cast<int>(rounded[i]), static_cast<int>(expected));
        QCOMPARE(std::bit_cast<std::uint32_t>(back[i]), std::bit_cast<std::uint32_t>(loops::toFloat(expected)));
    }
}

void TestBFloat16::picturesStayInBFloat16AroundConvolutionsOfOurOwn()
{
    // Convolutions of one pixel, which the library multiplies, beside one of 3 x 3, which Winograd's form may do in float32.
    const Graph graph = GradientGraph([](Graph& g) {
                            const ValueId x = g.addParameter("x", {32, 32, 16, 16});
                            ValueId y = g.apply(OpKind::Conv2d, {x, g.addParameter("w1", {32, 32, 1, 1})}, window(0));
                            y = relu(g, normed(g, y, "n1", 32));
                            y = g.apply(OpKind::Conv2d, {y, g.addParameter("w2", {32, 32, 3, 3})}, window(1));
                            y = relu(g, normed(g, y, "n2", 32));
                            return g.apply(OpKind::Conv2d, {y, g.addParameter("w3", {32, 32, 1, 1})}, window(0));
                        }).graph;
    const Run exact = runOnCpu(graph, DType::Float32);
    const Run rounded = runOnCpu(graph, DType::BFloat16);
    // x and the gradient from outside are rounded; no picture goes to float32 and back.
    QCOMPARE(rounded.casts, std::size_t{2});
    QVERIFY2(
        rounded.arenaBytes < 0.75 * exact.arenaBytes,
        qPrintable(QString("%1 bytes, float32 %2").arg(rounded.arenaBytes).arg(exact.arenaBytes)));
}

void TestBFloat16::networksLearnAsInFloat32_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("words");
    QTest::newRow("dense") << QByteArray(kMlp) << 64 << 0;
    QTest::newRow("convolutions") << QByteArray(kConvNet) << 256 << 0;
    QTest::newRow("lstm") << QByteArray(kLstm) << 8 << 20;
}

void TestBFloat16::networksLearnAsInFloat32()
{
    QFETCH(QByteArray, text);
    QFETCH(int, size);
    QFETCH(int, words);
    const auto model = ModelDescription::fromJson(Json::parse(text.constData())).value();
    const Samples samples = samplesOf(64, size, words);
    const auto backend = makeCpuBackend(2);
    const auto full = backend->createSession(model, setupOf(Precision::Float32), 5).value();
    const auto half = backend->createSession(model, setupOf(Precision::BFloat16), 5).value();
    const auto exact = trainLosses(*full, samples, 40);
    const auto rounded = trainLosses(*half, samples, 40);
    QVERIFY(exact.back() < 0.5 * exact.front());
    for (std::size_t i = 0; i < exact.size(); ++i) {
        // 2 % of the loss to begin with; dropped or chosen maxima may part the ways of two runs a little.
        QVERIFY2(
            std::abs(rounded[i] - exact[i]) < 0.02 * exact.front() + 0.02 * exact[i],
            qPrintable(QString("step %1: %2, float32 %3").arg(i).arg(rounded[i]).arg(exact[i])));
    }
    QVERIFY(rounded != exact);
    for (const NamedTensor& parameter : half->parameters()) {
        QVERIFY(parameter.tensor.dtype() == DType::Float32);
    }
    QVERIFY(half->evaluate(samples.inputs, samples.targets).value().correct >= 55);
}

void TestBFloat16::resumedTrainingGivesBitEqualLosses()
{
    QFETCH(QByteArray, text);
    QFETCH(int, size);
    QFETCH(int, words);
    const auto model = ModelDescription::fromJson(Json::parse(text.constData())).value();
    const Samples samples = samplesOf(32, size, words);
    const auto backend = makeCpuBackend(2);
    const auto session = backend->createSession(model, setupOf(Precision::BFloat16), 5).value();
    const auto again = backend->createSession(model, setupOf(Precision::BFloat16), 5).value();
    QCOMPARE(trainLosses(*again, samples, 3), trainLosses(*session, samples, 3));

    const auto resumed = backend->createSession(model, setupOf(Precision::BFloat16), 77).value();
    QVERIFY(resumed->setParameters(session->parameters()));
    QVERIFY(resumed->setOptimizerState(session->optimizerState(), session->optimizerCounters()));
    QCOMPARE(trainLosses(*resumed, samples, 4), trainLosses(*session, samples, 4));
    QVERIFY(isSame(resumed->parameters(), session->parameters()));
}

QTEST_GUILESS_MAIN(TestBFloat16)
#include "tst_bfloat16.moc"
