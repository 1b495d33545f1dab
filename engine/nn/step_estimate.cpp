#include "engine/nn/step_estimate.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace ty::engine {

namespace {

enum class Kind { Convolution, Product, Recurrent };

Kind kindOf(std::string_view type)
{
    return type.starts_with("conv") ? Kind::Convolution
        : type == "lstm" || type == "gru" || type == "rnn" ? Kind::Recurrent
                                                           : Kind::Product;
}

/// Operations a second of one core. A step of a recurrent layer is a small product that waits for the one before.
double rateOf(Kind kind)
{
    switch (kind) {
    case Kind::Convolution: return 60e9;
    case Kind::Product: return 90e9;
    case Kind::Recurrent: return 40e9;
    }
    return 0;
}

} // namespace

double estimateStepSeconds(const ModelSummary& summary, std::int64_t batch, int cores)
{
    constexpr double kForwardAndBack = 3;  // the gradient of the operand and that of the weight cost as much each
    constexpr double kVisits = 5;          // of a layer's result: written, read, and its gradient again
    constexpr double kMemory = 8e9;        // bytes a second of one core
    constexpr double kArrays = 7 * 4;      // bytes of a weight, its gradient and two slots, read and written once a step
    constexpr double kLayerSeconds = 1e-6; // a kernel is called three times
    constexpr double kSharing = 0.8;       // two cores are not twice as fast
    double seconds = 0;
    for (const LayerSummary& layer : summary.layers) {
        seconds += static_cast<double>(batch) * kForwardAndBack * layer.flops / rateOf(kindOf(layer.type));
    }
    seconds += static_cast<double>(batch) * kVisits * static_cast<double>(summary.activationBytes) / kMemory;
    seconds += kArrays * static_cast<double>(summary.parameters) / kMemory;
    constexpr double kWorthSharing = 1e-3;
    const double faster = seconds > kWorthSharing ? std::pow(std::max(1, cores), kSharing) : 1;
    return seconds / faster + kLayerSeconds * static_cast<double>(summary.layers.size());
}

} // namespace ty::engine
