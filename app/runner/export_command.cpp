#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/opened_model.h"

namespace ty::runner {

namespace {

Result<void> run(const ExportOptions& options)
{
    TY_TRY(const auto model, openModel(options.model, "cpu", options.checkpoint));
    const Json formats = model->exportFormats();
    bool isKnown = false;
    std::string known;
    for (const Json& format : formats) {
        isKnown = isKnown || format == options.format;
        known += (known.empty() ? "" : ", ") + format.get<std::string>();
    }
    if (!isKnown) {
        return Error{
            ErrorKind::Usage, "this model cannot be exported as \"" + options.format + "\"; known: " + known, {}};
    }
    engine::ExportSettings settings;
    if (options.opset) {
        if (options.format != "onnx") {
            return Error{ErrorKind::Usage, "--opset: it is for --format onnx", {}};
        }
        settings.opset = *options.opset;
    }
    TY_TRY(const Json report, model->exportTo(options.format, options.out, settings));
    if (options.form == OutputForm::Json) {
        return printJson(report);
    }
    std::string text = fmt::format("{}: {} bytes", options.out, report.value("bytes", std::uint64_t{0}));
    if (report.contains("opset")) {
        text += fmt::format(", opset {}", report["opset"].dump());
    }
    if (report.contains("maxDifference")) {
        text += fmt::format(", largest difference to our own answers {}", report["maxDifference"].dump());
    }
    for (const Json& note : report.value("notes", Json::array())) {
        text += "\n" + note.get<std::string>();
    }
    return printText(text + "\n");
}

} // namespace

int exportModel(const ExportOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
