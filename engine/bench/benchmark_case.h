#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/nn/training_session.h"

namespace ty::engine {

/// A network whose training steps are timed, always on the same random numbers.
struct BenchmarkCase {
    std::string name;  ///< "mnist-convnet"
    std::string label; ///< "MNIST ConvNet 32-64-128"
    ModelDescription model;
    std::int64_t batch = 1;
    TrainingSetup setup;
    std::int64_t vocabulary = 0; ///< inputs are whole numbers below it; 0: normally distributed numbers
};

/// Inputs {batch, ...} and targets of one batch as a step takes them; the same for the same case.
struct BenchmarkBatch {
    std::vector<float> inputs;
    std::vector<float> targets;
};

/// The networks that users of other tools know, with the batch sizes that their papers or demos use.
std::vector<BenchmarkCase> trainingSuite();
BenchmarkBatch makeBatch(const BenchmarkCase& item, const Shape& outputs);

} // namespace ty::engine
