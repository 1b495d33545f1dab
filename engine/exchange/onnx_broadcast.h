#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/exchange/onnx_network_reader.h"

namespace ty::engine {

/// The value with axes of 1 repeated until it has the shape `to`, by layers that repeat pixels; axes that it lacks come
/// first. Errors: Unsupported if the shapes do not fit, or the samples of a batch would be repeated.
Result<OnnxActivation> repeatedTo(
    OnnxNetworkReader& reader, const std::string& hint, const OnnxActivation& value, const Shape& to);

/// All values in the shape that they have together, and seen alike: one layer can take them.
Result<std::vector<OnnxActivation>> broadcastTogether(
    OnnxNetworkReader& reader, const std::string& hint, std::vector<OnnxActivation> values);

} // namespace ty::engine
