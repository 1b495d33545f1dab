#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/nn/layer_types.h"

namespace ty::engine {

/// Reads one layer's settings and notes which were asked for, so that misspelt ones are found. Errors name the layer,
/// the setting and what was expected. A setting that is null is not there.
class SettingReader {
public:
    explicit SettingReader(const LayerDescription& layer) : m_layer(layer) {}

    Error error(const std::string& text, const std::string& advice = {}) const;
    const Json* find(const char* name);

    Result<std::int64_t> whole(const char* name, std::optional<std::int64_t> fallback, std::int64_t minimum = 1);
    /// In [low, high).
    Result<double> real(const char* name, double fallback, double low, double high);
    Result<bool> flag(const char* name, bool fallback);
    /// One of `choices`; its place among them. The first is the default.
    Result<std::size_t> choice(const char* name, const std::vector<std::string>& choices);
    /// A number, or [height, width].
    Result<std::array<std::int64_t, 2>> pair(
        const char* name, std::array<std::int64_t, 2> fallback, std::int64_t minimum = 1);
    /// A list of `count` numbers; any count but 0 if not given.
    Result<std::vector<std::int64_t>> list(
        const char* name, std::optional<std::size_t> count, std::int64_t minimum);
    /// An axis of `input` as a person counts: the first beside the batch is 1.
    Result<std::int64_t> axis(const char* name, const Shape& input, std::optional<std::int64_t> fallback);
    Result<Activation> activation(const char* name, bool isRequired = false);
    /// The activation with the setting "alpha", where it has one.
    Result<Activation> withAlpha(Activation activation);
    /// "same", "valid", a number, [vertical, horizontal] or [top, left, bottom, right]. `input`: {channels, height, width}.
    Result<Padding> padding(
        const char* fallback,
        const Shape& input,
        const std::array<std::int64_t, 2>& kernel,
        const std::array<std::int64_t, 2>& stride,
        const std::array<std::int64_t, 2>& dilation);
    /// The numbers of a padding that is neither "same" nor "valid".
    Result<Padding> paddingNumbers(const Json& given);

    Result<InitialSettings> initial();

    /// The input is {channels, height, width}.
    Result<void> checkPicture(const Shape& input) const;
    /// Every setting that nobody asked for is an error.
    Result<void> finish() const;

private:
    Result<std::int64_t> wholeIn(const char* name, const Json& value, std::int64_t minimum) const;

    const LayerDescription& m_layer;
    std::set<std::string> m_known;
};

} // namespace ty::engine
