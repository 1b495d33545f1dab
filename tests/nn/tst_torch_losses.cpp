// Whole networks against PyTorch: the first ten losses from the same weights and batches, which both sides make from
// sines. Stored numbers and their origin: torch_losses.json, written by make_torch_losses.py.
#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/json.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr std::int64_t kBatch = 4;

Json readCases()
{
    return readJsonFile(std::string(TRAINYARD_SOURCE_DIR) + "/tests/nn/torch_losses.json").value()["cases"];
}

std::vector<float> wave(std::int64_t count, double phase, double amplitude)
{
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) {
        values.push_back(static_cast<float>(amplitude * std::sin(0.7 * static_cast<double>(i) + phase)));
    }
    return values;
}

/// The network's parameters as the script sets them, running statistics as they are.
std::vector<NamedTensor> sineParameters(const TrainingSession& session, double gain)
{
    std::vector<NamedTensor> tensors = session.parameters();
    double phase = 0;
    for (NamedTensor& named : tensors) {
        if (named.name.find("running") != std::string::npos) {
            continue;
        }
        const Shape& shape = named.tensor.shape();
        const std::int64_t fan = shape.size() > 1 ? named.tensor.size() / shape[0] : 9;
        const auto values = wave(named.tensor.size(), phase++, gain * 0.3 / std::sqrt(static_cast<double>(fan)));
        const float base = named.name.ends_with(".scale") ? 1.0F : 0.0F;
        std::transform(values.begin(), values.end(), named.tensor.floats().begin(), [base](float value) {
            return value + base;
        });
    }
    return tensors;
}

std::vector<float> inputsOf(const ModelDescription& model, int step)
{
    const std::int64_t count = kBatch * elementCount(model.input);
    if (model.layers.front().type != "embedding") {
        return wave(count, 0.37 * step + 1, 1.5);
    }
    std::vector<float> numbers;
    for (std::int64_t i = 0; i < count; ++i) {
        numbers.push_back(static_cast<float>((3 * i + step) % 7));
    }
    return numbers;
}

/// Each class and the next one.
std::vector<float> sharesOf(std::int64_t classes, int step)
{
    std::vector<float> shares(static_cast<std::size_t>(kBatch * classes), 0.0F);
    for (std::int64_t n = 0; n < kBatch; ++n) {
        shares[static_cast<std::size_t>(n * classes + (7 * n + step) % classes)] += 0.7F;
        shares[static_cast<std::size_t>(n * classes + (7 * n + step + 1) % classes)] += 0.3F;
    }
    return shares;
}

std::vector<float> targetsOf(LossKind loss, const Shape& outputs, int step)
{
    const std::int64_t classes = outputs.back();
    const std::int64_t all = kBatch * elementCount(outputs);
    std::vector<float> targets;
    switch (loss) {
    case LossKind::SoftmaxCrossEntropy:
        for (std::int64_t i = 0; i < all / classes; ++i) {
            targets.push_back(static_cast<float>((7 * i + step) % classes));
        }
        break;
    case LossKind::BinaryCrossEntropy:
        for (std::int64_t i = 0; i < all; ++i) {
            targets.push_back(static_cast<float>((3 * i + step) % 2));
        }
        break;
    case LossKind::Hinge:
        for (std::int64_t i = 0; i < all; ++i) {
            targets.push_back(static_cast<float>(2 * ((3 * i + step) % 2) - 1));
        }
        break;
    case LossKind::Ctc:
        for (std::int64_t n = 0; n < kBatch; ++n) {
            targets.insert(targets.end(), {static_cast<float>(outputs[0]), 1, 2, 2});
            targets.resize(targets.size() + static_cast<std::size_t>(outputs[0] - 3), -1.0F);
        }
        break;
    default:
        for (std::int64_t i = 0; i < all; ++i) {
            targets.push_back(static_cast<float>(std::sin(0.9 * static_cast<double>(i) + step)));
        }
        break;
    }
    return targets;
}

TrainingSetup setupOf(const Json& item, double& rate)
{
    static const std::map<std::string, LossKind> losses{
        {"crossEntropy", LossKind::SoftmaxCrossEntropy},
        {"smoothed", LossKind::SoftmaxCrossEntropy},
        {"weighted", LossKind::SoftmaxCrossEntropy},
        {"shares", LossKind::SoftmaxCrossEntropy},
        {"binary", LossKind::BinaryCrossEntropy},
        {"weightedBinary", LossKind::BinaryCrossEntropy},
        {"hinge", LossKind::Hinge},
        {"absolute", LossKind::MeanAbsoluteError},
        {"huber", LossKind::Huber},
        {"squared", LossKind::MeanSquaredError},
        {"ctc", LossKind::Ctc}};
    TrainingSetup setup;
    setup.loss = losses.at(item["loss"]);
    setup.hasTargetShares = item["loss"] == "shares";
    setup.labelSmoothing = item["loss"] == "smoothed" || setup.hasTargetShares ? 0.1 : 0.0;
    if (item["loss"] == "weighted") {
        setup.classWeights = {0.5F, 0.75F, 1.0F, 1.25F, 1.5F};
    } else if (item["loss"] == "weightedBinary") {
        setup.classWeights = {0.5F, 2.0F};
    }
    if (item.contains("setting")) {
        const Json& setting = item["setting"];
        const std::map<std::string, OptimizerKind> kinds{
            {"Sgd", OptimizerKind::Sgd}, {"Adam", OptimizerKind::Adam}, {"AdamW", OptimizerKind::AdamW}};
        setup.optimizer = kinds.at(setting["optimizer"]);
        setup.weightDecay = setting.value("weightDecay", 0.0);
        setup.l1 = setting.value("l1", 0.0);
        setup.clipNorm = setting.value("clipNorm", 0.0);
        setup.clipValue = setting.value("clipValue", 0.0);
        rate = setup.optimizer == OptimizerKind::Sgd ? 0.1 : 0.01;
        return setup;
    }
    const std::string optimizer = item["optimizer"];
    if (optimizer == "adam") {
        setup.optimizer = OptimizerKind::Adam;
        rate = 0.01;
    } else if (optimizer == "adagrad") {
        setup.optimizer = OptimizerKind::Adagrad;
        rate = 0.01;
    } else if (optimizer == "rmsprop") {
        setup.optimizer = OptimizerKind::RmsProp;
        rate = 0.001;
    } else {
        setup.optimizer = OptimizerKind::Sgd;
        setup.isNesterov = optimizer == "nesterov";
        rate = 0.1;
    }
    return setup;
}

} // namespace

class TestTorchLosses : public QObject {
    Q_OBJECT

private slots:
    void theFirstTenLossesAgree_data();
    void theFirstTenLossesAgree();
};

void TestTorchLosses::theFirstTenLossesAgree_data()
{
    QTest::addColumn<int>("number");
    const Json cases = readCases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QTest::newRow(cases[i]["name"].get<std::string>().c_str()) << static_cast<int>(i);
    }
}

void TestTorchLosses::theFirstTenLossesAgree()
{
    QFETCH(int, number);
    const Json item = readCases()[static_cast<std::size_t>(number)];
    double rate = 0;
    const TrainingSetup setup = setupOf(item, rate);
    const ModelDescription model = ModelDescription::fromJson(item["model"]).value();
    const auto made = makeCpuBackend(2)->createSession(model, setup, 1);
    QVERIFY2(made, made ? "" : made.error().message.c_str());
    TrainingSession& session = **made;
    QVERIFY(session.setParameters(sineParameters(session, item.value("gain", 1.0))));

    for (int step = 0; step < 10; ++step) {
        const auto inputs = inputsOf(model, step);
        const Shape& outputs = session.summary().outputShape;
        const auto targets = setup.hasTargetShares ? sharesOf(outputs.back(), step) : targetsOf(setup.loss, outputs, step);
        const auto result = session.step(inputs, targets, rate);
        QVERIFY2(result, result ? "" : result.error().message.c_str());
        const double expected = item["losses"][static_cast<std::size_t>(step)];
        // Float32 on both sides, with other orders of summation.
        QVERIFY2(
            std::abs(result->loss - expected) <= 1e-4 * expected,
            fmt::format("step {}: {} instead of {}", step, result->loss, expected).c_str());
    }
}

QTEST_GUILESS_MAIN(TestTorchLosses)
#include "tst_torch_losses.moc"
