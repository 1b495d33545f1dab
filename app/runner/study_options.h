#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/runner/commands.h"
#include "app/runner/text_table.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

namespace ty::runner {

/// The run that studies are made of: --run, or a run made of --data and what goes with it.
Result<RunSpec> studyRun(const StudyData& data);

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

/// Tells of a fit on standard error: an object a line, or words for a person.
void tellOfFit(const Json& fit, const std::string& words, OutputForm form);

/// The end of a study's command: writes the table to `csv`, if it is not empty, and the answer to standard output. Result: the exit code.
int answerStudy(
    const Result<Json>& result, const std::string& csv, TableCells (*toCells)(const Json&), std::string (*toText)(const Json&), OutputForm form);

} // namespace ty::runner
