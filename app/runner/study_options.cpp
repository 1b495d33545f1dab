#include "app/runner/study_options.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "app/runner/data_location.h"
#include "engine/base/files.h"
#include "engine/data/dataset.h"
#include "engine/learn/chosen_learner.h"

namespace ty::runner {

namespace fs = std::filesystem;

Result<RunSpec> studyRun(const StudyData& data)
{
    if (data.data.empty() == data.run.empty()) {
        return Error{ErrorKind::Usage, "name what to learn from", "Give --data or --run."};
    }
    RunSpec run;
    if (!data.run.empty()) {
        TY_TRY(run, RunSpec::load(data.run));
    } else {
        TY_TRY(run.data.training, locateData(data.data));
        run.data.target = data.target;
        run.data.task = data.task;
        run.preset = data.preset;
        if (!data.columns.empty()) {
            TY_TRY(run.data.columns, parseColumns(data.columns));
        }
    }
    run.start = {};
    if (data.seed) {
        run.seed = *data.seed;
    }
    TY_CHECK(run.validate());
    return run;
}

std::string usualLearner(const StudyData& data, const RunSpec& run)
{
    return !data.run.empty()                                              ? run.learner
        : run.data.task == engine::taskName(engine::Task::Grouping) ? "k-means"
                                                                          : "forest";
}

Result<RunSpec> withLearner(const RunSpec& run, const std::string& given)
{
    RunSpec made = run;
    const auto colon = given.find(':');
    const std::string name = given.substr(0, colon);
    auto learner = engine::findLearner(name);
    if (!learner) {
        return Error{ErrorKind::Usage, learner.error().message, "See trainyard-run learners."};
    }
    if (name != run.learner) {
        made.settings = Json::object();
        made.network = Json();
    }
    made.learner = name;
    made.name.clear();
    std::string words;
    for (std::size_t first = colon; first != std::string::npos;) {
        const std::size_t end = given.find(':', first + 1);
        const std::string pair = given.substr(first + 1, end == std::string::npos ? end : end - first - 1);
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return Error{ErrorKind::Usage, given + ": write LEARNER:NAME=VALUE", "For example svm:cost=10:kernel=linear."};
        }
        const std::string setting = pair.substr(0, equals);
        auto value = learner.value()->parameters().parseValue(setting, pair.substr(equals + 1));
        if (!value) {
            return Error{ErrorKind::Usage, given + ": " + value.error().message, "See trainyard-run learners."};
        }
        made.settings[setting] = std::move(value).value();
        words += (words.empty() ? "" : ", ") + setting + " " + pair.substr(equals + 1);
        first = end;
    }
    if (!words.empty()) { // two of one learner are told apart by what was set
        made.name = learner.value()->label() + " (" + words + ")";
    }
    return made;
}

Result<StudyPlace> StudyPlace::make(const std::string& asked)
{
    StudyPlace place;
    if (!asked.empty()) {
        place.m_path = fs::absolute(asked).lexically_normal().string();
        return place;
    }
    place.m_path = (fs::temp_directory_path() / "trainyard-study-XXXXXX").string();
    if (mkdtemp(place.m_path.data()) == nullptr) {
        return errnoError(errno, "cannot make", place.m_path);
    }
    place.m_isTemporary = true;
    return place;
}

StudyPlace::StudyPlace(StudyPlace&& other) noexcept
    : m_path(std::move(other.m_path)), m_isTemporary(std::exchange(other.m_isTemporary, false))
{
}

StudyPlace::~StudyPlace()
{
    if (m_isTemporary) {
        (void)removeTree(m_path); // what is left of it does no harm
    }
}

void tellOfFit(const Json& fit, const std::string& words, OutputForm form)
{
    const std::string line = form == OutputForm::Json ? toJsonLine(fit) + "\n" : words + "\n";
    std::fputs(line.c_str(), stderr);
}

int answerStudy(
    const Result<Json>& result, const std::string& csv, TableCells (*toCells)(const Json&), std::string (*toText)(const Json&), OutputForm form)
{
    if (!result) {
        return reportError(result.error(), form);
    }
    if (!csv.empty()) {
        if (const auto written = writeFileAtomically(csv, inCsv(toCells(result.value()))); !written) {
            return reportError(written.error(), form);
        }
    }
    const auto done = form == OutputForm::Json ? printJson(result.value()) : printText(toText(result.value()));
    return done ? 0 : reportError(done.error(), form);
}

} // namespace ty::runner
