#include <cmath>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/base/files.h"
#include "engine/base/json.h"
#include "engine/exchange/onnx_import.h"
#include "tests/exchange/exported_cases.h"

using namespace ty;
using namespace ty::engine;

namespace {

constexpr double kTolerance = 1e-5;
const std::string kFolder = TRAINYARD_SOURCE_DIR "/tests/data/onnx/";

Result<std::vector<float>> answers(const ImportedNetwork& network, const std::vector<float>& inputs, std::int64_t batch)
{
    TrainingSetup setup;
    setup.loss = network.output == OnnxOutput::Softmax ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    const auto backend = makeCpuBackend(1);
    TY_TRY(const auto session, backend->createSession(network.model, setup, 1));
    TY_CHECK(session->setParameters(network.parameters));
    TY_TRY(const auto summary, summarise(network.model));
    std::vector<float> outputs(static_cast<std::size_t>(batch * elementCount(summary.outputShape)));
    TY_CHECK(session->predict(inputs, batch, outputs));
    return outputs;
}

} // namespace

class TestOnnxImport : public QObject {
    Q_OBJECT

private slots:
    void modelsOfPyTorchAnswerAsThere_data();
    void modelsOfPyTorchAnswerAsThere();
};

void TestOnnxImport::modelsOfPyTorchAnswerAsThere_data()
{
    QTest::addColumn<QString>("name");
    for (const char* name : {"mlp", "lenet", "lenet_opset9_one_sample", "resnet", "mobile", "recurrent", "transformer", "transformer_one_sample"}) {
        QTest::newRow(name) << name;
    }
}

void TestOnnxImport::modelsOfPyTorchAnswerAsThere()
{
    QFETCH(QString, name);
    const auto stem = kFolder + name.toStdString();
    const auto expected = readJsonFile(stem + ".json");
    QVERIFY(expected);
    const auto network = importOnnx(stem + ".onnx", {});
    QVERIFY2(network, network ? "" : network.error().message.c_str());

    const auto given = answers(
        network.value(), expected.value()["input"].get<std::vector<float>>(), expected.value()["inputShape"][0].get<std::int64_t>());

    QVERIFY2(given, given ? "" : given.error().message.c_str());
    const auto output = expected.value()["output"].get<std::vector<float>>();
    QCOMPARE(given.value().size(), output.size());
    double largest = 0;
    double size = 0;
    for (std::size_t i = 0; i < output.size(); ++i) {
        largest = std::max(largest, static_cast<double>(std::abs(output[i] - given.value()[i])));
        size = std::max(size, static_cast<double>(std::abs(output[i])));
    }
    qInfo("largest difference %.2g of %.2g", largest, size);
    QVERIFY(largest <= kTolerance * size);
}

QTEST_GUILESS_MAIN(TestOnnxImport)
#include "tst_onnx_import.moc"
