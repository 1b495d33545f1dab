#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/float_weights.h"
#include "engine/exchange/onnx_network_reader.h"

// Operators that take values apart and put them together.
namespace ty::engine {

namespace {

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
        // Equal parts; the last one may be smaller from opset 18 on.
        const std::int64_t extent = src.view.shape()[axis];
        const std::int64_t each = (extent + parts - 1) / parts;
        const std::int64_t last = extent - each * (parts - 1);
        if (last < 1 || (last != each && !node.integers.contains("num_outputs"))) {
            return onnxError(fmt::format("{} cannot be split into {} parts", toString(src.view.shape()), parts));
        }
        counts = std::vector<std::int64_t>(node.outputs.size(), each);
        counts->back() = last;
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

/// A constant that is the same for each sample, as a layer's result beside `like`: the class token of a transformer. It is
/// the only row of a table, looked up by a number that is always 0, so that it is learnt like any other weight.
Result<OnnxActivation> tokenBeside(
    OnnxNetworkReader& reader, const std::string& hint, const OnnxArray& constant, const OnnxActivation& like)
{
    const std::size_t batch = like.view.batchAxis().value_or(0);
    const Shape shape = like.view.shape();
    if (constant.shape.size() != shape.size() || constant.shape[batch] != shape[batch]) {
        return onnxUnsupported(
            fmt::format("a constant of {} is joined to {}", toString(constant.shape), toString(shape)));
    }
    TY_TRY(const auto values, onnxFloats(constant));
    TY_CHECK(checkFinite(values, "a constant that is joined"));
    const auto at = constant.shape.begin() + static_cast<std::ptrdiff_t>(batch);
    const std::int64_t inner = elementCount({at + 1, constant.shape.end()});
    const std::int64_t sample = inner * elementCount({constant.shape.begin(), at});
    std::vector<float> token;
    for (std::int64_t i = 0; i < std::ssize(values); ++i) {
        const std::int64_t first = i / (inner * *at) * inner * *at + i % inner; // the same place in the first sample
        const float expected = values[static_cast<std::size_t>(first)];
        if (values[static_cast<std::size_t>(i)] != expected) {
            return onnxUnsupported("a constant differs between the samples of a batch");
        }
        if (first == i) {
            token.push_back(expected);
        }
    }
    auto& layers = reader.layers();
    std::vector<std::size_t> axes;
    for (std::size_t axis = 1; axis <= like.base.size(); ++axis) {
        axes.push_back(axis);
    }
    TY_TRY(const auto any, layers.add(hint + ".any", "mean", {like.layer}, {{"axes", axes}}));
    TY_TRY(const auto zero, layers.add(hint + ".zero", "scale", {any.layer}, {{"factor", 0.0}}));
    TY_TRY(const auto row, layers.add(hint + ".token", "embedding", {zero.layer}, {{"vocabulary", 1}, {"units", sample}}));
    layers.find(row.layer)->parameters["weight"] = onnxTensor({1, sample}, token);
    OnnxActivation result = row;
    Shape own = constant.shape;
    own.erase(own.begin() + static_cast<std::ptrdiff_t>(batch));
    if (own != row.base) {
        TY_TRY(result, layers.add(hint + ".token", "reshape", {row.layer}, {{"shape", own}}));
    }
    result.view = like.view; // as far as it is looked at: where the batch is
    return result;
}

Result<void> concat(OnnxNetworkReader& reader, const OnnxNode& node)
{
    const auto hint = reader.hint(node);
    std::vector<OnnxActivation> values(node.inputs.size());
    const OnnxActivation* computed = nullptr;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (reader.constant(node, i) != nullptr) {
            continue;
        }
        TY_TRY(const auto src, reader.value(node, i));
        TY_TRY(values[i], reader.layers().plain(hint, src));
        if (computed == nullptr) {
            computed = &values[i];
        }
        if (values[i].view.batchAxis() != computed->view.batchAxis()
            || values[i].view.axes.size() != computed->view.axes.size()) {
            return onnxUnsupported("values with different axes are joined");
        }
    }
    if (computed == nullptr) {
        return onnxUnsupported("of constants alone");
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (const OnnxArray* constant = reader.constant(node, i); constant != nullptr) {
            TY_TRY(values[i], tokenBeside(reader, hint, *constant, *computed));
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

} // namespace

const OnnxRules& onnxPartRules()
{
    static const OnnxRules rules{{"Slice", slice}, {"Split", split}, {"Gather", gather}, {"Concat", concat}};
    return rules;
}

} // namespace ty::engine
