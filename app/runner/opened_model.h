#pragma once

#include <memory>
#include <string>

#include "app/runner/commands.h"
#include "engine/data/dataset.h"
#include "engine/learn/learner.h"
#include "engine/learn/onnx_model.h"

namespace ty::runner {

/// A model, and data read the way the model understands it.
struct OpenedModel {
    std::unique_ptr<engine::Model> model;
    std::unique_ptr<engine::Dataset> data;

    /// @param model  a model or run folder, or an ONNX file, for which `options` count
    /// Errors name what does not fit: a missing column, another kind of data, a damaged file of the model.
    static Result<OpenedModel> open(
        const std::string& model,
        const std::string& data,
        const std::string& device,
        const engine::OnnxModelOptions& options = {});
};

/// The model package in `folder`, which may also be the run folder that holds it, or an ONNX file of this program.
/// @param weights  a checkpoint of the run, whose weights it shall have; empty: its own, those of the best epoch
Result<std::unique_ptr<engine::Model>> openModel(
    const std::string& folder, const std::string& device, const std::string& weights = {});

/// Errors: Usage for words that are not understood.
Result<engine::OnnxModelOptions> onnxOptionsOf(const OnnxWords& words);

} // namespace ty::runner
