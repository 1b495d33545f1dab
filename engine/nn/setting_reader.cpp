#include "engine/nn/setting_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ty::engine {

namespace {

constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;

} // namespace

Error SettingReader::error(const std::string& text, const std::string& advice) const
{
    return Error{
        ErrorKind::InvalidInput, fmt::format("layer \"{}\" ({}): {}", m_layer.name, m_layer.type, text), advice};
}

const Json* SettingReader::find(const char* name)
{
    m_known.insert(name);
    const auto found = m_layer.settings.find(name);
    return found == m_layer.settings.end() || found->is_null() ? nullptr : &*found;
}

Result<std::int64_t> SettingReader::whole(
    const char* name, std::optional<std::int64_t> fallback, std::int64_t minimum)
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

Result<double> SettingReader::real(const char* name, double fallback, double low, double high)
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

Result<bool> SettingReader::flag(const char* name, bool fallback)
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

Result<std::size_t> SettingReader::choice(const char* name, const std::vector<std::string>& choices)
{
    const Json* value = find(name);
    if (value == nullptr) {
        return std::size_t{0};
    }
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (*value == choices[i]) {
            return i;
        }
    }
    return error(
        fmt::format("{} is {}", name, value->dump()), fmt::format("Known are {}.", fmt::join(choices, ", ")));
}

Result<std::array<std::int64_t, 2>> SettingReader::pair(
    const char* name, std::array<std::int64_t, 2> fallback, std::int64_t minimum)
{
    const Json* value = find(name);
    if (value == nullptr) {
        return fallback;
    }
    if (value->is_array() && value->size() == 2) {
        TY_TRY(const std::int64_t height, wholeIn(name, (*value)[0], minimum));
        TY_TRY(const std::int64_t width, wholeIn(name, (*value)[1], minimum));
        return std::array{height, width};
    }
    TY_TRY(const std::int64_t both, wholeIn(name, *value, minimum));
    return std::array{both, both};
}

Result<std::vector<std::int64_t>> SettingReader::list(
    const char* name, std::optional<std::size_t> count, std::int64_t minimum)
{
    const Json* value = find(name);
    if (value == nullptr) {
        return error(fmt::format("{} is missing", name));
    }
    if (!value->is_array() || value->empty() || (count && value->size() != *count)) {
        return error(
            count ? fmt::format("{} is {}, expected a list of {} whole numbers", name, value->dump(), *count)
                  : fmt::format("{} is {}, expected a list of whole numbers", name, value->dump()));
    }
    std::vector<std::int64_t> numbers;
    for (const Json& number : *value) {
        TY_TRY(numbers.emplace_back(), wholeIn(name, number, minimum));
    }
    return numbers;
}

Result<std::int64_t> SettingReader::axis(const char* name, const Shape& input, std::optional<std::int64_t> fallback)
{
    TY_TRY(const std::int64_t number, whole(name, fallback));
    if (number > static_cast<std::int64_t>(input.size())) {
        return error(fmt::format("{} is {}, the input {} has axes 1 to {}", name, number, toString(input), input.size()));
    }
    return number;
}

Result<Activation> SettingReader::activation(const char* name, bool isRequired)
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
                "Known are none, relu, leakyRelu, elu, gelu, silu, sigmoid, tanh, hardSigmoid, hardSwish and hardTanh.");
        }
        result = *known;
    }
    return withAlpha(result);
}

Result<Activation> SettingReader::withAlpha(Activation activation)
{
    if (activation.kind == ActivationKind::LeakyRelu || activation.kind == ActivationKind::Elu) {
        TY_TRY(const double alpha, real("alpha", static_cast<double>(activation.alpha), 0.0, 1e6));
        activation.alpha = static_cast<float>(alpha);
    }
    return activation;
}

Result<Padding> SettingReader::padding(
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
    return paddingNumbers(given);
}

Result<Padding> SettingReader::paddingNumbers(const Json& given)
{
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

Result<InitialSettings> SettingReader::initial()
{
    InitialSettings settings;
    if (const Json* value = find("biasInitial"); value != nullptr) {
        if (!value->is_number() || !std::isfinite(value->get<double>())) {
            return error(fmt::format("biasInitial is {}, expected a number", value->dump()));
        }
        settings.bias = value->get<double>();
    }
    const Json* value = find("initial");
    if (value == nullptr) {
        return settings;
    }
    static constexpr std::array<std::pair<const char*, InitialKind>, 5> kNamed{{
        {"heNormal", InitialKind::HeNormal},
        {"heUniform", InitialKind::HeUniform},
        {"glorotNormal", InitialKind::GlorotNormal},
        {"glorotUniform", InitialKind::GlorotUniform},
        {"orthogonal", InitialKind::Orthogonal},
    }};
    for (const auto& [name, kind] : kNamed) {
        if (*value == name) {
            settings.weight = Initialisation{kind, 1, 1, 0};
        }
    }
    for (const auto& [name, kind] : {std::pair{"uniform", InitialKind::Uniform}, std::pair{"normal", InitialKind::Normal}}) {
        if (value->is_object() && value->size() == 1 && value->contains(name) && (*value)[name].is_number()
            && (*value)[name].get<double>() >= 0 && (*value)[name].get<double>() < 1e6) {
            settings.weight = Initialisation{kind, 1, 1, (*value)[name].get<double>()};
        }
    }
    if (!settings.weight) {
        return error(
            fmt::format("initial is {}", value->dump()),
            "Known are heNormal, heUniform, glorotNormal, glorotUniform, orthogonal, {\"uniform\": limit} and "
            "{\"normal\": deviation}.");
    }
    return settings;
}

Result<void> SettingReader::checkPicture(const Shape& input) const
{
    if (input.size() != 3) {
        return error(
            fmt::format("needs a picture (channels, height, width), its input is {}", toString(input)),
            "Use a dense layer, or reshape first.");
    }
    return {};
}

Result<void> SettingReader::finish() const
{
    for (const auto& [key, value] : m_layer.settings.items()) {
        if (!m_known.contains(key)) {
            return error(
                fmt::format("unknown setting \"{}\"", key), fmt::format("Known are {}.", fmt::join(m_known, ", ")));
        }
    }
    return {};
}

Result<std::int64_t> SettingReader::wholeIn(const char* name, const Json& value, std::int64_t minimum) const
{
    if (!value.is_number_integer() || value.get<std::int64_t>() < minimum || value.get<std::int64_t>() > kMaxExtent) {
        return error(
            fmt::format("{} is {}, expected a whole number from {} to {}", name, value.dump(), minimum, kMaxExtent));
    }
    return value.get<std::int64_t>();
}

} // namespace ty::engine
