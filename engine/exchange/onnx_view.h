#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/result.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// A run of steps along one axis of a layer's result. Axis 0 is the batch; a layer's own axes count from 1.
struct AxisPart {
    std::size_t axis = 0;
    std::int64_t extent = 1;
    std::int64_t stride = 1; ///< in steps of that axis

    bool operator==(const AxisPart&) const = default;
};
using AxisParts = std::vector<AxisPart>; ///< from the slowest to the fastest; none: an extent of 1

/// How a file sees a layer's result: which parts of the layer's axes make each axis of the file's value. Reshapes and
/// transposes in a file change the view alone, so that sequences whose steps come first, merged batches and the heads of
/// attention need no layers. Parts have an extent above 1, but for the batch.
struct OnnxView {
    std::vector<AxisParts> axes;

    static OnnxView ofLayer(const Shape& layer, std::int64_t batch);
    bool operator==(const OnnxView&) const = default;

    Shape shape() const;
    /// The axis that is the batch and nothing else.
    std::optional<std::size_t> batchAxis() const;
    /// Of all axes but the batch, in order.
    AxisParts parts() const;
    /// Errors: Unsupported if the new axes cut parts in another way than into factors, or cut the batch.
    Result<OnnxView> reshaped(const Shape& target) const;
    OnnxView permuted(const std::vector<std::size_t>& order) const;
};

std::int64_t extentOf(const AxisParts& parts);
/// Neighbours that continue each other become one part.
AxisParts merged(const AxisParts& parts);

} // namespace ty::engine
