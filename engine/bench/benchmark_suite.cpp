#include "engine/bench/benchmark_case.h"

#include "engine/base/random.h"

namespace ty::engine {

namespace {

BenchmarkCase makeCase(const char* name, const char* label, std::int64_t batch, const char* description)
{
    BenchmarkCase item;
    item.name = name;
    item.label = label;
    item.batch = batch;
    item.model = ModelDescription::fromJson(Json::parse(description)).value(); // written below, so it can be read
    return item;
}

} // namespace

std::vector<BenchmarkCase> trainingSuite()
{
    return {
        makeCase("playground", "Playground 2-4-2-2", 10, R"({"input":[2],"layers":[
            {"type":"dense","units":4,"activation":"tanh"},{"type":"dense","units":2,"activation":"tanh"},
            {"type":"dense","units":2}]})"),
        makeCase("iris", "Iris 4-16-3", 10, R"({"input":[4],"layers":[
            {"type":"dense","units":16,"activation":"relu"},{"type":"dense","units":3}]})"),
        makeCase("mnist-convnet", "MNIST ConvNet 32-64-128", 128, R"({"input":[1,28,28],"layers":[
            {"type":"conv2d","filters":32,"activation":"relu"},{"type":"maxPool2d"},
            {"type":"conv2d","filters":64,"activation":"relu"},{"type":"maxPool2d"},
            {"type":"conv2d","filters":128,"activation":"relu"},{"type":"maxPool2d"},
            {"type":"dense","units":128,"activation":"relu"},{"type":"dense","units":10}]})"),
    };
}

BenchmarkBatch makeBatch(const BenchmarkCase& item, std::int64_t outputs)
{
    Random random(1);
    BenchmarkBatch batch;
    batch.inputs.resize(static_cast<std::size_t>(item.batch * elementCount(item.model.input)));
    batch.targets.resize(static_cast<std::size_t>(item.batch));
    for (float& value : batch.inputs) {
        value = static_cast<float>(
            item.vocabulary > 0 ? static_cast<double>(random.below(static_cast<std::uint64_t>(item.vocabulary)))
                                : random.normal());
    }
    for (float& value : batch.targets) {
        value = static_cast<float>(random.below(static_cast<std::uint64_t>(outputs)));
    }
    return batch;
}

} // namespace ty::engine
