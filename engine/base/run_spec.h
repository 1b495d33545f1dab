#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/base/json.h"
#include "engine/base/preparation.h"
#include "engine/base/result.h"
#include "engine/base/sample_fixes.h"

namespace ty {

/// How samples that come without a split of their own are divided. Fractions of all samples.
struct SplitSpec {
    double validation = 0.2;
    double test = 0.0;
    std::uint64_t seed = 42;
    bool isStratified = true;

    bool operator==(const SplitSpec&) const = default;
};

/// A column as the person set it in the import sheet; empty strings mean "as guessed".
struct ColumnChoice {
    std::string type; ///< "", "numeric", "category", "date", "text"
    std::string role; ///< "", "feature", "target", "ignored"

    bool operator==(const ColumnChoice&) const = default;
};

/// What becomes of the rows in which a column has no value.
enum class MissingValues {
    Fill,    ///< the usual: the median of the training part, or none of the categories
    DropRows ///< the rows are left out of the training data
};

/// What is to be done about the problems of the training data. The files themselves stay as they are. All but
/// `mergedClasses` concern the training data alone: what a model is judged or asked about is taken as it comes.
struct DataRepairs {
    bool areUnreadableLeftOut = false;   ///< the person agrees to go on without the files that cannot be read
    bool areEmptyClassesLeftOut = false; ///< classes without a sample are no classes of the model
    bool areDuplicatesLeftOut = false;   ///< of samples that are equal within one part, the first stays
    bool areSharedLeftOut = false;       ///< training samples that validation or test data hold too
    bool areClassesWeighed = false;      ///< rare classes count more, unless the settings of the run say otherwise
    std::map<std::string, std::string> mergedClasses; ///< name in the data -> name of the class it belongs to
    std::map<std::string, MissingValues> missing;     ///< by column

    /// The class that samples called `name` belong to.
    std::string classNameFor(const std::string& name) const;
    bool isEmpty() const { return *this == DataRepairs(); }

    /// Unknown keys and words, and classes merged in a circle, are errors that name the key.
    static Result<DataRepairs> fromJson(const Json& json, const std::string& what);
    Json toJson() const; ///< only what is to be done

    bool operator==(const DataRepairs&) const = default;
};

/// Whether a text that names data is an address of a store ("az://research/images", "research:images") and not a path: those
/// in run files are absolute.
bool isStoreAddress(const std::string& text);

/// What to read and how; part of RunSpec.
struct DataSpec {
    std::string training;   ///< path or address of a store; a folder, a file, or one file of an IDX pair
    std::string validation; ///< empty: taken from training by `split`
    std::string test;       ///< empty: taken from training by `split`, none if its fraction is 0
    std::string target;     ///< name of the target column; empty: guessed
    std::string task;       ///< "", "classification", "regression", "grouping" (no target); empty: guessed
    std::map<std::string, ColumnChoice> columns;
    SplitSpec split;
    DataRepairs repairs;
    Preparation preparation; ///< steps from the data as it lies there to what is learned from
    /// Corrections of single samples: "training" for the training data with all that is split from it, "validation" and
    /// "test" for files of their own.
    std::map<std::string, SampleFixes> fixes;
    std::string fingerprint; ///< SHA-256 in hex of the data seen when frozen; empty: not checked

    bool operator==(const DataSpec&) const = default;
};

/// The run that this one was made from, and the weights that it begins with.
struct StartSpec {
    /// A checkpoint or weights file (.safetensors), a network from elsewhere (.onnx), a model folder, or a run folder (then
    /// its model). Absolute, or relative to the run's own folder. Empty: the weights begin at random.
    std::string from;
    std::string run; ///< name of that run; may be empty
    int epoch = 0;   ///< epochs which that run had done; 0: not known
    /// Not empty: samples come as a network from elsewhere knows them, numbers of a table and values to predict as they are,
    /// pixels as this says: "0..1". Empty: standardised.
    std::string pixels = {};

    bool operator==(const StartSpec&) const = default;
};

/// Everything the form shows about one run and nothing else; `run.json`. Frozen when queued.
struct RunSpec {
    static constexpr int kFormatVersion = 1;

    std::string name; ///< shown in tables, unique in the catalog: "digits-fast-1"
    DataSpec data;
    std::string learner = "network";
    std::string preset = "balanced"; ///< "fast", "balanced", "best"
    Json settings = Json::object();  ///< only what differs from the preset's values
    Json network;                    ///< model description, or null: the learner chooses
    std::uint64_t seed = 1;
    std::string device = "auto"; ///< "auto", "cpu", "cuda:0"
    std::optional<double> budgetMinutes;
    StartSpec start;

    /// Unknown keys, wrong types and impossible values are errors that name the key.
    static Result<RunSpec> fromJson(const Json& json, const std::string& what);
    Json toJson() const;
    static Result<RunSpec> load(const std::string& path);
    Result<void> save(const std::string& path) const;
    /// Ranges that types cannot say: fractions, known names, non-empty data.
    Result<void> validate() const;
};

} // namespace ty
