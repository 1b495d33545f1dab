#include <QTest>

#include <array>
#include <cmath>
#include <limits>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/random.h"
#include "engine/graph/reference_interpreter.h"
#include "engine/nn/lowering.h"
#include "engine/nn/presets.h"
#include "trained_samples.h"

using namespace ty;
using namespace ty::engine;

namespace {

/// Samples whose class can be seen: a bright stripe at the class's place.
Samples stripes(std::int64_t count, std::int64_t side, std::uint64_t seed)
{
    Random random(seed);
    Samples samples;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto label = static_cast<std::int64_t>(random.below(4));
        samples.targets.push_back(static_cast<float>(label));
        for (std::int64_t k = 0; k < side * side; ++k) {
            const bool isBright = k / side * 4 / side == label;
            samples.inputs.push_back(static_cast<float>(0.3 * random.normal() + (isBright ? 1.5 : 0.0)));
        }
    }
    return samples;
}

ModelDescription network(const char* text)
{
    return ModelDescription::fromJson(Json::parse(text)).value();
}

const char* const kConvolutions = R"({"input":[1,12,12],"layers":[
    {"name":"conv1","type":"conv2d","filters":16,"bias":false},
    {"name":"norm1","type":"batchNorm","activation":"relu"},
    {"name":"pool1","type":"maxPool2d"},
    {"name":"conv2","type":"conv2d","filters":20,"activation":"relu"},
    {"name":"drop","type":"dropout","rate":0.25},
    {"name":"flat","type":"flatten"},
    {"name":"hidden","type":"dense","units":32,"activation":"gelu"},
    {"name":"logits","type":"dense","units":4}]})";

std::unique_ptr<TrainingSession> makeSession(
    const ModelDescription& model, const TrainingSetup& setup, std::uint64_t seed, int threads = 2)
{
    return makeCpuBackend(threads)->createSession(model, setup, seed).value();
}

} // namespace

class TestCpuSession : public QObject {
    Q_OBJECT

private slots:
    void convolutionsLearnStripes();
    void sameSeedGivesBitEqualLosses();
    void resumedTrainingGivesBitEqualLosses();
    void measuringAStepChangesNothing_data();
    void measuringAStepChangesNothing();
    void anyBatchSizeSharesTheParameters();
    void lossAgreesWithTheReference();
    void samplesThatComeTwiceGiveTheSameLosses_data();
    void samplesThatComeTwiceGiveTheSameLosses();
    void probabilitiesSumToOne();
    void optimizersFollowTheirFormulas_data();
    void optimizersFollowTheirFormulas();
    void clippingLimitsTheGlobalNorm();
    void clippingByValueComesBeforePenalties();
    void targetsMustSuitTheLoss_data();
    void targetsMustSuitTheLoss();
    void classWeightsAndSmoothingChangeTheLoss();
    void aBatchsLossKnowsTheWeightOfItsLabels();
    void runningStatisticsReachInference();
    void wrongInputIsRefusedAndChangesNothing();
    void wrongParametersAreRefusedWhole();
    void wrongSetupsAreRefused();
    void regressionReportsErrors();
};

void TestCpuSession::convolutionsLearnStripes()
{
    const Samples samples = stripes(64, 12, 1);
    const auto session = makeSession(network(kConvolutions), TrainingSetup{}, 1);
    const std::vector<double> losses = trainLosses(*session, samples, 40);
    QVERIFY(losses.back() < 0.1 * losses.front());
    const StepResult result = session->evaluate(samples.inputs, samples.targets).value();
    QCOMPARE(result.correct, std::int64_t{64});
    QVERIFY(session->memoryBytes() > 0);
}

void TestCpuSession::sameSeedGivesBitEqualLosses()
{
    const Samples samples = stripes(48, 12, 2);
    for (const int threads : {1, 2}) {
        const auto first = makeSession(network(kConvolutions), TrainingSetup{}, 9, threads);
        const auto second = makeSession(network(kConvolutions), TrainingSetup{}, 9, threads);
        QCOMPARE(trainLosses(*first, samples, 6), trainLosses(*second, samples, 6));
        QVERIFY(isSame(first->parameters(), second->parameters()));
    }
}

void TestCpuSession::measuringAStepChangesNothing_data()
{
    QTest::addColumn<QByteArray>("layers");
    QTest::newRow("statistics and dropout") << QByteArray(kConvolutions);
    QTest::newRow("states carried over") << QByteArray(R"({"input":[12,12],"layers":[
        {"name":"lstm","type":"lstm","units":9,"carryState":true},
        {"name":"logits","type":"dense","units":4}]})");
}

void TestCpuSession::measuringAStepChangesNothing()
{
    QFETCH(const QByteArray, layers);
    const Samples samples = stripes(16, 12, 5);
    const auto model = ModelDescription::fromJson(Json::parse(layers.toStdString()));
    QVERIFY2(model, model ? "" : model.error().message.c_str());
    const auto plain = makeSession(model.value(), TrainingSetup{}, 3);
    const auto measured = makeSession(model.value(), TrainingSetup{}, 3);
    QCOMPARE(trainLosses(*measured, samples, 3), trainLosses(*plain, samples, 3));

    const auto profile = measured->profileStep(16, 3);

    volatile float smallest = std::numeric_limits<float>::min();
    QVERIFY(smallest / 2 > 0); // what the measurement flushes is a number again
    QVERIFY2(profile, profile ? "" : profile.error().message.c_str());
    QVERIFY(profile.value().librarySeconds() > 0);
    QVERIFY(profile.value().floor(1e10) > profile.value().librarySeconds());
    QVERIFY(isSame(plain->parameters(), measured->parameters()));
    QVERIFY(isSame(plain->optimizerState(), measured->optimizerState()));
    QCOMPARE(trainLosses(*measured, samples, 3), trainLosses(*plain, samples, 3));
    QVERIFY(isSame(plain->parameters(), measured->parameters()));
}

void TestCpuSession::resumedTrainingGivesBitEqualLosses()
{
    const Samples samples = stripes(48, 12, 3);
    const Samples rest = stripes(17, 12, 4);
    for (const OptimizerKind kind :
         {OptimizerKind::Sgd, OptimizerKind::Adam, OptimizerKind::AdamW, OptimizerKind::RmsProp}) {
        TrainingSetup setup;
        setup.optimizer = kind;
        setup.weightDecay = 0.01;
        setup.clipNorm = 1;
        const auto session = makeSession(network(kConvolutions), setup, 5);
        trainLosses(*session, samples, 4);
        const auto parameters = session->parameters();
        const auto moments = session->optimizerState();
        const Json counters = Json::parse(session->optimizerCounters().dump());

        const auto resumed = makeSession(network(kConvolutions), setup, 77); // another seed: all is replaced
        QVERIFY(resumed->evaluate(rest.inputs, rest.targets)); // another order of compilation
        QVERIFY(resumed->setParameters(parameters));
        QVERIFY(resumed->setOptimizerState(moments, counters));
        QVERIFY(isSame(resumed->parameters(), parameters));
        QVERIFY(isSame(resumed->optimizerState(), moments));

        QCOMPARE(trainLosses(*resumed, samples, 3), trainLosses(*session, samples, 3));
        QCOMPARE(trainLosses(*resumed, rest, 2), trainLosses(*session, rest, 2));
        QVERIFY(isSame(resumed->parameters(), session->parameters()));
    }
}

void TestCpuSession::anyBatchSizeSharesTheParameters()
{
    const auto session = makeSession(network(kConvolutions), TrainingSetup{}, 1);
    for (const std::int64_t batch : {32, 1, 7, 32, 100}) {
        const Samples samples = stripes(batch, 12, static_cast<std::uint64_t>(batch));
        QVERIFY(session->step(samples.inputs, samples.targets, 0.001));
        std::vector<float> outputs(static_cast<std::size_t>(batch) * 4);
        QVERIFY(session->predict(samples.inputs, batch, outputs));
    }
    // One sample alone gets the same answer as among others.
    const Samples samples = stripes(9, 12, 8);
    std::vector<float> together(36);
    std::vector<float> alone(4);
    QVERIFY(session->predict(samples.inputs, 9, together));
    QVERIFY(session->predict({samples.inputs.data() + 5 * 144, 144}, 1, alone));
    for (std::size_t i = 0; i < 4; ++i) {
        QVERIFY(std::abs(alone[i] - together[20 + i]) < 1e-5F);
    }
}

void TestCpuSession::lossAgreesWithTheReference()
{
    const ModelDescription model = network(kConvolutions);
    const Samples samples = stripes(6, 12, 6);
    const auto session = makeSession(model, TrainingSetup{}, 3);
    trainLosses(*session, samples, 2);

    LoweredNetwork lowered = lowerNetwork(model, 6, NetworkMode::Inference).value();
    const LoweredLoss loss = appendLoss(lowered, TrainingSetup{}).value();
    ReferenceInterpreter interpreter(lowered.graph);
    for (const NamedTensor& parameter : session->parameters()) {
        const auto floats = parameter.tensor.floats();
        interpreter.value(lowered.graph.find(parameter.name)).assign(floats.begin(), floats.end());
    }
    interpreter.value(lowered.input).assign(samples.inputs.begin(), samples.inputs.end());
    interpreter.value(loss.targets).assign(samples.targets.begin(), samples.targets.end());
    interpreter.value(loss.classWeights).assign(4, 1.0);
    interpreter.run();

    const StepResult result = session->evaluate(samples.inputs, samples.targets).value();
    QVERIFY(std::abs(result.loss - interpreter.value(loss.loss)[0]) < 1e-4);
    QCOMPARE(static_cast<double>(result.correct), interpreter.value(loss.metrics)[0]);
}

void TestCpuSession::samplesThatComeTwiceGiveTheSameLosses_data()
{
    QTest::addColumn<QString>("layers");
    QTest::newRow("residual blocks") << R"(
        {"name":"conv0","type":"conv2d","filters":128,"kernel":3,"stride":2,"padding":1,"bias":false},
        {"name":"norm0","type":"batchNorm"},
        {"name":"relu0","type":"relu"},
        {"name":"conv1","type":"conv2d","filters":128,"kernel":1,"bias":false},
        {"name":"norm1","type":"batchNorm","activation":"relu"},
        {"name":"conv2","type":"conv2d","filters":128,"kernel":1,"bias":false},
        {"name":"norm2","type":"batchNorm"},
        {"name":"sum","type":"add","inputs":["norm2","relu0"],"activation":"relu"},
        {"name":"conv3","type":"conv2d","filters":128,"kernel":1,"bias":false},
        {"name":"norm3","type":"batchNorm","activation":"relu"},
        {"name":"conv4","type":"conv2d","filters":128,"kernel":1,"bias":false},
        {"name":"norm4","type":"batchNorm"},
        {"name":"sum2","type":"add","inputs":["norm4","sum"],"activation":"relu"},
        {"name":"mean","type":"globalAveragePool2d"},)";
    QTest::newRow("a block that makes pictures smaller") << R"(
        {"name":"conv0","type":"conv2d","filters":128,"kernel":3,"padding":1,"bias":false},
        {"name":"norm0","type":"batchNorm","activation":"relu"},
        {"name":"conv1","type":"conv2d","filters":128,"kernel":1,"bias":false},
        {"name":"norm1","type":"batchNorm"},
        {"name":"relu1","type":"relu"},
        {"name":"conv2","type":"conv2d","filters":128,"kernel":1,"bias":false},
        {"name":"norm2","type":"batchNorm","activation":"relu"},
        {"name":"conv3","type":"conv2d","filters":128,"kernel":3,"stride":2,"padding":1,"bias":false},
        {"name":"norm3","type":"batchNorm","activation":"relu"},
        {"name":"conv4","type":"conv2d","filters":256,"kernel":1,"bias":false},
        {"name":"norm4","type":"batchNorm"},
        {"name":"short","type":"conv2d","inputs":["relu1"],"filters":256,"kernel":1,"stride":2,"bias":false},
        {"name":"normShort","type":"batchNorm"},
        {"name":"sum","type":"add","inputs":["norm4","normShort"],"activation":"relu"},
        {"name":"mean","type":"globalAveragePool2d"},)";
}

/// Twice as many pixels are enough for our own convolutions of one pixel, which also join the residual's gradients; the
/// library computes the same of half as many.
void TestCpuSession::samplesThatComeTwiceGiveTheSameLosses()
{
    QFETCH(const QString, layers);
    const ModelDescription model = network(
        (R"({"input":[1,12,12],"layers":[)" + layers + R"({"name":"logits","type":"dense","units":4}]})").toStdString().c_str());
    const Samples once = stripes(4, 12, 7);
    Samples twice = once;
    twice.inputs.insert(twice.inputs.end(), once.inputs.begin(), once.inputs.end());
    twice.targets.insert(twice.targets.end(), once.targets.begin(), once.targets.end());
    const auto losses = trainLosses(*makeSession(model, TrainingSetup{}, 5), once, 6);
    const auto same = trainLosses(*makeSession(model, TrainingSetup{}, 5), twice, 6);
    for (std::size_t i = 0; i < losses.size(); ++i) {
        QVERIFY2(
            std::abs(losses[i] - same[i]) <= 1e-3 * losses[i],
            qPrintable(QStringLiteral("step %1: %2 and %3").arg(i).arg(losses[i]).arg(same[i])));
    }
}

void TestCpuSession::probabilitiesSumToOne()
{
    const auto session = makeSession(tablePreset(PresetSize::Balanced, 4, 3, 150), TrainingSetup{}, 1);
    std::vector<float> outputs(6);
    QVERIFY(session->predict(std::vector<float>{1, 2, 3, 4, -1, 0, 1, 50}, 2, outputs));
    QVERIFY(std::abs(outputs[0] + outputs[1] + outputs[2] - 1) < 1e-6F);
    QVERIFY(std::abs(outputs[3] + outputs[4] + outputs[5] - 1) < 1e-6F);
}

void TestCpuSession::optimizersFollowTheirFormulas_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("isNesterov");
    QTest::newRow("sgd") << static_cast<int>(OptimizerKind::Sgd) << false;
    QTest::newRow("nesterov") << static_cast<int>(OptimizerKind::Sgd) << true;
    QTest::newRow("adam") << static_cast<int>(OptimizerKind::Adam) << false;
    QTest::newRow("adamw") << static_cast<int>(OptimizerKind::AdamW) << false;
    QTest::newRow("rmsprop") << static_cast<int>(OptimizerKind::RmsProp) << false;
    QTest::newRow("adagrad") << static_cast<int>(OptimizerKind::Adagrad) << false;
}

void TestCpuSession::optimizersFollowTheirFormulas()
{
    QFETCH(int, kind);
    QFETCH(bool, isNesterov);
    TrainingSetup setup;
    setup.loss = LossKind::MeanSquaredError;
    setup.optimizer = static_cast<OptimizerKind>(kind);
    setup.isNesterov = isNesterov;
    setup.weightDecay = 0.1;
    const auto session = makeSession(
        network(R"({"input":[1],"layers":[{"name":"d","type":"dense","units":1,"bias":false}]})"), setup, 1);
    double w = static_cast<double>(session->parameters()[0].tensor.floats()[0]);
    double m = 0;
    double v = 0;
    constexpr double kRate = 0.05;
    for (int t = 1; t <= 5; ++t) {
        QVERIFY(session->step(std::vector<float>{2.0F}, std::vector<float>{3.0F}, kRate));
        double g = 2 * (2 * w - 3) * 2; // d/dw (2 w - 3)^2
        switch (setup.optimizer) {
        case OptimizerKind::Sgd:
            g += 0.1 * w;
            m = 0.9 * m + g;
            w -= kRate * (isNesterov ? g + 0.9 * m : m);
            break;
        case OptimizerKind::Adam:
        case OptimizerKind::AdamW:
            if (setup.optimizer == OptimizerKind::Adam) {
                g += 0.1 * w;
            } else {
                w *= 1 - kRate * 0.1;
            }
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            w -= kRate * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
            break;
        case OptimizerKind::RmsProp:
            g += 0.1 * w;
            v = 0.999 * v + 0.001 * g * g;
            w -= kRate * g / (std::sqrt(v) + 1e-8);
            break;
        case OptimizerKind::Adagrad:
            g += 0.1 * w;
            v += g * g;
            w -= kRate * g / (std::sqrt(v) + 1e-8);
            break;
        }
        QVERIFY(std::abs(static_cast<double>(session->parameters()[0].tensor.floats()[0]) - w) < 1e-4);
    }
}

void TestCpuSession::clippingLimitsTheGlobalNorm()
{
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd;
    setup.momentum = 0;
    setup.loss = LossKind::MeanSquaredError;
    setup.clipNorm = 0.5;
    const auto session =
        makeSession(network(R"({"input":[2],"layers":[{"name":"d","type":"dense","units":1}]})"), setup, 1);
    const auto before = session->parameters();
    const StepResult result = session->step(std::vector<float>{3, 4}, std::vector<float>{100}, 1.0).value();
    const auto after = session->parameters();
    double moved = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
        for (std::size_t k = 0; k < before[i].tensor.floats().size(); ++k) {
            const double d = static_cast<double>(after[i].tensor.floats()[k] - before[i].tensor.floats()[k]);
            moved += d * d;
        }
    }
    QVERIFY(result.gradientNorm > 100);
    QVERIFY(std::abs(std::sqrt(moved) - 0.5) < 1e-4);
}

void TestCpuSession::clippingByValueComesBeforePenalties()
{
    TrainingSetup setup;
    setup.optimizer = OptimizerKind::Sgd;
    setup.momentum = 0;
    setup.loss = LossKind::MeanSquaredError;
    setup.clipValue = 0.25;
    setup.l1 = 0.5;
    const auto session = makeSession(
        network(R"({"input":[1],"layers":[{"name":"d","type":"dense","units":1}]})"), setup, 1);
    const float weight = session->parameters()[0].tensor.floats()[0];
    QVERIFY(session->step(std::vector<float>{3}, std::vector<float>{100}, 1.0));
    const float sign = weight > 0 ? 1.0F : -1.0F;
    // The gradient is far below -0.25; the bias has no penalty.
    QVERIFY(std::abs(session->parameters()[0].tensor.floats()[0] - (weight + 0.25F - 0.5F * sign)) < 1e-6F);
    QVERIFY(std::abs(session->parameters()[1].tensor.floats()[0] - 0.25F) < 1e-6F);
}

void TestCpuSession::targetsMustSuitTheLoss_data()
{
    QTest::addColumn<int>("loss");
    QTest::addColumn<QList<float>>("good");
    QTest::addColumn<QList<float>>("bad");
    const auto row = [](const char* name, LossKind loss, const QList<float>& good, const QList<float>& bad) {
        QTest::newRow(name) << static_cast<int>(loss) << good << bad;
    };
    row("labels", LossKind::SoftmaxCrossEntropy, {0, 1, 2}, {0, 1, 3});
    row("binary", LossKind::BinaryCrossEntropy, {0, 1, 0.5F, 0, 0, 0, 1, 1, 1}, {0, 1, 1.5F, 0, 0, 0, 1, 1, 1});
    row("hinge", LossKind::Hinge, {-1, 1, 1, 1, 1, 1, -1, -1, -1}, {-1, 1, 0, 1, 1, 1, -1, -1, -1});
    row("ctc", LossKind::Ctc, {3, 1, 2, -1}, {3, 1, 3, -1});
    row("ctc blank", LossKind::Ctc, {2, 1, -1, -1}, {2, 0, -1, -1});
    row("ctc frames", LossKind::Ctc, {1, 1, -1, -1}, {4, 1, -1, -1});
}

void TestCpuSession::targetsMustSuitTheLoss()
{
    QFETCH(int, loss);
    QFETCH(QList<float>, good);
    QFETCH(QList<float>, bad);
    TrainingSetup setup;
    setup.loss = static_cast<LossKind>(loss);
    const auto session = makeSession(
        network(R"({"input":[3,2],"layers":[{"name":"d","type":"dense","units":3,"over":"last"}]})"), setup, 1);
    const std::vector<float> inputs{1, 2, 3, 4, 5, 6};
    const auto fits = session->step(inputs, std::vector<float>(good.begin(), good.end()), 0.1);
    QVERIFY2(fits, fits ? "" : fits.error().message.c_str());
    QVERIFY(std::isfinite(fits->loss));
    QVERIFY(!session->step(inputs, std::vector<float>(bad.begin(), bad.end()), 0.1));
}

void TestCpuSession::classWeightsAndSmoothingChangeTheLoss()
{
    const ModelDescription model =
        network(R"({"input":[1],"layers":[{"name":"d","type":"dense","units":2,"bias":false}]})");
    const std::vector<NamedTensor> parameters = [] {
        Tensor weight(DType::Float32, {2, 1});
        weight.floats()[0] = 1;
        weight.floats()[1] = -1;
        return std::vector<NamedTensor>{{"d.weight", weight}};
    }();
    const auto lossOf = [&](const TrainingSetup& setup) {
        const auto session = makeSession(model, setup, 1);
        const bool isSet = session->setParameters(parameters).isOk();
        return isSet ? session->evaluate(std::vector<float>{1, 0.5}, std::vector<float>{0, 1}).value().loss : -1;
    };
    // logits (1, -1) label 0 and (0.5, -0.5) label 1
    const double first = std::log1p(std::exp(-2.0));
    const double second = std::log1p(std::exp(1.0));
    QVERIFY(std::abs(lossOf({}) - (first + second) / 2) < 1e-6);
    TrainingSetup weighted;
    weighted.classWeights = {1, 3};
    QVERIFY(std::abs(lossOf(weighted) - (first + 3 * second) / 4) < 1e-6);
    TrainingSetup smoothed;
    smoothed.labelSmoothing = 0.2;
    const double expected = (0.9 * first + 0.1 * (first + 2) + 0.9 * second + 0.1 * (second - 1)) / 2;
    QVERIFY(std::abs(lossOf(smoothed) - expected) < 1e-6);
}

void TestCpuSession::aBatchsLossKnowsTheWeightOfItsLabels()
{
    const ModelDescription model = network(R"({"input":[1],"layers":[{"name":"d","type":"dense","units":2}]})");
    const std::vector<float> inputs{1, -2, 0.5, 3, -1};
    const std::vector<float> labels{0, 1, 1, 0, 1};
    TrainingSetup setup;
    QCOMPARE(makeSession(model, setup, 1)->evaluate(inputs, labels)->lossWeight, 5.0);
    setup.classWeights = {1, 3};
    const auto session = makeSession(model, setup, 1);
    const auto whole = session->evaluate(inputs, labels);
    QCOMPARE(whole->lossWeight, 11.0);
    // However the samples are divided into batches, the mean is the same.
    double sum = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto one = session->evaluate(std::span(inputs).subspan(i, 1), std::span(labels).subspan(i, 1));
        QCOMPARE(one->lossWeight, labels[i] == 0 ? 1.0 : 3.0);
        sum += one->loss * one->lossWeight;
    }
    QVERIFY(std::abs(sum / 11 - whole->loss) < 1e-6);

    setup.hasTargetShares = true;
    const std::vector<float> shares{0.25, 0.75, 1, 0};
    QCOMPARE(makeSession(model, setup, 1)->step(std::vector<float>{1, 2}, shares, 0.1)->lossWeight, 3.5);

    setup.hasTargetShares = false;
    setup.loss = LossKind::BinaryCrossEntropy;
    const auto answers = makeSession(network(R"({"input":[1],"layers":[{"name":"d","type":"dense","units":1}]})"), setup, 1);
    QCOMPARE(answers->evaluate(inputs, labels)->lossWeight, 11.0);
}

void TestCpuSession::runningStatisticsReachInference()
{
    const auto session = makeSession(
        network(R"({"input":[1],"layers":[{"name":"n","type":"batchNorm","momentum":1.0},{"name":"d","type":"dense","units":2}]})"),
        TrainingSetup{},
        1);
    QVERIFY(session->step(std::vector<float>{1, 2, 3, 6}, std::vector<float>{0, 1, 0, 1}, 0.01));
    for (const NamedTensor& parameter : session->parameters()) {
        if (parameter.name == "n.runningMean") {
            QCOMPARE(parameter.tensor.floats()[0], 3.0F);
        }
        if (parameter.name == "n.runningVariance") {
            QVERIFY(std::abs(parameter.tensor.floats()[0] - 14.0F / 3) < 1e-5F);
        }
    }
}

void TestCpuSession::wrongInputIsRefusedAndChangesNothing()
{
    const auto session = makeSession(tablePreset(PresetSize::Fast, 2, 3, 10), TrainingSetup{}, 1);
    const auto before = session->parameters();
    for (const float label : {3.0F, -1.0F, 0.5F, 1e20F, -INFINITY, std::nanf("")}) {
        const auto result = session->step(std::vector<float>{1, 2}, std::vector<float>{label}, 0.1);
        QVERIFY(!result);
        QVERIFY2(result.error().message.find("sample 0") != std::string::npos, result.error().message.c_str());
    }
    QVERIFY(!session->step(std::vector<float>{1, 2, 3}, std::vector<float>{0}, 0.1));
    QVERIFY(!session->step({}, {}, 0.1));
    std::vector<float> outputs(2);
    QVERIFY(!session->predict(std::vector<float>{1, 2}, 1, outputs));
    QVERIFY(isSame(session->parameters(), before));
}

void TestCpuSession::wrongParametersAreRefusedWhole()
{
    const auto session = makeSession(tablePreset(PresetSize::Fast, 2, 3, 10), TrainingSetup{}, 1);
    const auto before = session->parameters();
    auto missing = session->parameters();
    missing.pop_back();
    const auto first = session->setParameters(missing);
    QVERIFY(!first);
    QVERIFY2(first.error().message.find("direct.weight") != std::string::npos, first.error().message.c_str());
    auto misshapen = session->parameters();
    misshapen[0].tensor = Tensor(DType::Float32, {1, 1});
    const auto second = session->setParameters(misshapen);
    QVERIFY(!second);
    QVERIFY2(second.error().message.find("(1, 1)") != std::string::npos, second.error().message.c_str());
    auto unknown = session->parameters();
    unknown.push_back({"other.weight", Tensor(DType::Float32, {1})});
    QVERIFY(!session->setParameters(unknown));
    QVERIFY(isSame(session->parameters(), before));
    QVERIFY(!session->setOptimizerState(session->optimizerState(), Json::object()));
}

void TestCpuSession::wrongSetupsAreRefused()
{
    const auto backend = makeCpuBackend(1);
    const ModelDescription model = tablePreset(PresetSize::Fast, 2, 3, 10);
    TrainingSetup weights;
    weights.classWeights = {1, 2};
    QVERIFY(!backend->createSession(model, weights, 1));
    TrainingSetup smoothing;
    smoothing.labelSmoothing = 1;
    QVERIFY(!backend->createSession(model, smoothing, 1));
    TrainingSetup regression;
    regression.loss = LossKind::Huber;
    const auto many = backend->createSession(model, regression, 1);
    QVERIFY(many); // three numbers to be predicted
    QVERIFY((*many)->step(std::vector<float>{1, 2}, std::vector<float>{1, 2, 3}, 0.1));
    QVERIFY(!(*many)->step(std::vector<float>{1, 2}, std::vector<float>{1}, 0.1));
    TrainingSetup weighted;
    weighted.loss = LossKind::Huber;
    weighted.classWeights = {1, 1, 1};
    QVERIFY(!backend->createSession(model, weighted, 1));
    TrainingSetup halves;
    halves.precision = Precision::BFloat16;
    QCOMPARE(backend->createSession(model, halves, 1).isOk(), hasBFloat16());
}

void TestCpuSession::regressionReportsErrors()
{
    TrainingSetup setup;
    setup.loss = LossKind::MeanAbsoluteError;
    const auto session =
        makeSession(network(R"({"input":[1],"layers":[{"name":"d","type":"dense","units":1,"bias":false}]})"), setup, 1);
    Tensor weight(DType::Float32, {1, 1});
    weight.floats()[0] = 2;
    QVERIFY(session->setParameters({{"d.weight", weight}}));
    const StepResult result = session->evaluate(std::vector<float>{1, 2}, std::vector<float>{1, 7}).value();
    QCOMPARE(result.loss, 2.0);
    QCOMPARE(result.absoluteErrorSum, 4.0);
    QCOMPARE(result.squaredErrorSum, 10.0);
    std::vector<float> outputs(1);
    QVERIFY(session->predict(std::vector<float>{5}, 1, outputs));
    QCOMPARE(outputs[0], 10.0F);
}

QTEST_GUILESS_MAIN(TestCpuSession)
#include "tst_cpu_session.moc"
