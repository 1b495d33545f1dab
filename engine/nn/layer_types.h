#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/activation.h"
#include "engine/graph/op.h"
#include "engine/nn/initializers.h"
#include "engine/nn/model_description.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

// The settings of every layer type, read from LayerDescription::settings. JSON names stand beside the fields. Kernel,
// stride and dilation are one whole number, or [height, width]. Axes are counted without the batch, from 1: a picture's
// channels are axis 1. A sequence is {steps, features}; conv1d alone wants {channels, length}. Unknown settings are errors.
//
// Layers with weights take {"initial": "orthogonal", "biasInitial": 0.1}: how they begin, instead of what suits the layer.
// initial: "heNormal", "heUniform", "glorotNormal", "glorotUniform", "orthogonal", {"uniform": limit} or
// {"normal": deviation}.
//
// Every layer takes {"frozen": true}: its weights stay as they begin, and a batchNorm uses its running statistics.
//
// Learned parameters and running statistics are named "<layer>.<name>":
//   dense      weight {units, inputs}, bias {units}
//   conv2d     weight {filters, channels / groups, kernel height, kernel width}, bias {filters}
//   conv1d     weight {filters, channels / groups, 1, kernel}, bias {filters}
//   convTranspose2d  weight {channels, filters / groups, kernel height, kernel width}, bias {filters}
//   batchNorm  scale {channels}, shift {channels}, runningMean {channels}, runningVariance {channels}
//   layerNorm  scale {features}, shift {features}; groupNorm  scale {channels}, shift {channels}
//   embedding  weight {vocabulary, units}
//   lstm       weight {4 units, features}, recurrent {4 units, units}, bias {4 units}: gates i, f, g, o
//   gru        weight {3 units, features}, recurrent {3 units, units}, bias {4 units}: gates z, r, n, and n's second bias
//   rnn        weight {units, features}, recurrent {units, units}, bias {units}
//              with more layers weight1, weight2, ...; of the way back weightBack, weight1Back, ...
//   attention  queryWeight, keyWeight, valueWeight {units, features}, outputWeight {features, units}, and biases

/// "dense": {"units": 64, "bias": true, "activation": "relu", "over": "sample"}. over: "sample", any input is flattened
/// to {features}; "last", the same product for each row of the last axis: {steps, features} -> {steps, units}.
struct DenseSettings {
    std::int64_t units = 0;  ///< units
    bool hasBias = true;     ///< bias
    Activation activation;   ///< activation
    bool isOverLast = false; ///< over
};

/// Rows and columns added around a picture, of zeros for a convolution; a pool leaves them out.
struct Padding {
    std::int64_t top = 0;
    std::int64_t left = 0;
    std::int64_t bottom = 0;
    std::int64_t right = 0;

    bool operator==(const Padding&) const = default;
};

/// "conv2d": {"filters": 32, "kernel": 3, "stride": 1, "padding": "same", "dilation": 1, "groups": 1, "bias": true,
/// "activation": "relu"}. {channels, height, width} -> {filters, height', width'}, each extent
/// floor((input + padding at both sides - (kernel - 1) dilation - 1) / stride) + 1; the kernel is not turned around.
/// padding: "same" (the default; output = ceil(input / stride), the odd row goes to the bottom
/// and right as ONNX SAME_UPPER), "valid", a number, [vertical, horizontal] or [top, left, bottom, right].
/// groups: divides channels and filters; the channels' and filters' number makes a depthwise convolution.
/// "conv1d": {channels, length} -> {filters, length'}; the same settings, each one number; padding also [left, right].
/// Sources: LeCun et al. (1998), section II; Dumoulin, Visin (2016), chapter 2; groups Krizhevsky et al. (2012); dilation Yu,
/// Koltun (2016).
struct ConvolutionSettings {
    std::int64_t filters = 0;
    std::array<std::int64_t, 2> kernel{3, 3};
    std::array<std::int64_t, 2> stride{1, 1};
    std::array<std::int64_t, 2> dilation{1, 1};
    Padding padding; ///< numbers, also for "same"
    std::int64_t groups = 1;
    bool hasBias = true;
    Activation activation;
};

/// "convTranspose2d": the convolution backwards, from {channels, height, width} to {filters, ...}. Settings as conv2d's;
/// result = (input - 1) stride + (kernel - 1) dilation + 1 + outputPadding - padding at both sides. padding "same" (the
/// default): result = input stride. outputPadding: 0, below the stride, rows that come at the end; not with "same".
/// Source: Dumoulin, Visin, A guide to convolution arithmetic for deep learning (2016), chapter 4.
struct TransposedSettings {
    ConvolutionSettings convolution;
    std::array<std::int64_t, 2> result{}; ///< height, width
};

/// "maxPool2d", "averagePool2d": {"kernel": 2, "stride": 2, "padding": "valid", "ceil": false}. stride: the kernel if
/// not given. Windows that do not fit are left out, or with ceil taken as far as they begin inside the picture; averages
/// divide by the samples inside the picture. {channels, height, width} -> {channels, height', width'}, each extent
/// floor((input + padding at both sides - kernel) / stride) + 1, with ceil rounded up. padding: as conv2d's, below the kernel.
/// Sources: Boureau, Ponce, LeCun, A theoretical analysis of feature pooling (2010); Dumoulin, Visin (2016), chapter 3.
struct PoolSettings {
    std::array<std::int64_t, 2> kernel{2, 2};
    std::array<std::int64_t, 2> stride{2, 2};
    Padding padding; ///< with ceil: as much more as the last windows reach beyond the picture
};

/// "upsample2d": {"factor": 2} or [rows, columns]; each pixel is repeated (nearest neighbour):
/// {channels, height, width} -> {channels, height rows, width columns}.
struct UpsampleSettings {
    std::array<std::int64_t, 2> factor{2, 2};
};

/// "globalAveragePool2d", "globalMaxPool2d": {channels, height, width} -> {channels}, the mean or the largest of the pixels. No
/// settings. Source: Lin, Chen, Yan, Network in network (2014), section 3.2.
struct GlobalPoolSettings {
    bool isMaximum = false;
};

/// "batchNorm": over all but the channel (axis 1). {"momentum": 0.1, "epsilon": 1e-5, "activation": "relu"}.
/// running = (1 - momentum) running + momentum batch; the running variance is the unbiased one.
/// "layerNorm": {"epsilon": 1e-5, "over": "sample"}; over all features of a sample, or over the "last" axis alone.
/// "groupNorm": {"groups": 8, "epsilon": 1e-5}; over the pixels of each group of channels of a sample. As many groups as
/// channels make an instance norm. The result has the input's shape.
/// Sources: Ioffe, Szegedy (2015); Ba, Kiros, Hinton (2016); Wu, He (2018).
struct NormSettings {
    double momentum = 0.1; ///< batchNorm alone
    double epsilon = 1e-5;
    std::int64_t groups = 1;
    bool isOverLast = false; ///< layerNorm alone
    Activation activation;
};

/// "dropout": {"rate": 0.5}; the kept are scaled by 1 / (1 - rate) in training, nothing happens in inference. Of an input of
/// any shape each element is dropped alone; the result has the same shape.
/// Source: Srivastava et al. (2014), section 10 for the scaling in training.
struct DropoutSettings {
    double rate = 0.5; ///< part that is dropped, in [0, 1)
};

/// "activation": {"activation": "gelu"}; and the short types "relu", "leakyRelu", "elu", "gelu", "silu", "sigmoid",
/// "tanh", "hardSigmoid", "hardSwish", "hardTanh" ("alpha" for leakyRelu and elu). "scale": {"factor": 0.00390625}, the
/// input times a constant.
struct ActivationSettings {
    Activation activation;
};
/// "softmax": over the last axis; the result has the input's shape. No settings. Source: Bridle (1990).
struct SoftmaxSettings {};

/// "flatten": to {features}. "reshape": {"shape": [16, 4, 4]}, without the batch.
struct ReshapeSettings {
    Shape shape; ///< resolved, without the batch
};

/// "transpose": {"order": [2, 1]}: axis i of the result is the input's axis order[i].
struct TransposeSettings {
    std::vector<std::int64_t> order; ///< from 1
};

/// "pad": {"before": [0, 2, 2], "after": [0, 2, 2]}: zeros around the input, a number for each of its axes.
struct PadSettings {
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;
};

/// "slice": {"axis": 1, "begin": 0, "count": 4}: a part of one axis. A split is a slice for each of its parts.
struct SliceSettings {
    std::int64_t axis = 1;
    std::int64_t begin = 0;
    std::int64_t count = 0;
};

/// "sum", "mean": {"axes": [2, 3]}: over these axes, which are gone afterwards.
struct ReduceSettings {
    bool isMean = false;
    std::vector<std::int64_t> axes; ///< from 1, the largest first
};

/// "add", "multiply": two or more inputs of one shape; {"activation": "relu"} of the result.
struct CombineSettings {
    bool isProduct = false;
    Activation activation;
};

/// "concat": {"axis": 1}; two or more inputs joined along one axis, by default the channels or features.
struct ConcatSettings {
    std::int64_t axis = 1;
};

/// "embedding": {"vocabulary": 10000, "units": 256}: each whole number of the input becomes a row of a learned table,
/// {steps} -> {steps, units}. Numbers outside 0 .. vocabulary - 1 are errors where the network's input is embedded, and
/// zeros elsewhere. Source: Bengio, Ducharme, Vincent, Jauvin, A neural probabilistic language model (2003), section 2.
struct EmbeddingSettings {
    std::int64_t vocabulary = 0;
    std::int64_t units = 0;
};

/// "lstm", "gru", "rnn": {"units": 256, "layers": 1, "bidirectional": false, "output": "last", "carryState": false},
/// rnn with {"activation": "tanh"} or "relu". From {steps, features} to {units}, the last state, or with output "all" to
/// {steps, units}; twice the units where bidirectional, forwards first. carryState: a batch begins with the states that
/// the batch before has left, and gradients end there (truncated backpropagation); not bidirectional.
/// Sources: of the cells see RecurrentAttributes; Schuster, Paliwal (1997), bidirectional.
struct RecurrentSettings {
    RecurrentCell cell = RecurrentCell::Lstm;
    std::int64_t units = 0;
    std::int64_t layers = 1;
    bool isBidirectional = false;
    bool isWhole = false;   ///< output
    bool isCarried = false; ///< carryState
};

/// "attention": {"heads": 8, "units": 256, "causal": false, "bias": true, "dropout": 0}. Multi-head scaled dot-product
/// attention of a sequence to itself, or of the first input to the second: {steps, features} -> {steps, features}.
/// units: of all heads together, by default the features. causal: no step sees a later one.
/// Source: Vaswani et al., Attention is all you need (2017), section 3.2.
struct AttentionSettings {
    std::int64_t heads = 1;
    std::int64_t units = 0;
    bool isCausal = false;
    bool hasBias = true;
    double dropout = 0; ///< of the attention weights
};

using LayerSettings = std::variant<
    DenseSettings,
    ConvolutionSettings,
    TransposedSettings,
    PoolSettings,
    UpsampleSettings,
    GlobalPoolSettings,
    NormSettings,
    DropoutSettings,
    ActivationSettings,
    SoftmaxSettings,
    ReshapeSettings,
    TransposeSettings,
    PadSettings,
    SliceSettings,
    ReduceSettings,
    CombineSettings,
    ConcatSettings,
    EmbeddingSettings,
    RecurrentSettings,
    AttentionSettings>;

/// The types that a description may name, in the order in which messages tell them.
const std::vector<std::string>& layerTypes();

/// Reads and checks a layer's settings. `input` is the shape of its first input without the batch; it resolves
/// "same" and "flatten". Errors name the layer and the setting.
Result<LayerSettings> readLayerSettings(const LayerDescription& layer, const Shape& input);

/// How the weights and the biases of a layer begin where its settings say so.
struct InitialSettings {
    std::optional<Initialisation> weight; ///< fans unset
    std::optional<double> bias;
};
/// Errors as readLayerSettings.
Result<InitialSettings> readInitialSettings(const LayerDescription& layer);

/// The inputs of each layer as names, with the default (the layer before, or "input") filled in.
/// Errors: names that do not exist, stand later, or occur twice.
Result<std::vector<std::vector<std::string>>> resolveInputs(const ModelDescription& model);

} // namespace ty::engine
