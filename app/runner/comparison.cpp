#include "app/runner/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/learn/learner.h"
#include "engine/specs/machine.h"
#include "engine/specs/state_space.h"
#include "engine/specs/transition_table.h"

namespace ty::runner {

namespace {

using namespace ty::engine;
namespace fs = std::filesystem;

constexpr const char* kTrainEnding = "_train.csv";
constexpr std::uint64_t kMostMachineBytes = std::uint64_t{4} << 20;

/// A comparison tells of whole runs alone.
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

/// The learner's own settings, from LEARNER.NAME=VALUE.
Result<Json> settingsFor(const std::string& learner, const CompareOptions& options)
{
    const auto learners = makeLearners();
    const auto found = std::find_if(learners.begin(), learners.end(), [&](const auto& one) { return one->name() == learner; });
    Json settings = Json::object();
    for (const std::string& given : options.settings) {
        const auto dot = given.find('.');
        const auto equals = given.find('=');
        if (dot == std::string::npos || equals == std::string::npos || equals < dot) {
            return Error{ErrorKind::Usage, "--set " + given + ": not LEARNER.NAME=VALUE", "For example --set svm.cost=10."};
        }
        if (given.substr(0, dot) != learner || found == learners.end()) {
            continue;
        }
        const std::string name = given.substr(dot + 1, equals - dot - 1);
        TY_TRY(settings[name], (*found)->parameters().parseValue(name, given.substr(equals + 1)));
    }
    return settings;
}

Score runOne(const Subject& subject, const std::string& learner, const CompareOptions& options, const std::string& folder, const DataFiles* files)
{
    RunRequest request;
    if (subject.run) {
        request.spec = *subject.run;
        request.spec.network = Json();
        request.spec.start = {};
        request.spec.settings = Json::object();
    } else {
        request.spec.preset = options.preset;
        request.spec.seed = options.seed;
        request.spec.data.training = subject.training;
        request.spec.data.test = subject.test;
        request.spec.data.target = options.target;
        request.spec.data.task = options.task;
        request.spec.data.split.validation = subject.test.empty() ? options.validationShare : 0;
    }
    request.spec.name = subject.name + "-" + learner;
    request.spec.learner = learner;
    if (const auto settings = settingsFor(learner, options)) {
        request.spec.settings = settings.value();
    } else {
        Score failed;
        failed.learner = learner;
        failed.problem = settings.error().message;
        return failed;
    }
    request.folder.root = folder;
    request.threads = options.threads;
    request.files = files;
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

std::vector<std::string> fittingLearners(const CompareOptions& options, Task task, DataKind kind, std::size_t classes)
{
    std::vector<std::string> names;
    for (const auto& learner : makeLearners()) {
        if (task == Task::Grouping && learner->name() == "isolation-forest") {
            continue; // it tells single rows from the others: no groups to judge
        }
        if (learner->canLearn(task, kind) && (learner->mostClasses() == 0 || classes <= learner->mostClasses())) {
            names.push_back(learner->name());
        }
    }
    return options.learners.empty() ? names : options.learners;
}

/// TRAINYARD_SPECS, or the folder beside the program as it is installed.
std::string bundledMachines()
{
    if (const char* set = std::getenv("TRAINYARD_SPECS"); set != nullptr && *set != 0) {
        return set;
    }
    std::error_code ignored;
    return (fs::read_symlink("/proc/self/exe", ignored).parent_path() / "../share/trainyard/specs").lexically_normal().string();
}

Result<Subject> makeExamples(const fs::path& file, std::uint64_t seed, const std::string& out)
{
    const std::string name = file.stem().string();
    TY_TRY(const auto source, readFile(file.string(), kMostMachineBytes));
    TY_TRY(const auto machine, specs::readMachine(source, name));
    TY_TRY(const auto space, specs::explore(machine));
    specs::ExampleSettings settings;
    settings.seed = seed;
    TY_TRY(const auto table, specs::TransitionTable::make(machine, space, settings));
    const Subject subject{name, out + "/" + name + "_train.csv", out + "/" + name + "_test.csv"};
    TY_CHECK(table.writeCsv(subject.training, 0, table.trainingCount()));
    TY_CHECK(table.writeCsv(subject.test, table.trainingCount(), table.examples().size()));
    return subject;
}

} // namespace

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

Result<std::vector<Subject>> subjectsOfMachines(const std::string& folder, std::uint64_t seed, const std::string& out)
{
    const std::string from = folder == "bundled" ? bundledMachines() : folder;
    std::vector<fs::path> files;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(from, failure)) {
        if (entry.path().extension() == ".mch" && entry.path().stem() != "inc1") { // a picture of the idea, not one of the machines
            files.push_back(entry.path());
        }
    }
    if (failure || files.empty()) {
        return Error{ErrorKind::NotFound, from + ": no machines (*.mch)", "Name a folder that holds some, or \"bundled\"."};
    }
    std::sort(files.begin(), files.end());
    TY_CHECK(makeFolders(out));
    std::vector<Subject> subjects;
    for (const fs::path& file : files) {
        auto subject = makeExamples(file, seed, out);
        if (!subject) {
            return std::move(subject).error().withContext(file.string());
        }
        subjects.push_back(std::move(subject).value());
    }
    return subjects;
}

Result<Comparison> compareOn(
    const std::vector<Subject>& subjects, const CompareOptions& options, const std::string& out,
    const std::function<void(const Subject&, const Score&, std::size_t done, std::size_t all)>& told, const DataFiles* files)
{
    OpenOptions look;
    look.files = files;
    look.target = options.target;
    look.task = options.task;
    if (subjects.front().run) {
        const DataSpec& data = subjects.front().run->data;
        look.target = data.target;
        look.task = data.task;
        look.columns = data.columns;
    }
    TY_TRY(const Preview preview, previewDataset(subjects.front().training, look));
    Comparison made;
    made.task = preview.info.task;
    made.learners = fittingLearners(options, preview.info.task, preview.info.kind, preview.info.classes.size());
    std::map<std::string, std::string> labels;
    for (const auto& learner : makeLearners()) {
        labels[learner->name()] = learner->label();
    }
    const std::size_t all = subjects.size() * made.learners.size();
    std::size_t done = 0;
    for (const Subject& subject : subjects) {
        ComparedSubject row{subject, {}};
        for (const std::string& learner : made.learners) {
            row.scores.push_back(runOne(subject, learner, options, out + "/" + subject.name + "/" + learner, files));
            row.scores.back().label = labels[learner];
            told(subject, row.scores.back(), ++done, all);
        }
        made.rows.push_back(std::move(row));
    }
    return made;
}

double metricOf(const Score& score, const std::string& metric)
{
    const bool isThere = score.metrics.is_object() && score.metrics.contains(metric) && score.metrics[metric].is_number();
    return isThere ? score.metrics[metric].get<double>() : std::nan("");
}

double samplesOf(const ComparedSubject& row)
{
    double samples = 0;
    for (const Score& score : row.scores) {
        samples = std::max(samples, score.samples);
    }
    return samples;
}

double weightedMean(const Comparison& comparison, std::size_t learner, const std::string& metric)
{
    double sum = 0;
    double weight = 0;
    for (const ComparedSubject& row : comparison.rows) {
        sum += metricOf(row.scores[learner], metric) * samplesOf(row);
        weight += samplesOf(row);
    }
    return sum / weight;
}

} // namespace ty::runner
