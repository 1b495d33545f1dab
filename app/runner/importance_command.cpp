#include <cstdio>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/judged_data.h"
#include "app/runner/run_stores.h"
#include "engine/explain/permutation_importance.h"
#include "engine/learn/feature_rows.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

constexpr int kBarLetters = 30;

std::string barText(double value, double largest)
{
    const auto length = largest > 0 && value > 0 ? static_cast<int>(value / largest * kBarLetters + 0.5) : 0;
    std::string bar;
    for (int i = 0; i < length; ++i) {
        bar += "\u2588";
    }
    return bar;
}

std::string textOf(const Json& report)
{
    std::string text = fmt::format(
        "{} {:.4f} on {} samples{}; by how much it gets worse without a column's values:\n", report["score"].get<std::string>(),
        report["baseline"].get<double>(), report["samples"].get<std::uint64_t>(),
        report.contains("part") ? " (" + report["part"].get<std::string>() + " part)" : "");
    const Json& columns = report["columns"];
    const double largest = columns.empty() ? 0 : columns.front()["mean"].get<double>();
    for (const Json& one : columns) {
        const double mean = one["mean"].get<double>();
        text += fmt::format(
            "  {:<24.24} {:>9.4f} +- {:<8.4f} {}\n", one["column"].get<std::string>(), mean, one["deviation"].get<double>(), barText(mean, largest));
    }
    const Json native = report.value("native", Json::array());
    if (!native.empty()) {
        text += "What the model itself says of its columns:\n";
        for (const Json& one : native) {
            for (const auto& [measure, value] : one.items()) {
                if (value.is_number()) {
                    text += fmt::format("  {:<24.24} {:>9.4f} {}\n", one["feature"].get<std::string>(), value.get<double>(), measure);
                }
            }
        }
    }
    return text;
}

Result<Json> measure(const ImportanceOptions& options, Model& model, const Dataset& dataset, std::span<const std::uint32_t> samples)
{
    ImportanceSettings settings;
    settings.repeats = options.repeats;
    settings.score = options.score;
    settings.seed = options.seed;
    ReadingProgress progress(options.form);
    TY_TRY(const auto made, permutationImportance(
        model, dataset, samples, settings, [&](std::size_t done, std::size_t all, const ColumnImportance& column) -> Result<bool> {
            progress.show(static_cast<double>(done) / static_cast<double>(all), "shuffling " + column.column);
            return true;
        }));
    Json report = made.toJson();
    report["native"] = model.card().value("importance", Json::array());
    return report;
}

Result<void> run(const ImportanceOptions& options)
{
    if (!options.data.empty() && !options.part.empty()) {
        return Error{ErrorKind::Usage, "what to measure on: give --data or --part, not both", {}};
    }
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    Json report;
    if (options.data.empty()) {
        TY_TRY(const PartOfRun opened, PartOfRun::open(options.model, options.part, options.device, stores.get()));
        const auto judged = labelledOf(*opened.part.dataset, opened.model->encoder().task(), opened.part.samples);
        TY_TRY(report, measure(options, *opened.model, *opened.part.dataset, judged));
        report["part"] = opened.name;
    } else {
        TY_TRY(const OpenedModel opened, OpenedModel::open(options.model, options.data, options.device, {}, stores.get()));
        TY_TRY(const auto samples, judgeableSamples(opened));
        TY_TRY(report, measure(options, *opened.model, *opened.data, samples));
    }
    return options.form == OutputForm::Json ? printJson(report) : printText(textOf(report));
}

} // namespace

int tellImportance(const ImportanceOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
