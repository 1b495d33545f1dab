#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/graph/activation.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// What a node computes. Pictures are {batch, channels, height, width}, flat values {batch, features}.
enum class OpKind : std::uint8_t {
    MatMul,            ///< (a, b [, bias {columns}]) -> {..., rows, columns}: one product for each of the leading axes, which
                       ///< are the same in both; a bias with matrices alone [, sums of a's columns, the bias gradient
                       ///< beside a dense layer's weight's]; MatMulAttributes
    AddBias,           ///< (x {N, C, ...}, bias {C})
    SumChannels,       ///< (x {N, C, ...}) -> {C}; the gradient of a bias
    Conv2d,            ///< (x {N, C, H, W}, weight {F, C / groups, KH, KW} [, bias {F}]) -> {N, F, H', W'}; ConvolutionAttributes
    /// (grad {N, F, H', W'}, weight [, addend [, result of a relu, which clears the sum where it is not above 0]]) -> resultShape
    /// {N, C, H, W}; of two it is forwards the transposed convolution
    Conv2dInputGrad,
    Conv2dWeightGrad,  ///< (grad {N, F, H', W'}, x) -> resultShape {F, C / groups, KH, KW} [, bias gradient {F}]
    MaxPool,           ///< (x {N, C, H, W}) -> y {N, C, H', W'}, place of the maximum inside its window, like y, of the type
                       ///< placeType(); PoolAttributes
    MaxPoolGrad,       ///< (grad {N, C, H', W'}, place) -> resultShape {N, C, H, W}
    AveragePool,       ///< (x {N, C, H, W}) -> {N, C, H', W'}; divides by the samples inside the picture; PoolAttributes
    AveragePoolGrad,   ///< (grad {N, C, H', W'}) -> resultShape {N, C, H, W}
    GlobalAveragePool, ///< (x {N, C, H, W}) -> {N, C}, means
    GlobalAveragePoolGrad, ///< (grad {N, C}) -> resultShape {N, C, H, W}
    BatchNorm,         ///< (x {N, C, ...}, scale {C}, shift {C}, runningMean {C}, runningVariance {C} [, addend]) -> y, mean {C},
                       ///< inverse deviation {C}; moves the running statistics; the addend, of x's shape, comes before the
                       ///< activation; NormAttributes
    BatchNormInference, ///< (x, scale, shift, runningMean, runningVariance [, addend]) -> y
    BatchNormGrad,     ///< (grad, x, scale, mean, inverse deviation [, y or shift]) -> dx, dscale, dshift; the last one if an
                       ///< activation is fused: y, or the shift, from which y is made again (NormAttributes says which)
    BatchNormInferenceGrad, ///< (grad, scale, runningVariance) -> dx
    LayerNorm,         ///< (x {..., F}, scale {F}, shift {F}) -> y, mean {rows}, inverse deviation {rows}: over the last axes,
                       ///< those whose extents multiply to F; never over the batch
    LayerNormGrad,     ///< (grad, x, scale, mean, inverse deviation) -> dx, dscale, dshift
    GroupNorm,         ///< (x {N, C, ...}, scale {C}, shift {C}) -> y, mean {N groups}, inverse deviation {N groups}: over each
                       ///< group of C / groups channels of a sample; NormAttributes
    GroupNormGrad,     ///< (grad, x, scale, mean, inverse deviation) -> dx, dscale, dshift
    Dropout,           ///< (x {...}) -> like x: x mask / (1 - rate); its own gradient; DropoutAttributes
    Activate,          ///< (x); ActivationAttributes
    ActivateGrad,      ///< (grad, reference): the result or the argument, see isDerivativeFromResult
    Softmax,           ///< (x {..., C}) over the last axis; SoftmaxAttributes
    SoftmaxGrad,       ///< (grad, y)
    Add,               ///< (a, b)
    Multiply,          ///< (a, b)
    Concat,            ///< (a, b, ...) along one axis; AxisAttributes
    Slice,             ///< (x) -> places [begin, begin + count) of one axis; SliceAttributes
    Pad,               ///< (x) -> count places on one axis, zeros but for those from begin; the gradient of Slice
    Permute,           ///< (x) -> axis i of the result is axis order[i] of x; PermuteAttributes
    SumAxis,           ///< (x) -> without one axis, summed over it; AxisAttributes
    RepeatAxis,        ///< (x) -> one axis more, `count` times the same; RepeatAttributes; the gradient of SumAxis
    Upsample,          ///< (x) -> each pixel factor[0] x factor[1] times; UpsampleAttributes
    UpsampleGrad,      ///< (grad) -> sums over factor[0] x factor[1] pixels
    Embedding,         ///< (numbers {N, ...}, table {V, E}) -> {N, ..., E}: row `number` of the table; zeros where there is none
    EmbeddingGrad,     ///< (grad {N, ..., E}, numbers {N, ...}) -> resultShape {V, E}
    Recurrent,         ///< (x {N, T, I}, weight {G H, I}, recurrent {G H, H}, bias {B H}, h0 {N, H} [, c0 {N, H}]) ->
                       ///< y {N, T, H}, gates {N, T, K H} [, cells {N, T, H}]; RecurrentAttributes
    RecurrentGrad,     ///< (grad, recurrent, y, gates, h0 [, cells, c0]) -> dz {N, T, B H}, drecurrent, dh0 [, dc0]; dz is the
                       ///< gradient of what each entry of the bias is added to
    Reshape,           ///< (x) -> resultShape, same order of elements; ShapeAttributes
    Reorder,           ///< (x) -> the same value in the layout of the result
    Cast,              ///< (x) -> the same value in another number format; CastAttributes
    Elementwise,       ///< (a, b, ...) several elementwise ops in one loop; ElementwiseAttributes
    SoftmaxCrossEntropy,     ///< (logits {N, C}, labels {N} or shares of the classes {N, C}, class weights {C}) -> mean loss
                             ///< {1}; LossAttributes
    SoftmaxCrossEntropyGrad, ///< (grad {1}, logits, labels or shares, class weights) -> like logits
    SoftmaxCrossEntropyStep, ///< (logits {N, C}, labels {N}, class weights {C}) -> gradient of the mean loss like logits, mean
                             ///< loss {1}, rows whose largest logit is the label {1} [, sums of the gradient's columns {C}];
                             ///< made by fusion; LossAttributes
    RegressionLoss,          ///< (prediction, target [, weights {2}]) -> mean loss of each pair of values {1}; LossAttributes
    RegressionLossGrad,      ///< (grad {1}, prediction, target [, weights {2}])
    CtcLoss,                 ///< (logits {N, T, C}, targets {N, 1 + L}) -> mean loss {1}; see ctc.h
    CtcLossGrad,             ///< (grad {1}, logits, targets) -> like logits
    CtcCorrect,              ///< (logits, targets) -> samples whose best path gives the labels {1}
    CountCorrect,            ///< (logits {N, C}, labels {N} or shares {N, C}) -> rows whose largest logit is the label, or stands
                             ///< where the largest share does {1}
    CountSigns,              ///< (prediction, target) -> values above 0 where the target is above 0.5, or neither {1}
    ErrorSums,               ///< (prediction, target) -> sum of |error|, sum of error^2 {2}
    Fill,                    ///< () -> resultShape filled with a value; FillAttributes
};

struct MatMulAttributes {
    bool isLeftTransposed = false;
    bool isRightTransposed = false;
    Activation activation; ///< fused, after the bias
    bool hasBiasGrad = false; ///< a second result; of matrices whose left one is transposed; set by fusion

    bool operator==(const MatMulAttributes&) const = default;
};

/// A cross-correlation (the kernel is not turned around) over a picture with zeros around it:
/// H' = floor((H + top + bottom - (KH - 1) dilation - 1) / stride) + 1, W' likewise; filter f sees
/// the channels of group floor(f groups / F).
/// Sources: LeCun et al. (1998), section II; groups Krizhevsky et al. (2012); dilation Yu, Koltun (2016).
struct ConvolutionAttributes {
    std::array<std::int64_t, 2> stride{1, 1};
    std::array<std::int64_t, 2> dilation{1, 1};
    std::array<std::int64_t, 4> padding{}; ///< top, left, bottom, right
    std::int64_t groups = 1;
    Activation activation; ///< fused, after the bias
    Shape resultShape;     ///< of the gradient ops: of x or of the weight
    bool hasBiasGrad = false; ///< Conv2dWeightGrad alone: a second result

    bool operator==(const ConvolutionAttributes&) const = default;
};

/// H' = floor((H + top + bottom - KH) / stride) + 1, W' likewise; padding is below the kernel and never a maximum or part of an
/// average. The place of a maximum is row KW + column in its window, of equal ones the first.
/// Source: Boureau, Ponce, LeCun, A theoretical analysis of feature pooling (2010).
struct PoolAttributes {
    std::array<std::int64_t, 2> kernel{2, 2};
    std::array<std::int64_t, 2> stride{2, 2};
    std::array<std::int64_t, 4> padding{}; ///< top, left, bottom, right
    Shape resultShape;                     ///< of the gradient ops

    bool operator==(const PoolAttributes&) const = default;
};

/// y = (x - mean) / sqrt(variance + epsilon) scale + shift, with the biased variance. BatchNorm's running = (1 - momentum)
/// running + momentum batch, with the unbiased one. Sources: Ioffe, Szegedy (2015); Ba, Kiros, Hinton (2016); Wu, He (2018).
struct NormAttributes {
    double momentum = 0.1; ///< in [0, 1]; BatchNorm alone
    double epsilon = 1e-5;
    std::int64_t groups = 1; ///< GroupNorm alone
    Activation activation; ///< fused into BatchNorm and BatchNormInference; relu alone in training
    bool isMaskedByShift = false; ///< BatchNormGrad: its last operand is the shift

    bool operator==(const NormAttributes&) const = default;
};

/// Each element alone becomes 0 with the probability `rate`; the others are scaled in training, so that inference does nothing.
/// Source: Srivastava et al. (2014), section 10 for that scaling.
struct DropoutAttributes {
    double rate = 0;          ///< in [0, 1)
    std::uint32_t stream = 0; ///< one a layer; the gradient uses the same one and so the same mask

    bool operator==(const DropoutAttributes&) const = default;
};

struct ActivationAttributes {
    Activation activation;

    bool operator==(const ActivationAttributes&) const = default;
};

struct SoftmaxAttributes {
    bool isCausal = false; ///< x {..., T, T}: row t sees columns 0 to t alone, the others become 0

    bool operator==(const SoftmaxAttributes&) const = default;
};

struct SliceAttributes {
    std::int64_t axis = 1;  ///< never 0, the batch
    std::int64_t begin = 0;
    std::int64_t count = 0; ///< extent of the result on that axis

    bool operator==(const SliceAttributes&) const = default;
};

struct AxisAttributes {
    std::int64_t axis = 1; ///< never 0, the batch

    bool operator==(const AxisAttributes&) const = default;
};

struct RepeatAttributes {
    std::int64_t axis = 1;  ///< of the result; never 0
    std::int64_t count = 1; ///< extent of the new axis

    bool operator==(const RepeatAttributes&) const = default;
};

struct PermuteAttributes {
    std::vector<std::int64_t> order; ///< of all axes; the batch stays first

    bool operator==(const PermuteAttributes&) const = default;
};

enum class RecurrentCell : std::uint8_t { Lstm, Gru, Tanh, Relu };

/// A layer that walks over the steps of a sequence. s is the sigmoid, * elementwise, h and c the previous state:
///   Lstm  i = s(z_i), f = s(z_f), g = tanh(z_g), o = s(z_o); c' = f c + i g, h' = o tanh(c'); the gates in this order
///   Gru   z = s(z_z), r = s(z_r), n = tanh(z_n + r * q) with q = recurrent_n h + bias_q; h' = (1 - z) n + z h
///   Tanh, Relu  h' = tanh(z), max(z, 0)
/// where z = weight x + recurrent h + bias for each gate (z_n of Gru without its recurrent part). G is 4, 3 or 1. The bias
/// has an entry for each gate, and Gru's ends with bias_q (B = 4). `gates` holds i, f, g, o; z, r, n, q; or h' itself (K).
/// Sources: Hochreiter, Schmidhuber (1997); Cho et al. (2014), with the reset after the product as in cuDNN; Elman (1990).
struct RecurrentAttributes {
    RecurrentCell cell = RecurrentCell::Lstm;
    bool isReverse = false; ///< from the last step to the first; y keeps the order of x
    DType products = DType::Float32; ///< format of what its products multiply; chosen by planPrecision

    std::int64_t gateCount() const { return cell == RecurrentCell::Lstm ? 4 : cell == RecurrentCell::Gru ? 3 : 1; }
    std::int64_t biasCount() const { return cell == RecurrentCell::Gru ? 4 : gateCount(); }

    bool operator==(const RecurrentAttributes&) const = default;
};

struct UpsampleAttributes {
    std::array<std::int64_t, 2> factor{2, 2}; ///< rows, columns

    bool operator==(const UpsampleAttributes&) const = default;
};

struct ShapeAttributes {
    Shape resultShape;

    bool operator==(const ShapeAttributes&) const = default;
};

/// Of a prediction p and a target t: (p - t)^2; |p - t|; (p - t)^2 / 2 up to |p - t| = 1 and |p - t| - 1/2 beyond;
/// -t log s(p) - (1 - t) log(1 - s(p)) with the sigmoid s, for t in [0, 1]; max(0, 1 - t p), for t -1 or 1.
/// With weights (a, b), of BinaryCrossEntropy alone, each pair counts (1 - t) a + t b, and the loss is the weighted mean.
/// Sources: Hastie, Tibshirani, Friedman (2009), section 10.6 (squared, absolute); Huber (1964); Goodfellow, Bengio, Courville
/// (2016), section 6.2.2.2 (binary cross-entropy, in nats); Cortes, Vapnik (1995) (hinge).
enum class RegressionLossKind : std::uint8_t { Squared, Absolute, Huber, BinaryCrossEntropy, Hinge };

/// SoftmaxCrossEntropy: -sum t_k log softmax(logits)_k over rows and classes, in nats, divided by the sum of all t_k, where t_k is
/// the share of class k in a row (of its label 1) times the class's weight.
/// Sources: Goodfellow, Bengio, Courville (2016), section 6.2.2.3; smoothing Szegedy et al. (2016), section 7.
struct LossAttributes {
    double labelSmoothing = 0; ///< s in [0, 1): (1 - s) t_k + s / C times the row's sum of t_k; binary: t (1 - s) + s / 2
    RegressionLossKind kind = RegressionLossKind::Squared; ///< Huber: delta 1
    bool areSumsMade = false; ///< by SoftmaxCrossEntropyStep, of its gradient's columns; set by fusion

    bool operator==(const LossAttributes&) const = default;
};

struct CastAttributes {
    DType dtype = DType::Float32;

    bool operator==(const CastAttributes&) const = default;
};

struct FillAttributes {
    Shape resultShape;
    double value = 0;

    bool operator==(const FillAttributes&) const = default;
};

/// One step of a fused loop. Operands are numbered: the node's inputs first, then the results of earlier steps.
struct ElementwiseStep {
    OpKind op = OpKind::Add; ///< Activate, ActivateGrad, Add, Multiply or Dropout
    Activation activation;
    DropoutAttributes dropout;
    int left = 0;
    int right = -1;

    bool operator==(const ElementwiseStep&) const = default;
};

struct ElementwiseAttributes {
    std::vector<ElementwiseStep> steps; ///< the last one is the result

    bool operator==(const ElementwiseAttributes&) const = default;
};

using Attributes = std::variant<
    std::monostate,
    MatMulAttributes,
    ConvolutionAttributes,
    PoolAttributes,
    NormAttributes,
    DropoutAttributes,
    ActivationAttributes,
    SoftmaxAttributes,
    SliceAttributes,
    AxisAttributes,
    RepeatAttributes,
    PermuteAttributes,
    UpsampleAttributes,
    RecurrentAttributes,
    ShapeAttributes,
    LossAttributes,
    FillAttributes,
    CastAttributes,
    ElementwiseAttributes>;

} // namespace ty::engine
