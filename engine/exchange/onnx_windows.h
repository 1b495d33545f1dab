#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/exchange/onnx_network_reader.h"

namespace ty::engine {

/// What convolutions and pooling have in common, as ONNX states it: for rows with a first number of 1.
struct OnnxWindows {
    std::array<std::int64_t, 2> kernel{};
    std::array<std::int64_t, 2> stride{};
    std::array<std::int64_t, 2> dilation{};
    std::array<std::int64_t, 4> padding{}; ///< top, left, bottom, right
    std::array<std::int64_t, 2> outputPadding{};

    /// Settings of a layer.
    Json toJson() const;
};

/// `picture`: {channels, height, width}. Errors: Unsupported for an explicit output shape.
Result<OnnxWindows> windowsOf(
    const OnnxNode& node, const std::array<std::int64_t, 2>& kernel, const Shape& picture, bool isTransposed);

/// The value as a layer {channels, height, width}; rows {channels, length} become pictures of one row.
Result<OnnxActivation> pictureOf(OnnxNetworkReader& reader, const std::string& hint, const OnnxActivation& value);
/// A picture seen with the axes of `like`: without the height where that was a row.
OnnxActivation rowsOf(OnnxActivation picture, const OnnxActivation& like);

} // namespace ty::engine
