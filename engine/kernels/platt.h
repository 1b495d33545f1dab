#pragma once

#include <cstdint>
#include <span>
#include <utility>

namespace ty::engine {

/// Slope and offset of 1 / (1 + exp(slope * decision + offset)), fitted to how often decisions belong to class 1.
/// Source: Lin, Lin, Weng, A Note on Platt's Probabilistic Outputs for Support Vector Machines (2007).
/// @param signs  1 or -1, as many as decisions
std::pair<double, double> fitPlatt(std::span<const double> decisions, std::span<const std::int8_t> signs);

} // namespace ty::engine
