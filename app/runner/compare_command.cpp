#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "app/runner/commands.h"
#include "app/runner/data_location.h"
#include "engine/base/files.h"
#include "engine/learn/learner.h"

namespace ty::runner {

namespace {

using namespace ty::engine;
namespace fs = std::filesystem;

/// Nobody looks on: a comparison tells of whole runs.
class SilentSink final : public FitSink {
public:
    Result<void> emitEvent(const std::string& type, Json fields) override
    {
        if (type == "data") {
            data = std::move(fields);
        }
        return {};
    }
    Json data;
};

class NoControl final : public FitControl {
public:
    std::optional<RunCommand> nextCommand(bool) override { return std::nullopt; }
    bool isStopRequested() const override { return false; }
};

/// Data to learn from with data to judge by.
struct Subject {
    std::string name;
    std::string training;
    std::string test; ///< empty: a part of the training data
};

/// How one learner did on one subject.
struct Score {
    std::string learner;
    double samples = 0; ///< of all parts
    double seconds = 0;
    Json metrics;    ///< of the test part, else of the validation part
    std::string problem; ///< why there is none
};

constexpr const char* kTrainEnding = "_train.csv";

/// NAME_train.csv[.gz] with NAME_test.csv[.gz], or train.csv with test.csv.
Result<std::vector<Subject>> subjectsIn(const std::string& folder)
{
    std::vector<Subject> subjects;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(folder, failure)) {
        const std::string name = entry.path().filename().string();
        const auto at = name.find(kTrainEnding);
        if (at == std::string::npos) {
            continue;
        }
        const std::string test = folder + "/" + name.substr(0, at) + "_test" + name.substr(at + std::string("_train").size());
        if (fs::exists(test)) {
            subjects.push_back({name.substr(0, at), entry.path().string(), test});
        }
    }
    if (failure || subjects.empty()) {
        return Error{
            ErrorKind::NotFound, folder + ": no files NAME_train.csv with NAME_test.csv",
            "Name a folder with such pairs, or one table with --data."};
    }
    std::sort(subjects.begin(), subjects.end(), [](const Subject& a, const Subject& b) { return a.name < b.name; });
    return subjects;
}

Score runOne(const Subject& subject, const std::string& learner, const CompareOptions& options, const std::string& folder)
{
    RunRequest request;
    request.spec.name = subject.name + "-" + learner;
    request.spec.learner = learner;
    request.spec.preset = options.preset;
    request.spec.seed = options.seed;
    request.spec.data.training = subject.training;
    request.spec.data.test = subject.test;
    request.spec.data.target = options.target;
    request.spec.data.split.validation = subject.test.empty() ? options.validationShare : 0;
    request.folder.root = folder;
    request.threads = options.threads;
    SilentSink sink;
    NoControl control;
    Score score;
    score.learner = learner;
    const auto result = executeRun(request, sink, control);
    if (!result) {
        score.problem = result.error().message;
        return score;
    }
    const Json& metrics = result.value()["metrics"];
    score.metrics = metrics["test"].is_object() ? metrics["test"] : metrics["validation"];
    score.seconds = result.value().value("seconds", 0.0);
    for (const auto& [part, count] : sink.data["samples"].items()) {
        score.samples += count.is_number() ? count.get<double>() : 0;
    }
    return score;
}

double metricOf(const Score& score, const std::string& metric)
{
    const bool isThere = score.metrics.is_object() && score.metrics.contains(metric) && score.metrics[metric].is_number();
    return isThere ? score.metrics[metric].get<double>() : std::nan("");
}

/// The metric that learners of a task are sorted by, and whether more of it is better.
std::string chosenMetric(const std::vector<Score>& scores, const std::string& asked)
{
    for (const Score& score : scores) {
        if (asked.empty() && score.metrics.is_object()) {
            return score.metrics.contains("r2") ? "r2" : score.metrics.contains("roc_auc") ? "roc_auc" : "accuracy";
        }
    }
    return asked.empty() ? "accuracy" : asked;
}

bool isMoreBetter(const std::string& metric)
{
    for (const char* error : {"loss", "mae", "rmse", "error", "brier"}) {
        if (metric.find(error) != std::string::npos) {
            return false;
        }
    }
    return true;
}

std::string shown(double value)
{
    return std::isfinite(value) ? fmt::format("{:.4f}", value) : "-";
}

/// One subject: a line a learner, the best first.
std::string tableOf(std::vector<Score> scores, const std::string& metric)
{
    const double sign = isMoreBetter(metric) ? -1 : 1;
    std::stable_sort(scores.begin(), scores.end(), [&](const Score& a, const Score& b) {
        const double x = metricOf(a, metric);
        const double y = metricOf(b, metric);
        return std::isfinite(x) != std::isfinite(y) ? std::isfinite(x) : sign * x < sign * y;
    });
    std::string text = fmt::format("{:<20} {:>12} {:>10}\n", "learner", metric, "seconds");
    for (const Score& score : scores) {
        text += score.problem.empty()
            ? fmt::format("{:<20} {:>12} {:>10.2f}\n", score.learner, shown(metricOf(score, metric)), score.seconds)
            : fmt::format("{:<20} {:>12} {}\n", score.learner, "-", score.problem);
    }
    return text;
}

struct Row {
    Subject subject;
    std::vector<Score> scores; ///< in the order of the learners
};

double samplesOf(const Row& row)
{
    double samples = 0;
    for (const Score& score : row.scores) {
        samples = std::max(samples, score.samples);
    }
    return samples;
}

/// Mean over the subjects, weighted by their samples; NaN if one is missing.
double weightedMean(const std::vector<Row>& rows, std::size_t learner, const std::string& metric)
{
    double sum = 0;
    double weight = 0;
    for (const Row& row : rows) {
        sum += metricOf(row.scores[learner], metric) * samplesOf(row);
        weight += samplesOf(row);
    }
    return sum / weight;
}

/// Several subjects: a line a subject, a column a learner, and the weighted mean.
std::string tableOf(const std::vector<Row>& rows, const std::vector<std::string>& learners, const std::string& metric)
{
    std::string text = fmt::format("{:<34} {:>9}", metric, "examples");
    for (const std::string& learner : learners) {
        text += fmt::format(" {:>16}", learner);
    }
    text += "\n";
    double all = 0;
    for (const Row& row : rows) {
        all += samplesOf(row);
        text += fmt::format("{:<34} {:>9.0f}", row.subject.name, samplesOf(row));
        for (const Score& score : row.scores) {
            text += fmt::format(" {:>16}", shown(metricOf(score, metric)));
        }
        text += "\n";
    }
    text += fmt::format("{:<34} {:>9.0f}", "mean, weighted by examples", all);
    for (std::size_t l = 0; l < learners.size(); ++l) {
        text += fmt::format(" {:>16}", shown(weightedMean(rows, l, metric)));
    }
    return text + "\n";
}

Json toJson(const std::vector<Row>& rows, const std::vector<std::string>& learners)
{
    Json list = Json::array();
    for (const Row& row : rows) {
        Json scores = Json::array();
        for (const Score& score : row.scores) {
            scores.push_back(
                {{"learner", score.learner},
                 {"seconds", score.seconds},
                 {"metrics", score.metrics},
                 {"problem", score.problem.empty() ? Json() : Json(score.problem)}});
        }
        list.push_back({{"subject", row.subject.name}, {"examples", samplesOf(row)}, {"scores", scores}});
    }
    Json means = Json::object();
    for (std::size_t l = 0; l < learners.size(); ++l) {
        for (const char* metric : {"roc_auc", "accuracy", "r2"}) {
            const double mean = weightedMean(rows, l, metric);
            if (std::isfinite(mean)) {
                means[learners[l]][metric] = mean;
            }
        }
    }
    return {{"subjects", list}, {"weightedMeans", means}};
}

std::vector<std::string> fittingLearners(const CompareOptions& options, Task task, DataKind kind)
{
    std::vector<std::string> names;
    for (const auto& learner : makeLearners()) {
        if (learner->canLearn(task, kind)) {
            names.push_back(learner->name());
        }
    }
    return options.learners.empty() ? names : options.learners;
}

Result<void> compareAll(const CompareOptions& options, const std::string& out)
{
    std::vector<Subject> subjects;
    if (!options.folder.empty()) {
        TY_TRY(subjects, subjectsIn(fs::absolute(options.folder).string()));
    } else {
        TY_TRY(const auto data, locateData(options.data));
        const std::string test = options.test.empty() ? "" : fs::absolute(options.test).string();
        subjects.push_back({fs::path(data).stem().string(), data, test});
    }
    OpenOptions look;
    look.target = options.target;
    TY_TRY(const Preview preview, previewDataset(subjects.front().training, look));
    const auto learners = fittingLearners(options, preview.info.task, preview.info.kind);
    std::vector<Row> rows;
    for (const Subject& subject : subjects) {
        Row row{subject, {}};
        for (const std::string& learner : learners) {
            const std::string folder = out + "/" + subject.name + "/" + learner;
            row.scores.push_back(runOne(subject, learner, options, folder));
            std::fputs(fmt::format("{}, {}: {:.1f} s\n", subject.name, learner, row.scores.back().seconds).c_str(), stderr);
        }
        rows.push_back(std::move(row));
    }
    if (options.form == OutputForm::Json) {
        return printJson(toJson(rows, learners));
    }
    if (rows.size() == 1) {
        return printText(tableOf(rows.front().scores, chosenMetric(rows.front().scores, options.metric)));
    }
    std::string text;
    if (options.metric.empty() && preview.info.task == Task::Classification) {
        text = tableOf(rows, learners, "roc_auc") + "\n" + tableOf(rows, learners, "accuracy");
    } else {
        text = tableOf(rows, learners, chosenMetric(rows.front().scores, options.metric));
    }
    return printText(text);
}

} // namespace

int compareLearners(const CompareOptions& options)
{
    if (options.data.empty() == options.folder.empty()) {
        return reportError({ErrorKind::Usage, "name what to learn from", "Give --data or --folder."}, options.form);
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
