#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/nn/model_description.h"

namespace ty::engine {

/// A network known from a paper or a demo, as it stands there: fixed input and outputs.
struct ZooNetwork {
    std::string name;   ///< "resnet18"
    std::string label;  ///< "ResNet-18, ImageNet"
    std::string source; ///< where it comes from, and what differs
    std::int64_t parameters = 0; ///< learned ones, as published or counted by hand from the source
    ModelDescription (*make)() = nullptr;
    /// It gives the classes or the value of a row or a picture; else it needs data of another kind: texts, or the input
    /// itself as what is to be answered.
    bool isForTargets = true;
};

/// All of them, in the order in which a person learns them: small to large.
const std::vector<ZooNetwork>& zooNetworks();
/// Errors: NotFound listing the names.
Result<ModelDescription> makeZooNetwork(const std::string& name);

} // namespace ty::engine
