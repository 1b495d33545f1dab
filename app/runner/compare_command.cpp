#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/comparison.h"
#include "app/runner/comparison_text.h"
#include "app/runner/data_location.h"
#include "app/runner/run_stores.h"
#include "engine/base/files.h"

namespace ty::runner {

namespace {

using namespace ty::engine;
namespace fs = std::filesystem;

/// The seed's experiment: its five learners with its settings, which are our defaults but for where the border lies.
CompareOptions asInTheSeed(CompareOptions options)
{
    if (options.learners.empty()) {
        options.learners = {"bernoulli-bayes", "logistic", "svm", "forest", "silas-like"};
    }
    options.settings.insert(options.settings.begin(), "svm.border=machine");
    return options;
}

Result<std::vector<Subject>> subjectsOf(const CompareOptions& options, const std::string& out)
{
    if (!options.machines.empty()) {
        return subjectsOfMachines(options.machines, options.exampleSeed, out);
    }
    if (!options.run.empty()) {
        TY_TRY(const Json json, readJsonFile(options.run));
        TY_TRY(const RunSpec spec, RunSpec::fromJson(json, options.run));
        return std::vector<Subject>{{fs::path(spec.data.training).stem().string(), spec.data.training, spec.data.test, spec}};
    }
    if (!options.folder.empty()) {
        return subjectsIn(fs::absolute(options.folder).string());
    }
    TY_TRY(const auto data, locateData(options.data));
    const std::string test = options.test.empty() ? "" : fs::absolute(options.test).string();
    return std::vector<Subject>{{fs::path(data).stem().string(), data, test}};
}

Result<void> compareAll(const CompareOptions& given, const std::string& out)
{
    const bool isOfSeed = !given.machines.empty() || given.isAsInTheSeed;
    const CompareOptions options = isOfSeed ? asInTheSeed(given) : given;
    TY_TRY(const auto subjects, subjectsOf(options, out));
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    TY_TRY(const Comparison comparison, compareOn(subjects, options, out, [&](const Subject& subject, const Score& score, std::size_t done, std::size_t all) {
        const std::string line = options.form == OutputForm::Json
            ? toJsonLine(
                {{"subject", subject.name},
                 {"learner", score.learner},
                 {"label", score.label},
                 {"examples", score.samples},
                 {"seconds", score.seconds},
                 {"metrics", score.metrics},
                 {"problem", score.problem.empty() ? Json() : Json(score.problem)},
                 {"done", done},
                 {"all", all}}) + "\n"
            : fmt::format("{}, {}: {:.1f} s\n", subject.name, score.learner, score.seconds);
        std::fputs(line.c_str(), stderr);
    }, stores.get()));
    if (!options.csv.empty()) {
        TY_CHECK(writeFileAtomically(options.csv, comparisonCsv(comparison, options.metric)));
    }
    if (!options.markdown.empty()) {
        TY_CHECK(writeFileAtomically(options.markdown, comparisonMarkdown(comparison, options.metric)));
    }
    return options.form == OutputForm::Json ? printJson(comparisonJson(comparison)) : printText(comparisonText(comparison, options.metric));
}

} // namespace

int compareLearners(const CompareOptions& options)
{
    const int sources = (options.data.empty() ? 0 : 1) + (options.folder.empty() ? 0 : 1) + (options.machines.empty() ? 0 : 1)
        + (options.run.empty() ? 0 : 1);
    if (sources != 1) {
        return reportError({ErrorKind::Usage, "name what to learn from", "Give --data, --folder, --machines or --run."}, options.form);
    }
    std::string out = options.out;
    if (out.empty()) {
        out = (fs::temp_directory_path() / "trainyard-compare-XXXXXX").string();
        if (mkdtemp(out.data()) == nullptr) {
            return reportError(errnoError(errno, "cannot make", out), options.form);
        }
    }
    const auto done = compareAll(options, out);
    if (options.out.empty()) {
        (void)removeTree(out); // what is left of it does no harm
    }
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
