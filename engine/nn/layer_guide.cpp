#include "engine/nn/layer_guide.h"

namespace ty::engine {

namespace {

using Settings = std::vector<SettingGuide>;

const SettingGuide kActivation{"activation", "\"none\"", "of the result: relu, leakyRelu, elu, gelu, silu, sigmoid, tanh, hardSigmoid, hardSwish or hardTanh"};
const SettingGuide kBias{"bias", "true", "whether a learned number is added to each result"};
const SettingGuide kEpsilon{"epsilon", "1e-5", "added to the variance, against divisions by 0"};
const SettingGuide kAlpha{"alpha", "", "slope below 0"};

SettingGuide with(SettingGuide guide, const char* usual)
{
    guide.usual = usual;
    return guide;
}

Settings windowSettings(const char* kernel, const char* stride, const char* padding)
{
    return {
        {"kernel", kernel, "extent of the window, one number or [height, width]"},
        {"stride", stride, "from window to window"},
        {"padding", padding, "\"same\", \"valid\" (none), a number, [vertical, horizontal] or [top, left, bottom, right]"}};
}

Settings convolutionSettings()
{
    Settings settings{{"filters", "", "results at each place"}};
    const Settings window = windowSettings("3", "1", "\"same\"");
    settings.insert(settings.end(), window.begin(), window.end());
    settings.push_back({"dilation", "1", "distance between the values of a window"});
    settings.push_back({"groups", "1", "parts of the channels that are convolved apart; as many as channels: depthwise"});
    settings.push_back(kBias);
    settings.push_back(kActivation);
    return settings;
}

void addDenseAndConvolutions(std::vector<LayerGuide>& guides)
{
    guides.push_back(
        {{"dense"},
         "any -> (units); over last: (steps, features) -> (steps, units)",
         "Each result is a weighted sum of all inputs.",
         {{"units", "", "results"}, kBias, kActivation, {"over", "\"sample\"", "\"sample\": of all values; \"last\": of each row of the last axis"}},
         {{"type", "dense"}, {"units", 64}, {"activation", "relu"}},
         {10}});
    guides.push_back(
        {{"conv2d"},
         "(channels, height, width) -> (filters, height', width')",
         "Learned filters over a picture.",
         convolutionSettings(),
         {{"type", "conv2d"}, {"filters", 32}, {"kernel", 3}, {"activation", "relu"}},
         {3, 8, 8}});
    guides.push_back(
        {{"conv1d"},
         "(channels, length) -> (filters, length')",
         "Learned filters over a series; each setting is one number, padding also [left, right].",
         convolutionSettings(),
         {{"type", "conv1d"}, {"filters", 16}, {"kernel", 5}},
         {2, 20}});
    Settings transposed = convolutionSettings();
    transposed.push_back({"outputPadding", "0", "rows and columns more at the end, below the stride; not with padding \"same\""});
    guides.push_back(
        {{"convTranspose2d"},
         "(channels, height, width) -> (filters, height', width')",
         "The convolution backwards: pictures grow by the stride.",
         std::move(transposed),
         {{"type", "convTranspose2d"}, {"filters", 8}, {"stride", 2}},
         {3, 8, 8}});
}

void addPools(std::vector<LayerGuide>& guides)
{
    Settings pool = windowSettings("2", "the kernel", "\"valid\"");
    pool.push_back({"ceil", "false", "whether windows may reach beyond the picture's end"});
    guides.push_back(
        {{"maxPool2d", "averagePool2d"},
         "(channels, height, width) -> (channels, height', width')",
         "The largest value, or the mean, of each window.",
         std::move(pool),
         {{"type", "maxPool2d"}, {"kernel", 2}},
         {3, 8, 8}});
    guides.push_back(
        {{"globalAveragePool2d", "globalMaxPool2d"},
         "(channels, height, width) -> (channels)",
         "The mean, or the largest value, of each channel.",
         {},
         {{"type", "globalAveragePool2d"}},
         {3, 8, 8}});
    guides.push_back(
        {{"upsample2d"},
         "(channels, height, width) -> (channels, height factor, width factor)",
         "Each pixel is repeated.",
         {{"factor", "2", "one number or [rows, columns]"}},
         {{"type", "upsample2d"}, {"factor", 2}},
         {3, 8, 8}});
}

void addNorms(std::vector<LayerGuide>& guides)
{
    guides.push_back(
        {{"batchNorm"},
         "as the input",
         "Each channel with the batch's mean and deviation taken out, then scaled and shifted by learned numbers.",
         {{"momentum", "0.1", "part of the running statistics that a batch replaces"}, kEpsilon, kActivation},
         {{"type", "batchNorm"}, {"activation", "relu"}},
         {3, 8, 8}});
    guides.push_back(
        {{"layerNorm"},
         "as the input",
         "The same over the features of each sample.",
         {{"over", "\"sample\"", "\"sample\": all features; \"last\": those of the last axis"}, kEpsilon, kActivation},
         {{"type", "layerNorm"}, {"over", "last"}},
         {6, 8}});
    guides.push_back(
        {{"groupNorm"},
         "as the input",
         "The same over groups of channels of each sample; as many groups as channels: instance norm.",
         {{"groups", "", "divides the channels"}, kEpsilon, kActivation},
         {{"type", "groupNorm"}, {"groups", 2}},
         {4, 8, 8}});
    guides.push_back(
        {{"dropout"},
         "as the input",
         "Drops values at random while training.",
         {{"rate", "0.5", "part that is dropped, from 0 to below 1"}},
         {{"type", "dropout"}, {"rate", 0.2}},
         {10}});
}

void addActivations(std::vector<LayerGuide>& guides)
{
    guides.push_back(
        {{"activation"},
         "as the input",
         "An activation as a layer of its own.",
         {{"activation", "", kActivation.help}},
         {{"type", "activation"}, {"activation", "gelu"}},
         {10}});
    guides.push_back(
        {{"relu", "gelu", "silu", "sigmoid", "tanh", "hardSigmoid", "hardSwish", "hardTanh"},
         "as the input", "The same by its own name.", {}, {{"type", "relu"}}, {10}});
    guides.push_back({{"leakyRelu"}, "as the input", "ReLU with a slope below 0.", {with(kAlpha, "0.01")}, {{"type", "leakyRelu"}}, {10}});
    guides.push_back({{"elu"}, "as the input", "Exponential below 0.", {{"alpha", "1.0", "how far below 0 it reaches"}}, {{"type", "elu"}}, {10}});
    guides.push_back(
        {{"scale"},
         "as the input",
         "The input times a constant.",
         {{"factor", "", "the constant"}},
         {{"type", "scale"}, {"factor", 0.00390625}},
         {10}});
    guides.push_back(
        {{"softmax"},
         "as the input",
         "Shares that sum to 1 along the last axis. Not at the end of a network for classes: the loss applies it.",
         {},
         {{"type", "softmax"}},
         {10}});
}

void addShapes(std::vector<LayerGuide>& guides)
{
    guides.push_back({{"flatten"}, "any -> (features)", "All values in a row.", {}, {{"type", "flatten"}}, {3, 8, 8}});
    guides.push_back(
        {{"reshape"},
         "any -> shape",
         "The same values by other axes.",
         {{"shape", "", "one to three extents"}},
         {{"type", "reshape"}, {"shape", {16, 4, 4}}},
         {256}});
    guides.push_back(
        {{"transpose"},
         "axes in another order",
         "Axis i of the result is the input's axis order[i].",
         {{"order", "", "each axis once, counted from 1"}},
         {{"type", "transpose"}, {"order", {2, 1}}},
         {6, 8}});
    guides.push_back(
        {{"pad"},
         "each axis longer by before + after",
         "Zeros around the input.",
         {{"before", "", "a number for each axis"}, {"after", "", "a number for each axis"}},
         {{"type", "pad"}, {"before", {0, 2, 2}}, {"after", {0, 2, 2}}},
         {3, 8, 8}});
    guides.push_back(
        {{"slice"},
         "one axis shorter",
         "A part of one axis. A split is a slice for each of its parts.",
         {{"axis", "1", "counted from 1"}, {"begin", "0", "first place, counted from 0"}, {"count", "", "places"}},
         {{"type", "slice"}, {"axis", 1}, {"begin", 0}, {"count", 2}},
         {4, 8, 8}});
    guides.push_back(
        {{"sum", "mean"},
         "without these axes",
         "Over whole axes.",
         {{"axes", "", "a list, counted from 1"}},
         {{"type", "mean"}, {"axes", {1}}},
         {6, 8}});
    guides.push_back(
        {{"add", "multiply"},
         "as the inputs",
         "Two or more inputs of one shape, value by value: \"inputs\": [\"a\", \"b\"].",
         {kActivation},
         {{"type", "add"}, {"inputs", {"input", "input"}}},
         {10}});
    guides.push_back(
        {{"concat"},
         "one axis as long as those of all inputs",
         "Two or more inputs, one after the other along an axis.",
         {{"axis", "1", "counted from 1"}},
         {{"type", "concat"}, {"inputs", {"input", "input"}}},
         {10}});
}

void addSequences(std::vector<LayerGuide>& guides)
{
    guides.push_back(
        {{"embedding"},
         "(steps) -> (steps, units)",
         "Each whole number becomes a learned row.",
         {{"vocabulary", "", "numbers from 0 to one below"}, {"units", "", "length of a row"}},
         {{"type", "embedding"}, {"vocabulary", 1000}, {"units", 32}},
         {20}});
    Settings recurrent{
        {"units", "", "of the state"},
        {"layers", "1", "on top of one another"},
        {"bidirectional", "false", "whether the series is read backwards as well; twice the units"},
        {"output", "\"last\"", "\"last\": the last state (units); \"all\": (steps, units)"},
        {"carryState", "false", "whether a batch begins where the one before ended, for running texts"}};
    guides.push_back(
        {{"lstm", "gru"},
         "(steps, features) -> (units), or (steps, units)",
         "A state that gates decide what to keep of.",
         recurrent,
         {{"type", "lstm"}, {"units", 32}},
         {20, 4}});
    recurrent.push_back({"activation", "\"tanh\"", "tanh or relu"});
    guides.push_back(
        {{"rnn"},
         "(steps, features) -> (units), or (steps, units)",
         "A plain recurrent state.",
         std::move(recurrent),
         {{"type", "rnn"}, {"units", 32}},
         {20, 4}});
    guides.push_back(
        {{"attention"},
         "(steps, features) -> (steps, features)",
         "Multi-head attention of a series to itself, or of the first input to the second.",
         {{"heads", "1", "divide the units"},
          {"units", "the features", "of all heads together"},
          {"causal", "false", "whether no step sees a later one"},
          kBias,
          {"dropout", "0", "of the attention weights"}},
         {{"type", "attention"}, {"heads", 2}},
         {6, 8}});
}

} // namespace

const std::vector<LayerGuide>& layerGuides()
{
    static const std::vector<LayerGuide> guides = [] {
        std::vector<LayerGuide> made;
        addDenseAndConvolutions(made);
        addPools(made);
        addNorms(made);
        addActivations(made);
        addShapes(made);
        addSequences(made);
        return made;
    }();
    return guides;
}

const std::vector<SettingGuide>& commonLayerSettings()
{
    static const std::vector<SettingGuide> settings{
        {"frozen", "false", "whether the weights stay as they begin"},
        {"initial", "what suits the layer",
         "heNormal, heUniform, glorotNormal, glorotUniform, orthogonal, {\"uniform\": limit} or {\"normal\": deviation}"},
        {"biasInitial", "0", "what biases begin with"}};
    return settings;
}

} // namespace ty::engine
