#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// One named layer of a network; any directed acyclic graph.
struct LayerDescription {
    std::string name;                ///< unique: "conv1"
    std::string type;                ///< "dense", "conv2d", "maxPool2d", ...; see layer_types.h
    std::vector<std::string> inputs; ///< names of layers, or "input"; empty: the layer before
    Json settings = Json::object();  ///< by type: {"units": 64, "activation": "relu"}
};

/// A network as a person writes it: readable JSON, checked before anything is computed.
///
/// {"input": [1, 28, 28], "layers": [{"name": "conv1", "type": "conv2d", "filters": 32, "kernel": 3,
///   "padding": "same", "activation": "relu"}, ..., {"name": "logits", "type": "dense", "units": 10}]}
/// The last layer is the output: unnormalised logits {classes}, or {1} for regression.
struct ModelDescription {
    Shape input; ///< without the batch: {features} or {channels, height, width}
    std::vector<LayerDescription> layers;

    static Result<ModelDescription> fromJson(const Json& json);
    Json toJson() const;
};

/// One row of the table shown before training.
struct LayerSummary {
    std::string name;
    std::string type;
    Shape outputShape; ///< without the batch
    std::int64_t parameters = 0;
    double flops = 0;  ///< of one sample, forward, multiply and add counted as two
    std::uint64_t activationBytes = 0; ///< of one sample in training, float32
};

struct ModelSummary {
    std::vector<LayerSummary> layers;
    Shape outputShape; ///< without the batch
    std::int64_t parameters = 0;
    double flops = 0;
    std::uint64_t activationBytes = 0; ///< of one sample in training, float32

    Json toJson() const;
};

/// Checks every layer and shape; the error names the layer and both shapes.
Result<ModelSummary> summarise(const ModelDescription& model);

} // namespace ty::engine
