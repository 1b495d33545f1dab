#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/data_location.h"
#include "app/runner/opened_model.h"
#include "app/runner/run_stores.h"
#include "engine/base/csv_field.h"
#include "engine/base/files.h"
#include "engine/base/random.h"
#include "engine/embedding/trustworthiness.h"
#include "engine/embedding/tsne.h"
#include "engine/learn/encoded_rows.h"
#include "engine/learn/fit_progress.h"
#include "engine/linear/principal_components.h"

namespace ty::runner {

namespace {

using namespace ty::engine;

constexpr std::size_t kMostJudged = 10'000; ///< rows: more take too long to look at every pair
constexpr std::size_t kJudgedNeighbours = 5;
constexpr auto kBetweenPictures = std::chrono::milliseconds(250);

/// Rows of a dataset as numbers, and which samples they are.
struct ProjectedRows {
    std::unique_ptr<Dataset> data;
    std::vector<std::uint32_t> samples;
    DenseRows rows;
};

Result<ProjectedRows> readRows(const ProjectOptions& options, int threads)
{
    ProjectedRows made;
    TY_TRY(const auto stores, readStores(options.storesDescriptor, tellingStores()));
    TY_TRY(OpenOptions open, openOptionsOf(options));
    open.areDuplicatesSought = false;
    open.files = stores.get();
    TY_TRY(const std::string path, locateData(options.path));
    {
        ReadingProgress progress(options.form);
        open.progress = [&progress](double done, const std::string& what) { progress.show(done, what); };
        TY_TRY(made.data, openDataset(path, open));
    }
    made.samples.resize(made.data->size());
    std::iota(made.samples.begin(), made.samples.end(), 0U);
    if (options.most > 0 && made.samples.size() > options.most) {
        Random random(options.seed, 1);
        random.shuffle(made.samples);
        made.samples.resize(options.most);
        std::sort(made.samples.begin(), made.samples.end());
    }
    TY_TRY(const Encoder encoder, Encoder::fit(*made.data, made.samples));
    TY_TRY(made.rows, readEncoded(*made.data, encoder, made.samples, threads));
    return made;
}

/// {rows, 2} of the first two components; their shares of the variance.
std::vector<float> byComponents(const DenseRows& rows, int threads, Json& facts)
{
    const PrincipalComponents components = findComponents(rows, 2, threads);
    const DenseRows projected = components.project(rows, threads);
    std::vector<float> places(2 * rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        std::copy_n(projected.row(i).begin(), std::min<std::size_t>(2, projected.columns()), places.begin() + static_cast<std::ptrdiff_t>(2 * i));
    }
    facts["shares"] = Json::array();
    for (const double variance : components.variances) {
        facts["shares"].push_back(components.totalVariance > 0 ? variance / components.totalVariance : 0);
    }
    return places;
}

/// Tells how far it is; with --live also where the points are by now.
class TsneTeller {
public:
    explicit TsneTeller(const ProjectOptions& options) : m_options(options) {}

    Result<bool> operator()(int pass, const Embedding& embedding)
    {
        const auto now = std::chrono::steady_clock::now();
        if (pass < m_options.passes && now - m_last < kBetweenPictures) {
            return true;
        }
        m_last = now;
        if (m_options.form == OutputForm::Text) {
            std::fputs(fmt::format("pass {} of {}, KL divergence {:.4f}\n", pass, m_options.passes, embedding.divergence).c_str(), stderr);
            return true;
        }
        Json line{
            {"progress", static_cast<double>(pass) / m_options.passes},
            {"what", fmt::format("pass {} of {}, KL divergence {:.4f}", pass, m_options.passes, embedding.divergence)},
            {"pass", pass},
            {"divergence", embedding.divergence}};
        if (m_options.isLive) {
            line["places"] = embedding.places;
        }
        std::fputs((toJsonLine(line) + "\n").c_str(), stderr);
        return true;
    }

private:
    const ProjectOptions& m_options;
    std::chrono::steady_clock::time_point m_last = {};
};

std::string csvOf(const ProjectedRows& rows, const std::vector<float>& places, bool areClasses)
{
    std::string text = areClasses ? "sample,x,y,class\n" : "sample,x,y,target\n";
    for (std::size_t i = 0; i < rows.samples.size(); ++i) {
        const std::uint32_t sample = rows.samples[i];
        const std::int32_t label = areClasses ? rows.data->classOf(sample) : -1;
        text += csvField(rows.data->sampleId(sample)) + fmt::format(",{},{},", places[2 * i], places[2 * i + 1]);
        text += areClasses ? (label < 0 ? std::string() : csvField(rows.data->info().classes[static_cast<std::size_t>(label)].name))
                           : fmt::format("{}", rows.data->targetOf(sample));
        text += "\n";
    }
    return text;
}

Result<void> run(const ProjectOptions& options)
{
    const int threads = fitThreads(options.threads);
    TY_TRY(const ProjectedRows rows, readRows(options, threads));
    const bool areClasses = rows.data->info().task == Task::Classification;
    Json report{{"method", options.method}, {"rows", rows.samples.size()}, {"of", rows.data->size()}};
    if (areClasses) {
        report["classes"] = Json::array();
        for (const ClassInfo& one : rows.data->info().classes) {
            report["classes"].push_back(one.name);
        }
    }
    std::vector<double> targets;
    for (const std::uint32_t sample : rows.samples) {
        targets.push_back(areClasses ? static_cast<double>(rows.data->classOf(sample)) : rows.data->targetOf(sample));
    }
    report["samples"] = rows.samples;
    report["targets"] = targets;
    if (options.isLive) {
        // First of all what the points are, so that a picture can be drawn while they move.
        Json head = report;
        head["head"] = true;
        std::fputs((toJsonLine(head) + "\n").c_str(), stderr);
    }
    std::vector<float> places;
    if (options.method == "pca") {
        places = byComponents(rows.rows, threads, report);
    } else {
        TsneSettings settings;
        settings.perplexity = std::min(options.perplexity, std::max(1.0, static_cast<double>(rows.samples.size() - 1) / 3 - 1e-9));
        settings.passes = options.passes;
        settings.seed = options.seed;
        settings.threads = threads;
        constexpr int kBetween = 10;
        TY_TRY(Embedding made, embedByTsne(rows.rows, settings, kBetween, TsneTeller(options)));
        places = std::move(made.places);
        report["divergence"] = made.divergence;
        report["passes"] = made.passes;
        report["perplexity"] = settings.perplexity;
    }
    if (rows.samples.size() > 2 * kJudgedNeighbours + 2 && rows.samples.size() <= kMostJudged && !options.isUnjudged) {
        report["trustworthiness"] = trustworthiness(rows.rows, places, kJudgedNeighbours, threads);
    }
    if (!options.out.empty()) {
        TY_CHECK(writeFileAtomically(options.out, csvOf(rows, places, areClasses)));
    }
    if (options.form == OutputForm::Json) {
        report["places"] = places;
        return printJson(report);
    }
    std::string text = fmt::format("{} of {} rows in a plane by {}\n", rows.samples.size(), rows.data->size(), options.method);
    for (const char* fact : {"divergence", "trustworthiness", "shares"}) {
        if (report.contains(fact)) {
            text += fmt::format("{:<16} {}\n", fact, report[fact].dump());
        }
    }
    return printText(text + (options.out.empty() ? "Nothing is written; name a file with --out.\n" : "Written to " + options.out + "\n"));
}

} // namespace

int project(const ProjectOptions& options)
{
    const auto done = run(options);
    return done ? 0 : reportError(done.error(), options.form);
}

} // namespace ty::runner
