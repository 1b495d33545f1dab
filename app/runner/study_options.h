#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/runner/command_reader.h"
#include "app/runner/commands.h"
#include "app/runner/run_stores.h"
#include "app/runner/text_table.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

namespace ty::runner {

/// The run that studies are made of: --run, or a run made of --data and what goes with it.
Result<RunSpec> studyRun(const StudyData& data);

/// The learner where none was named: that of --run, else one that does well without settings.
std::string usualLearner(const StudyData& data, const RunSpec& run);

/// That run with another learner. @param given  "svm", or "svm:cost=10:kernel=linear" with settings over those of `run`'s preset
/// Errors: Usage for unknown learners and settings.
Result<RunSpec> withLearner(const RunSpec& run, const std::string& given);

/// The folder that a study is kept in: the one that was asked for, or one of its own that goes when the object does.
class StudyPlace {
public:
    static Result<StudyPlace> make(const std::string& asked);
    StudyPlace(StudyPlace&& other) noexcept;
    StudyPlace& operator=(StudyPlace&&) = delete;
    StudyPlace(const StudyPlace&) = delete;
    StudyPlace& operator=(const StudyPlace&) = delete;
    ~StudyPlace();

    const std::string& path() const { return m_path; }
    bool isKept() const { return !m_isTemporary; }

private:
    StudyPlace() = default;

    std::string m_path;
    bool m_isTemporary = false;
};

/// Does the study that `request` asks for: in the folder, with the stores and by the commands that `options` names. The answer
/// names the folder only if it stays.
/// @param work  (request, control) does it
template<typename Options, typename Request, typename Work>
Result<Json> doStudy(const Options& options, Request& request, const Work& work)
{
    request.isResuming = options.isResuming;
    request.threads = options.threads;
    TY_TRY(const StudyPlace place, StudyPlace::make(options.out));
    request.folder = place.path();
    TY_TRY(const auto stores, readStores(options.study.storesDescriptor, tellingStores()));
    request.files = stores.get();
    CommandReader control;
    TY_TRY(Json result, work(request, control));
    if (!place.isKept()) {
        result.erase("folder");
    }
    return result;
}

/// Tells of a fit on standard error: an object a line, or words for a person.
void tellOfFit(const Json& fit, const std::string& words, OutputForm form);

/// The end of a study's command: writes the table to `csv`, if it is not empty, and the answer to standard output. Result: the exit code.
int answerStudy(
    const Result<Json>& result, const std::string& csv, TableCells (*toCells)(const Json&), std::string (*toText)(const Json&), OutputForm form);

} // namespace ty::runner
