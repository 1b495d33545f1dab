#include "engine/nn/zoo.h"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ty::engine {

namespace {

/// A network while it is being written; layers are numbered by type.
class Builder {
public:
    explicit Builder(Shape input) { m_model.input = std::move(input); }

    /// Gives the layer's name. No inputs: the layer before.
    std::string add(const char* type, Json settings = Json::object(), std::vector<std::string> inputs = {})
    {
        LayerDescription layer;
        layer.name = fmt::format("{}{}", type, m_model.layers.size() + 1);
        layer.type = type;
        layer.settings = std::move(settings);
        layer.inputs = std::move(inputs);
        m_model.layers.push_back(layer);
        return layer.name;
    }

    ModelDescription finish() { return std::move(m_model); }

private:
    ModelDescription m_model;
};

ModelDescription playground()
{
    Builder builder({2});
    const Json uniform = {{"uniform", 0.5}};
    for (const auto& [units, activation] : {std::pair{4, "tanh"}, std::pair{2, "tanh"}, std::pair{1, "tanh"}}) {
        builder.add(
            "dense", {{"units", units}, {"activation", activation}, {"initial", uniform}, {"biasInitial", 0.1}});
    }
    return builder.finish();
}

ModelDescription irisDemo()
{
    Builder builder({4});
    builder.add("dense", {{"units", 2}, {"activation", "tanh"}});
    builder.add("dense", {{"units", 3}});
    builder.add("softmax");
    builder.add("scale", {{"factor", 1.0}}); // the demo's loss takes the softmax of a softmax
    return builder.finish();
}

ModelDescription cntkConvNet()
{
    const char* const initial = "glorotUniform"; // CNTK's own, also before a relu
    Builder builder({1, 28, 28});
    builder.add("scale", {{"factor", 0.00390625}});
    builder.add("conv2d", {{"filters", 32}, {"kernel", 5}, {"activation", "relu"}, {"initial", initial}});
    builder.add("maxPool2d", {{"kernel", 3}, {"stride", 2}});
    builder.add(
        "conv2d", {{"filters", 48}, {"kernel", 3}, {"padding", "valid"}, {"activation", "relu"}, {"initial", initial}});
    builder.add("maxPool2d", {{"kernel", 3}, {"stride", 2}});
    builder.add(
        "conv2d", {{"filters", 64}, {"kernel", 3}, {"padding", "valid"}, {"activation", "relu"}, {"initial", initial}});
    builder.add("dense", {{"units", 96}, {"activation", "relu"}, {"initial", initial}});
    builder.add("dropout", {{"rate", 0.5}});
    builder.add("dense", {{"units", 10}, {"initial", initial}});
    return builder.finish();
}

ModelDescription fcn5()
{
    Builder builder({784});
    for (const int units : {2048, 4096, 1024}) {
        builder.add("dense", {{"units", units}, {"activation", "sigmoid"}});
    }
    builder.add("dense", {{"units", 10}});
    return builder.finish();
}

ModelDescription autoencoder()
{
    Builder builder({784});
    for (const int units : {128, 32, 128}) {
        builder.add("dense", {{"units", units}, {"activation", "relu"}});
    }
    builder.add("dense", {{"units", 784}, {"activation", "sigmoid"}});
    return builder.finish();
}

ModelDescription alexNetCifar()
{
    Builder builder({3, 32, 32});
    const Json normal = {{"normal", 0.01}};
    const auto convolution = [&](int filters) {
        builder.add("conv2d", {{"filters", filters}, {"kernel", 5}, {"padding", 2}, {"initial", normal}});
    };
    const Json pool = {{"kernel", 3}, {"stride", 2}};
    convolution(32);
    builder.add("maxPool2d", pool);
    builder.add("relu");
    convolution(32);
    builder.add("relu");
    builder.add("maxPool2d", pool);
    convolution(64);
    builder.add("relu");
    builder.add("averagePool2d", pool);
    builder.add("dense", {{"units", 10}, {"initial", normal}});
    return builder.finish();
}

std::string normedConvolution(
    Builder& builder, int filters, int kernel, int stride, const std::string& input, bool hasRelu = true)
{
    builder.add(
        "conv2d",
        {{"filters", filters}, {"kernel", kernel}, {"stride", stride}, {"padding", kernel / 2}, {"bias", false}},
        {input});
    return builder.add("batchNorm", {{"activation", hasRelu ? "relu" : "none"}});
}

ModelDescription resNet56()
{
    Builder builder({3, 32, 32});
    std::string value = normedConvolution(builder, 16, 3, 1, "input");
    int channels = 16;
    for (const int filters : {16, 32, 64}) {
        for (int block = 0; block < 9; ++block) {
            const bool isShrinking = filters != channels;
            std::string skip = value;
            if (isShrinking) {
                skip = builder.add("averagePool2d", {{"kernel", 1}, {"stride", 2}}, {value});
                skip = builder.add("pad", {{"before", {0, 0, 0}}, {"after", {filters - channels, 0, 0}}});
                channels = filters;
            }
            const std::string first = normedConvolution(builder, filters, 3, isShrinking ? 2 : 1, value);
            const std::string second = normedConvolution(builder, filters, 3, 1, first, false);
            value = builder.add("add", Json::object(), {second, skip});
        }
    }
    builder.add("globalAveragePool2d");
    builder.add("dense", {{"units", 10}});
    return builder.finish();
}

/// Blocks in each of the four stages; with bottlenecks a block is 1x1, 3x3, 1x1 with four times the filters.
ModelDescription imageNetResNet(const std::array<int, 4>& blocks, bool hasBottlenecks)
{
    Builder builder({3, 224, 224});
    normedConvolution(builder, 64, 7, 2, "input");
    std::string value = builder.add("maxPool2d", {{"kernel", 3}, {"stride", 2}, {"padding", 1}});
    int channels = 64;
    for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
        const int filters = 64 << stage;
        const int results = hasBottlenecks ? 4 * filters : filters;
        for (int block = 0; block < blocks[stage]; ++block) {
            const int stride = block == 0 && stage > 0 ? 2 : 1;
            const bool isProjected = stride != 1 || channels != results;
            const std::string skip =
                isProjected ? normedConvolution(builder, results, 1, stride, value, false) : value;
            std::string inner;
            if (hasBottlenecks) {
                inner = normedConvolution(builder, filters, 1, 1, value);
                inner = normedConvolution(builder, filters, 3, stride, inner);
                inner = normedConvolution(builder, results, 1, 1, inner, false);
            } else {
                inner = normedConvolution(builder, filters, 3, stride, value);
                inner = normedConvolution(builder, filters, 3, 1, inner, false);
            }
            value = builder.add("add", {{"activation", "relu"}}, {inner, skip});
            channels = results;
        }
    }
    builder.add("globalAveragePool2d");
    builder.add("dense", {{"units", 1000}});
    return builder.finish();
}

ModelDescription resNet18()
{
    return imageNetResNet({2, 2, 2, 2}, false);
}

ModelDescription resNet50()
{
    return imageNetResNet({3, 4, 6, 3}, true);
}

ModelDescription vgg16()
{
    Builder builder({3, 224, 224});
    for (const auto& [convolutions, filters] :
         {std::pair{2, 64}, std::pair{2, 128}, std::pair{3, 256}, std::pair{3, 512}, std::pair{3, 512}}) {
        for (int i = 0; i < convolutions; ++i) {
            builder.add("conv2d", {{"filters", filters}, {"kernel", 3}, {"activation", "relu"}});
        }
        builder.add("maxPool2d", {{"kernel", 2}});
    }
    for (int i = 0; i < 2; ++i) {
        builder.add("dense", {{"units", 4096}, {"activation", "relu"}});
        builder.add("dropout", {{"rate", 0.5}});
    }
    builder.add("dense", {{"units", 1000}});
    return builder.finish();
}

std::string inception(Builder& builder, const std::string& input, const std::array<int, 6>& filters)
{
    const auto convolution = [&builder](int count, int kernel, const std::string& from) {
        return builder.add("conv2d", {{"filters", count}, {"kernel", kernel}, {"activation", "relu"}}, {from});
    };
    const std::string one = convolution(filters[0], 1, input);
    const std::string three = convolution(filters[2], 3, convolution(filters[1], 1, input));
    const std::string five = convolution(filters[4], 5, convolution(filters[3], 1, input));
    const std::string pool = builder.add("maxPool2d", {{"kernel", 3}, {"stride", 1}, {"padding", 1}}, {input});
    const std::string pooled = convolution(filters[5], 1, pool);
    return builder.add("concat", Json::object(), {one, three, five, pooled});
}

ModelDescription googLeNet()
{
    Builder builder({3, 224, 224});
    const Json pool = {{"kernel", 3}, {"stride", 2}, {"ceil", true}};
    builder.add("conv2d", {{"filters", 64}, {"kernel", 7}, {"stride", 2}, {"padding", 3}, {"activation", "relu"}});
    builder.add("maxPool2d", pool);
    builder.add("conv2d", {{"filters", 64}, {"kernel", 1}, {"activation", "relu"}});
    builder.add("conv2d", {{"filters", 192}, {"kernel", 3}, {"activation", "relu"}});
    std::string value = builder.add("maxPool2d", pool);
    value = inception(builder, value, {64, 96, 128, 16, 32, 32});
    value = inception(builder, value, {128, 128, 192, 32, 96, 64});
    value = builder.add("maxPool2d", pool);
    value = inception(builder, value, {192, 96, 208, 16, 48, 64});
    value = inception(builder, value, {160, 112, 224, 24, 64, 64});
    value = inception(builder, value, {128, 128, 256, 24, 64, 64});
    value = inception(builder, value, {112, 144, 288, 32, 64, 64});
    value = inception(builder, value, {256, 160, 320, 32, 128, 128});
    value = builder.add("maxPool2d", pool);
    value = inception(builder, value, {256, 160, 320, 32, 128, 128});
    inception(builder, value, {384, 192, 384, 48, 128, 128});
    builder.add("globalAveragePool2d");
    builder.add("dropout", {{"rate", 0.4}});
    builder.add("dense", {{"units", 1000}});
    return builder.finish();
}

ModelDescription lstmLanguageModel()
{
    Builder builder({32});
    const Json uniform = {{"uniform", 0.1}};
    builder.add("embedding", {{"vocabulary", 10000}, {"units", 256}, {"initial", uniform}});
    builder.add(
        "lstm", {{"units", 256}, {"layers", 2}, {"output", "all"}, {"carryState", true}, {"initial", uniform}});
    builder.add("dense", {{"units", 10000}, {"over", "last"}, {"initial", uniform}});
    return builder.finish();
}

ModelDescription lstmClassifier()
{
    Builder builder({100});
    builder.add("embedding", {{"vocabulary", 10000}, {"units", 128}});
    builder.add("lstm", {{"units", 128}, {"bidirectional", true}});
    builder.add("dropout", {{"rate", 0.5}});
    builder.add("dense", {{"units", 2}});
    return builder.finish();
}

} // namespace

const std::vector<ZooNetwork>& zooNetworks()
{
    static const std::vector<ZooNetwork> networks{
        {"playground", "Playground 2-4-2-1", "TensorFlow Playground, its first network", 25, playground},
        {"iris-demo", "Iris demo 4-2-3", "CNTK iris demo; softmax before a loss that takes it again", 19, irisDemo},
        {"cntk-convnet", "CNTK ConvNet, MNIST", "CNTK ConvNet_MNIST.py; pixels 0 to 255", 98'778, cntkConvNet},
        {"alexnet-cifar", "AlexNet, CIFAR-10", "dlbench, three convolutions, sizes rounded down", 85'098, alexNetCifar},
        {"autoencoder", "Autoencoder 784-128-32-128-784", "dense, for pixels 0 to 1", 209'968, autoencoder,
         false},
        {"fcn5", "FCN5, MNIST", "dlbench, three hidden layers of sigmoids", 14'205'962, fcn5},
        {"resnet56", "ResNet-56, CIFAR-10",
         "He et al. (2016) with skips of option A; no rectifier after the sum, as in dlbench", 853'018, resNet56},
        {"lstm-language-model", "LSTM language model 2 x 256", "Zaremba et al. (2014) in the sizes of dlbench, 32 words",
         6'180'624, lstmLanguageModel, false},
        {"lstm-classifier", "LSTM classifier of texts", "embedding and a bidirectional LSTM of 128", 1'543'682,
         lstmClassifier, false},
        {"googlenet", "GoogLeNet, ImageNet",
         "Szegedy et al. (2015) without local response normalisation and auxiliary outputs", 6'998'552, googLeNet},
        {"resnet18", "ResNet-18, ImageNet", "He et al. (2016)", 11'689'512, resNet18},
        {"resnet50", "ResNet-50, ImageNet", "He et al. (2016), stride in the 3x3 convolution", 25'557'032, resNet50},
        {"vgg16", "VGG-16, ImageNet", "Simonyan, Zisserman (2015), configuration D", 138'357'544, vgg16},
    };
    return networks;
}

Result<ModelDescription> makeZooNetwork(const std::string& name)
{
    std::vector<std::string> names;
    for (const ZooNetwork& network : zooNetworks()) {
        if (network.name == name) {
            return network.make();
        }
        names.push_back(network.name);
    }
    return Error{
        ErrorKind::NotFound,
        fmt::format("no network is called \"{}\"", name),
        fmt::format("Known are {}.", fmt::join(names, ", "))};
}

} // namespace ty::engine
