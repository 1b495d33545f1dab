#include "engine/exchange/onnx_layers.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/graph/activation.h"

namespace ty::engine {

namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxLayers = 10'000;
constexpr std::int64_t kMaxValues = std::int64_t{1} << 26; // of one layer's result for one sample: 256 MiB
constexpr std::size_t kMaxReshape = 3;             // axes that a reshape layer can have

/// Extents of the layer's axes that `parts` are, in the layer's own order, and where each part stands there.
struct Blocks {
    Shape extents;
    std::vector<std::int64_t> order; ///< from 1
};

Blocks blocksOf(AxisParts wanted)
{
    AxisParts stored = wanted;
    std::sort(stored.begin(), stored.end(), [](const AxisPart& a, const AxisPart& b) {
        return a.axis != b.axis ? a.axis < b.axis : a.stride > b.stride;
    });
    // Parts that are neighbours in both orders move as one.
    Blocks blocks;
    std::vector<std::size_t> firsts; // places in `stored`
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto place = static_cast<std::size_t>(std::find(stored.begin(), stored.end(), wanted[i]) - stored.begin());
        const bool continues = i > 0 && place > 0 && stored[place - 1] == wanted[i - 1];
        if (!continues) {
            firsts.push_back(place);
        }
    }
    std::vector<std::size_t> sorted = firsts;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        const std::size_t end = i + 1 < sorted.size() ? sorted[i + 1] : stored.size();
        std::int64_t extent = 1;
        for (std::size_t place = sorted[i]; place < end; ++place) {
            extent *= stored[place].extent;
        }
        blocks.extents.push_back(extent);
    }
    for (const std::size_t first : firsts) {
        blocks.order.push_back(std::find(sorted.begin(), sorted.end(), first) - sorted.begin() + 1);
    }
    return blocks;
}

Shape lastAxes(const Shape& whole)
{
    return {whole.begin() + 1, whole.end()};
}

/// An activation belongs to the layer before it, and a dense layer flattens by itself.
std::vector<LayerDescription> joinedLayers(std::vector<LayerDescription> layers, const std::map<std::string, int>& users)
{
    static const std::set<std::string> kActive{
        "dense", "conv2d", "convTranspose2d", "batchNorm", "layerNorm", "groupNorm", "add", "multiply"};
    std::vector<LayerDescription> result;
    std::map<std::string, std::string> joined; // layers that are gone, and what stands for them
    std::map<std::string, std::size_t> places; // in the result
    for (auto& layer : layers) {
        for (auto& input : layer.inputs) {
            if (const auto found = joined.find(input); found != joined.end()) {
                input = found->second;
            }
        }
        const std::string first = layer.inputs.front();
        const auto place = places.find(first);
        LayerDescription* before = place == places.end() ? nullptr : &result[place->second];
        const auto activation = activationFromName(layer.type);
        if (before != nullptr && activation && kActive.contains(before->type) && !before->settings.contains("activation")
            && users.at(first) == 1) {
            before->settings.update(layer.settings);
            before->settings["activation"] = layer.type;
            joined[layer.name] = first;
            continue;
        }
        if (layer.type == "dense" && !layer.settings.contains("over") && before != nullptr && before->type == "flatten"
            && place->second + 1 == result.size() && users.at(first) == 1) {
            layer.inputs = before->inputs;
            result.pop_back();
        }
        places[layer.name] = result.size();
        result.push_back(std::move(layer));
    }
    return result;
}

} // namespace

OnnxLayers::OnnxLayers(const Shape& input, std::int64_t batch)
    : m_input(input), m_batch(batch), m_lowering(m_network, 1, NetworkMode::Inference), m_names{{"input", 1}}
{
    Shape whole{1};
    whole.insert(whole.end(), input.begin(), input.end());
    m_values["input"] = m_network.graph.addInput("input", whole);
}

OnnxActivation OnnxLayers::input() const
{
    return {"input", m_input, OnnxView::ofLayer(m_input, m_batch), false};
}

OnnxLayer* OnnxLayers::find(const std::string& layer)
{
    const auto found = m_places.find(layer);
    return found == m_places.end() ? nullptr : &m_layers[found->second];
}

std::int64_t OnnxLayers::extent(const std::string& layer, std::size_t axis) const
{
    const auto found = m_values.find(layer);
    if (found == m_values.end()) {
        return 0;
    }
    const Shape& shape = m_network.graph.shape(found->second);
    return axis < shape.size() ? shape[axis] : 0;
}

std::string OnnxLayers::uniqueName(const std::string& hint)
{
    const std::string stem = hint.empty() ? "layer" : onnxShown(hint.substr(0, kMaxName));
    std::string name = stem;
    for (int& number = m_names[stem]; number > 0 && m_names.contains(name);) {
        name = fmt::format("{}_{}", stem, ++number);
    }
    m_names[name] = 1;
    return name;
}

Result<OnnxActivation> OnnxLayers::add(
    const std::string& hint, const std::string& type, const std::vector<std::string>& inputs, Json settings)
{
    if (m_layers.size() >= kMaxLayers) {
        return onnxUnsupported(fmt::format("the network has more than {} layers", kMaxLayers));
    }
    OnnxLayer layer;
    layer.description = {uniqueName(hint), type, inputs, std::move(settings)};
    const std::string& name = layer.description.name;
    std::vector<ValueId> operands;
    for (const auto& input : inputs) {
        operands.push_back(m_values.at(input));
    }
    TY_TRY(const ValueId value, m_lowering.addLayer(layer.description, operands));
    const Shape base = lastAxes(m_network.graph.shape(value));
    if (elementCount(base) > kMaxValues) {
        return onnxUnsupported(fmt::format("{} values a sample are more than a network needs", toString(base)));
    }
    m_values[name] = value;
    m_places[name] = m_layers.size();
    OnnxActivation result{name, base, OnnxView::ofLayer(base, m_batch), true};
    m_layers.push_back(std::move(layer));
    return result;
}

Result<OnnxActivation> OnnxLayers::mapped(
    const std::string& hint, const std::string& type, const OnnxActivation& value, Json settings)
{
    TY_TRY(auto result, add(hint, type, {value.layer}, std::move(settings)));
    result.view = value.view;
    return result;
}

Result<OnnxActivation> OnnxLayers::moved(
    const std::string& hint, const std::string& type, const std::string& input, Json settings)
{
    const std::tuple key{input, type, settings.dump()};
    if (const auto same = m_moves.find(key); same != m_moves.end()) {
        const Shape base = lastAxes(m_network.graph.shape(m_values.at(same->second)));
        return OnnxActivation{same->second, base, OnnxView::ofLayer(base, m_batch), false};
    }
    TY_TRY(auto result, add(hint, type, {input}, std::move(settings)));
    m_moves[key] = result.layer;
    return result;
}

Result<OnnxActivation> OnnxLayers::arranged(
    const std::string& hint, const OnnxActivation& value, const std::vector<AxisParts>& groups)
{
    OnnxActivation result = value;
    AxisParts wanted;
    Shape target;
    for (const auto& group : groups) {
        wanted.insert(wanted.end(), group.begin(), group.end());
        target.push_back(extentOf(group));
    }
    const auto reshape = [&](const Shape& shape) -> Result<void> {
        if (result.base == shape) {
            return {};
        }
        if (shape.size() > kMaxReshape || shape.empty()) {
            return onnxUnsupported(fmt::format(
                "{} would have to become {}: more than {} axes", toString(result.base), toString(shape), kMaxReshape));
        }
        const bool isFlat = shape.size() == 1;
        TY_TRY(
            const auto shaped,
            isFlat ? add(hint + ".flat", "flatten", {result.layer}, Json::object())
                   : moved(hint + ".shaped", "reshape", result.layer, {{"shape", shape}}));
        result.layer = shaped.layer;
        result.base = shaped.base;
        result.isSole = shaped.isSole;
        return {};
    };
    // Whole axes in another order need no reshape.
    const bool areWhole = groups.size() == result.base.size()
        && std::all_of(groups.begin(), groups.end(), [&](const AxisParts& group) {
               return group.size() == 1 && group[0].axis > 0 && group[0].extent == result.base[group[0].axis - 1];
           });
    Blocks blocks = areWhole ? Blocks{result.base, {}} : blocksOf(wanted);
    for (std::size_t i = 0; areWhole && i < groups.size(); ++i) {
        blocks.order.push_back(static_cast<std::int64_t>(groups[i][0].axis));
    }
    if (!std::is_sorted(blocks.order.begin(), blocks.order.end())) {
        TY_CHECK(reshape(blocks.extents));
        TY_TRY(const auto turned, moved(hint + ".turned", "transpose", result.layer, {{"order", blocks.order}}));
        result.layer = turned.layer;
        result.base = turned.base;
        result.isSole = turned.isSole;
    }
    TY_CHECK(reshape(target));
    // What was a part of the old axes is one of the new.
    std::vector<std::pair<AxisPart, AxisPart>> places;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::int64_t stride = 1;
        for (std::size_t k = groups[i].size(); k-- > 0;) {
            places.emplace_back(groups[i][k], AxisPart{i + 1, groups[i][k].extent, stride});
            stride *= groups[i][k].extent;
        }
    }
    for (auto& axis : result.view.axes) {
        for (auto& part : axis) {
            const auto found = std::find_if(places.begin(), places.end(), [&](const auto& entry) { return entry.first == part; });
            if (found != places.end()) {
                part = found->second;
            }
        }
        axis = merged(axis);
    }
    return result;
}

Result<OnnxActivation> OnnxLayers::plain(const std::string& hint, const OnnxActivation& value)
{
    const auto batch = value.view.batchAxis();
    if (!batch) {
        return onnxUnsupported(
            fmt::format("in {} the batch is not an axis of its own", toString(value.view.shape())),
            "Export the model with a batch of 2 or more, or with a dynamic batch axis.");
    }
    std::vector<AxisParts> groups;
    for (std::size_t i = 0; i < value.view.axes.size(); ++i) {
        if (i != *batch) {
            groups.push_back(value.view.axes[i]);
        }
    }
    return arranged(hint, value, groups);
}

Result<ModelDescription> OnnxLayers::model(const std::string& output) const
{
    const auto found = m_places.find(output);
    if (found == m_places.end()) {
        return onnxUnsupported("the output is the input: there is no layer between them");
    }
    std::map<std::string, int> users{{output, 1}};
    std::vector<LayerDescription> layers;
    for (std::size_t i = found->second + 1; i-- > 0;) {
        const auto& description = m_layers[i].description;
        if (users.contains(description.name)) {
            for (const auto& input : description.inputs) {
                ++users[input];
            }
            layers.push_back(description);
        }
    }
    std::reverse(layers.begin(), layers.end());
    return ModelDescription{m_input, joinedLayers(std::move(layers), users)};
}

std::vector<NamedTensor> OnnxLayers::parameters(const ModelDescription& model) const
{
    std::vector<NamedTensor> result;
    for (const auto& layer : model.layers) {
        for (const auto& [name, tensor] : m_layers[m_places.at(layer.name)].parameters) {
            result.push_back({layer.name + "." + name, tensor});
        }
    }
    return result;
}

std::int64_t OnnxLayers::parameterElements()
{
    for (; m_counted < m_layers.size(); ++m_counted) {
        for (const auto& [name, tensor] : m_layers[m_counted].parameters) {
            m_elements += tensor.size();
        }
    }
    return m_elements;
}

Result<std::vector<float>> onnxFloats(const OnnxArray& array)
{
    if (const auto* floats = std::get_if<std::vector<float>>(&array.data)) {
        return *floats;
    }
    if (const auto* doubles = std::get_if<std::vector<double>>(&array.data)) {
        std::vector<float> values;
        for (const double value : *doubles) {
            values.push_back(static_cast<float>(value));
        }
        return values;
    }
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&array.data)) {
        std::vector<float> values;
        for (const std::int64_t value : *integers) {
            values.push_back(static_cast<float>(value));
        }
        return values;
    }
    return onnxError("a constant that is no number");
}

Tensor onnxTensor(const Shape& shape, const std::vector<float>& values)
{
    Tensor tensor(DType::Float32, shape);
    std::copy(values.begin(), values.end(), tensor.floats().begin());
    return tensor;
}

double onnxReal(float value)
{
    return std::strtod(fmt::format("{}", value).c_str(), nullptr);
}

Error onnxUnsupported(const std::string& message, const std::string& advice)
{
    return Error{ErrorKind::Unsupported, message, advice};
}

} // namespace ty::engine
