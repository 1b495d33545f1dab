#include "tests/exchange/imported_answers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/backends/cpu/cpu_backend.h"

namespace ty::testing {

using namespace ty::engine;

Result<std::vector<float>> answersOf(
    const ModelDescription& model, const std::vector<NamedTensor>& parameters, const std::vector<float>& inputs, LossKind loss)
{
    TrainingSetup setup;
    setup.loss = loss;
    const auto backend = makeCpuBackend(1);
    TY_TRY(const auto session, backend->createSession(model, setup, 1));
    TY_CHECK(session->setParameters(parameters));
    TY_TRY(const auto summary, summarise(model));
    const std::int64_t batch = static_cast<std::int64_t>(inputs.size()) / elementCount(model.input);
    std::vector<float> outputs(static_cast<std::size_t>(batch * elementCount(summary.outputShape)));
    TY_CHECK(session->predict(inputs, batch, outputs));
    return outputs;
}

Result<std::vector<float>> answersOf(const ImportedNetwork& network, const std::vector<float>& inputs)
{
    const bool isSoftmax = network.output == OnnxOutput::Softmax || network.output == OnnxOutput::LogSoftmax;
    const LossKind loss = isSoftmax ? LossKind::SoftmaxCrossEntropy : LossKind::MeanSquaredError;
    TY_TRY(auto outputs, answersOf(network.model, network.parameters, inputs, loss));
    for (float& value : outputs) {
        if (network.output == OnnxOutput::Sigmoid) {
            value = 1.0F / (1.0F + std::exp(-value));
        } else if (network.output == OnnxOutput::LogSoftmax) {
            value = std::log(value);
        }
    }
    return outputs;
}

double largestDifference(const std::vector<float>& given, const std::vector<float>& expected)
{
    if (given.size() != expected.size()) {
        return 1;
    }
    double largest = 0;
    double size = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, static_cast<double>(std::abs(expected[i] - given[i])));
        size = std::max(size, static_cast<double>(std::abs(expected[i])));
    }
    return size > 0 ? largest / size : largest;
}

} // namespace ty::testing
