#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_broadcast.h"
#include "engine/exchange/onnx_network_reader.h"

// Operators that move values along axes, and reductions.
namespace ty::engine {

namespace {

constexpr std::size_t kMaxAxes = 16;

Result<void> reshape(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    const Shape shape = value.view.shape();
    std::vector<std::int64_t> target;
    if (node.type == "Flatten") {
        const std::int64_t given = node.integer("axis", 1);
        const auto rank = static_cast<std::int64_t>(shape.size());
        if (given < -rank || given > rank) {
            return onnxError(fmt::format("there is no axis {}", given));
        }
        const auto axis = given < 0 ? given + rank : given;
        target = {elementCount({shape.begin(), shape.begin() + axis}), elementCount({shape.begin() + axis, shape.end()})};
    } else {
        TY_TRY(auto given, onnxList(node, "shape", reader.constant(node, 1)));
        if (!given) {
            return onnxUnsupported("the new shape depends on the samples");
        }
        target = std::move(*given);
    }
    TY_TRY(const Shape extents, onnxReshaped(shape, target, node.integer("allowzero", 0) != 0));
    if (extents.size() > kMaxAxes) {
        return onnxUnsupported(fmt::format("{} axes", extents.size()));
    }
    TY_TRY(value.view, value.view.reshaped(extents));
    reader.give(node, std::move(value));
    return {};
}

Result<void> transpose(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    const std::size_t rank = value.view.axes.size();
    std::vector<std::size_t> order;
    if (const auto given = node.integerLists.find("perm"); given != node.integerLists.end()) {
        std::set<std::size_t> seen;
        for (const std::int64_t axis : given->second) {
            TY_TRY(order.emplace_back(), onnxAxis(axis, rank));
            seen.insert(order.back());
        }
        if (order.size() != rank || seen.size() != rank) {
            return onnxError(fmt::format("the order {} does not fit {} axes", toString(given->second), rank));
        }
    } else {
        for (std::size_t i = rank; i-- > 0;) {
            order.push_back(i);
        }
    }
    value.view = value.view.permuted(order);
    reader.give(node, std::move(value));
    return {};
}

Result<void> squeeze(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    TY_TRY(const auto axes, onnxList(node, "axes", reader.constant(node, 1)));
    const std::size_t rank = value.view.axes.size();
    std::set<std::size_t> gone;
    for (const std::int64_t axis : axes.value_or(std::vector<std::int64_t>())) {
        TY_TRY(const std::size_t place, onnxAxis(axis, rank));
        gone.insert(place);
    }
    OnnxView view;
    for (std::size_t i = 0; i < rank; ++i) {
        const auto& parts = value.view.axes[i];
        const bool isGone = axes ? gone.contains(i) : extentOf(parts) == 1;
        if (isGone && extentOf(parts) != 1) {
            return onnxError(fmt::format("axis {} of {} is not 1", i, toString(value.view.shape())));
        }
        if (!isGone) {
            view.axes.push_back(parts);
        } else if (!parts.empty()) {
            return onnxUnsupported("the batch's axis would vanish", "Export with a batch of 2 or more.");
        }
    }
    value.view = std::move(view);
    reader.give(node, std::move(value));
    return {};
}

Result<void> unsqueeze(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    TY_TRY(const auto axes, onnxList(node, "axes", reader.constant(node, 1)));
    if (!axes || axes->size() > 8) {
        return onnxError("needs its axes");
    }
    std::set<std::size_t> added;
    for (const std::int64_t axis : *axes) {
        TY_TRY(const std::size_t place, onnxAxis(axis, value.view.axes.size() + axes->size()));
        added.insert(place);
    }
    for (const std::size_t place : added) {
        const auto at = std::min(place, value.view.axes.size());
        value.view.axes.insert(value.view.axes.begin() + static_cast<std::ptrdiff_t>(at), AxisParts{});
    }
    reader.give(node, std::move(value));
    return {};
}

/// Mean or sum over axes.
Result<void> reduce(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    const auto hint = reader.hint(node);
    TY_TRY(const auto list, onnxList(node, "axes", reader.constant(node, 1)));
    const std::size_t rank = src.view.axes.size();
    std::set<std::size_t> axes;
    for (const std::int64_t axis : list.value_or(std::vector<std::int64_t>())) {
        TY_TRY(const std::size_t place, onnxAxis(axis, rank));
        axes.insert(place);
    }
    TY_TRY(const auto value, reader.layers().plain(hint, src));
    const std::size_t batch = value.view.batchAxis().value_or(0);
    if (axes.empty() || axes.contains(batch)) {
        return onnxUnsupported("a reduction over the batch");
    }
    std::vector<std::size_t> own;
    for (const std::size_t axis : axes) {
        own.push_back(axis < batch ? axis + 1 : axis);
    }
    const bool isMean = node.type == "ReduceMean";
    const bool isPicture = isMean && value.base.size() == 3 && own == std::vector<std::size_t>{2, 3};
    TY_TRY(
        auto result,
        isPicture ? reader.layers().add(hint, "globalAveragePool2d", {value.layer}, Json::object())
                  : reader.layers().add(hint, isMean ? "mean" : "sum", {value.layer}, {{"axes", own}}));
    const bool isKept = node.integer("keepdims", 1) != 0;
    OnnxView view;
    std::size_t next = 1;
    for (std::size_t i = 0; i < rank; ++i) {
        if (i == batch) {
            view.axes.push_back({{0, reader.batch(), 1}});
        } else if (!axes.contains(i)) {
            view.axes.push_back(result.view.axes[next++]);
        } else if (isKept) {
            view.axes.emplace_back();
        }
    }
    result.view = std::move(view);
    reader.give(node, std::move(result));
    return {};
}

/// To a fixed shape, in which an extent of 1 leaves the value's own.
Result<void> expand(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    TY_TRY(const auto* target, reader.needConstant(node, 1));
    TY_TRY(Shape to, onnxIntegers(*target));
    const Shape shape = src.view.shape();
    if (to.size() > kMaxAxes) {
        return onnxUnsupported(fmt::format("{} axes", to.size()));
    }
    to.insert(to.begin(), std::max(shape.size(), to.size()) - to.size(), 1);
    for (std::size_t i = 0; i < shape.size(); ++i) {
        std::int64_t& extent = to[to.size() - 1 - i];
        extent = extent == 1 ? shape[shape.size() - 1 - i] : extent;
    }
    TY_TRY(auto value, repeatedTo(reader, reader.hint(node), src, to));
    reader.give(node, std::move(value));
    return {};
}

} // namespace

const OnnxRules& onnxShapeRules()
{
    static const OnnxRules rules{
        {"Reshape", reshape},
        {"Flatten", reshape},
        {"Transpose", transpose},
        {"Squeeze", squeeze},
        {"Unsqueeze", unsqueeze},
        {"ReduceMean", reduce},
        {"ReduceSum", reduce},
        {"Expand", expand},
    };
    return rules;
}

} // namespace ty::engine
