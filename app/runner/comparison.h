#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/runner/commands.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/dataset.h"

namespace ty::engine {
class DataFiles;
}

namespace ty::runner {

/// Data to learn from with data to judge by.
struct Subject {
    std::string name;
    std::string training;
    std::string test; ///< empty: a part of the training data
    std::optional<RunSpec> run = {}; ///< what else all learners take from a run
};

/// How one learner did on one subject.
struct Score {
    std::string learner;
    std::string label;  ///< "Random forest"
    double samples = 0; ///< of all parts
    double seconds = 0;
    Json metrics;        ///< of the test part, else of the validation part
    std::string problem; ///< why there is none
};

struct ComparedSubject {
    Subject subject;
    std::vector<Score> scores; ///< in the order of the learners
};

/// What was compared: a row a subject, a column a learner.
struct Comparison {
    std::vector<std::string> learners;
    engine::Task task = engine::Task::Classification;
    std::vector<ComparedSubject> rows;
};

/// NAME_train.csv[.gz] with NAME_test.csv[.gz] of a folder. Errors: NotFound when there is none.
Result<std::vector<Subject>> subjectsIn(const std::string& folder);

/// Examples of the transitions of each machine (*.mch but inc1) of a folder, written below `out`: as many impossible ones as
/// possible ones, a fifth of all to judge by. @param folder  "bundled": the machines that come with the program
/// Errors: NotFound; those of machines that are not whole.
Result<std::vector<Subject>> subjectsOfMachines(const std::string& folder, std::uint64_t seed, const std::string& out);

/// Trains every learner on every subject, in folders below `out`. A learner that fails has a problem in its score.
/// @param told  after each run, @param files  OpenOptions::files: what reads data that lie in stores; may be null
Result<Comparison> compareOn(
    const std::vector<Subject>& subjects, const CompareOptions& options, const std::string& out,
    const std::function<void(const Subject&, const Score&, std::size_t done, std::size_t all)>& told,
    const engine::DataFiles* files = nullptr);

/// NaN if it is not there.
double metricOf(const Score& score, const std::string& metric);
double samplesOf(const ComparedSubject& row);
/// Mean over the subjects, weighted by their samples; NaN if one is missing.
double weightedMean(const Comparison& comparison, std::size_t learner, const std::string& metric);

} // namespace ty::runner
