#include <QTest>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/nn/zoo.h"

using namespace ty;
using namespace ty::engine;

class TestZoo : public QObject {
    Q_OBJECT

private slots:
    void everyNetworkHasItsParameters_data();
    void everyNetworkHasItsParameters();
    void smallNetworksTakeAStep_data();
    void smallNetworksTakeAStep();
    void unknownNamesListTheKnown();
};

void TestZoo::everyNetworkHasItsParameters_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < zooNetworks().size(); ++i) {
        QTest::newRow(zooNetworks()[i].name.c_str()) << static_cast<int>(i);
    }
}

void TestZoo::everyNetworkHasItsParameters()
{
    QFETCH(int, number);
    const ZooNetwork& network = zooNetworks()[static_cast<std::size_t>(number)];
    const auto summary = summarise(network.make());
    QVERIFY2(summary, summary ? "" : summary.error().message.c_str());
    QCOMPARE(summary->parameters, network.parameters);
    QVERIFY(summary->flops > 0);
    const auto again = ModelDescription::fromJson(network.make().toJson());
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(again->toJson().dump(), network.make().toJson().dump());
}

void TestZoo::smallNetworksTakeAStep_data()
{
    QTest::addColumn<int>("loss");
    for (const auto& [name, loss] :
         {std::pair{"playground", LossKind::MeanSquaredError},
          {"iris-demo", LossKind::SoftmaxCrossEntropy},
          {"cntk-convnet", LossKind::SoftmaxCrossEntropy},
          {"alexnet-cifar", LossKind::SoftmaxCrossEntropy},
          {"autoencoder", LossKind::MeanSquaredError},
          {"resnet56", LossKind::SoftmaxCrossEntropy},
          {"lstm-classifier", LossKind::SoftmaxCrossEntropy}}) {
        QTest::newRow(name) << static_cast<int>(loss);
    }
}

void TestZoo::smallNetworksTakeAStep()
{
    QFETCH(int, loss);
    const ModelDescription model = makeZooNetwork(QTest::currentDataTag()).value();
    const ModelSummary summary = summarise(model).value();
    TrainingSetup setup;
    setup.loss = static_cast<LossKind>(loss);
    const auto session = makeCpuBackend(2)->createSession(model, setup, 1);
    QVERIFY2(session, session ? "" : session.error().message.c_str());
    constexpr std::size_t kBatch = 2;
    std::vector<float> inputs(kBatch * static_cast<std::size_t>(elementCount(model.input)));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        inputs[i] = static_cast<float>(i % 7);
    }
    const bool isClassification = setup.loss == LossKind::SoftmaxCrossEntropy;
    const std::vector<float> targets(
        isClassification ? kBatch : kBatch * static_cast<std::size_t>(elementCount(summary.outputShape)), 1.0F);
    const double first = (*session)->step(inputs, targets, 1e-3)->loss;
    double last = first;
    for (int i = 0; i < 5; ++i) {
        last = (*session)->step(inputs, targets, 1e-3)->loss;
    }
    QVERIFY(std::isfinite(last));
    QVERIFY2(last < first, (std::to_string(first) + " " + std::to_string(last)).c_str());
}

void TestZoo::unknownNamesListTheKnown()
{
    const auto network = makeZooNetwork("resnet");
    QVERIFY(!network);
    QVERIFY(network.error().advice.find("resnet18") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestZoo)
#include "tst_zoo.moc"
