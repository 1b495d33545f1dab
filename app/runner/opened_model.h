#pragma once

#include <memory>
#include <string>

#include "app/runner/commands.h"
#include "engine/data/dataset.h"
#include "engine/learn/learner.h"
#include "engine/learn/foreign_model.h"

namespace ty::runner {

/// A model, and data read the way the model understands it.
struct OpenedModel {
    std::unique_ptr<engine::Model> model;
    std::unique_ptr<engine::Dataset> data;

    /// @param model  a model or run folder, or a network file
    /// @param words  for networks of other programs
    /// Errors name what does not fit: a missing column, another kind of data, a damaged file of the model.
    static Result<OpenedModel> open(
        const std::string& model,
        const std::string& data,
        const std::string& device,
        const engine::ForeignWords& words = {},
        const engine::DataFiles* files = nullptr);
};

/// The model package in `folder`, which may also be the run folder that holds it, or a network file.
/// @param weights  a checkpoint of the run, whose weights it shall have; empty: its own, those of the best epoch
Result<std::unique_ptr<engine::Model>> openModel(
    const std::string& folder, const std::string& device, const std::string& weights = {});
/// The same, with words about a network of another program.
Result<std::unique_ptr<engine::Model>> openModelAs(
    const std::string& folder, const engine::ForeignWords& words, const std::string& device);

/// Errors: Usage for words that are not understood.
Result<engine::ForeignWords> foreignWordsOf(const NetworkWords& words);
/// "assumed: ..." in a line each, from the field "assumed" of a report; empty where nothing was.
std::string assumedText(const Json& report);

} // namespace ty::runner
