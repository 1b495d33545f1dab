#include <filesystem>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/data_location.h"
#include "app/runner/run_stores.h"
#include "engine/base/interruption.h"
#include "engine/data/dataset.h"
#include "engine/data/exports/dataset_export.h"
#include "engine/data/sample_fixes.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

Result<void> run(const ConvertOptions& options)
{
    const auto form = exportFormFromName(options.to);
    if (!form) {
        return Error{ErrorKind::Usage, "unknown form \"" + options.to + "\"", "Use csv, arff, libsvm, npy, npz or folder."};
    }
    const Interruption interruption; // before any thread: what is half written goes
    TY_TRY(OpenOptions open, openOptionsOf(options));
    open.stop = interruption.token();
    open.areDuplicatesSought = false;
    SampleFixes fixes;
    if (!options.fixes.empty()) {
        TY_TRY(fixes, parseFixes(options.fixes));
    }
    TY_TRY(const std::string path, locateData(options.path));
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    open.files = stores.get();
    const std::string out = std::filesystem::absolute(options.out).lexically_normal().string();
    ExportedDataset done;
    {
        ReadingProgress progress(options.form);
        open.progress = [&progress](double part, const std::string& what) { progress.show(part / 2, what); };
        TY_TRY(auto dataset, openDataset(path, open));
        if (!fixes.isEmpty()) {
            TY_TRY(dataset, fixSamples(std::move(dataset), fixes));
        }
        DataExportOptions exporting;
        exporting.stop = interruption.token();
        exporting.progress = [&progress](double part, const std::string& what) { progress.show(0.5 + part / 2, what); };
        TY_TRY(done, exportDataset(*dataset, *form, out, exporting));
    }
    if (options.form == OutputForm::Json) {
        return printJson({{"folder", out}, {"files", done.files}, {"notes", done.notes}});
    }
    constexpr std::size_t kMostNamed = 10;
    std::string text = fmt::format("{}: {} files\n", out, done.files.size());
    for (std::size_t i = 0; i < done.files.size() && done.files.size() <= kMostNamed; ++i) {
        text += "  " + done.files[i] + "\n";
    }
    for (const std::string& note : done.notes) {
        text += "note: " + note + "\n";
    }
    return printText(text);
}

} // namespace

int convert(const ConvertOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
