#include <QTest>

#include <cmath>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/random.h"
#include "trained_samples.h"

using namespace ty;
using namespace ty::engine;

namespace {

ModelDescription described(const char* text)
{
    return ModelDescription::fromJson(Json::parse(text)).value();
}

std::unique_ptr<TrainingSession> makeSession(const ModelDescription& model, const TrainingSetup& setup)
{
    return makeCpuBackend(2)->createSession(model, setup, 1).value();
}

Samples randomSamples(std::size_t count, std::size_t width, std::uint64_t seed)
{
    Random random(seed);
    Samples samples;
    for (std::size_t i = 0; i < count * width; ++i) {
        samples.inputs.push_back(static_cast<float>(random.normal()));
    }
    for (std::size_t i = 0; i < count; ++i) {
        samples.targets.push_back(static_cast<float>(random.below(3)));
    }
    return samples;
}

std::set<std::string> changedNames(const std::vector<NamedTensor>& before, const std::vector<NamedTensor>& after)
{
    std::set<std::string> names;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (std::memcmp(before[i].tensor.data(), after[i].tensor.data(), before[i].tensor.bytes()) != 0) {
            names.insert(before[i].name);
        }
    }
    return names;
}

} // namespace

class TestFrozenLayers : public QObject {
    Q_OBJECT

private slots:
    void frozenWeightsStayBitEqualWhileOthersMove_data();
    void frozenWeightsStayBitEqualWhileOthersMove();
    void gradientsPassAFrozenNormalisation();
    void frozenLayersTakeNoMemoryForUpdates();
    void aFrozenSessionResumesBitEqual();
};

const char* const kNetwork = R"({"input":[2,6,6],"layers":[
    {"name":"conv1","type":"conv2d","filters":16,"bias":false,"frozen":true},
    {"name":"norm1","type":"batchNorm","activation":"relu","frozen":true},
    {"name":"conv2","type":"conv2d","filters":8},
    {"name":"norm2","type":"batchNorm","activation":"relu"},
    {"name":"flat","type":"flatten"},
    {"name":"hidden","type":"dense","units":5,"activation":"tanh","frozen":true},
    {"name":"logits","type":"dense","units":3}]})";

void TestFrozenLayers::frozenWeightsStayBitEqualWhileOthersMove_data()
{
    QTest::addColumn<int>("optimizer");
    QTest::newRow("sgd") << static_cast<int>(OptimizerKind::Sgd);
    QTest::newRow("adamw") << static_cast<int>(OptimizerKind::AdamW);
    QTest::newRow("adagrad") << static_cast<int>(OptimizerKind::Adagrad);
    QTest::newRow("rmsprop") << static_cast<int>(OptimizerKind::RmsProp);
}

void TestFrozenLayers::frozenWeightsStayBitEqualWhileOthersMove()
{
    QFETCH(int, optimizer);
    TrainingSetup setup;
    setup.optimizer = static_cast<OptimizerKind>(optimizer);
    setup.weightDecay = 0.1;
    setup.l1 = 0.01;
    setup.clipNorm = 1;
    const auto session = makeSession(described(kNetwork), setup);
    const Samples samples = randomSamples(12, 72, 1);
    const auto before = session->parameters();
    for (int i = 0; i < 4; ++i) {
        QVERIFY(session->step(samples.inputs, samples.targets, 0.01));
    }
    const std::set<std::string> expected{
        "conv2.weight", "conv2.bias", "norm2.scale", "norm2.shift", "norm2.runningMean", "norm2.runningVariance",
        "logits.weight", "logits.bias"};
    QVERIFY(changedNames(before, session->parameters()) == expected);
}

void TestFrozenLayers::gradientsPassAFrozenNormalisation()
{
    // Everything after "first" is frozen, so that evaluation and training compute the same and differences of
    // evaluated losses are the gradient that a plain step takes.
    const ModelDescription model = described(R"({"input":[2],"layers":[
        {"name":"first","type":"dense","units":4,"bias":false},
        {"name":"norm","type":"batchNorm","activation":"relu","frozen":true},
        {"name":"last","type":"dense","units":3,"frozen":true}]})");
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd;
    setup.momentum = 0;
    const auto session = makeSession(model, setup);
    auto parameters = session->parameters();
    for (NamedTensor& parameter : parameters) {
        if (parameter.name == "norm.runningVariance" || parameter.name == "norm.scale") {
            for (float& value : parameter.tensor.floats()) {
                value = 2.5F;
            }
        } else if (parameter.name == "norm.runningMean" || parameter.name == "norm.shift") {
            for (float& value : parameter.tensor.floats()) {
                value = 0.2F;
            }
        }
    }
    QVERIFY(session->setParameters(parameters));
    const Samples samples = randomSamples(9, 2, 3);
    const auto lossWith = [&](std::size_t at, float change) {
        auto changed = session->parameters();
        changed[0].tensor.floats()[at] += change;
        const auto other = makeSession(model, setup);
        return other->setParameters(changed) ? other->evaluate(samples.inputs, samples.targets)->loss : -1;
    };
    std::vector<double> expected;
    for (std::size_t i = 0; i < 8; ++i) {
        expected.push_back((lossWith(i, 1e-2F) - lossWith(i, -1e-2F)) / 2e-2);
    }
    QVERIFY(session->step(samples.inputs, samples.targets, 1.0));
    const auto after = session->parameters();
    QCOMPARE(after[0].name, std::string("first.weight"));
    bool isMoving = false;
    for (std::size_t i = 0; i < 8; ++i) {
        const double step = static_cast<double>(parameters[0].tensor.floats()[i] - after[0].tensor.floats()[i]);
        QVERIFY2(std::abs(step - expected[i]) < 5e-3, (std::to_string(step) + " " + std::to_string(expected[i])).c_str());
        isMoving = isMoving || std::abs(step) > 1e-2;
    }
    QVERIFY(isMoving);
}

void TestFrozenLayers::frozenLayersTakeNoMemoryForUpdates()
{
    const char* const text = R"({"input":[512],"layers":[
        {"name":"a","type":"dense","units":512,"frozen":%1},{"name":"b","type":"dense","units":3}]})";
    const auto bytesOf = [&](const char* frozen) {
        return makeSession(described(QString(text).arg(frozen).toUtf8().constData()), TrainingSetup{})->memoryBytes();
    };
    constexpr std::uint64_t kWeights = 512 * 512 * 4;
    QVERIFY(bytesOf("false") - bytesOf("true") >= 3 * kWeights); // a gradient and Adam's two numbers a weight
}

void TestFrozenLayers::aFrozenSessionResumesBitEqual()
{
    const Samples samples = randomSamples(12, 72, 5);
    const auto session = makeSession(described(kNetwork), TrainingSetup{});
    QVERIFY(session->step(samples.inputs, samples.targets, 0.01));
    const auto resumed = makeSession(described(kNetwork), TrainingSetup{});
    QVERIFY(resumed->setParameters(session->parameters()));
    QVERIFY(resumed->setOptimizerState(session->optimizerState(), Json::parse(session->optimizerCounters().dump())));
    for (int i = 0; i < 3; ++i) {
        QCOMPARE(resumed->step(samples.inputs, samples.targets, 0.01)->loss, session->step(samples.inputs, samples.targets, 0.01)->loss);
    }
    QVERIFY(changedNames(resumed->parameters(), session->parameters()).empty());
}

QTEST_GUILESS_MAIN(TestFrozenLayers)
#include "tst_frozen_layers.moc"
