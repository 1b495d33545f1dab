#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/float_weights.h"
#include "engine/exchange/onnx_layers.h"

// Products with constants and sums with constants: part of the layer before, or a layer of their own.
namespace ty::engine {

namespace {

constexpr std::int64_t kMaxShifts = std::int64_t{1} << 18; // factors of an affine map that is a layer of its own

/// The axis of the layer's result along which its parameters can take up factors and shifts; 0: there is none.
std::size_t foldedAxis(const OnnxLayer& layer, const Shape& base)
{
    const std::string& type = layer.description.type;
    if (type == "conv2d" || type == "convTranspose2d" || type == "batchNorm" || type == "groupNorm") {
        return 1;
    }
    const bool isRowNorm = type == "layerNorm" && (base.size() == 1 || layer.description.settings.contains("over"));
    return type == "dense" || type == "attention" || isRowNorm ? base.size() : 0;
}

} // namespace

void OnnxLayers::fold(OnnxLayer& layer, const std::vector<float>& factor, const std::vector<float>& shift)
{
    const std::string& type = layer.description.type;
    const bool isAttention = type == "attention";
    const auto extent = factor.size();
    if (isAttention) {
        layer.isOpen = false;
    }
    if (type == "batchNorm" || type == "groupNorm" || type == "layerNorm") {
        const auto scales = layer.parameters["scale"].floats();
        const auto shifts = layer.parameters["shift"].floats();
        for (std::size_t i = 0; i < extent; ++i) {
            scales[i] *= factor[i];
            shifts[i] = shifts[i] * factor[i] + shift[i];
        }
        return;
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
            return;
        }
        layer.parameters[bias] = Tensor(DType::Float32, {static_cast<std::int64_t>(extent)});
        layer.description.settings.erase("bias");
    }
    const auto biases = layer.parameters[bias].floats();
    for (std::size_t i = 0; i < extent; ++i) {
        biases[i] = biases[i] * factor[i] + shift[i];
    }
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
        TY_CHECK(checkFinite(operand.values, k == 0 ? "its factors" : "its summands"));
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
    const std::size_t own = layer != nullptr && value.isSole ? foldedAxis(*layer, value.base) : 0;
    if (own > 0 && (varying.empty() || varying == std::set<std::size_t>{own})) {
        const auto constants = along({own});
        fold(*layer, constants[0], constants[1]);
        return value;
    }
    if (varying.empty() && operands[1].values.front() == 0.0F) {
        const double scale = onnxReal(operands[0].values.front());
        return scale == 1.0 ? Result<OnnxActivation>(value) : mapped(hint, "scale", value, {{"factor", scale}});
    }
    // A convolution that looks at one channel and one pixel is that map, exactly, and can be trained.
    Shape picture = value.base;
    std::vector<std::size_t> axes{1};
    const bool isChannel = varying.empty() || (varying.size() == 1 && *varying.begin() == 1);
    const std::int64_t elements = elementCount(value.base);
    if ((isChannel ? picture[0] : elements) > kMaxShifts) {
        return onnxUnsupported(fmt::format("a constant for each of {} values", isChannel ? picture[0] : elements));
    }
    if (!isChannel) {
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

} // namespace ty::engine
