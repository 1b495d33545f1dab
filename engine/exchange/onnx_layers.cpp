#include "engine/exchange/onnx_layers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace ty::engine {

namespace {

constexpr std::size_t kMaxName = 150;
constexpr std::size_t kMaxLayers = 10'000;
constexpr std::size_t kMaxReshape = 3;             // axes that a reshape layer can have
constexpr std::int64_t kMaxShifts = std::int64_t{1} << 18; // elements of an affine map that has no channels

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

} // namespace

OnnxLayers::OnnxLayers(const Shape& input, std::int64_t batch)
    : m_input(input), m_batch(batch), m_lowering(m_network, 1, NetworkMode::Inference), m_names{"input"}
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
    const std::string stem = hint.empty() ? "layer" : hint.substr(0, kMaxName);
    std::string name = stem;
    for (int number = 2; !m_names.insert(name).second; ++number) {
        name = fmt::format("{}_{}", stem, number);
    }
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
    m_values[name] = value;
    m_places[name] = m_layers.size();
    const Shape base = lastAxes(m_network.graph.shape(value));
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
            add(hint + (isFlat ? ".flat" : ".shaped"),
                isFlat ? "flatten" : "reshape",
                {result.layer},
                isFlat ? Json::object() : Json{{"shape", shape}}));
        result.layer = shaped.layer;
        result.base = shaped.base;
        result.isSole = true;
        return {};
    };
    const Blocks blocks = blocksOf(wanted);
    if (!std::is_sorted(blocks.order.begin(), blocks.order.end())) {
        TY_CHECK(reshape(blocks.extents));
        TY_TRY(const auto turned, add(hint + ".turned", "transpose", {result.layer}, {{"order", blocks.order}}));
        result.layer = turned.layer;
        result.base = turned.base;
        result.isSole = true;
    }
    TY_CHECK(reshape(target));
    // What was a part of the old axes is one of the new.
    std::vector<std::pair<AxisPart, AxisPart>> moved;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::int64_t stride = 1;
        for (std::size_t k = groups[i].size(); k-- > 0;) {
            moved.emplace_back(groups[i][k], AxisPart{i + 1, groups[i][k].extent, stride});
            stride *= groups[i][k].extent;
        }
    }
    for (auto& axis : result.view.axes) {
        for (auto& part : axis) {
            const auto found = std::find_if(moved.begin(), moved.end(), [&](const auto& entry) { return entry.first == part; });
            if (found != moved.end()) {
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

bool OnnxLayers::fold(
    OnnxLayer& layer, const Shape& base, std::size_t axis, const std::vector<float>& factor, const std::vector<float>& shift)
{
    const std::string& type = layer.description.type;
    const bool isConvolution = type == "conv2d" || type == "conv1d" || type == "convTranspose2d";
    const bool isChannelNorm = type == "batchNorm" || type == "groupNorm";
    const bool isAttention = type == "attention";
    const bool isDense = type == "dense" || isAttention;
    const bool isRowNorm = type == "layerNorm" && (base.size() == 1 || layer.description.settings.contains("over"));
    const std::size_t own = isConvolution || isChannelNorm ? 1 : base.size();
    if (!(isConvolution || isChannelNorm || isDense || isRowNorm) || axis != own) {
        return false;
    }
    const auto extent = factor.size();
    if (isAttention) {
        layer.isOpen = false;
    }
    if (isChannelNorm || isRowNorm) {
        const auto scales = layer.parameters["scale"].floats();
        const auto shifts = layer.parameters["shift"].floats();
        for (std::size_t i = 0; i < extent; ++i) {
            scales[i] *= factor[i];
            shifts[i] = shifts[i] * factor[i] + shift[i];
        }
        return true;
    }
    Tensor& weight = layer.parameters[isAttention ? "outputWeight" : "weight"];
    const auto values = weight.floats();
    if (type == "convTranspose2d") {
        const auto groups = layer.description.settings.value("groups", std::int64_t{1});
        const auto channels = static_cast<std::size_t>(weight.shape()[0]);
        const auto filters = static_cast<std::size_t>(weight.shape()[1]);
        const auto window = static_cast<std::size_t>(weight.shape()[2] * weight.shape()[3]);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t group = i / (filters * window) / (channels / static_cast<std::size_t>(groups));
            values[i] *= factor[group * filters + i / window % filters];
        }
    } else {
        const std::size_t row = values.size() / extent;
        for (std::size_t i = 0; i < values.size(); ++i) {
            values[i] *= factor[i / row];
        }
    }
    const bool hasShift = std::any_of(shift.begin(), shift.end(), [](float value) { return value != 0; });
    const std::string bias = isAttention ? "outputBias" : "bias";
    if (!layer.parameters.contains(bias)) {
        if (!hasShift) {
            return true;
        }
        layer.parameters[bias] = Tensor(DType::Float32, {static_cast<std::int64_t>(extent)});
        layer.description.settings.erase("bias");
    }
    const auto biases = layer.parameters[bias].floats();
    for (std::size_t i = 0; i < extent; ++i) {
        biases[i] = biases[i] * factor[i] + shift[i];
    }
    return true;
}

Result<OnnxActivation> OnnxLayers::affine(
    const std::string& hint, const OnnxActivation& value, const OnnxArray* factor, const OnnxArray* shift)
{
    const Shape shape = value.view.shape();
    const std::size_t rank = shape.size();
    /// The constant's extent and step in each axis of the value.
    struct Operand {
        std::vector<float> values;
        std::vector<std::size_t> strides;
    };
    std::array<Operand, 2> operands;
    std::set<std::size_t> varying; // axes of the layer
    for (std::size_t k = 0; k < 2; ++k) {
        const OnnxArray* array = k == 0 ? factor : shift;
        Operand& operand = operands[k];
        operand.strides.assign(rank, 0);
        if (array == nullptr) {
            operand.values = {k == 0 ? 1.0F : 0.0F};
            continue;
        }
        TY_TRY(operand.values, onnxFloats(*array));
        std::size_t stride = 1;
        for (std::size_t i = 0; i < array->shape.size(); ++i) {
            const std::int64_t extent = array->shape[array->shape.size() - 1 - i];
            if (extent == 1) {
                continue;
            }
            if (i >= rank || shape[rank - 1 - i] != extent) {
                return onnxUnsupported(fmt::format(
                    "a constant of {} does not fit a value of {}", toString(array->shape), toString(shape)));
            }
            for (const auto& part : value.view.axes[rank - 1 - i]) {
                varying.insert(part.axis);
            }
            operand.strides[rank - 1 - i] = stride;
            stride *= static_cast<std::size_t>(extent);
        }
        if (operand.values.empty()) {
            return onnxError("an empty constant");
        }
    }
    if (varying.contains(0)) {
        return onnxUnsupported("a constant differs between the samples of a batch");
    }
    // The constants over one axis of the layer, or over all of them.
    const auto along = [&](const std::vector<std::size_t>& axes) {
        std::array<std::vector<float>, 2> result;
        std::int64_t count = 1;
        for (const std::size_t axis : axes) {
            count *= value.base[axis - 1];
        }
        for (std::int64_t element = 0; element < count; ++element) {
            std::vector<std::int64_t> place(value.base.size() + 1, 0);
            std::int64_t left = element;
            for (std::size_t i = axes.size(); i-- > 0;) {
                place[axes[i]] = left % value.base[axes[i] - 1];
                left /= value.base[axes[i] - 1];
            }
            for (std::size_t k = 0; k < 2; ++k) {
                std::size_t offset = 0;
                for (std::size_t i = 0; i < rank; ++i) {
                    std::int64_t index = 0;
                    for (const auto& part : value.view.axes[i]) {
                        index = index * part.extent + place[part.axis] / part.stride % part.extent;
                    }
                    offset += static_cast<std::size_t>(index) * operands[k].strides[i];
                }
                result[k].push_back(operands[k].values[offset]);
            }
        }
        return result;
    };

    OnnxLayer* layer = find(value.layer);
    if (layer != nullptr && value.isSole && varying.size() <= 1) {
        for (std::size_t axis = 1; axis <= value.base.size(); ++axis) {
            if (varying.empty() || varying.contains(axis)) {
                const auto constants = along({axis});
                if (fold(*layer, value.base, axis, constants[0], constants[1])) {
                    return value;
                }
            }
        }
    }
    if (varying.empty() && operands[1].values.front() == 0.0F) {
        const double scale = static_cast<double>(operands[0].values.front());
        return scale == 1.0 ? Result<OnnxActivation>(value) : mapped(hint, "scale", value, {{"factor", scale}});
    }
    // A convolution that looks at one channel and one pixel is that map, exactly, and can be trained.
    Shape picture = value.base;
    std::vector<std::size_t> axes{1};
    const bool isChannel = varying.empty() || (varying.size() == 1 && *varying.begin() == 1);
    const std::int64_t elements = elementCount(value.base);
    if (!isChannel) {
        if (elements > kMaxShifts) {
            return onnxUnsupported(fmt::format("a constant for each of {} values", elements));
        }
        axes.clear();
        for (std::size_t axis = 1; axis <= value.base.size(); ++axis) {
            axes.push_back(axis);
        }
        picture = {elements, 1, 1};
    } else if (picture.size() != 3) {
        picture = {picture[0], 1, elements / picture[0]};
    }
    const auto constants = along(axes);
    const std::int64_t channels = picture[0];
    OnnxActivation result = value;
    const auto reshaped = [&](const char* suffix, const Shape& to) -> Result<void> {
        if (result.base != to) {
            TY_TRY(const auto shaped, add(hint + suffix, "reshape", {result.layer}, {{"shape", to}}));
            result.layer = shaped.layer;
            result.base = to;
        }
        return {};
    };
    TY_CHECK(reshaped(".channels", picture));
    TY_TRY(
        const auto each,
        add(hint, "conv2d", {result.layer}, {{"filters", channels}, {"kernel", 1}, {"groups", channels}, {"padding", "valid"}}));
    OnnxLayer& convolution = *find(each.layer);
    convolution.parameters["weight"] = onnxTensor({channels, 1, 1, 1}, constants[0]);
    convolution.parameters["bias"] = onnxTensor({channels}, constants[1]);
    result.layer = each.layer;
    TY_CHECK(reshaped(".values", value.base));
    result.isSole = true;
    return result;
}

Result<ModelDescription> OnnxLayers::model(const std::string& output) const
{
    const auto found = m_places.find(output);
    if (found == m_places.end()) {
        return onnxUnsupported("the output is the input: there is no layer between them");
    }
    std::set<std::string> needed{output};
    std::vector<LayerDescription> layers;
    for (std::size_t i = found->second + 1; i-- > 0;) {
        const auto& description = m_layers[i].description;
        if (needed.contains(description.name)) {
            needed.insert(description.inputs.begin(), description.inputs.end());
            layers.push_back(description);
        }
    }
    std::reverse(layers.begin(), layers.end());
    return ModelDescription{m_input, std::move(layers)};
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

Error onnxUnsupported(const std::string& message, const std::string& advice)
{
    return Error{ErrorKind::Unsupported, message, advice};
}

} // namespace ty::engine
