#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/exchange/onnx_import.h"
#include "engine/learn/foreign_words.h"

namespace ty::engine {

/// A network of another program as far as its file tells.
struct ForeignNetwork {
    std::string file;         ///< for messages
    Shape input;              ///< of a sample; pictures {channels, height, width}
    std::int64_t outputs = 0; ///< values a sample
    OnnxOutput end = OnnxOutput::Values;
    ForeignWords words;       ///< what the file says
    std::string outputName = {};
    std::vector<std::string> otherOutputs = {}; ///< of the file, which the network does not give
};

} // namespace ty::engine
