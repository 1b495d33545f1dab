#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// A setting of a layer, as a person writes it into a description.
struct SettingGuide {
    std::string name;
    std::string usual; ///< its value where it is not given, as JSON; empty: it must be given
    std::string help;
};

/// What a person has to know of layer types to write a description (ModelDescription). Shapes are without the batch.
struct LayerGuide {
    std::vector<std::string> types; ///< that share these words
    std::string shapes;             ///< "(channels, height, width) -> (filters, height', width')"
    std::string help;
    std::vector<SettingGuide> settings;
    Json example;       ///< a layer of the first type without a name
    Shape exampleInput; ///< that it takes
};

/// All layer types (layerTypes()), in the order in which a person looks for them.
const std::vector<LayerGuide>& layerGuides();

/// Settings of every layer: "frozen"; and of those with weights: "initial", "biasInitial".
const std::vector<SettingGuide>& commonLayerSettings();

} // namespace ty::engine
