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

/// Operations a second of one core. Convolutions of 3 x 3 are counted as if they were computed directly; a step of a
/// recurrent layer is a small product that waits for the one before.
double rateOf(Kind kind)
{
    switch (kind) {
    case Kind::Convolution: return 400e9;
    case Kind::Product: return 255e9;
    case Kind::Recurrent: return 170e9;
    }
    return 0;
}

} // namespace

double estimateStepSeconds(const ModelSummary& summary, std::int64_t batch, int cores)
{
    constexpr double kForwardAndBack = 3;    // the gradient of the operand and that of the weight cost as much each
    constexpr double kVisits = 4;            // of a layer's result: written, read, and its gradient again
    constexpr double kMemory = 40e9;         // bytes a second of one core, the caches' part in it
    constexpr double kArrays = 7 * 4;        // bytes of a weight, its gradient and two slots, read and written once a step
    constexpr double kLayerSeconds = 0.5e-6; // a kernel is called three times
    constexpr double kSharing = 0.8;         // two cores are not twice as fast
    constexpr double kWorthSharing = 0.5e-3; // the work of which both are used
    constexpr double kOrdinary = 2;          // the rates are those of 512-bit vectors, which most processors do not have
    double seconds = 0;
    for (const LayerSummary& layer : summary.layers) {
        seconds += static_cast<double>(batch) * kForwardAndBack * layer.flops / rateOf(kindOf(layer.type));
    }
    seconds += static_cast<double>(batch) * kVisits * static_cast<double>(summary.activationBytes) / kMemory;
    seconds += kArrays * static_cast<double>(summary.parameters) / kMemory;
    const double faster = seconds > kWorthSharing ? std::pow(std::max(1, cores), kSharing) : 1;
    return kOrdinary * (seconds / faster + kLayerSeconds * static_cast<double>(summary.layers.size()));
}

} // namespace ty::engine
