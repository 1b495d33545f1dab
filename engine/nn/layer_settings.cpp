#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/nn/layer_types.h"
#include "engine/nn/sequence_settings.h"
#include "engine/nn/setting_reader.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;

Result<LayerSettings> readDense(SettingReader& reader)
{
    DenseSettings settings;
    TY_TRY(settings.units, reader.whole("units", std::nullopt));
    TY_TRY(settings.hasBias, reader.flag("bias", true));
    TY_TRY(settings.activation, reader.activation("activation"));
    TY_TRY(const std::size_t over, reader.choice("over", {"sample", "last"}));
    settings.isOverLast = over == 1;
    return LayerSettings(settings);
}

Result<void> checkGroups(const SettingReader& reader, const ConvolutionSettings& settings, std::int64_t channels)
{
    if (channels % settings.groups != 0 || settings.filters % settings.groups != 0) {
        return reader.error(fmt::format(
            "{} groups do not divide both the {} channels of its input and its {} filters",
            settings.groups,
            channels,
            settings.filters));
    }
    return {};
}

Result<LayerSettings> readConvolution(SettingReader& reader, const Shape& input)
{
    TY_CHECK(reader.checkPicture(input));
    ConvolutionSettings settings;
    TY_TRY(settings.filters, reader.whole("filters", std::nullopt));
    TY_TRY(settings.kernel, reader.pair("kernel", settings.kernel));
    TY_TRY(settings.stride, reader.pair("stride", settings.stride));
    TY_TRY(settings.dilation, reader.pair("dilation", settings.dilation));
    TY_TRY(settings.padding, reader.padding("same", input, settings.kernel, settings.stride, settings.dilation));
    TY_TRY(settings.groups, reader.whole("groups", 1));
    TY_TRY(settings.hasBias, reader.flag("bias", true));
    TY_TRY(settings.activation, reader.activation("activation"));
    TY_CHECK(checkGroups(reader, settings, input[0]));
    return LayerSettings(settings);
}

/// A picture of one row.
Result<LayerSettings> readConvolution1d(SettingReader& reader, const Shape& input)
{
    if (input.size() != 2) {
        return reader.error(
            fmt::format("needs (channels, length), its input is {}", toString(input)),
            "Use a reshape or transpose layer first.");
    }
    ConvolutionSettings settings;
    TY_TRY(settings.filters, reader.whole("filters", std::nullopt));
    TY_TRY(const std::int64_t kernel, reader.whole("kernel", 3));
    TY_TRY(const std::int64_t stride, reader.whole("stride", 1));
    TY_TRY(const std::int64_t dilation, reader.whole("dilation", 1));
    settings.kernel = {1, kernel};
    settings.stride = {1, stride};
    settings.dilation = {1, dilation};
    TY_TRY(
        settings.padding,
        reader.padding("same", {input[0], 1, input[1]}, settings.kernel, settings.stride, settings.dilation));
    if (const Json* given = reader.find("padding"); given != nullptr && given->is_array()) {
        TY_TRY(const auto sides, reader.list("padding", 2, 0));
        settings.padding.left = sides[0];
        settings.padding.right = sides[1];
    }
    settings.padding.top = 0;
    settings.padding.bottom = 0;
    TY_TRY(settings.groups, reader.whole("groups", 1));
    TY_TRY(settings.hasBias, reader.flag("bias", true));
    TY_TRY(settings.activation, reader.activation("activation"));
    TY_CHECK(checkGroups(reader, settings, input[0]));
    return LayerSettings(settings);
}

Result<LayerSettings> readTransposed(SettingReader& reader, const Shape& input)
{
    TY_CHECK(reader.checkPicture(input));
    TransposedSettings settings;
    ConvolutionSettings& convolution = settings.convolution;
    TY_TRY(convolution.filters, reader.whole("filters", std::nullopt));
    TY_TRY(convolution.kernel, reader.pair("kernel", convolution.kernel));
    TY_TRY(convolution.stride, reader.pair("stride", convolution.stride));
    TY_TRY(convolution.dilation, reader.pair("dilation", convolution.dilation));
    TY_TRY(convolution.groups, reader.whole("groups", 1));
    TY_TRY(convolution.hasBias, reader.flag("bias", true));
    TY_TRY(convolution.activation, reader.activation("activation"));
    TY_CHECK(checkGroups(reader, convolution, input[0]));
    TY_TRY(auto extra, reader.pair("outputPadding", {0, 0}, 0));

    const Json* padding = reader.find("padding");
    std::array<std::int64_t, 2> before{};
    std::array<std::int64_t, 2> after{};
    const bool isSame = padding == nullptr || *padding == "same";
    if (isSame && (extra[0] > 0 || extra[1] > 0)) {
        return reader.error(
            "outputPadding does not go with padding \"same\", which decides the result; give padding in numbers or \"valid\"");
    }
    if (!isSame && *padding != "valid") {
        TY_TRY(convolution.padding, reader.paddingNumbers(*padding));
        before = {convolution.padding.top, convolution.padding.left};
        after = {convolution.padding.bottom, convolution.padding.right};
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const std::int64_t stride = convolution.stride[i];
        const std::int64_t window = (convolution.kernel[i] - 1) * convolution.dilation[i] + 1;
        if (isSame) {
            // The windows overlap by window - stride, or leave rows between them.
            const std::int64_t overlap = window - stride;
            before[i] = std::max<std::int64_t>(overlap, 0) / 2;
            after[i] = std::max<std::int64_t>(overlap, 0) - before[i];
            extra[i] = std::max<std::int64_t>(-overlap, 0);
        }
        if (extra[i] > 0 && extra[i] >= stride) {
            return reader.error(fmt::format("outputPadding {} is not below the stride {}", extra[i], stride));
        }
        settings.result[i] = (input[i + 1] - 1) * stride + window + extra[i] - before[i] - after[i];
        if (settings.result[i] < 1 || settings.result[i] > kMaxExtent) {
            return reader.error(fmt::format("its result would have an extent of {}", settings.result[i]));
        }
    }
    convolution.padding = {before[0], before[1], after[0], after[1]};
    return LayerSettings(settings);
}

Result<LayerSettings> readPool(SettingReader& reader, const Shape& input)
{
    TY_CHECK(reader.checkPicture(input));
    PoolSettings settings;
    TY_TRY(settings.kernel, reader.pair("kernel", settings.kernel));
    TY_TRY(settings.stride, reader.pair("stride", settings.kernel));
    TY_TRY(settings.padding, reader.padding("valid", input, settings.kernel, settings.stride, {1, 1}));
    TY_TRY(const bool isCeil, reader.flag("ceil", false));
    if (isCeil) {
        const auto reach = [&](std::size_t i, std::int64_t before, std::int64_t& after) {
            const std::int64_t room = input[i + 1] + before + after - settings.kernel[i];
            if (room < 0) {
                return; // not one window fits: the op says so
            }
            std::int64_t last = (room + settings.stride[i] - 1) / settings.stride[i];
            if (last * settings.stride[i] >= input[i + 1] + before) {
                --last; // it would begin behind the picture
            }
            after = std::max(after, last * settings.stride[i] + settings.kernel[i] - input[i + 1] - before);
        };
        reach(0, settings.padding.top, settings.padding.bottom);
        reach(1, settings.padding.left, settings.padding.right);
    }
    return LayerSettings(settings);
}

Result<LayerSettings> readNorm(SettingReader& reader, const std::string& type, const Shape& input)
{
    NormSettings settings;
    if (type == "batchNorm") {
        TY_TRY(settings.momentum, reader.real("momentum", settings.momentum, 0.0, 1.0000001));
    } else if (type == "layerNorm") {
        TY_TRY(const std::size_t over, reader.choice("over", {"sample", "last"}));
        settings.isOverLast = over == 1;
    } else {
        TY_TRY(settings.groups, reader.whole("groups", std::nullopt));
        if (input[0] % settings.groups != 0) {
            return reader.error(
                fmt::format("{} groups do not divide the channels of {}", settings.groups, toString(input)));
        }
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

Result<LayerSettings> readTranspose(SettingReader& reader, const Shape& input)
{
    TransposeSettings settings;
    TY_TRY(settings.order, reader.list("order", input.size(), 1));
    std::vector<std::int64_t> axes(input.size());
    std::iota(axes.begin(), axes.end(), std::int64_t{1});
    if (!std::is_permutation(axes.begin(), axes.end(), settings.order.begin())) {
        return reader.error(fmt::format(
            "order {} does not name each axis of {} once", toString(settings.order), toString(input)));
    }
    return LayerSettings(settings);
}

Result<LayerSettings> readPad(SettingReader& reader, const Shape& input)
{
    PadSettings settings;
    TY_TRY(settings.before, reader.list("before", input.size(), 0));
    TY_TRY(settings.after, reader.list("after", input.size(), 0));
    return LayerSettings(settings);
}

Result<LayerSettings> readSlice(SettingReader& reader, const Shape& input)
{
    SliceSettings settings;
    TY_TRY(settings.axis, reader.axis("axis", input, 1));
    TY_TRY(settings.begin, reader.whole("begin", 0, 0));
    TY_TRY(settings.count, reader.whole("count", std::nullopt));
    return LayerSettings(settings);
}

Result<LayerSettings> readReduce(SettingReader& reader, const std::string& type, const Shape& input)
{
    ReduceSettings settings;
    settings.isMean = type == "mean";
    TY_TRY(settings.axes, reader.list("axes", std::nullopt, 1));
    std::sort(settings.axes.rbegin(), settings.axes.rend());
    const bool isTwice = std::adjacent_find(settings.axes.begin(), settings.axes.end()) != settings.axes.end();
    if (isTwice || settings.axes.front() > static_cast<std::int64_t>(input.size())) {
        return reader.error(
            fmt::format("axes {} are not different axes of {}", toString(settings.axes), toString(input)));
    }
    return LayerSettings(settings);
}

/// Layers that move values but learn nothing.
Result<std::optional<LayerSettings>> readShapeLayer(
    SettingReader& reader, const std::string& type, const Shape& input)
{
    using Found = std::optional<LayerSettings>;
    if (type == "flatten") {
        return Found(ReshapeSettings{{elementCount(input)}});
    }
    if (type == "reshape") {
        TY_TRY(auto settings, readReshape(reader, input));
        return Found(std::move(settings));
    }
    if (type == "transpose") {
        TY_TRY(auto settings, readTranspose(reader, input));
        return Found(std::move(settings));
    }
    if (type == "pad") {
        TY_TRY(auto settings, readPad(reader, input));
        return Found(std::move(settings));
    }
    if (type == "slice") {
        TY_TRY(auto settings, readSlice(reader, input));
        return Found(std::move(settings));
    }
    if (type == "sum" || type == "mean") {
        TY_TRY(auto settings, readReduce(reader, type, input));
        return Found(std::move(settings));
    }
    if (type == "add" || type == "multiply") {
        CombineSettings settings;
        settings.isProduct = type == "multiply";
        TY_TRY(settings.activation, reader.activation("activation"));
        return Found(settings);
    }
    if (type == "concat") {
        TY_TRY(const std::int64_t axis, reader.axis("axis", input, 1));
        return Found(ConcatSettings{axis});
    }
    return Found();
}

Error unknownType(const SettingReader& reader)
{
    return reader.error("unknown type", fmt::format("Known are {}.", fmt::join(layerTypes(), ", ")));
}

Result<LayerSettings> readByType(SettingReader& reader, const std::string& type, const Shape& input)
{
    // Whoever adds a type below has to add it to the list, by which tests find out what they must cover.
    if (std::find(layerTypes().begin(), layerTypes().end(), type) == layerTypes().end()) {
        return unknownType(reader);
    }
    if (type == "dense") {
        return readDense(reader);
    }
    if (type == "conv2d") {
        return readConvolution(reader, input);
    }
    if (type == "conv1d") {
        return readConvolution1d(reader, input);
    }
    if (type == "convTranspose2d") {
        return readTransposed(reader, input);
    }
    if (type == "maxPool2d" || type == "averagePool2d") {
        return readPool(reader, input);
    }
    if (type == "upsample2d") {
        TY_CHECK(reader.checkPicture(input));
        TY_TRY(const auto factor, reader.pair("factor", {2, 2}));
        return LayerSettings(UpsampleSettings{factor});
    }
    if (type == "globalAveragePool2d" || type == "globalMaxPool2d") {
        TY_CHECK(reader.checkPicture(input));
        return LayerSettings(GlobalPoolSettings{type == "globalMaxPool2d"});
    }
    if (type == "batchNorm" || type == "layerNorm" || type == "groupNorm") {
        return readNorm(reader, type, input);
    }
    if (type == "dropout") {
        TY_TRY(const double rate, reader.real("rate", 0.5, 0.0, 1.0));
        return LayerSettings(DropoutSettings{rate});
    }
    if (type == "activation") {
        TY_TRY(const Activation activation, reader.activation("activation", true));
        return LayerSettings(ActivationSettings{activation});
    }
    if (type == "scale") {
        if (reader.find("factor") == nullptr) {
            return reader.error("factor is missing");
        }
        TY_TRY(const double factor, reader.real("factor", 1.0, -1e30, 1e30));
        return LayerSettings(ActivationSettings{{ActivationKind::Scale, static_cast<float>(factor)}});
    }
    if (type == "softmax") {
        return LayerSettings(SoftmaxSettings{});
    }
    TY_TRY(auto shapeLayer, readShapeLayer(reader, type, input));
    if (shapeLayer) {
        return std::move(*shapeLayer);
    }
    TY_TRY(auto sequenceLayer, readSequenceLayer(reader, type, input));
    if (sequenceLayer) {
        return std::move(*sequenceLayer);
    }
    if (const auto activation = activationFromName(type); activation && activation->kind != ActivationKind::None) {
        TY_TRY(const Activation whole, reader.withAlpha(*activation));
        return LayerSettings(ActivationSettings{whole});
    }
    return unknownType(reader);
}

bool hasWeights(const std::string& type)
{
    static const std::set<std::string> types{
        "dense", "conv2d", "conv1d", "convTranspose2d", "embedding", "lstm", "gru", "rnn", "attention"};
    return types.contains(type);
}

} // namespace

const std::vector<std::string>& layerTypes()
{
    static const std::vector<std::string> types{
        "dense", "conv2d", "conv1d", "convTranspose2d", "maxPool2d", "averagePool2d", "globalAveragePool2d",
        "globalMaxPool2d", "upsample2d", "batchNorm", "layerNorm", "groupNorm", "dropout", "activation", "relu", "leakyRelu", "elu", "gelu", "silu", "sigmoid",
        "tanh", "hardSigmoid", "hardSwish", "hardTanh", "scale", "softmax", "flatten", "reshape", "transpose", "pad", "slice",
        "sum", "mean", "add", "multiply", "concat", "embedding", "lstm", "gru", "rnn", "attention"};
    return types;
}

Result<InitialSettings> readInitialSettings(const LayerDescription& layer)
{
    return SettingReader(layer).initial();
}

Result<LayerSettings> readLayerSettings(const LayerDescription& layer, const Shape& input)
{
    SettingReader reader(layer);
    if (hasWeights(layer.type)) {
        TY_CHECK(reader.initial());
    }
    TY_CHECK(reader.flag("frozen", false));
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
                const bool isLater = std::any_of(
                    model.layers.begin(), model.layers.end(), [&](const auto& other) { return other.name == input; });
                return Error{
                    ErrorKind::InvalidInput,
                    fmt::format(
                        "layer \"{}\" ({}): its input \"{}\" {}",
                        layer.name,
                        layer.type,
                        input,
                        input == layer.name ? "is the layer itself"
                            : isLater       ? "stands below it"
                                            : "is not the name of a layer"),
                    "Layers take their inputs from layers above them, or from \"input\"; there are no circles."};
            }
        }
        const bool isCombining = layer.type == "add" || layer.type == "multiply" || layer.type == "concat";
        const bool isPairPossible = isCombining || layer.type == "attention";
        const bool isOneEnough = !isCombining;
        if ((inputs.size() == 1 && !isOneEnough) || (inputs.size() == 2 && !isPairPossible)
            || (inputs.size() > 2 && !isCombining)) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "layer \"{}\" ({}): {} inputs given, expected {}",
                    layer.name,
                    layer.type,
                    inputs.size(),
                    isCombining          ? "two or more"
                        : isPairPossible ? "one or two"
                                         : "one"),
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
