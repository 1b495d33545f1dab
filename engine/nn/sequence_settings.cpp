#include "engine/nn/sequence_settings.h"

#include <fmt/format.h>

namespace ty::engine {

namespace {

Result<void> checkSequence(const SettingReader& reader, const Shape& input)
{
    if (input.size() != 2) {
        return reader.error(
            fmt::format("needs a sequence (steps, features), its input is {}", toString(input)),
            "Use an embedding, reshape or transpose layer first.");
    }
    return {};
}

Result<EmbeddingSettings> readEmbedding(SettingReader& reader, const Shape& input)
{
    EmbeddingSettings settings;
    TY_TRY(settings.vocabulary, reader.whole("vocabulary", std::nullopt));
    TY_TRY(settings.units, reader.whole("units", std::nullopt));
    if (input.size() > 2) {
        return reader.error(fmt::format("needs numbers (steps), its input is {}", toString(input)));
    }
    return settings;
}

Result<RecurrentSettings> readRecurrent(SettingReader& reader, const std::string& type, const Shape& input)
{
    TY_CHECK(checkSequence(reader, input));
    RecurrentSettings settings;
    settings.cell = type == "lstm" ? RecurrentCell::Lstm : type == "gru" ? RecurrentCell::Gru : RecurrentCell::Tanh;
    if (type == "rnn") {
        TY_TRY(const std::size_t activation, reader.choice("activation", {"tanh", "relu"}));
        settings.cell = activation == 0 ? RecurrentCell::Tanh : RecurrentCell::Relu;
    }
    TY_TRY(settings.units, reader.whole("units", std::nullopt));
    TY_TRY(settings.layers, reader.whole("layers", 1));
    TY_TRY(settings.isBidirectional, reader.flag("bidirectional", false));
    TY_TRY(const std::size_t output, reader.choice("output", {"last", "all"}));
    settings.isWhole = output == 1;
    TY_TRY(settings.isCarried, reader.flag("carryState", false));
    if (settings.layers > 100) {
        return reader.error(fmt::format("layers is {}, expected 1 to 100", settings.layers));
    }
    if (settings.isCarried && settings.isBidirectional) {
        return reader.error("a state that is carried over has no way back: bidirectional is not possible");
    }
    return settings;
}

Result<AttentionSettings> readAttention(SettingReader& reader, const Shape& input)
{
    TY_CHECK(checkSequence(reader, input));
    AttentionSettings settings;
    TY_TRY(settings.heads, reader.whole("heads", 1));
    TY_TRY(settings.units, reader.whole("units", input[1]));
    TY_TRY(settings.isCausal, reader.flag("causal", false));
    TY_TRY(settings.hasBias, reader.flag("bias", true));
    TY_TRY(settings.dropout, reader.real("dropout", 0.0, 0.0, 1.0));
    if (settings.units % settings.heads != 0) {
        return reader.error(fmt::format("{} heads do not divide {} units", settings.heads, settings.units));
    }
    return settings;
}

} // namespace

Result<std::optional<LayerSettings>> readSequenceLayer(
    SettingReader& reader, const std::string& type, const Shape& input)
{
    using Found = std::optional<LayerSettings>;
    if (type == "embedding") {
        TY_TRY(const EmbeddingSettings settings, readEmbedding(reader, input));
        return Found(settings);
    }
    if (type == "lstm" || type == "gru" || type == "rnn") {
        TY_TRY(const RecurrentSettings settings, readRecurrent(reader, type, input));
        return Found(settings);
    }
    if (type == "attention") {
        TY_TRY(const AttentionSettings settings, readAttention(reader, input));
        return Found(settings);
    }
    return Found();
}

} // namespace ty::engine
