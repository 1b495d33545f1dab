#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/nn/training_session.h"

namespace ty::engine {

/// One batch, as TrainingSession::step takes it.
struct Samples {
    std::vector<float> inputs;
    std::vector<float> targets;
};

/// Losses of `steps` steps over the same samples.
inline std::vector<double> trainLosses(TrainingSession& session, const Samples& samples, int steps)
{
    std::vector<double> losses;
    for (int i = 0; i < steps; ++i) {
        losses.push_back(session.step(samples.inputs, samples.targets, 0.003).value().loss);
    }
    return losses;
}

/// The same names, shapes and bits.
inline bool isSame(const std::vector<NamedTensor>& a, const std::vector<NamedTensor>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const NamedTensor& one, const NamedTensor& other) {
        return one.name == other.name && one.tensor.shape() == other.tensor.shape()
            && std::memcmp(one.tensor.data(), other.tensor.data(), one.tensor.bytes()) == 0;
    });
}

} // namespace ty::engine
