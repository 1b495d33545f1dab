#include <algorithm>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/opened_model.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

std::string describe(const Json& report)
{
    std::string text = fmt::format(
        "{}, {} samples\n", report.value("task", std::string()), report.value("samples", std::uint64_t{0}));
    const Json metrics = report.value("metrics", Json::object());
    for (const auto& [name, value] : metrics.items()) {
        if (value.is_number()) {
            text += fmt::format("  {:<20} {:.6g}\n", name, value.get<double>());
        }
    }
    const Json confusion = report.value("confusion", Json());
    if (!confusion.is_object() || !confusion.contains("classes") || !confusion.contains("counts")) {
        return text;
    }
    constexpr std::size_t kMostClasses = 12;
    const Json& classes = confusion["classes"];
    if (classes.size() > kMostClasses) {
        return text;
    }
    text += "Confusion (rows: true class, columns: answers)\n";
    for (std::size_t row = 0; row < classes.size(); ++row) {
        text += fmt::format("  {:<16.16}", classes[row].get<std::string>());
        for (const Json& count : confusion["counts"][row]) {
            text += fmt::format(" {:>6}", count.dump());
        }
        text += "\n";
    }
    return text;
}

Result<void> run(const EvaluateOptions& options)
{
    TY_TRY(OpenedModel opened, OpenedModel::open(options.model, options.data, options.device, options.form));
    // Samples without an answer to compare with cannot be judged.
    std::vector<std::uint32_t> samples;
    const bool isClassification = opened.model->encoder().task() == Task::Classification;
    for (std::uint64_t i = 0; i < opened.data->size(); ++i) {
        const bool isLabelled = isClassification ? opened.data->classOf(i) >= 0
                                                 : opened.data->targetOf(i) == opened.data->targetOf(i); // not NaN
        if (isLabelled) {
            samples.push_back(static_cast<std::uint32_t>(i));
        }
    }
    if (samples.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            opened.data->info().path + ": no sample has a known \"" + opened.model->encoder().targetName()
                + "\" to compare with",
            "Evaluation needs the true answers; use \"trainyard-run predict\" for data without them."};
    }
    TY_TRY(const Json report, evaluateModel(*opened.model, *opened.data, samples));
    return options.form == OutputForm::Json ? printJson(report) : printText(describe(report));
}

} // namespace

int evaluate(const EvaluateOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
