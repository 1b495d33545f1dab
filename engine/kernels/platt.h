#pragma once

#include <cstdint>
#include <span>
#include <utility>

namespace ty::engine {

/// Slope and offset of 1 / (1 + exp(slope * decision + offset)), fitted to how often decisions belong to class 1.
/// Source: Lin, Lin, Weng, A Note on Platt's Probabilistic Outputs for Support Vector Machines (2007).
/// @param signs      1 or -1, as many as decisions
/// @param hasOffset  false: the offset is 0, so that the likelier class is the one on whose side of the border a row lies
std::pair<double, double> fitPlatt(
    std::span<const double> decisions, std::span<const std::int8_t> signs, bool hasOffset = true);

} // namespace ty::engine
