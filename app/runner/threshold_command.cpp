#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/opened_model.h"
#include "engine/base/files.h"
#include "engine/base/run_events.h"
#include "engine/learn/decision_threshold.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

/// The package itself, also where a run's folder was named.
std::string packageOf(const std::string& folder)
{
    return pathExists(folder + "/model.json") ? folder : RunFolder{folder}.modelFolder();
}

Result<Json> keepOrTell(const ThresholdOptions& options)
{
    const std::string folder = packageOf(options.model);
    if (!pathExists(folder + "/model.json")) {
        return Error{ErrorKind::NotFound, options.model + ": no model of this program", "Name a model's or a run's folder."};
    }
    TY_TRY(const auto model, openModel(folder, "cpu"));
    const Encoder& encoder = model->encoder();
    TY_TRY(auto threshold, thresholdOf(model->card(), encoder));
    if (options.isCleared) {
        threshold.reset();
        TY_CHECK(keepThreshold(folder, threshold, encoder));
    } else if (!options.threshold.empty()) {
        TY_TRY(threshold, parseThreshold(options.threshold, encoder));
        TY_CHECK(keepThreshold(folder, threshold, encoder));
    }
    return Json{
        {"model", folder},
        {"threshold", threshold ? Json{{"class", encoder.classes()[threshold->classIndex]}, {"value", threshold->value}} : Json()}};
}

} // namespace

int chooseThreshold(const ThresholdOptions& options)
{
    const auto kept = keepOrTell(options);
    if (!kept) {
        return reportError(kept.error(), options.form);
    }
    const Json& threshold = kept.value()["threshold"];
    const std::string words = threshold.is_null()
        ? "The likeliest class is the answer.\n"
        : fmt::format("{} is the answer from a probability of {} on.\n", threshold["class"].get<std::string>(), threshold["value"].get<double>());
    const auto done = options.form == OutputForm::Json ? printJson(kept.value()) : printText(words);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
