#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"

// Operators that move values along axes, and reductions.
namespace ty::engine {

namespace {

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
    if (extents.size() > 16) {
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

/// `count` places of one axis from `begin` on.
Result<OnnxActivation> taken(
    OnnxNetworkReader& reader,
    const std::string& hint,
    const OnnxActivation& value,
    std::size_t axis,
    std::int64_t begin,
    std::int64_t count)
{
    const AxisParts& parts = value.view.axes[axis];
    if (begin < 0 || count < 1 || count > extentOf(parts) || begin > extentOf(parts) - count) {
        return onnxError(fmt::format("places {} to {} are not in {}", begin, begin + count, toString(value.view.shape())));
    }
    if (count == extentOf(parts)) {
        return value;
    }
    // The slowest part of a layer's axis is cut there, without bringing the axes in order.
    const bool isSlowest = parts.size() == 1 && parts[0].axis > 0
        && parts[0].extent * parts[0].stride == value.base[parts[0].axis - 1];
    OnnxActivation src = value;
    if (!isSlowest) {
        TY_TRY(src, reader.layers().plain(hint, value));
    }
    const AxisParts cut = src.view.axes[axis];
    if (cut.size() != 1 || cut[0].axis == 0) {
        return onnxUnsupported("a part of the batch");
    }
    const AxisPart part = cut[0];
    Json settings = {{"axis", part.axis}, {"begin", begin * part.stride}, {"count", count * part.stride}};
    TY_TRY(auto result, reader.layers().mapped(hint, "slice", src, std::move(settings)));
    result.view.axes[axis].clear();
    if (count > 1) {
        result.view.axes[axis].push_back({part.axis, count, part.stride});
    }
    return result;
}

Result<void> slice(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    std::vector<std::vector<std::int64_t>> lists;
    const char* const names[] = {"starts", "ends", "axes", "steps"};
    for (std::size_t i = 0; i < 4; ++i) {
        if (reader.isThere(node, i + 1)) {
            TY_CHECK(reader.needConstant(node, i + 1));
        }
        TY_TRY(auto list, onnxList(node, names[i], reader.constant(node, i + 1)));
        lists.push_back(std::move(list).value_or(std::vector<std::int64_t>()));
    }
    TY_TRY(const auto ranges, onnxRanges(value.view.shape(), lists));
    for (const auto& range : ranges) {
        if (range.step != 1) {
            return onnxUnsupported("a slice with steps");
        }
        TY_TRY(value, taken(reader, reader.hint(node), value, range.axis, range.begin, range.count));
    }
    reader.give(node, std::move(value));
    return {};
}

Result<void> split(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", 0), src.view.axes.size()));
    TY_TRY(auto counts, onnxList(node, "split", reader.constant(node, 1)));
    const auto parts = static_cast<std::int64_t>(node.outputs.size());
    if (!counts) {
        counts = std::vector<std::int64_t>(node.outputs.size(), src.view.shape()[axis] / parts);
    }
    if (counts->size() != node.outputs.size()) {
        return onnxError("its parts do not fit its results");
    }
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
        const std::int64_t count = (*counts)[i];
        if (reader.uses(node.outputs[i]) > 0) {
            TY_TRY(auto part, taken(reader, reader.hint(node), src, axis, begin, count));
            reader.give(node, std::move(part), i);
        }
        begin += std::clamp<std::int64_t>(count, 0, std::int64_t{1} << 30);
    }
    return {};
}

/// Rows of a table by number, or one place of an axis.
Result<void> gather(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const auto hint = reader.hint(node);
    if (reader.isComputed(node, 1)) {
        TY_TRY(const auto table, reader.needWeights(node, 0, 2));
        TY_TRY(const auto numbers, reader.value(node, 1));
        const Shape& shape = reader.constant(node, 0)->shape;
        if (node.integer("axis", 0) != 0) {
            return onnxUnsupported("columns of a table");
        }
        TY_TRY(const auto value, reader.layers().plain(hint, numbers));
        TY_TRY(
            auto rows,
            reader.layers().add(hint, "embedding", {value.layer}, {{"vocabulary", shape[0]}, {"units", shape[1]}}));
        reader.layers().find(rows.layer)->parameters["weight"] = onnxTensor(shape, table);
        rows.view = value.view;
        rows.view.axes.emplace_back();
        if (shape[1] > 1) {
            rows.view.axes.back().push_back({value.base.size() + 1, shape[1], 1});
        }
        reader.give(node, std::move(rows));
        return {};
    }
    TY_TRY(const auto src, reader.value(node, 0));
    TY_TRY(const auto* constant, reader.needConstant(node, 1));
    TY_TRY(const auto places, onnxIntegers(*constant));
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", 0), src.view.axes.size()));
    const std::int64_t extent = src.view.shape()[axis];
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i] < -extent || places[i] >= extent || (i > 0 && places[i] != places[i - 1] + 1)) {
            return onnxUnsupported("only places that follow one another can be picked");
        }
    }
    if (places.empty() || constant->shape.size() > 1) {
        return onnxUnsupported(fmt::format("a choice of {}", toString(constant->shape)));
    }
    const std::int64_t begin = places[0] < 0 ? places[0] + extent : places[0];
    TY_TRY(auto value, taken(reader, hint, src, axis, begin, static_cast<std::int64_t>(places.size())));
    if (constant->shape.empty()) {
        if (!value.view.axes[axis].empty()) {
            return onnxUnsupported("one sample of a batch");
        }
        value.view.axes.erase(value.view.axes.begin() + static_cast<std::ptrdiff_t>(axis));
    }
    reader.give(node, std::move(value));
    return {};
}

/// Slices of one layer that lie side by side are that layer: the two ways of a recurrent layer, among others.
bool areAllOf(OnnxNetworkReader& reader, const std::vector<OnnxActivation>& values, std::size_t axis, std::string& whole)
{
    std::int64_t next = 0;
    for (const auto& value : values) {
        const OnnxLayer* layer = reader.layers().find(value.layer);
        if (layer == nullptr || layer->description.type != "slice") {
            return false;
        }
        const Json& settings = layer->description.settings;
        const std::string& from = layer->description.inputs.front();
        if ((!whole.empty() && whole != from) || settings["axis"] != axis || settings["begin"] != next) {
            return false;
        }
        whole = from;
        next += settings["count"].get<std::int64_t>();
    }
    const auto extent = reader.layers().extent(whole, axis);
    return extent == next;
}

Result<void> concat(OnnxNetworkReader& reader, const OnnxNode& node)
{
    if (node.inputs.empty() || !reader.isComputed(node, 0)) {
        return onnxUnsupported("a constant is joined to computed values");
    }
    std::vector<OnnxActivation> values;
    const auto hint = reader.hint(node);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        TY_TRY(const auto src, reader.value(node, i));
        TY_TRY(values.emplace_back(), reader.layers().plain(hint, src));
        if (values.back().view.batchAxis() != values.front().view.batchAxis()
            || values.back().view.axes.size() != values.front().view.axes.size()) {
            return onnxUnsupported("values with different axes are joined");
        }
    }
    const std::size_t batch = values.front().view.batchAxis().value_or(0);
    TY_TRY(const std::size_t axis, onnxAxis(node.integer("axis", 0), values.front().view.axes.size()));
    if (axis == batch) {
        return onnxUnsupported("batches are joined");
    }
    if (values.size() == 1) {
        reader.give(node, values.front());
        return {};
    }
    const std::size_t own = axis < batch ? axis + 1 : axis;
    OnnxActivation result = values.front();
    std::string whole;
    if (areAllOf(reader, values, own, whole)) {
        result.layer = whole;
        result.base[own - 1] = reader.layers().extent(whole, own);
        result.isSole = false;
    } else {
        std::vector<std::string> inputs;
        for (const auto& value : values) {
            inputs.push_back(value.layer);
        }
        TY_TRY(const auto joined, reader.layers().add(hint, "concat", inputs, {{"axis", own}}));
        result.layer = joined.layer;
        result.base = joined.base;
        result.isSole = true;
    }
    result.view = OnnxView::ofLayer(result.base, reader.batch());
    std::rotate(
        result.view.axes.begin(), result.view.axes.begin() + 1, result.view.axes.begin() + static_cast<std::ptrdiff_t>(batch) + 1);
    reader.give(node, std::move(result));
    return {};
}

Result<void> pad(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    TY_TRY(const auto widths, onnxList(node, "pads", reader.constant(node, 1)));
    const std::size_t rank = src.view.axes.size();
    const auto mode = node.texts.find("mode");
    bool isZero = node.number("value", 0) == 0 && (mode == node.texts.end() || mode->second == "constant");
    if (reader.isThere(node, 2)) {
        TY_TRY(const auto* filler, reader.needConstant(node, 2));
        TY_TRY(const auto values, onnxFloats(*filler));
        isZero = isZero && std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
    }
    if (!isZero || reader.isThere(node, 3) || !widths || widths->size() != 2 * rank) {
        return onnxUnsupported("only padding with zeros, all axes given, is known");
    }
    TY_TRY(const auto value, reader.layers().plain(reader.hint(node), src));
    const std::size_t batch = value.view.batchAxis().value_or(0);
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;
    for (std::size_t i = 0; i < rank; ++i) {
        if ((*widths)[i] < 0 || (*widths)[rank + i] < 0 || (i == batch && ((*widths)[i] > 0 || (*widths)[rank + i] > 0))) {
            return onnxUnsupported(fmt::format("widths {}", toString(*widths)));
        }
        if (i != batch) {
            before.push_back((*widths)[i]);
            after.push_back((*widths)[rank + i]);
        }
    }
    TY_TRY(auto result, reader.layers().add(reader.hint(node), "pad", {value.layer}, {{"before", before}, {"after", after}}));
    std::rotate(
        result.view.axes.begin(), result.view.axes.begin() + 1, result.view.axes.begin() + static_cast<std::ptrdiff_t>(batch) + 1);
    reader.give(node, std::move(result));
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

/// To the shape that the value has already.
Result<void> expand(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(auto value, reader.value(node, 0));
    TY_TRY(const auto* target, reader.needConstant(node, 1));
    TY_TRY(const auto extents, onnxIntegers(*target));
    const Shape shape = value.view.shape();
    for (std::size_t i = 0; i < extents.size(); ++i) {
        const auto own = i < shape.size() ? shape[shape.size() - 1 - i] : 0;
        if (extents[extents.size() - 1 - i] != 1 && extents[extents.size() - 1 - i] != own) {
            return onnxUnsupported(fmt::format("{} would become {}", toString(shape), toString(extents)));
        }
    }
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
        {"Slice", slice},
        {"Split", split},
        {"Gather", gather},
        {"Concat", concat},
        {"Pad", pad},
        {"ReduceMean", reduce},
        {"ReduceSum", reduce},
        {"Expand", expand},
    };
    return rules;
}

} // namespace ty::engine
