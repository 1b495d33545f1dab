#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/nn/layer_types.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;

/// Reads one layer's settings and notes which were asked for, so that misspelt ones are found.
class SettingReader {
public:
    explicit SettingReader(const LayerDescription& layer) : m_layer(layer) {}

    Error error(const std::string& text, const std::string& advice = {}) const
    {
        return Error{
            ErrorKind::InvalidInput, fmt::format("layer \"{}\" ({}): {}", m_layer.name, m_layer.type, text), advice};
    }

    const Json* find(const char* name)
    {
        m_known.insert(name);
        const auto found = m_layer.settings.find(name);
        return found == m_layer.settings.end() || found->is_null() ? nullptr : &*found;
    }

    Result<std::int64_t> whole(const char* name, std::optional<std::int64_t> fallback, std::int64_t minimum = 1)
    {
        const Json* value = find(name);
        if (value == nullptr) {
            if (fallback) {
                return *fallback;
            }
            return error(fmt::format("{} is missing", name));
        }
        return wholeIn(name, *value, minimum);
    }

    Result<double> real(const char* name, double fallback, double low, double high)
    {
        const Json* value = find(name);
        if (value == nullptr) {
            return fallback;
        }
        if (!value->is_number() || !(value->get<double>() >= low && value->get<double>() < high)) {
            return error(fmt::format("{} is {}, expected a number in [{}, {})", name, value->dump(), low, high));
        }
        return value->get<double>();
    }

    Result<bool> flag(const char* name, bool fallback)
    {
        const Json* value = find(name);
        if (value == nullptr) {
            return fallback;
        }
        if (!value->is_boolean()) {
            return error(fmt::format("{} is {}, expected true or false", name, value->dump()));
        }
        return value->get<bool>();
    }

    /// A number, or [height, width].
    Result<std::array<std::int64_t, 2>> pair(const char* name, std::array<std::int64_t, 2> fallback)
    {
        const Json* value = find(name);
        if (value == nullptr) {
            return fallback;
        }
        if (value->is_array() && value->size() == 2) {
            TY_TRY(const std::int64_t height, wholeIn(name, (*value)[0], 1));
            TY_TRY(const std::int64_t width, wholeIn(name, (*value)[1], 1));
            return std::array{height, width};
        }
        TY_TRY(const std::int64_t both, wholeIn(name, *value, 1));
        return std::array{both, both};
    }

    Result<Activation> activation(const char* name, bool isRequired = false)
    {
        const Json* value = find(name);
        Activation result;
        if (value == nullptr) {
            if (isRequired) {
                return error(fmt::format("{} is missing", name));
            }
        } else {
            const auto known = value->is_string() ? activationFromName(value->get<std::string>()) : std::nullopt;
            if (!known) {
                return error(
                    fmt::format("{} is {}", name, value->dump()),
                    "Known are none, relu, leakyRelu, elu, gelu, silu, sigmoid and tanh.");
            }
            result = *known;
        }
        return withAlpha(result);
    }

    Result<Activation> withAlpha(Activation activation)
    {
        if (activation.kind == ActivationKind::LeakyRelu || activation.kind == ActivationKind::Elu) {
            TY_TRY(const double alpha, real("alpha", static_cast<double>(activation.alpha), 0.0, 1e6));
            activation.alpha = static_cast<float>(alpha);
        }
        return activation;
    }

    /// `input`: {channels, height, width}.
    Result<Padding> padding(
        const char* fallback,
        const Shape& input,
        const std::array<std::int64_t, 2>& kernel,
        const std::array<std::int64_t, 2>& stride,
        const std::array<std::int64_t, 2>& dilation)
    {
        const Json* value = find("padding");
        const Json given = value == nullptr ? Json(fallback) : *value;
        if (given == "valid") {
            return Padding{};
        }
        if (given == "same") {
            std::array<std::int64_t, 2> total{};
            for (std::size_t i = 0; i < 2; ++i) {
                const std::int64_t extent = input[i + 1];
                const std::int64_t result = (extent + stride[i] - 1) / stride[i];
                total[i] = std::max<std::int64_t>(
                    0, (result - 1) * stride[i] + (kernel[i] - 1) * dilation[i] + 1 - extent);
            }
            return Padding{total[0] / 2, total[1] / 2, total[0] - total[0] / 2, total[1] - total[1] / 2};
        }
        std::vector<std::int64_t> numbers;
        if (given.is_array()) {
            for (const Json& number : given) {
                TY_TRY(numbers.emplace_back(), wholeIn("padding", number, 0));
            }
        } else if (given.is_number()) {
            TY_TRY(numbers.emplace_back(), wholeIn("padding", given, 0));
        }
        switch (numbers.size()) {
        case 1: return Padding{numbers[0], numbers[0], numbers[0], numbers[0]};
        case 2: return Padding{numbers[0], numbers[1], numbers[0], numbers[1]};
        case 4: return Padding{numbers[0], numbers[1], numbers[2], numbers[3]};
        default:
            return error(
                fmt::format("padding is {}", given.dump()),
                "Write \"same\", \"valid\", a number, [vertical, horizontal] or [top, left, bottom, right].");
        }
    }

    /// Every setting that nobody asked for is an error.
    Result<void> finish() const
    {
        for (const auto& [key, value] : m_layer.settings.items()) {
            if (!m_known.contains(key)) {
                return error(
                    fmt::format("unknown setting \"{}\"", key), fmt::format("Known are {}.", fmt::join(m_known, ", ")));
            }
        }
        return {};
    }

private:
    Result<std::int64_t> wholeIn(const char* name, const Json& value, std::int64_t minimum)
    {
        if (!value.is_number_integer() || value.get<std::int64_t>() < minimum || value.get<std::int64_t>() > kMaxExtent) {
            return error(
                fmt::format("{} is {}, expected a whole number from {} to {}", name, value.dump(), minimum, kMaxExtent));
        }
        return value.get<std::int64_t>();
    }

    const LayerDescription& m_layer;
    std::set<std::string> m_known;
};

Result<LayerSettings> readDense(SettingReader& reader)
{
    DenseSettings settings;
    TY_TRY(settings.units, reader.whole("units", std::nullopt));
    TY_TRY(settings.hasBias, reader.flag("bias", true));
    TY_TRY(settings.activation, reader.activation("activation"));
    return LayerSettings(settings);
}

Result<void> checkPicture(SettingReader& reader, const Shape& input)
{
    if (input.size() != 3) {
        return reader.error(
            fmt::format("needs a picture (channels, height, width), its input is {}", toString(input)),
            "Use a dense layer, or reshape first.");
    }
    return {};
}

Result<LayerSettings> readConvolution(SettingReader& reader, const Shape& input)
{
    TY_CHECK(checkPicture(reader, input));
    ConvolutionSettings settings;
    TY_TRY(settings.filters, reader.whole("filters", std::nullopt));
    TY_TRY(settings.kernel, reader.pair("kernel", settings.kernel));
    TY_TRY(settings.stride, reader.pair("stride", settings.stride));
    TY_TRY(settings.dilation, reader.pair("dilation", settings.dilation));
    TY_TRY(settings.padding, reader.padding("same", input, settings.kernel, settings.stride, settings.dilation));
    TY_TRY(settings.groups, reader.whole("groups", 1));
    TY_TRY(settings.hasBias, reader.flag("bias", true));
    TY_TRY(settings.activation, reader.activation("activation"));
    if (input[0] % settings.groups != 0 || settings.filters % settings.groups != 0) {
        return reader.error(fmt::format(
            "{} groups divide neither {} channels into {} filters", settings.groups, input[0], settings.filters));
    }
    return LayerSettings(settings);
}

Result<LayerSettings> readPool(SettingReader& reader, const Shape& input)
{
    TY_CHECK(checkPicture(reader, input));
    PoolSettings settings;
    TY_TRY(settings.kernel, reader.pair("kernel", settings.kernel));
    TY_TRY(settings.stride, reader.pair("stride", settings.kernel));
    TY_TRY(settings.padding, reader.padding("valid", input, settings.kernel, settings.stride, {1, 1}));
    return LayerSettings(settings);
}

Result<LayerSettings> readNorm(SettingReader& reader, bool isBatchNorm)
{
    NormSettings settings;
    if (isBatchNorm) {
        TY_TRY(settings.momentum, reader.real("momentum", settings.momentum, 0.0, 1.0000001));
    }
    TY_TRY(settings.epsilon, reader.real("epsilon", settings.epsilon, 1e-12, 1.0));
    TY_TRY(settings.activation, reader.activation("activation"));
    return LayerSettings(settings);
}

Result<LayerSettings> readReshape(SettingReader& reader, const Shape& input)
{
    const Json* given = reader.find("shape");
    ReshapeSettings settings;
    if (given == nullptr || !given->is_array() || given->empty() || given->size() > 3) {
        return reader.error("shape is not a list of one to three extents");
    }
    double product = 1;
    for (const Json& extent : *given) {
        if (!extent.is_number_integer() || extent.get<std::int64_t>() < 1 || extent.get<std::int64_t>() > kMaxExtent) {
            return reader.error(fmt::format("{} is not an extent", extent.dump()));
        }
        settings.shape.push_back(extent.get<std::int64_t>());
        product *= static_cast<double>(settings.shape.back());
    }
    if (product != static_cast<double>(elementCount(input))) {
        return reader.error(
            fmt::format("{} and {} hold different numbers of values", toString(input), toString(settings.shape)));
    }
    return LayerSettings(settings);
}

Result<LayerSettings> readByType(SettingReader& reader, const std::string& type, const Shape& input)
{
    if (type == "dense") {
        return readDense(reader);
    }
    if (type == "conv2d") {
        return readConvolution(reader, input);
    }
    if (type == "maxPool2d" || type == "averagePool2d") {
        return readPool(reader, input);
    }
    if (type == "globalAveragePool2d") {
        TY_CHECK(checkPicture(reader, input));
        return LayerSettings(GlobalPoolSettings{});
    }
    if (type == "batchNorm" || type == "layerNorm") {
        return readNorm(reader, type == "batchNorm");
    }
    if (type == "dropout") {
        TY_TRY(const double rate, reader.real("rate", 0.5, 0.0, 1.0));
        return LayerSettings(DropoutSettings{rate});
    }
    if (type == "activation") {
        TY_TRY(const Activation activation, reader.activation("activation", true));
        return LayerSettings(ActivationSettings{activation});
    }
    if (type == "softmax") {
        return LayerSettings(SoftmaxSettings{});
    }
    if (type == "flatten") {
        return LayerSettings(ReshapeSettings{{elementCount(input)}});
    }
    if (type == "reshape") {
        return readReshape(reader, input);
    }
    if (type == "add" || type == "multiply") {
        CombineSettings settings;
        settings.isProduct = type == "multiply";
        TY_TRY(settings.activation, reader.activation("activation"));
        return LayerSettings(settings);
    }
    if (type == "concat") {
        return LayerSettings(ConcatSettings{});
    }
    if (const auto activation = activationFromName(type); activation && activation->kind != ActivationKind::None) {
        TY_TRY(const Activation whole, reader.withAlpha(*activation));
        return LayerSettings(ActivationSettings{whole});
    }
    return reader.error(
        "unknown type",
        "Known are dense, conv2d, maxPool2d, averagePool2d, globalAveragePool2d, batchNorm, layerNorm, dropout, "
        "activation, relu, leakyRelu, elu, gelu, silu, sigmoid, tanh, softmax, flatten, reshape, add, multiply, concat.");
}

} // namespace

Result<LayerSettings> readLayerSettings(const LayerDescription& layer, const Shape& input)
{
    SettingReader reader(layer);
    auto settings = readByType(reader, layer.type, input);
    if (settings) {
        TY_CHECK(reader.finish());
    }
    return settings;
}

Result<std::vector<std::vector<std::string>>> resolveInputs(const ModelDescription& model)
{
    std::vector<std::vector<std::string>> resolved;
    std::set<std::string> earlier{"input"};
    std::string previous = "input";
    for (const LayerDescription& layer : model.layers) {
        std::vector<std::string> inputs = layer.inputs;
        if (inputs.empty()) {
            inputs = {previous};
        }
        for (const std::string& input : inputs) {
            if (!earlier.contains(input)) {
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format("layer \"{}\" ({}): its input \"{}\" is no earlier layer", layer.name, layer.type, input),
                    "Layers take their inputs from layers above them, or from \"input\"."};
            }
        }
        const bool isCombining = layer.type == "add" || layer.type == "multiply" || layer.type == "concat";
        if (isCombining != (inputs.size() > 1)) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "layer \"{}\" ({}): {} inputs given, expected {}",
                    layer.name,
                    layer.type,
                    inputs.size(),
                    isCombining ? "two or more" : "one"),
                {}};
        }
        if (!earlier.insert(layer.name).second) {
            return Error{
                ErrorKind::InvalidInput, fmt::format("network: two layers are called \"{}\"", layer.name), {}};
        }
        previous = layer.name;
        resolved.push_back(std::move(inputs));
    }
    return resolved;
}

} // namespace ty::engine
