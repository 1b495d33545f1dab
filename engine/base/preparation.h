#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty {

/// What a step of the preparation does.
enum class StepKind {
    DropMissing,    ///< rows without a value in one of the columns are left out of the training data
    Fill,           ///< missing cells get a value
    Clip,           ///< numbers beyond a limit become the limit
    Bin,            ///< numbers become categories of intervals
    Compute,        ///< a further column, by an expression
    Filter,         ///< training rows for which an expression is not true are left out
    Scale,          ///< how numbers are brought to the learner
    Encode,         ///< how categories are brought to the learner
    DropDuplicates, ///< of equal training samples the first stays
    Balance,        ///< classes of the training part become equally frequent
    Resize,         ///< pictures are brought to a size
    Resample,       ///< recordings are brought to a rate
    Crop,           ///< recordings are brought to a length: cut, or silence added
};

const char* stepKindName(StepKind kind); ///< "drop-missing", "fill", ...
std::optional<StepKind> stepKindFromName(const std::string& name);
/// All kinds, in the order in which a menu offers them.
const std::vector<StepKind>& allStepKinds();
/// What `method` of such a step may be; empty for kinds without.
std::vector<std::string> stepMethods(StepKind kind);
/// Whether the step concerns what is trained on alone: new data is taken as it comes.
bool isTrainingOnly(StepKind kind);

/// What a step found in the training data; with it, new data is treated alike.
struct FittedColumn {
    std::optional<double> low;   ///< Clip
    std::optional<double> high;  ///< Clip
    std::vector<double> edges;   ///< Bin: inner edges, ascending; value x is in interval number (edges <= x)
    std::string value;           ///< Fill: as written
    std::vector<std::string> order; ///< Encode, ordinal: the category's number is its place here

    bool operator==(const FittedColumn&) const = default;
};

/// One step, with the settings of its kind; others keep their defaults.
struct PrepareStep {
    StepKind kind = StepKind::Clip;
    bool isEnabled = true;
    /// Those that the step changes; Compute: the one column that it makes.
    std::vector<std::string> columns;
    std::string expression; ///< Compute, Filter
    std::string method;     ///< one of stepMethods(kind)
    std::optional<double> low;  ///< Clip: a value, or a percentile in 0..100
    std::optional<double> high; ///< likewise
    int bins = 0;               ///< Bin by width or quantile: 2..64
    std::vector<double> edges;  ///< Bin by edges: 1..63, ascending
    std::vector<std::string> labels; ///< Bin: of the intervals, one more than edges; empty: "below 18", "18 to 65", ...
    std::string value;               ///< Fill by value, as written
    std::vector<std::string> order;  ///< Encode, ordinal: categories from the lowest on; empty: as people sort names
    std::uint64_t seed = 1;          ///< Balance
    int width = 0;                   ///< Resize, pixels, 1..4096
    int height = 0;
    std::string colours;             ///< Resize: "" as they are, "grey", "colour"
    int rate = 0;                    ///< Resample, samples a second, 1000..192000
    double seconds = 0;              ///< Crop, 0.02..600; 0: as long as nearly all recordings are
    std::map<std::string, FittedColumn> fitted; ///< by column; empty until data was seen

    static PrepareStep of(StepKind kind); ///< with the usual settings of its kind
    /// "clip age to 0..100": one line for lists and messages.
    std::string text() const;
    bool operator==(const PrepareStep&) const = default;
};

/// The ordered steps from data as it lies there to what learners are given. Part of a dataset's entry, of each run's description
/// and, fitted, of the model, so that new data is treated alike.
struct Preparation {
    static constexpr int kFormatVersion = 1;
    static constexpr std::size_t kMostSteps = 100;

    std::vector<PrepareStep> steps;

    bool isEmpty() const { return steps.empty(); }
    /// Whether any step is enabled.
    bool doesAnything() const;
    /// The enabled step of that kind that counts: the last one; null if there is none.
    const PrepareStep* last(StepKind kind) const;
    /// Whether an enabled step takes something from the data of a table (a median, percentiles, edges, an order): then it matters which rows it looks at.
    bool findsInTable() const;
    /// Enabled steps that change columns or rows of a table.
    bool concernsTables() const;

    /// {"format": 1, "steps": [{"step": "clip", "columns": ["age"], "low": 0}, ...]}, or the list of steps alone. Unknown keys
    /// and impossible settings are errors that name the step: "what: step 2 (clip): ...".
    static Result<Preparation> fromJson(const Json& json, const std::string& what);
    Json toJson() const;

    bool operator==(const Preparation&) const = default;
};

/// "step 2 (clip): ", as it begins messages about a step. @param index  from 0
std::string stepPlace(std::size_t index, StepKind kind);
/// The step that a message speaks of, from 0; nothing if it speaks of none.
std::optional<std::size_t> stepInMessage(const std::string& message);

} // namespace ty
