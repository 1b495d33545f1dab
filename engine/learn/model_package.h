#pragma once

#include <functional>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/data/encoder.h"

namespace ty::engine {

class Model;

/// Of model.json, and of the metadata of exported files: where the model came from, if not from a training.
constexpr const char* kModelSource = "source";

/// Who made a model and from what; the learner's part of model.json.
struct ModelOrigin {
    std::string learner;
    std::string run;         ///< name of the run
    std::string device;
    std::string fingerprint; ///< of the training data
    std::uint64_t seed = 0;
    Json settings;           ///< with the automatic values chosen
};

/// model.json without metrics: format, learner, task, input, classes or target, preprocessing, settings, run, created.
Json makeModelCard(const ModelOrigin& origin, const Encoder& encoder);

/// What is written of a model as model.json: its card with "exports", the formats that it can be written in.
Json cardOf(const Model& model);

/// Writes model.json, labels.txt, signature.json and model_card.md, and what `writeWeights(folder)` adds, into a folder
/// beside `folder` that then takes its place: a reader sees the whole old or the whole new package.
Result<void> writeModelPackage(
    const std::string& folder,
    const Json& card,
    const Encoder& encoder,
    const std::function<Result<void>(const std::string& folder)>& writeWeights);

/// Puts the metrics of the evaluated parts into model.json and model_card.md of a written package.
/// @param baseline  baselineFacts(), kept so that later evaluations can tell what a baseline would score
Result<void> addModelMetrics(const std::string& folder, const Json& metrics, const Json& baseline = {});

/// The Markdown text for a person who finds the model without us.
std::string modelCardText(const Json& card);

} // namespace ty::engine
