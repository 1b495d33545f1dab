#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "engine/base/result.h"
#include "engine/graph/activation.h"
#include "engine/nn/model_description.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

// The settings of every layer type, read from LayerDescription::settings. JSON names stand beside the fields. Kernel,
// stride and dilation are one whole number, or [height, width]. Unknown settings are errors.
//
// Learned parameters and running statistics are named "<layer>.<name>":
//   dense      weight {units, inputs}, bias {units}
//   conv2d     weight {filters, channels / groups, kernel height, kernel width}, bias {filters}
//   batchNorm  scale {channels}, shift {channels}, runningMean {channels}, runningVariance {channels}
//   layerNorm  scale {features}, shift {features}

/// "dense": input {features}; a picture is flattened first. {"units": 64, "bias": true, "activation": "relu"}
struct DenseSettings {
    std::int64_t units = 0; ///< units
    bool hasBias = true;    ///< bias
    Activation activation;  ///< activation
};

/// Rows and columns added around a picture.
struct Padding {
    std::int64_t top = 0;
    std::int64_t left = 0;
    std::int64_t bottom = 0;
    std::int64_t right = 0;

    bool operator==(const Padding&) const = default;
};

/// "conv2d": {"filters": 32, "kernel": 3, "stride": 1, "padding": "same", "dilation": 1, "groups": 1, "bias": true,
/// "activation": "relu"}. padding: "same" (the default; output = ceil(input / stride), the odd row goes to the bottom
/// and right as ONNX SAME_UPPER), "valid", a number, [vertical, horizontal] or [top, left, bottom, right].
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

/// "maxPool2d", "averagePool2d": {"kernel": 2, "stride": 2, "padding": "valid"}. stride: the kernel if not given.
/// Windows that do not fit are left out; averages divide by the samples inside the picture.
struct PoolSettings {
    std::array<std::int64_t, 2> kernel{2, 2};
    std::array<std::int64_t, 2> stride{2, 2};
    Padding padding;
};

/// "globalAveragePool2d": {channels, height, width} -> {channels}. No settings.
struct GlobalPoolSettings {};

/// "batchNorm": over all but the channel (axis 1). {"momentum": 0.1, "epsilon": 1e-5, "activation": "relu"}.
/// running = (1 - momentum) running + momentum batch; the running variance is the unbiased one.
/// "layerNorm": over all features of a sample, {"epsilon": 1e-5}.
struct NormSettings {
    double momentum = 0.1; ///< batchNorm alone
    double epsilon = 1e-5;
    Activation activation;
};

/// "dropout": {"rate": 0.5}; the kept are scaled by 1 / (1 - rate) in training, nothing happens in inference.
struct DropoutSettings {
    double rate = 0.5;
};

/// "activation": {"activation": "gelu"}; and the short types "relu", "leakyRelu", "elu", "gelu", "silu", "sigmoid",
/// "tanh" ("alpha" for leakyRelu and elu). "softmax" is over the features of a flat value.
struct ActivationSettings {
    Activation activation;
};
struct SoftmaxSettings {};

/// "flatten": to {features}. "reshape": {"shape": [16, 4, 4]}, without the batch.
struct ReshapeSettings {
    Shape shape; ///< resolved, without the batch
};

/// "add", "multiply": two or more inputs of one shape; {"activation": "relu"} of the result.
struct CombineSettings {
    bool isProduct = false;
    Activation activation;
};

/// "concat": two or more inputs joined along the channel or feature axis.
struct ConcatSettings {};

using LayerSettings = std::variant<
    DenseSettings,
    ConvolutionSettings,
    PoolSettings,
    GlobalPoolSettings,
    NormSettings,
    DropoutSettings,
    ActivationSettings,
    SoftmaxSettings,
    ReshapeSettings,
    CombineSettings,
    ConcatSettings>;

/// Reads and checks a layer's settings. `input` is the shape of its first input without the batch; it resolves
/// "same" and "flatten". Errors name the layer and the setting.
Result<LayerSettings> readLayerSettings(const LayerDescription& layer, const Shape& input);

/// The inputs of each layer as names, with the default (the layer before, or "input") filled in.
/// Errors: names that do not exist, stand later, or occur twice.
Result<std::vector<std::vector<std::string>>> resolveInputs(const ModelDescription& model);

} // namespace ty::engine
