#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "engine/exchange/onnx_network_reader.h"

// What grows at its sides: by zeros, or by what stands there.
namespace ty::engine {

namespace {

constexpr std::int64_t kMostCopied = 64; // at one side of an axis; each place is a layer where they are mirrored

struct Sides {
    std::vector<std::int64_t> before; ///< of the layer's axes
    std::vector<std::int64_t> after;
};

Result<Sides> sidesOf(const std::vector<std::int64_t>& widths, std::size_t batch)
{
    Sides sides;
    const std::size_t rank = widths.size() / 2;
    for (std::size_t i = 0; i < rank; ++i) {
        const bool isBatch = i == batch && (widths[i] > 0 || widths[rank + i] > 0);
        if (widths[i] < 0 || widths[rank + i] < 0 || isBatch) {
            return onnxUnsupported(fmt::format("widths {}", toString(widths)));
        }
        if (i != batch) {
            sides.before.push_back(widths[i]);
            sides.after.push_back(widths[rank + i]);
        }
    }
    return sides;
}

/// One axis with copies of its own places around it: "reflect" without the outermost, "edge" the outermost alone.
Result<OnnxActivation> withCopies(
    OnnxLayers& layers,
    const std::string& hint,
    const OnnxActivation& value,
    std::size_t axis,
    std::int64_t before,
    std::int64_t after,
    bool isMirror)
{
    const std::int64_t extent = value.base[axis - 1];
    const std::int64_t most = std::max(before, after);
    if (most > kMostCopied || (isMirror && most >= extent)) {
        return onnxUnsupported(fmt::format("{} copies beside {} places", most, extent));
    }
    const auto at = [&](std::int64_t place) {
        return layers.moved(hint + ".side", "slice", value.layer, {{"axis", axis}, {"begin", place}, {"count", 1}});
    };
    std::vector<std::string> pieces;
    for (std::int64_t i = before; i > 0; --i) {
        TY_TRY(const auto piece, at(isMirror ? i : 0));
        pieces.push_back(piece.layer);
    }
    pieces.push_back(value.layer);
    for (std::int64_t i = 1; i <= after; ++i) {
        TY_TRY(const auto piece, at(extent - 1 - (isMirror ? i : 0)));
        pieces.push_back(piece.layer);
    }
    return layers.add(hint, "concat", pieces, {{"axis", axis}});
}

Result<void> pad(OnnxNetworkReader& reader, const OnnxNode& node)
{
    TY_TRY(const auto src, reader.value(node, 0));
    TY_TRY(const auto widths, onnxList(node, "pads", reader.constant(node, 1)));
    const auto found = node.texts.find("mode");
    const std::string mode = found == node.texts.end() ? "constant" : found->second;
    bool isZero = mode != "constant" || node.number("value", 0) == 0;
    if (reader.isThere(node, 2) && mode == "constant") {
        TY_TRY(const auto* filler, reader.needConstant(node, 2));
        TY_TRY(const auto values, onnxFloats(*filler));
        isZero = isZero && std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
    }
    const bool isKnown = mode == "constant" || mode == "reflect" || mode == "edge";
    if (!isZero || !isKnown || reader.isThere(node, 3) || !widths || widths->size() != 2 * src.view.axes.size()) {
        return onnxUnsupported("only padding with zeros, reflections or edges, all axes given, is known");
    }
    const auto hint = reader.hint(node);
    TY_TRY(const auto value, reader.layers().plain(hint, src));
    const std::size_t batch = value.view.batchAxis().value_or(0);
    TY_TRY(const Sides sides, sidesOf(*widths, batch));
    OnnxActivation result = value;
    if (mode == "constant") {
        TY_TRY(
            result,
            reader.layers().add(hint, "pad", {value.layer}, {{"before", sides.before}, {"after", sides.after}}));
    }
    for (std::size_t i = 0; mode != "constant" && i < sides.before.size(); ++i) {
        if (sides.before[i] > 0 || sides.after[i] > 0) {
            TY_TRY(
                result,
                withCopies(reader.layers(), hint, result, i + 1, sides.before[i], sides.after[i], mode == "reflect"));
        }
    }
    result.view = OnnxView::ofLayer(result.base, reader.batch());
    const auto first = result.view.axes.begin();
    std::rotate(first, first + 1, first + static_cast<std::ptrdiff_t>(batch) + 1);
    reader.give(node, std::move(result));
    return {};
}

} // namespace

const OnnxRules& onnxPaddingRules()
{
    static const OnnxRules rules{{"Pad", pad}};
    return rules;
}

} // namespace ty::engine
