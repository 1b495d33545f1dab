#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/data/encoder.h"

namespace ty::engine {

/// What a group of rows, found without looking at the target, says of it.
/// {groups, classes}: the shares of the classes among its rows, beside one more row that counts as the whole data; or {groups, 1}:
/// the mean, likewise.
/// @param weights  {rows, groups}: how much a row belongs to a group
std::vector<double> readOut(
    const Encoder& encoder, std::span<const double> weights, std::size_t groups, std::span<const float> targets);
/// Of rows that each belong to one group.
std::vector<double> readOut(
    const Encoder& encoder, std::span<const std::uint32_t> groupOf, std::size_t groups, std::span<const float> targets);

} // namespace ty::engine
