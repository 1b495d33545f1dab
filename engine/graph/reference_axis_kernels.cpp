#include <algorithm>

#include "engine/graph/reference_kernels.h"

namespace ty::engine::reference {

namespace {

/// A value as {outer, extent of one axis, inner}.
struct AxisView {
    std::int64_t outer = 1;
    std::int64_t extent = 1;
    std::int64_t inner = 1;

    AxisView(const Shape& shape, std::int64_t axis)
    {
        for (std::size_t i = 0; i < shape.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i);
            (at < axis ? outer : at == axis ? extent : inner) *= shape[i];
        }
    }

    std::size_t at(std::int64_t o, std::int64_t place, std::int64_t i) const
    {
        return static_cast<std::size_t>((o * extent + place) * inner + i);
    }
};

template<typename Visit>
void overAxis(const AxisView& view, Visit visit)
{
    for (std::int64_t o = 0; o < view.outer; ++o) {
        for (std::int64_t place = 0; place < view.extent; ++place) {
            for (std::int64_t i = 0; i < view.inner; ++i) {
                visit(o, place, i);
            }
        }
    }
}

/// Calls visit(large index, small index) for each pixel of the larger picture.
template<typename Visit>
void overPixels(const Shape& large, const std::array<std::int64_t, 2>& factor, Visit visit)
{
    const std::int64_t height = large[2] / factor[0];
    const std::int64_t width = large[3] / factor[1];
    for (std::int64_t i = 0; i < elementCount(large); ++i) {
        const std::int64_t w = i % large[3];
        const std::int64_t h = i / large[3] % large[2];
        const std::int64_t plane = i / (large[3] * large[2]);
        visit(
            static_cast<std::size_t>(i),
            static_cast<std::size_t>((plane * height + h / factor[0]) * width + w / factor[1]));
    }
}

} // namespace

void concat(const Store& store, const Node& node)
{
    const std::int64_t axis = node.as<AxisAttributes>().axis;
    const AxisView whole(store.outShape(node, 0), axis);
    std::int64_t begin = 0;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
        const AxisView part(store.inShape(node, k), axis);
        overAxis(part, [&](std::int64_t o, std::int64_t place, std::int64_t i) {
            store.out(node, 0)[whole.at(o, begin + place, i)] = store.in(node, k)[part.at(o, place, i)];
        });
        begin += part.extent;
    }
}

void movePlaces(const Store& store, const Node& node)
{
    const auto& settings = node.as<SliceAttributes>();
    const bool isSlice = node.kind == OpKind::Slice;
    const AxisView large(isSlice ? store.inShape(node, 0) : store.outShape(node, 0), settings.axis);
    const AxisView small(isSlice ? store.outShape(node, 0) : store.inShape(node, 0), settings.axis);
    const Values& x = store.in(node, 0);
    Values& y = store.out(node, 0);
    std::fill(y.begin(), y.end(), 0.0);
    overAxis(small, [&](std::int64_t o, std::int64_t place, std::int64_t i) {
        const std::size_t from = large.at(o, settings.begin + place, i);
        const std::size_t at = small.at(o, place, i);
        (isSlice ? y[at] : y[from]) = isSlice ? x[from] : x[at];
    });
}

void permute(const Store& store, const Node& node)
{
    const auto& order = node.as<PermuteAttributes>().order;
    const Shape& source = store.inShape(node, 0);
    const Shape& result = store.outShape(node, 0);
    std::vector<std::int64_t> strides(source.size(), 1);
    for (std::size_t axis = source.size(); axis-- > 1;) {
        strides[axis - 1] = strides[axis] * source[axis];
    }
    for (std::int64_t i = 0; i < elementCount(result); ++i) {
        std::int64_t rest = i;
        std::int64_t from = 0;
        for (std::size_t axis = result.size(); axis-- > 0;) {
            from += rest % result[axis] * strides[static_cast<std::size_t>(order[axis])];
            rest /= result[axis];
        }
        store.out(node, 0)[static_cast<std::size_t>(i)] = store.in(node, 0)[static_cast<std::size_t>(from)];
    }
}

void sumAxis(const Store& store, const Node& node)
{
    const AxisView view(store.inShape(node, 0), node.as<AxisAttributes>().axis);
    Values& y = store.out(node, 0);
    std::fill(y.begin(), y.end(), 0.0);
    overAxis(view, [&](std::int64_t o, std::int64_t place, std::int64_t i) {
        y[static_cast<std::size_t>(o * view.inner + i)] += store.in(node, 0)[view.at(o, place, i)];
    });
}

void repeatAxis(const Store& store, const Node& node)
{
    const AxisView view(store.outShape(node, 0), node.as<RepeatAttributes>().axis);
    overAxis(view, [&](std::int64_t o, std::int64_t place, std::int64_t i) {
        store.out(node, 0)[view.at(o, place, i)] = store.in(node, 0)[static_cast<std::size_t>(o * view.inner + i)];
    });
}

void upsample(const Store& store, const Node& node)
{
    overPixels(store.outShape(node, 0), node.as<UpsampleAttributes>().factor, [&](std::size_t large, std::size_t small) {
        store.out(node, 0)[large] = store.in(node, 0)[small];
    });
}

void upsampleGrad(const Store& store, const Node& node)
{
    Values& dx = store.out(node, 0);
    std::fill(dx.begin(), dx.end(), 0.0);
    overPixels(store.inShape(node, 0), node.as<UpsampleAttributes>().factor, [&](std::size_t large, std::size_t small) {
        dx[small] += store.in(node, 0)[large];
    });
}

} // namespace ty::engine::reference
