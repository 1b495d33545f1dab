#include "engine/nn/presets.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace ty::engine {

namespace {

LayerDescription makeLayer(const std::string& name, const std::string& type, Json settings = Json::object())
{
    LayerDescription layer;
    layer.name = name;
    layer.type = type;
    layer.settings = std::move(settings);
    return layer;
}

std::int64_t roundUp(double value, std::int64_t multiple)
{
    return static_cast<std::int64_t>(std::ceil(value / static_cast<double>(multiple))) * multiple;
}

} // namespace

ModelDescription tablePreset(PresetSize size, std::int64_t features, std::int64_t outputs, std::uint64_t samples)
{
    // Width grows with the columns and, slowly, with the samples: 150 flowers need 32 units, a million rows 256.
    const double base = 8.0 * std::sqrt(static_cast<double>(features)) + 4.0 * std::log2(1.0 + static_cast<double>(samples));
    double factor = 1;
    int hiddenLayers = 2;
    double rate = 0;
    std::int64_t maximum = 256;
    switch (size) {
    case PresetSize::Fast:
        factor = 0.5;
        hiddenLayers = 1;
        break;
    case PresetSize::Balanced: break;
    case PresetSize::Best:
        factor = 2;
        hiddenLayers = 3;
        rate = 0.1;
        maximum = 1024;
        break;
    }
    const std::int64_t units = std::clamp<std::int64_t>(roundUp(base * factor, 16), 16, maximum);

    ModelDescription model;
    model.input = {features};
    for (int i = 1; i <= hiddenLayers; ++i) {
        model.layers.push_back(
            makeLayer(fmt::format("hidden{}", i), "dense", {{"units", units}, {"activation", "relu"}}));
        if (rate > 0) {
            model.layers.push_back(makeLayer(fmt::format("drop{}", i), "dropout", {{"rate", rate}}));
        }
    }
    model.layers.push_back(makeLayer("deep", "dense", {{"units", outputs}}));
    LayerDescription direct = makeLayer("direct", "dense", {{"units", outputs}, {"bias", false}});
    direct.inputs = {"input"};
    model.layers.push_back(std::move(direct));
    LayerDescription sum = makeLayer("logits", "add");
    sum.inputs = {"deep", "direct"};
    model.layers.push_back(std::move(sum));
    return model;
}

ModelDescription imagePreset(PresetSize size, const Shape& imageShape, std::int64_t outputs, std::uint64_t samples)
{
    const std::int64_t shortSide = std::min(imageShape[1], imageShape[2]);
    std::int64_t filters = 16;
    int convolutionsPerStage = 1;
    std::int64_t maximumFilters = 64;
    double rate = 0;
    switch (size) {
    case PresetSize::Fast: break;
    case PresetSize::Balanced:
        filters = 32;
        maximumFilters = 128;
        rate = 0.25;
        break;
    case PresetSize::Best:
        filters = 32;
        convolutionsPerStage = 2;
        maximumFilters = 256;
        rate = 0.3;
        break;
    }
    if (samples < 2000) {
        maximumFilters = std::min<std::int64_t>(maximumFilters, 128); // a few pictures do not fill more
    }

    ModelDescription model;
    model.input = imageShape;
    std::int64_t side = shortSide;
    // Each stage halves the picture until about 4 samples are left; pictures above 64 begin with larger steps.
    int stage = 1;
    if (shortSide > 64) {
        model.layers.push_back(makeLayer(
            "stem", "conv2d", {{"filters", filters}, {"kernel", 5}, {"stride", 2}, {"bias", false}}));
        model.layers.push_back(makeLayer("stemNorm", "batchNorm", {{"activation", "relu"}}));
        model.layers.push_back(makeLayer("stemPool", "maxPool2d", {{"kernel", 2}}));
        side /= 4;
    }
    for (; side >= 6 || stage == 1; ++stage) {
        for (int i = 1; i <= convolutionsPerStage; ++i) {
            const std::string suffix =
                convolutionsPerStage == 1 ? std::to_string(stage) : fmt::format("{}_{}", stage, i);
            model.layers.push_back(
                makeLayer("conv" + suffix, "conv2d", {{"filters", filters}, {"kernel", 3}, {"bias", false}}));
            model.layers.push_back(makeLayer("norm" + suffix, "batchNorm", {{"activation", "relu"}}));
        }
        if (side >= 2) {
            model.layers.push_back(makeLayer(fmt::format("pool{}", stage), "maxPool2d", {{"kernel", 2}}));
            side /= 2;
        }
        filters = std::min(filters * 2, maximumFilters);
    }
    // Small remainders keep their places; larger ones are averaged.
    model.layers.push_back(
        side <= 4 && imageShape[1] <= 64 && imageShape[2] <= 64 ? makeLayer("flatten", "flatten")
                                                                  : makeLayer("average", "globalAveragePool2d"));
    if (size != PresetSize::Fast) {
        model.layers.push_back(makeLayer("hidden", "dense", {{"units", 128}, {"activation", "relu"}}));
    }
    if (rate > 0) {
        model.layers.push_back(makeLayer("drop", "dropout", {{"rate", rate}}));
    }
    model.layers.push_back(makeLayer("logits", "dense", {{"units", outputs}}));
    return model;
}

ModelDescription
wordPreset(PresetSize size, std::int64_t words, std::int64_t vocabulary, std::int64_t outputs, bool isRunningText)
{
    const int most = isRunningText ? 256 : 128;
    const int units = size == PresetSize::Fast ? most / 4 : size == PresetSize::Balanced ? most / 2 : most;
    ModelDescription model;
    model.input = {words};
    model.layers.push_back(makeLayer("words", "embedding", {{"vocabulary", vocabulary}, {"units", units}}));
    if (isRunningText) {
        const int depth = size == PresetSize::Fast ? 1 : 2;
        model.layers.push_back(
            makeLayer("memory", "lstm", {{"units", units}, {"layers", depth}, {"output", "all"}, {"carryState", true}}));
        model.layers.push_back(makeLayer("output", "dense", {{"units", vocabulary}, {"over", "last"}}));
        return model;
    }
    model.layers.push_back(makeLayer("memory", "lstm", {{"units", units}, {"bidirectional", true}}));
    model.layers.push_back(makeLayer("dropout", "dropout", {{"rate", 0.5}}));
    model.layers.push_back(makeLayer("output", "dense", {{"units", outputs}}));
    return model;
}

ModelDescription presetNetwork(PresetSize size, const PresetFacts& facts)
{
    if (facts.vocabulary > 0) {
        return wordPreset(size, facts.input.front(), facts.vocabulary, facts.outputs, facts.isRunningText);
    }
    return facts.input.size() == 3 ? imagePreset(size, facts.input, facts.outputs, facts.samples)
                                   : tablePreset(size, facts.input.front(), facts.outputs, facts.samples);
}

ModelDescription perceptron(const std::vector<std::int64_t>& units, const Shape& input, std::int64_t outputs)
{
    ModelDescription model;
    model.input = input;
    int number = 0;
    for (const std::int64_t width : units) {
        model.layers.push_back(
            makeLayer("hidden" + std::to_string(++number), "dense", {{"units", width}, {"activation", "relu"}}));
    }
    model.layers.push_back(makeLayer("output", "dense", {{"units", outputs}}));
    return model;
}

std::int64_t usualBatch(bool arePictures, std::uint64_t samples)
{
    if (arePictures) {
        return samples < 3'000 ? 32 : samples < 30'000 ? 64 : 128;
    }
    return samples < 500 ? 16 : samples < 4'000 ? 32 : samples < 20'000 ? 64 : samples < 100'000 ? 128 : 512;
}

std::int64_t usualRepeats(std::int64_t batch, std::uint64_t samples)
{
    constexpr std::int64_t kUpdatesPerEpoch = 50;
    const std::int64_t steps = (static_cast<std::int64_t>(samples) + batch - 1) / std::max<std::int64_t>(batch, 1);
    return (kUpdatesPerEpoch + steps - 1) / std::max<std::int64_t>(steps, 1);
}

} // namespace ty::engine
