#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/nn/lowering.h"

namespace ty::engine {

/// A network of few layers, with or without a loss, whose results and gradients PyTorch has computed: a row of torch_ops.json.
struct TorchCase {
    std::string name;
    Json row;
    ModelDescription model;
    std::int64_t batch = 1;
    NetworkMode mode = NetworkMode::Training;

    bool hasLoss() const { return row.contains("setup"); }
    bool isLarge() const { return row.value("isLarge", false); } ///< for the interpreter
    TrainingSetup setup() const; ///< of the loss and the optimizer, if it has them
};
std::vector<TorchCase> torchCases();

/// Small networks in training, whose results are how far three steps move each parameter (torch_ops/optimizers.py).
std::vector<TorchCase> torchTrainings();
std::vector<float> batchOfTraining(const TorchCase& from, int step);
/// Parameters as they begin.
/// @param like  with the names and shapes
std::vector<NamedTensor> beginOfTraining(std::vector<NamedTensor> like);

/// A case as the engine runs it.
struct TorchGraph {
    LoweredNetwork network; ///< its graph's outputs: those of `names` in front of the gradients of parameters, then these
    std::vector<std::string> names; ///< what PyTorch's results are, in their order; running statistics come last
    std::vector<ValueId> values;    ///< what they are here
    std::vector<NetworkVariable> learned; ///< the parameters that have gradients
    TrainingSetup setup;

    explicit TorchGraph(const TorchCase& from);
};

/// What is given from outside, as torch_ops/case.py makes it.
std::vector<double> givenValues(const TorchCase& from, const TorchGraph& made, ValueId id);

/// The largest magnitude of a tensor of PyTorch's.
/// @param stored  all its elements, or some of them and weighted sums of all
double largestOf(const Json& stored);
/// Empty, or the first difference between a tensor and PyTorch's.
/// @param allowed  of an element
std::string differenceFrom(const Json& stored, const std::vector<double>& values, double allowed);

} // namespace ty::engine
