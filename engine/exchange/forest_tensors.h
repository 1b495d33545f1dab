#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/tensor.h"
#include "engine/trees/forest.h"

namespace ty::engine {

/// A forest as the tensors of a safetensors file: trees.nodes and trees.sets {trees} (how many each has), nodes.* {nodes},
/// sets {sets, 4} and leaves.values {leaves, outputs}.
std::vector<NamedTensor> forestTensors(const Forest& forest);

/// The inverse, for data with these features. Errors: InvalidInput for tensors that are missing or make no forest.
Result<Forest> forestFromTensors(const std::vector<NamedTensor>& tensors, std::vector<Feature> features, int outputs);

} // namespace ty::engine
