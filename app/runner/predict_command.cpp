#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/opened_model.h"
#include "app/runner/run_stores.h"
#include "engine/learn/foreign_package.h"

namespace ty::runner {

namespace {

Result<void> run(const PredictOptions& options)
{
    TY_TRY(const auto words, foreignWordsOf(options.words));
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    TY_TRY(OpenedModel opened, OpenedModel::open(options.model, options.data, options.device, words, stores.get()));
    std::optional<engine::DecisionThreshold> threshold;
    if (!options.threshold.empty()) {
        auto parsed = engine::parseThreshold(options.threshold, opened.model->encoder());
        if (!parsed) {
            return Error{ErrorKind::Usage, parsed.error().message, parsed.error().advice};
        }
        threshold = parsed.value();
    }
    TY_TRY(const std::uint64_t rows, engine::predictToCsv(*opened.model, *opened.data, options.out, threshold));
    Json report{{"file", options.out}, {"samples", rows}};
    report.update(engine::assumptionsOf(*opened.model, opened.data.get()));
    if (options.form == OutputForm::Json) {
        return printJson(report);
    }
    return printText(assumedText(report) + fmt::format("{} predictions in {}\n", rows, options.out));
}

} // namespace

int predict(const PredictOptions& options)
{
    if (options.isStream) {
        return predictStream(options);
    }
    if (options.data.empty() || options.out.empty()) {
        return reportError(
            {ErrorKind::Usage, "predict needs --data PATH and --out FILE.csv, or --stream",
             "See trainyard-run predict --help."},
            options.form);
    }
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
