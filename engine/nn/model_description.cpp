#include "engine/nn/model_description.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace ty::engine {

namespace {

constexpr std::size_t kMaxLayers = 10'000;
constexpr std::int64_t kMaxExtent = std::int64_t{1} << 24;

Error invalid(std::string message, std::string advice = {})
{
    return Error{ErrorKind::InvalidInput, std::move(message), std::move(advice)};
}

/// A name as a message shows it, with what cannot be printed written out; of a long one the beginning.
std::string shown(const std::string& name)
{
    constexpr std::size_t kMost = 60;
    const std::string text = name.size() > kMost ? name.substr(0, kMost) + "..." : name;
    return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

Result<LayerDescription> layerFromJson(const Json& json, std::size_t index)
{
    const std::string place = fmt::format("network: layer {}", index + 1);
    if (!json.is_object()) {
        return invalid(place + " is not an object");
    }
    LayerDescription layer;
    TY_TRY(layer.type, jsonField<std::string>(json, "type", place));
    TY_TRY(layer.name, jsonFieldOr<std::string>(json, "name", fmt::format("{}{}", layer.type, index + 1), place));
    const bool isPrintable = std::none_of(
        layer.name.begin(), layer.name.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
    if (layer.name.empty() || layer.name.size() > 200 || layer.name == "input" || !isPrintable
        || layer.name.starts_with("optimizer/")) { // checkpoints call the optimizer's numbers so
        return invalid(fmt::format("{}: {} cannot be a layer's name", place, shown(layer.name)));
    }
    for (const auto& [key, value] : json.items()) {
        if (key == "inputs") {
            if (!value.is_array()) {
                return invalid(fmt::format("layer \"{}\": inputs is not a list of names", layer.name));
            }
            for (const Json& input : value) {
                if (!input.is_string()) {
                    return invalid(fmt::format("layer \"{}\": inputs is not a list of names", layer.name));
                }
                layer.inputs.push_back(input.get<std::string>());
            }
        } else if (key != "name" && key != "type") {
            layer.settings[key] = value;
        }
    }
    return layer;
}

} // namespace

Result<ModelDescription> ModelDescription::fromJson(const Json& json)
{
    if (!json.is_object()) {
        return invalid("network: not an object");
    }
    ModelDescription model;
    for (const auto& [key, value] : json.items()) {
        if (key != "input" && key != "layers" && key != "summary") { // the summary is what --print-network --json adds
            return invalid(fmt::format("network: unknown key \"{}\"", key), "Known are input and layers.");
        }
    }
    if (!json.contains("input") || !json["input"].is_array()) {
        return invalid("network: input is not a list of extents", "Write [features] or [channels, height, width].");
    }
    for (const Json& extent : json["input"]) {
        if (!extent.is_number_integer() || extent.get<std::int64_t>() < 1 || extent.get<std::int64_t>() > kMaxExtent) {
            return invalid(fmt::format("network: {} is not an extent of the input", extent.dump()));
        }
        model.input.push_back(extent.get<std::int64_t>());
    }
    if (model.input.empty() || model.input.size() > 3) {
        return invalid(
            fmt::format("network: an input of rank {} is not known", model.input.size()),
            "Write [features] or [channels, height, width].");
    }
    if (!json.contains("layers") || !json["layers"].is_array()) {
        return invalid("network: layers is not a list", "Write [{\"type\": \"dense\", \"units\": 10}, ...].");
    }
    if (json["layers"].empty()) {
        return invalid("network: no layers");
    }
    if (json["layers"].size() > kMaxLayers) {
        return invalid(fmt::format("network: more than {} layers", kMaxLayers));
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < json["layers"].size(); ++i) {
        TY_TRY(LayerDescription layer, layerFromJson(json["layers"][i], i));
        if (!names.insert(layer.name).second) {
            return invalid(fmt::format("network: two layers are called \"{}\"", layer.name));
        }
        model.layers.push_back(std::move(layer));
    }
    return model;
}

Json ModelDescription::toJson() const
{
    Json json;
    json["input"] = input;
    json["layers"] = Json::array();
    for (const LayerDescription& layer : layers) {
        Json row;
        row["name"] = layer.name;
        row["type"] = layer.type;
        if (!layer.inputs.empty()) {
            row["inputs"] = layer.inputs;
        }
        for (const auto& [key, value] : layer.settings.items()) {
            row[key] = value;
        }
        json["layers"].push_back(std::move(row));
    }
    return json;
}

} // namespace ty::engine
