#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/nn/model_description.h"
#include "engine/nn/step_profile.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// SoftmaxCrossEntropy: labels are class numbers. MeanSquaredError, MeanAbsoluteError, Huber: targets are numbers, as many as
/// outputs. BinaryCrossEntropy: each output is the logit of a question of its own, targets lie in [0, 1]. Hinge: targets
/// are -1 or 1. Ctc: outputs {steps, classes}, class 0 is the blank; a target is {1 + steps} numbers: how many frames
/// count, then the labels, then -1.
/// The formulas: RegressionLossKind and LossAttributes. Means over samples (SoftmaxCrossEntropy: or steps; Ctc: sequences), or
/// over all outputs of all samples (the others). Cross-entropies and Ctc in nats, errors in the encoded unit; Huber's delta is 1.
/// Sources: Goodfellow, Bengio, Courville, Deep Learning (2016), 6.2.2.3 (softmax) and 6.2.2.2 (binary); Hastie, Tibshirani,
/// Friedman (2009), 10.6 (squared, absolute); Huber (1964); Cortes, Vapnik (1995) (hinge); Graves et al. (2006) (Ctc).
enum class LossKind {
    SoftmaxCrossEntropy,
    MeanSquaredError,
    MeanAbsoluteError,
    Huber,
    BinaryCrossEntropy,
    Hinge,
    Ctc
};
/// What a step with the learning rate r takes from a parameter; g is its gradient, clipped and with the penalties:
///   Sgd      v = momentum v + g; r v, or with isNesterov r (g + momentum v). Polyak (1964); Nesterov (1983), both as in
///            Sutskever et al. (2013), with r outside of v and, of the second, the parameters the looked-ahead ones
///   Adam     r m' / (sqrt v' + epsilon), m' and v' corrected for their beginning at 0. Kingma, Ba (2015), algorithm 1
///   AdamW    the same, and weightDecay r parameter. Loshchilov, Hutter (2019), algorithm 2, with the whole rate in the decay
///   RmsProp  v = beta2 v + (1 - beta2) g^2; r g / (sqrt v + epsilon), not centred. Tieleman, Hinton (2012), lecture 6.5
///   Adagrad  r g / (sqrt of the sum of all g^2 + epsilon). Duchi et al. (2011)
enum class OptimizerKind { Sgd, Adam, AdamW, RmsProp, Adagrad };
enum class Precision { Float32, BFloat16 };

/// Everything but the network that decides what one update does.
struct TrainingSetup {
    LossKind loss = LossKind::SoftmaxCrossEntropy;
    /// Empty: all 1; else one a class, the loss is the weighted mean. BinaryCrossEntropy: of the answers no and yes.
    std::vector<float> classWeights;
    /// SoftmaxCrossEntropy of samples, not of steps: the targets of a training step are the share of each class {batch, classes};
    /// those of an evaluation stay class numbers.
    bool hasTargetShares = false;
    /// In [0, 1), of the cross-entropies: this part of a target goes to all classes alike. Szegedy et al. (2016), section 7.
    double labelSmoothing = 0;
    OptimizerKind optimizer = OptimizerKind::AdamW;
    double momentum = 0.9;    ///< Sgd; in [0, 1), as the betas
    bool isNesterov = false;  ///< Sgd
    double beta1 = 0.9;       ///< Adam, AdamW
    double beta2 = 0.999;     ///< Adam, AdamW; decay of RmsProp
    double epsilon = 1e-8;    ///< above 0, added to the root; not Sgd
    double weightDecay = 0;   ///< decoupled for AdamW, L2 otherwise; never on biases and normalisation
    double l1 = 0;            ///< times the sign of each weight, added to its gradient; never on biases
    double clipNorm = 0;      ///< global gradient norm, Pascanu et al. (2013), algorithm 1; 0: no clipping
    double clipValue = 0;     ///< each gradient between - and + this, after clipNorm and before penalties; 0: no clipping
    Precision precision = Precision::Float32;

    /// Ranges, and class weights against the network's outputs.
    Result<void> validate(std::int64_t outputs) const;
    /// Sum of the class weights of a batch's targets: labels {batch}, answers {batch, outputs} of BinaryCrossEntropy, or shares
    /// {batch, classes}. Precondition: there are class weights.
    double weightOf(std::span<const float> targets, bool areShares) const;
};

/// What one training step gave.
struct StepResult {
    double loss = 0;               ///< mean over the batch, before the update
    double lossWeight = 0;         ///< what it is a mean of: samples, or with class weights the sum of their weights
    double gradientNorm = 0;       ///< before clipping; 0 when clipping is off
    /// Classification: samples (or steps) whose largest logit is the label. BinaryCrossEntropy and Hinge: outputs on the
    /// right side. Ctc: samples whose best path gives the labels.
    std::int64_t correct = 0;
    double absoluteErrorSum = 0;   ///< regression, in the encoded unit
    double squaredErrorSum = 0;
};

/// A network being trained, or evaluated, on one device. Weights live here; executables are compiled once for
/// each batch size met and share them. One thread at a time. Same seed, device and thread count: bit-equal results.
class TrainingSession {
public:
    virtual ~TrainingSession() = default;

    virtual const ModelDescription& model() const = 0;
    virtual const ModelSummary& summary() const = 0;

    /// One update. inputs: {batch, ...input shape} float32 row-major; targets: {batch}, class index as a number or
    /// the encoded target; for a network that gives a sequence {batch, steps}. learningRate: of this step. Any batch size
    /// >= 1; the first step of a size compiles.
    virtual Result<StepResult> step(std::span<const float> inputs, std::span<const float> targets, double learningRate) = 0;

    /// Loss and metrics without an update, in inference mode (batch norm uses running statistics, no dropout).
    virtual Result<StepResult> evaluate(std::span<const float> inputs, std::span<const float> targets) = 0;

    /// States that recurrent layers carry from batch to batch become 0: a new sequence begins. Nothing else changes.
    virtual void resetCarriedState() {}

    /// Outputs {batch, outputs}: softmax probabilities for SoftmaxCrossEntropy, sigmoid ones for BinaryCrossEntropy, else
    /// raw values. Inference mode.
    virtual Result<void> predict(std::span<const float> inputs, std::int64_t batch, std::span<float> outputs) = 0;

    /// Learned parameters and running statistics, plain row-major layout, names "conv1.weight", "conv1.bias",
    /// "norm1.runningMean". dense weight {units, inputs}; conv2d weight {filters, channels / groups, kh, kw}.
    virtual std::vector<NamedTensor> parameters() const = 0;
    /// All or nothing; names and shapes must fit.
    virtual Result<void> setParameters(const std::vector<NamedTensor>& parameters) = 0;

    /// Optimizer slots ("conv1.weight.m"), states carried over ("carried.lstm1.h" {batch, units}), step counter and dropout
    /// generator, for exact resume.
    virtual std::vector<NamedTensor> optimizerState() const = 0;
    virtual Json optimizerCounters() const = 0;
    virtual Result<void> setOptimizerState(const std::vector<NamedTensor>& slots, const Json& counters) = 0;

    /// Bytes of weights, gradients, optimizer slots and the largest arena compiled so far.
    virtual std::uint64_t memoryBytes() const = 0;
    /// Bytes of what parameters() and optimizerState() give together.
    virtual std::uint64_t checkpointBytes() const = 0;

    /// Runs each node of a training step of `batch` samples alone, `tries` times (at least once). What is trained stays as
    /// it is, bit for bit: the next step gives what it would have given. Errors: Unsupported where a device cannot, and those
    /// of step().
    virtual Result<StepProfile> profileStep(std::int64_t batch, int tries);
};

/// A device that sessions can be made on.
class Backend {
public:
    virtual ~Backend() = default;
    virtual std::string deviceName() const = 0;   ///< "cpu"
    virtual std::string description() const = 0;  ///< "AMD EPYC ..., 2 threads, AVX-512, oneDNN 2.6.3"
    virtual int threads() const = 0;
    /// Initial weights by `seed`. Errors: InvalidInput naming the layer, OutOfMemory with advice.
    virtual Result<std::unique_ptr<TrainingSession>> createSession(
        const ModelDescription& model, const TrainingSetup& setup, std::uint64_t seed) = 0;
};

} // namespace ty::engine
