#include "engine/exchange/onnx_view.h"

#include <deque>
#include <utility>

#include <fmt/format.h>

namespace ty::engine {

OnnxView OnnxView::ofLayer(const Shape& layer, std::int64_t batch)
{
    OnnxView view;
    view.axes.push_back({{0, batch, 1}});
    for (std::size_t i = 0; i < layer.size(); ++i) {
        view.axes.emplace_back();
        if (layer[i] > 1) {
            view.axes.back().push_back({i + 1, layer[i], 1});
        }
    }
    return view;
}

Shape OnnxView::shape() const
{
    Shape shape;
    for (const auto& axis : axes) {
        shape.push_back(extentOf(axis));
    }
    return shape;
}

std::optional<std::size_t> OnnxView::batchAxis() const
{
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (axes[i].size() == 1 && axes[i].front().axis == 0) {
            return i;
        }
    }
    return {};
}

AxisParts OnnxView::parts() const
{
    AxisParts result;
    for (const auto& axis : axes) {
        for (const auto& part : axis) {
            if (part.axis != 0) {
                result.push_back(part);
            }
        }
    }
    return result;
}

Result<OnnxView> OnnxView::reshaped(const Shape& target) const
{
    std::deque<AxisPart> rest;
    for (const auto& axis : axes) {
        rest.insert(rest.end(), axis.begin(), axis.end());
    }
    const auto impossible = [&] {
        return Error{
            ErrorKind::Unsupported,
            fmt::format("a reshape from {} to {} is not possible here", toString(shape()), toString(target)),
            "The batch must stay whole, and axes must be cut into factors."};
    };
    OnnxView view;
    for (const std::int64_t extent : target) {
        AxisParts parts;
        std::int64_t needed = extent;
        // A batch of one sample takes the first axis of 1 that comes along, or hides in a longer one.
        while (!rest.empty() && (needed > 1 || (rest.front().extent == 1 && parts.empty()))) {
            const AxisPart next = rest.front();
            rest.pop_front();
            if (needed % next.extent == 0) {
                parts.push_back(next);
                needed /= next.extent;
            } else if (next.extent % needed == 0 && next.axis != 0) {
                const std::int64_t inner = next.extent / needed;
                parts.push_back({next.axis, needed, next.stride * inner});
                rest.push_front({next.axis, inner, next.stride});
                needed = 1;
            } else {
                return impossible();
            }
        }
        if (needed != 1) {
            return impossible();
        }
        view.axes.push_back(merged(parts));
    }
    for (const auto& part : rest) {
        if (part.extent != 1 || view.axes.empty()) {
            return impossible();
        }
        view.axes.back().push_back(part);
    }
    return view;
}

OnnxView OnnxView::permuted(const std::vector<std::size_t>& order) const
{
    OnnxView view;
    for (const std::size_t axis : order) {
        view.axes.push_back(axes[axis]);
    }
    return view;
}

std::int64_t extentOf(const AxisParts& parts)
{
    std::int64_t extent = 1;
    for (const auto& part : parts) {
        extent *= part.extent;
    }
    return extent;
}

AxisParts merged(const AxisParts& parts)
{
    AxisParts result;
    for (const auto& part : parts) {
        if (!result.empty() && part.axis != 0 && result.back().axis == part.axis
            && result.back().stride == part.stride * part.extent) {
            result.back().extent *= part.extent;
            result.back().stride = part.stride;
        } else {
            result.push_back(part);
        }
    }
    return result;
}

} // namespace ty::engine
