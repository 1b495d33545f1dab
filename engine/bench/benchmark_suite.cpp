#include "engine/bench/benchmark_case.h"

#include <utility>

#include "engine/base/random.h"
#include "engine/nn/zoo.h"

namespace ty::engine {

namespace {

BenchmarkCase makeCase(const char* name, const char* label, std::int64_t batch, ModelDescription model)
{
    BenchmarkCase item;
    item.name = name;
    item.label = label;
    item.batch = batch;
    item.model = std::move(model);
    return item;
}

BenchmarkCase fromZoo(const char* name, const char* label, std::int64_t batch, const char* network)
{
    return makeCase(name, label, batch, makeZooNetwork(network).value()); // a name that the test of the zoo knows
}

ModelDescription mnistConvNet()
{
    const char* text = R"({"input":[1,28,28],"layers":[
        {"type":"conv2d","filters":32,"activation":"relu"},{"type":"maxPool2d"},
        {"type":"conv2d","filters":64,"activation":"relu"},{"type":"maxPool2d"},
        {"type":"conv2d","filters":128,"activation":"relu"},{"type":"maxPool2d"},
        {"type":"dense","units":128,"activation":"relu"},{"type":"dense","units":10}]})";
    return ModelDescription::fromJson(Json::parse(text)).value(); // written above, so it can be read
}

} // namespace

std::vector<BenchmarkCase> trainingSuite()
{
    std::vector<BenchmarkCase> suite{
        fromZoo("playground", "Playground 2-4-2-1", 10, "playground"),
        fromZoo("iris", "Iris demo 4-2-3", 10, "iris-demo"),
        makeCase("mnist-convnet", "MNIST ConvNet 32-64-128", 128, mnistConvNet()),
        fromZoo("cntk-convnet", "CNTK ConvNet_MNIST", 64, "cntk-convnet"),
        fromZoo("fcn5", "FCN5", 1024, "fcn5"),
        fromZoo("alexnet", "AlexNet, CIFAR-10", 256, "alexnet-cifar"),
        fromZoo("resnet56", "ResNet-56, CIFAR-10", 32, "resnet56"),
        fromZoo("lstm", "LSTM 2 x 256, 10,000 words", 256, "lstm-language-model"),
        fromZoo("resnet50", "ResNet-50, 224 x 224", 8, "resnet50"),
    };
    for (BenchmarkCase& item : suite) {
        if (item.name == "playground") {
            item.setup.loss = LossKind::MeanSquaredError;
        }
        item.vocabulary = item.name == "lstm" ? 10'000 : 0;
    }
    return suite;
}

BenchmarkBatch makeBatch(const BenchmarkCase& item, const Shape& outputs)
{
    Random random(1);
    BenchmarkBatch batch;
    batch.inputs.resize(static_cast<std::size_t>(item.batch * elementCount(item.model.input)));
    const bool isClassified = item.setup.loss == LossKind::SoftmaxCrossEntropy;
    const std::int64_t classes = outputs.back();
    batch.targets.resize(
        static_cast<std::size_t>(item.batch * elementCount(outputs) / (isClassified ? classes : 1)));
    for (float& value : batch.inputs) {
        value = static_cast<float>(
            item.vocabulary > 0 ? static_cast<double>(random.below(static_cast<std::uint64_t>(item.vocabulary)))
                                : random.normal());
    }
    for (float& value : batch.targets) {
        value = static_cast<float>(
            isClassified ? static_cast<double>(random.below(static_cast<std::uint64_t>(classes))) : random.normal());
    }
    return batch;
}

} // namespace ty::engine
