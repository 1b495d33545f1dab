#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/graph/graph.h"
#include "engine/nn/model_description.h"
#include "engine/nn/training_session.h"

namespace ty::engine {

enum class NetworkMode : std::uint8_t { Training, Inference };

enum class InitialKind : std::uint8_t {
    Zeros,
    Ones,
    HeNormal,
    HeUniform,
    GlorotNormal,
    GlorotUniform,
    Orthogonal,
    ForgetGate,
    Uniform,
    Normal,
    Constant
};

/// How a parameter begins; see fillInitial. Sources: He et al. (2015); Glorot, Bengio (2010).
struct Initialisation {
    InitialKind kind = InitialKind::Zeros;
    std::int64_t fanIn = 1;  ///< inputs of a unit; of a convolution channels / groups times the pixels of the kernel
    std::int64_t fanOut = 1; ///< units; of a convolution filters / groups times the pixels of the kernel
    double value = 0; ///< Uniform: limit; Normal: deviation; Constant
};

/// A learned parameter, or a running statistic (a state).
struct NetworkVariable {
    ValueId value = kNone;
    Initialisation initial;
    bool isDecayed = false; ///< weights; never biases and normalisation
    bool isFrozen = false;  ///< never updated
};

/// A state that one batch leaves to the next: an input {batch, units} and the result that becomes it.
struct CarriedState {
    std::string name; ///< of the input: "lstm1.h"
    ValueId initial = kNone;
    ValueId last = kNone;
};

/// A network as a graph for one batch size.
struct LoweredNetwork {
    Graph graph;
    ValueId input = kNone;
    ValueId output = kNone;                 ///< logits or raw values {batch, outputs}, or {batch, steps, outputs}
    std::vector<NetworkVariable> parameters; ///< in the order of the layers
    std::vector<NetworkVariable> states;
    std::vector<CarriedState> carried;
    std::vector<ValueId> layerOutputs; ///< one a layer
};

/// Errors name the layer and the shapes. A dense layer flattens a picture; the last layer must be flat or a sequence, and
/// every layer must lead to it.
Result<LoweredNetwork> lowerNetwork(const ModelDescription& model, std::int64_t batch, NetworkMode mode);

/// What a loss adds to a network's graph.
struct LoweredLoss {
    /// Class numbers {batch} or {batch, steps}, or in training shares of the classes, if the setup has them; else like the
    /// outputs; CTC {batch, 1 + steps}.
    ValueId targets = kNone;
    ValueId classWeights = kNone; ///< an input {classes} of softmax and {2} of binary cross-entropy; else kNone
    ValueId loss = kNone;         ///< {1}
    ValueId metrics = kNone;      ///< {1} correct, or {2} sums of |error| and error^2
};

Result<LoweredLoss> appendLoss(
    LoweredNetwork& network, const TrainingSetup& setup, NetworkMode mode = NetworkMode::Training);

} // namespace ty::engine
