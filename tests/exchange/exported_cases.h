#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/data/encoder.h"
#include "engine/exchange/onnx_writer.h"
#include "engine/nn/presets.h"
#include "tests/exchange/tiny_dataset.h"

namespace ty::testing {

/// A network trained for some steps on made-up data, its answers for 32 new samples, and its ONNX file.
struct ExportedCase {
    std::string name;
    std::string onnxFile;
    std::string caseFile; ///< inputs and expected outputs, for other programs; see onnxruntime/compare.js
    engine::Encoder encoder;
    std::unique_ptr<engine::Dataset> probes;
    std::vector<std::uint32_t> samples;
    std::vector<double> expected; ///< {samples, classes} probabilities, or {samples} values
    engine::OnnxReport report;
    engine::ModelDescription model;
    std::vector<float> encoded; ///< the probes as the network gets them
    std::vector<float> outputs; ///< what it gives: {samples, outputs}
};

/// What to train and export.
struct CasePlan {
    std::string name;
    std::unique_ptr<TinyDataset> data;
    engine::PresetSize size = engine::PresetSize::Fast;
    engine::ModelDescription model; ///< no layers: the preset for the data
    int opset = 13;
};

/// All presets on all kinds of data, and one network with every layer type.
std::vector<CasePlan> casePlans();

Result<ExportedCase> exportCase(CasePlan plan, const std::string& folder);

} // namespace ty::testing
