#include "engine/backends/cpu/optimizer.h"

#include <algorithm>
#include <cmath>

#include "engine/backends/cpu/loops/optimizer_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kGrain = 32'768;

double gradientNorm(const ParameterStore& store, int threads)
{
    // Pieces of fixed length, added in order: the same for any thread count.
    constexpr std::int64_t kPiece = 16'384;
    const std::int64_t pieces = (store.count() + kPiece - 1) / kPiece;
    constexpr std::int64_t kAtOnce = 64;
    double total = 0;
    for (std::int64_t first = 0; first < pieces; first += kAtOnce) {
        double sums[kAtOnce] = {};
        const std::int64_t here = std::min(kAtOnce, pieces - first);
        parallelRanges(threads, here, 2, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t at = (first + i) * kPiece;
                sums[i] = loops::sumOfSquares(
                    store.gradients() + at, static_cast<std::size_t>(std::min(kPiece, store.count() - at)));
            }
        });
        for (std::int64_t i = 0; i < here; ++i) {
            total += sums[i];
        }
    }
    return std::sqrt(total);
}

/// 1 / (1 - beta^step).
float correctionOf(double beta, std::int64_t step)
{
    constexpr double kGone = -40; // what is left then changes no bit of the result, and small results of exp are dear
    const auto steps = static_cast<double>(step);
    if ((beta - 1) * steps < kGone) {
        return 1.0F; // log(beta) lies below beta - 1
    }
    const double power = std::log(beta) * steps;
    return power < kGone ? 1.0F : static_cast<float>(-1.0 / std::expm1(power));
}

void updateRange(
    const ParameterStore& store, OptimizerKind kind, const loops::OptimizerStep& step, std::int64_t begin, std::int64_t end)
{
    const auto count = static_cast<std::size_t>(end - begin);
    const float* grad = store.gradients() + begin;
    float* parameter = store.values() + begin;
    switch (kind) {
    case OptimizerKind::Sgd: loops::sgd(step, grad, parameter, store.slot(0) + begin, count); break;
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
        loops::adam(step, grad, parameter, store.slot(0) + begin, store.slot(1) + begin, count);
        break;
    case OptimizerKind::Adagrad: loops::adagrad(step, grad, parameter, store.slot(0) + begin, count); break;
    case OptimizerKind::RmsProp: loops::rmsProp(step, grad, parameter, store.slot(0) + begin, count); break;
    }
}

} // namespace

std::vector<std::string> optimizerSlots(OptimizerKind kind)
{
    switch (kind) {
    case OptimizerKind::Sgd: return {"velocity"};
    case OptimizerKind::RmsProp: return {"v"};
    case OptimizerKind::Adagrad: return {"sum"};
    default: return {"m", "v"};
    }
}

double updateParameters(
    ParameterStore& store, const TrainingSetup& setup, double learningRate, std::int64_t step, int threads)
{
    loops::OptimizerStep plain;
    plain.learningRate = static_cast<float>(learningRate);
    plain.momentum = static_cast<float>(setup.momentum);
    plain.isNesterov = setup.isNesterov;
    plain.beta1 = static_cast<float>(setup.beta1);
    plain.beta2 = static_cast<float>(setup.beta2);
    plain.epsilon = static_cast<float>(setup.epsilon);
    if (setup.optimizer == OptimizerKind::Adam || setup.optimizer == OptimizerKind::AdamW) {
        plain.correction1 = correctionOf(setup.beta1, step);
        plain.correction2 = correctionOf(setup.beta2, step);
    }

    double norm = 0;
    if (setup.clipNorm > 0) {
        norm = gradientNorm(store, threads);
        plain.gradFactor = norm > setup.clipNorm ? static_cast<float>(setup.clipNorm / norm) : 1.0F;
    }
    if (setup.clipValue > 0) {
        plain.clip = static_cast<float>(setup.clipValue);
    }
    loops::OptimizerStep decayed = plain;
    decayed.l1 = static_cast<float>(setup.l1);
    if (setup.optimizer == OptimizerKind::AdamW) {
        decayed.decay = static_cast<float>(setup.weightDecay);
    } else {
        decayed.l2 = static_cast<float>(setup.weightDecay);
    }

    const bool isDecayed = setup.l1 > 0 || setup.weightDecay > 0;
    const std::int64_t border = isDecayed ? store.decayedCount() : 0; // one loop over all is shorter than two
    parallelRanges(threads, store.count(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        if (begin < border) {
            updateRange(store, setup.optimizer, decayed, begin, std::min(end, border));
        }
        if (end > border) {
            updateRange(store, setup.optimizer, plain, std::max(begin, border), end);
        }
    });
    return norm;
}

} // namespace ty::engine
