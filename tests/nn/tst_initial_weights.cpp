#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engine/backends/cpu/cpu_backend.h"
#include "engine/nn/training_session.h"

using namespace ty;
using namespace ty::engine;

namespace {

std::vector<NamedTensor> parametersOf(const ModelDescription& model)
{
    return makeCpuBackend(1)->createSession(model, TrainingSetup{}, 1).value()->parameters();
}

} // namespace

/// What a network's weights begin with.
class TestInitialWeights : public QObject {
    Q_OBJECT
private slots:
    void weightsBeginAsAsked()
    {
        const auto weightsOf = [](const char* settings) {
            Json layer = Json::parse(settings);
            layer.update({{"name", "d"}, {"type", "dense"}, {"units", 40}});
            const auto model = ModelDescription::fromJson({{"input", {60}}, {"layers", {layer}}});
            const auto parameters = parametersOf(model.value());
            const auto floats = parameters[0].tensor.floats();
            const auto bias = parameters[1].tensor.floats();
            std::vector<float> values(floats.begin(), floats.end());
            values.push_back(bias[0]);
            return values;
        };
        const auto orthogonal = weightsOf(R"({"initial":"orthogonal","biasInitial":0.1})");
        QCOMPARE(orthogonal.back(), 0.1F);
        for (int i = 0; i < 40; ++i) {
            for (int k = 0; k <= i; ++k) {
                const double product = std::inner_product(
                    orthogonal.begin() + i * 60, orthogonal.begin() + (i + 1) * 60, orthogonal.begin() + k * 60, 0.0);
                QVERIFY(std::abs(product - (i == k ? 1 : 0)) < 1e-5);
            }
        }
        const auto deviationOf = [](const std::vector<float>& values) {
            return std::sqrt(std::inner_product(values.begin(), values.end() - 1, values.begin(), 0.0) / 2400);
        };
        // 2400 samples tell a deviation to about 2 %.
        QVERIFY(std::abs(deviationOf(weightsOf(R"({"initial":{"normal":0.01}})")) - 0.01) < 1e-3);
        QVERIFY(std::abs(deviationOf(weightsOf(R"({"initial":"heUniform"})")) - std::sqrt(2.0 / 60)) < 0.015);
        QVERIFY(std::abs(deviationOf(weightsOf(R"({"initial":"glorotNormal"})")) - std::sqrt(2.0 / 100)) < 0.015);
        const auto uniform = weightsOf(R"({"initial":{"uniform":0.5}})");
        QVERIFY(*std::max_element(uniform.begin(), uniform.end()) < 0.5F);
        QVERIFY(*std::max_element(uniform.begin(), uniform.end()) > 0.49F);
        QCOMPARE(uniform.back(), 0.0F);
    }

    void largeOrthogonalWeightsAreOrthonormal()
    {
        // Several blocks of rows, the last one not full; wide and tall.
        for (const auto& [units, inputs] : {std::pair{150, 210}, std::pair{210, 150}, std::pair{190, 190}}) {
            const auto model = ModelDescription::fromJson(
                {{"input", {inputs}},
                 {"layers", {{{"name", "d"}, {"type", "dense"}, {"units", units}, {"initial", "orthogonal"}}}}});
            const auto parameters = parametersOf(model.value());
            const auto weight = parameters[0].tensor.floats();
            const int vectors = std::min(units, inputs);
            const int length = std::max(units, inputs);
            const auto at = [&, columns = inputs](int vector, int place) {
                const int index = units <= columns ? vector * columns + place : place * columns + vector;
                return static_cast<double>(weight[static_cast<std::size_t>(index)]);
            };
            double largest = 0;
            for (int i = 0; i < vectors; ++i) {
                for (int k = 0; k <= i; ++k) {
                    double product = 0;
                    for (int j = 0; j < length; ++j) {
                        product += at(i, j) * at(k, j);
                    }
                    largest = std::max(largest, std::abs(product - (i == k ? 1 : 0)));
                }
            }
            QVERIFY2(largest < 1e-6, std::to_string(largest).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestInitialWeights)
#include "tst_initial_weights.moc"
