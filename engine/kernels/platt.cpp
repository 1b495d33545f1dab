#include "engine/kernels/platt.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace ty::engine {

namespace {

double lossOf(std::span<const double> decisions, std::span<const double> targets, double slope, double offset)
{
    double loss = 0;
    for (std::size_t i = 0; i < decisions.size(); ++i) {
        const double z = decisions[i] * slope + offset;
        loss += z >= 0 ? targets[i] * z + std::log1p(std::exp(-z)) : (targets[i] - 1) * z + std::log1p(std::exp(z));
    }
    return loss;
}

} // namespace

std::pair<double, double> fitPlatt(std::span<const double> decisions, std::span<const std::int8_t> signs, bool hasOffset)
{
    constexpr int kMostSteps = 100;
    constexpr double kSmallestStep = 1e-10;
    constexpr double kRidge = 1e-12; // keeps the matrix of second derivatives positive
    constexpr double kGradient = 1e-5;
    const auto positive = static_cast<double>(std::count(signs.begin(), signs.end(), std::int8_t{1}));
    const double negative = static_cast<double>(signs.size()) - positive;
    const double high = (positive + 1) / (positive + 2);
    const double low = 1 / (negative + 2);
    std::vector<double> targets;
    for (const std::int8_t sign : signs) {
        targets.push_back(sign > 0 ? high : low);
    }
    double slope = 0;
    double offset = hasOffset ? std::log((negative + 1) / (positive + 1)) : 0;
    double loss = lossOf(decisions, targets, slope, offset);
    for (int step = 0; step < kMostSteps; ++step) {
        double h11 = kRidge;
        double h22 = kRidge;
        double h21 = 0;
        double g1 = 0;
        double g2 = 0;
        for (std::size_t i = 0; i < decisions.size(); ++i) {
            const double z = decisions[i] * slope + offset;
            const double p = z >= 0 ? std::exp(-z) / (1 + std::exp(-z)) : 1 / (1 + std::exp(z));
            const double weight = p * (1 - p);
            h11 += decisions[i] * decisions[i] * weight;
            h22 += weight;
            h21 += decisions[i] * weight;
            g1 += decisions[i] * (targets[i] - p);
            g2 += targets[i] - p;
        }
        if (!hasOffset) {
            g2 = 0;
            h21 = 0;
        }
        if (std::abs(g1) < kGradient && std::abs(g2) < kGradient) {
            break;
        }
        const double determinant = h11 * h22 - h21 * h21;
        const double slopeStep = -(h22 * g1 - h21 * g2) / determinant;
        const double offsetStep = -(-h21 * g1 + h11 * g2) / determinant;
        const double descent = g1 * slopeStep + g2 * offsetStep;
        double size = 1;
        for (; size >= kSmallestStep; size /= 2) {
            const double tried = lossOf(decisions, targets, slope + size * slopeStep, offset + size * offsetStep);
            if (tried < loss + 0.0001 * size * descent) {
                slope += size * slopeStep;
                offset += size * offsetStep;
                loss = tried;
                break;
            }
        }
        if (size < kSmallestStep) {
            break;
        }
    }
    return {slope, offset};
}

} // namespace ty::engine
