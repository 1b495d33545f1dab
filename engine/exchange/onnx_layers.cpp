#include "engine/exchange/onnx_layers.h"

#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/onnx_graph.h"
#include "engine/nn/layer_types.h"

namespace ty::engine {

namespace {

using Integers = std::vector<std::int64_t>;

/// A layer's value in the graph, and its shape without the batch.
struct Value {
    std::string name;
    Shape shape;
};

/// Adds the nodes of one layer; one overload of operator() for each kind of settings.
class LayerWriter {
public:
    LayerWriter(
        OnnxGraph& graph,
        const std::map<std::string, const Tensor*>& parameters,
        const LayerDescription& layer,
        std::vector<Value> inputs)
        : m_graph(graph), m_parameters(parameters), m_layer(layer), m_inputs(std::move(inputs))
    {
    }

    Result<std::string> operator()(const DenseSettings& settings)
    {
        const auto features = elementCount(src().shape);
        const auto flat = flatten(src());
        TY_TRY(const auto weight, parameter("weight", {settings.units, features}));
        std::vector<std::string> inputs{flat, weight};
        if (settings.hasBias) {
            TY_TRY(auto bias, parameter("bias", {settings.units}));
            inputs.push_back(std::move(bias));
        }
        const auto product = m_graph.node("Gemm", inputs, {{"transB", std::int64_t{1}}}, hint(settings.activation));
        return activate(product, settings.activation);
    }

    Result<std::string> operator()(const ConvolutionSettings& settings)
    {
        const auto& kernel = settings.kernel;
        const Shape weightShape{settings.filters, src().shape[0] / settings.groups, kernel[0], kernel[1]};
        TY_TRY(const auto weight, parameter("weight", weightShape));
        std::vector<std::string> inputs{src().name, weight};
        if (settings.hasBias) {
            TY_TRY(auto bias, parameter("bias", {settings.filters}));
            inputs.push_back(std::move(bias));
        }
        const auto convolved = m_graph.node(
            "Conv",
            inputs,
            {{"kernel_shape", Integers{kernel[0], kernel[1]}},
             {"strides", Integers{settings.stride[0], settings.stride[1]}},
             {"dilations", Integers{settings.dilation[0], settings.dilation[1]}},
             {"pads", pads(settings.padding)},
             {"group", settings.groups}},
            hint(settings.activation));
        return activate(convolved, settings.activation);
    }

    Result<std::string> operator()(const PoolSettings& settings)
    {
        const bool isMaximum = m_layer.type == "maxPool2d";
        std::vector<OnnxAttribute> attributes{
            {"kernel_shape", Integers{settings.kernel[0], settings.kernel[1]}},
            {"strides", Integers{settings.stride[0], settings.stride[1]}},
            {"pads", pads(settings.padding)}};
        return m_graph.node(isMaximum ? "MaxPool" : "AveragePool", {src().name}, attributes, m_layer.name);
    }

    Result<std::string> operator()(const GlobalPoolSettings&)
    {
        const auto pooled = m_graph.node("GlobalAveragePool", {src().name}, {}, m_layer.name + "_pooled");
        return m_graph.node("Flatten", {pooled}, {{"axis", std::int64_t{1}}}, m_layer.name);
    }

    Result<std::string> operator()(const NormSettings& settings)
    {
        return m_layer.type == "layerNorm" ? layerNorm(settings) : batchNorm(settings);
    }

    Result<std::string> operator()(const DropoutSettings&) { return src().name; }

    Result<std::string> operator()(const ActivationSettings& settings)
    {
        return activate(src().name, settings.activation);
    }

    Result<std::string> operator()(const SoftmaxSettings&)
    {
        return m_graph.node("Softmax", {src().name}, {{"axis", std::int64_t{1}}}, m_layer.name);
    }

    Result<std::string> operator()(const ReshapeSettings& settings)
    {
        Shape target{0}; // 0: the batch stays what it is
        target.insert(target.end(), settings.shape.begin(), settings.shape.end());
        const auto shape =
            m_graph.integers(m_layer.name + ".shape", {static_cast<std::int64_t>(target.size())}, target);
        return m_graph.node("Reshape", {src().name, shape}, {}, m_layer.name);
    }

    Result<std::string> operator()(const CombineSettings& settings)
    {
        std::string combined = src().name;
        for (std::size_t i = 1; i < m_inputs.size(); ++i) {
            const bool isLast = i + 1 == m_inputs.size();
            combined = m_graph.node(
                settings.isProduct ? "Mul" : "Add",
                {combined, m_inputs[i].name},
                {},
                isLast ? hint(settings.activation) : m_layer.name + "_partial");
        }
        return activate(combined, settings.activation);
    }

    Result<std::string> operator()(const ConcatSettings&)
    {
        std::vector<std::string> names;
        for (const auto& input : m_inputs) {
            names.push_back(input.name);
        }
        return m_graph.node("Concat", names, {{"axis", std::int64_t{1}}}, m_layer.name);
    }

private:
    const Value& src() const { return m_inputs.front(); }

    /// Name of the node before the activation: the layer's own if there is none.
    std::string hint(const Activation& activation) const
    {
        return activation.kind == ActivationKind::None ? m_layer.name : m_layer.name + "_linear";
    }

    static Integers pads(const Padding& padding)
    {
        return {padding.top, padding.left, padding.bottom, padding.right};
    }

    std::string flatten(const Value& value)
    {
        return value.shape.size() == 1
            ? value.name
            : m_graph.node("Flatten", {value.name}, {{"axis", std::int64_t{1}}}, m_layer.name + "_flat");
    }

    /// `storedAs`: the shape in the graph where it differs from the parameter's own.
    Result<std::string> parameter(const std::string& name, const Shape& shape, const Shape& storedAs = {})
    {
        const auto full = m_layer.name + "." + name;
        const auto found = m_parameters.find(full);
        if (found == m_parameters.end()) {
            return Error{ErrorKind::InvalidInput, fmt::format("parameter \"{}\" is missing", full), ""};
        }
        const auto& tensor = *found->second;
        if (tensor.dtype() != DType::Float32 || tensor.shape() != shape) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "parameter \"{}\" is {} {}, expected float32 {}",
                    full,
                    dtypeName(tensor.dtype()),
                    toString(tensor.shape()),
                    toString(shape)),
                ""};
        }
        return m_graph.floats(full, storedAs.empty() ? shape : storedAs, tensor.floats());
    }

    Result<std::string> batchNorm(const NormSettings& settings)
    {
        const Shape perChannel{src().shape[0]};
        std::vector<std::string> inputs{src().name};
        for (const char* name : {"scale", "shift", "runningMean", "runningVariance"}) {
            TY_TRY(auto added, parameter(name, perChannel));
            inputs.push_back(std::move(added));
        }
        const auto normalised = m_graph.node(
            "BatchNormalization",
            inputs,
            {{"epsilon", static_cast<float>(settings.epsilon)}},
            hint(settings.activation));
        return activate(normalised, settings.activation);
    }

    /// Spelled out, because LayerNormalization came with opset 17.
    Result<std::string> layerNorm(const NormSettings& settings)
    {
        const auto& name = m_layer.name;
        const Shape features{elementCount(src().shape)};
        Integers axes;
        for (std::size_t axis = 1; axis <= src().shape.size(); ++axis) {
            axes.push_back(static_cast<std::int64_t>(axis));
        }
        const std::vector<float> epsilon{static_cast<float>(settings.epsilon)};
        const auto mean = m_graph.node("ReduceMean", {src().name}, {{"axes", axes}}, name + "_mean");
        const auto centred = m_graph.node("Sub", {src().name, mean}, {}, name + "_centred");
        const auto squares = m_graph.node("Mul", {centred, centred}, {}, name + "_squares");
        const auto variance = m_graph.node("ReduceMean", {squares}, {{"axes", axes}}, name + "_variance");
        const auto shifted =
            m_graph.node("Add", {variance, m_graph.floats(name + ".epsilon", {1}, epsilon)}, {}, name + "_above_zero");
        const auto deviation = m_graph.node("Sqrt", {shifted}, {}, name + "_deviation");
        const auto normalised = m_graph.node("Div", {centred, deviation}, {}, name + "_normalised");
        TY_TRY(const auto scale, parameter("scale", features, src().shape));
        TY_TRY(const auto shift, parameter("shift", features, src().shape));
        const auto scaled = m_graph.node("Mul", {normalised, scale}, {}, name + "_scaled");
        const auto result = m_graph.node("Add", {scaled, shift}, {}, hint(settings.activation));
        return activate(result, settings.activation);
    }

    Result<std::string> activate(const std::string& value, const Activation& activation)
    {
        const auto& name = m_layer.name;
        const std::vector<OnnxAttribute> alpha{{"alpha", activation.alpha}};
        switch (activation.kind) {
        case ActivationKind::None:
            return value;
        case ActivationKind::Relu:
            return m_graph.node("Relu", {value}, {}, name);
        case ActivationKind::LeakyRelu:
            return m_graph.node("LeakyRelu", {value}, alpha, name);
        case ActivationKind::Elu:
            return m_graph.node("Elu", {value}, alpha, name);
        case ActivationKind::Gelu:
            return gelu(value);
        case ActivationKind::Silu:
            return m_graph.node("Mul", {value, m_graph.node("Sigmoid", {value}, {}, name + "_gate")}, {}, name);
        case ActivationKind::Sigmoid:
            return m_graph.node("Sigmoid", {value}, {}, name);
        case ActivationKind::Tanh:
            return m_graph.node("Tanh", {value}, {}, name);
        }
        return Error{
            ErrorKind::Unsupported,
            fmt::format("the activation \"{}\" has no ONNX form", activationName(activation.kind)),
            ""};
    }

    /// x (1 + erf(x / sqrt 2)) / 2; a Gelu operator came with opset 20.
    std::string gelu(const std::string& value)
    {
        const auto& name = m_layer.name;
        const std::vector<float> rootHalf{static_cast<float>(1.0 / std::numbers::sqrt2)};
        const std::vector<float> one{1.0F};
        const std::vector<float> half{0.5F};
        const auto scaled = m_graph.node("Mul", {value, m_graph.floats(name + ".rootHalf", {1}, rootHalf)}, {}, name + "_scaled");
        const auto erf = m_graph.node("Erf", {scaled}, {}, name + "_erf");
        const auto shifted = m_graph.node("Add", {erf, m_graph.floats(name + ".one", {1}, one)}, {}, name + "_shifted");
        const auto gated = m_graph.node("Mul", {value, shifted}, {}, name + "_gated");
        return m_graph.node("Mul", {gated, m_graph.floats(name + ".half", {1}, half)}, {}, name);
    }

    OnnxGraph& m_graph;
    const std::map<std::string, const Tensor*>& m_parameters;
    const LayerDescription& m_layer;
    std::vector<Value> m_inputs;
};

} // namespace

Result<std::string> addLayers(
    OnnxGraph& graph, const ModelDescription& model, const std::vector<NamedTensor>& parameters, const std::string& input)
{
    std::map<std::string, const Tensor*> byName;
    for (const auto& parameter : parameters) {
        byName.emplace(parameter.name, &parameter.tensor);
    }
    TY_TRY(const auto summary, summarise(model)); // checks every layer and shape
    TY_TRY(const auto inputNames, resolveInputs(model));

    std::map<std::string, Value> values{{"input", {input, model.input}}};
    std::string last = input;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const auto& layer = model.layers[i];
        std::vector<Value> inputs;
        for (const auto& name : inputNames[i]) {
            inputs.push_back(values.at(name));
        }
        TY_TRY(const auto settings, readLayerSettings(layer, inputs.front().shape));
        auto added = std::visit(LayerWriter(graph, byName, layer, inputs), settings);
        if (!added) {
            return std::move(added).error().withContext(fmt::format("layer \"{}\"", layer.name));
        }
        last = added.value();
        values[layer.name] = {last, summary.layers[i].outputShape};
    }
    return last;
}

} // namespace ty::engine
