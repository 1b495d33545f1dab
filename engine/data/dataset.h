#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"
#include "engine/data/distribution.h"

namespace ty::engine {

class DataFiles;

/// Reconstruction: a sample's target is the sample itself. NextWord: of each word of a running text, the one that follows.
/// Grouping: there is no target; the answer is which group of similar samples a sample is of.
enum class Task { Classification, Regression, Reconstruction, NextWord, Grouping };
enum class DataKind { Table, Image };
enum class ColumnType { Numeric, Category, Date, Text };
enum class ColumnRole { Feature, Target, Ignored };

const char* taskName(Task task); ///< "classification", "regression", "reconstruction", "next-word", "grouping"
const char* dataKindName(DataKind kind); ///< "table", "image"
const char* columnTypeName(ColumnType type); ///< "numeric", "category", "date", "text"
const char* columnRoleName(ColumnRole role); ///< "feature", "target", "ignored"
/// The inverses, for JSON; nothing for an unknown name.
std::optional<Task> taskFromName(const std::string& name);
std::optional<ColumnType> columnTypeFromName(const std::string& name);
std::optional<ColumnRole> columnRoleFromName(const std::string& name);

/// What is known of one column of a table.
struct ColumnInfo {
    std::string name;
    ColumnType type = ColumnType::Numeric;
    ColumnRole role = ColumnRole::Feature;
    std::uint64_t missing = 0;  ///< cells without a value
    std::uint64_t distinct = 0; ///< exact up to 10,000, then at least that
    double minimum = std::numeric_limits<double>::quiet_NaN(); ///< Numeric only
    double maximum = std::numeric_limits<double>::quiet_NaN();
    double mean = std::numeric_limits<double>::quiet_NaN();
    double deviation = std::numeric_limits<double>::quiet_NaN(); ///< standard, of the values present
    std::vector<std::string> categories; ///< Category only, in the order of their codes
    std::vector<std::string> unseen;     ///< of them, in what a model expects: those that none of its training rows held
    Distribution distribution;           ///< empty for texts, and where nobody counted
};

struct ClassInfo {
    std::string name;
    std::uint64_t samples = 0;
};

enum class ProblemSeverity { Note, Warning, Error };
const char* problemSeverityName(ProblemSeverity severity); ///< "note", "warning", "error"

/// Something in the data that a person should know before training.
struct Problem {
    ProblemSeverity severity = ProblemSeverity::Warning;
    std::string kind; ///< "unreadable", "empty-class", "missing-values", "duplicates", "split-duplicates",
                      ///< "imbalance", "constant-column", "label-typo", "ragged-rows", "single-class", "bad-values",
                      ///< "ignored-column", "encoding", "limit", "near-duplicates", "vanished-corrections"
    std::string message;             ///< one sentence with numbers and the place
    std::string advice;              ///< what to do, or what Trainyard does by itself
    std::uint64_t count = 0;
    std::vector<std::string> places; ///< at most 20: "iris.csv line 7", "train/3/0012.png"
    /// What it is about, for a repair: the column; the empty classes; of a likely typo the rare and the usual class;
    /// of several tables their names, the one that is read first.
    std::vector<std::string> names = {};
    /// Ids of samples that could be left out against it, by what is kept then: "one" of each group of copies, what is for "training",
    /// what is for "test" and validation, the "other" file.
    std::map<std::string, std::vector<std::string>> removals = {};
};

enum class SplitPart { Training, Validation, Test };

/// Everything a dataset says about itself; `inspect --json`.
struct DatasetInfo {
    std::string path;
    std::string name;   ///< shown in tables: the file's or folder's name without suffixes
    std::string format; ///< "csv", "tsv", "idx", "ctf", "image-folder", "recordings", "npy", "text"
    DataKind kind = DataKind::Table;
    Task task = Task::Classification;
    std::uint64_t samples = 0;
    std::uint64_t bytes = 0; ///< on disk
    std::string target;                ///< name of the target column, "label" for images; empty: Grouping
    std::vector<ColumnInfo> columns;   ///< Table only; in file order
    std::vector<ClassInfo> classes;    ///< Classification only; the order is the class index
    std::array<int, 3> imageShape{};   ///< {channels, height, width} that samples are brought to
    bool areImagesSameSize = true;     ///< false: each is scaled to imageShape
    int wordsPerSample = 0; ///< NextWord only: words that the network is given; a sample is one word longer
    std::array<std::uint64_t, 3> givenSplit{}; ///< samples that come as training, validation, test; all training if none given
    std::string fingerprint;           ///< SHA-256 in hex over the content, the same on every machine
    std::vector<Problem> problems;
    std::vector<Problem> repaired; ///< those that OpenOptions::repairs dealt with
    std::uint64_t leftOut = 0;     ///< samples that repairs left out; `samples` does not count them
    /// Steps that were done, with what they found in the data; empty if there are none.
    Preparation preparation;
    std::vector<ColumnInfo> rawColumns; ///< before these steps, with the roles of what new data must bring; empty: as `columns`
    /// Names that count as another class, here and in data that is opened like this.
    std::map<std::string, std::string> mergedClasses;

    /// What files like this one hold.
    const std::vector<ColumnInfo>& columnsToRead() const { return rawColumns.empty() ? columns : rawColumns; }
    Json toJson() const;
};

/// Whose findings (medians, percentiles, edges, orders of categories) the steps of a preparation use.
struct StepsFit {
    std::span<const std::uint32_t> training; ///< found in these samples alone
    const Preparation* found = nullptr;      ///< not null: these, as a model has them
};

/// One opened dataset: its description, and random access to raw samples. Immutable; any thread may read.
class Dataset {
public:
    virtual ~Dataset() = default;

    virtual const DatasetInfo& info() const = 0;
    std::uint64_t size() const { return info().samples; }

    /// Which part the data itself says that sample belongs to; all Training when it says nothing.
    virtual SplitPart partOf(std::uint64_t sample) const = 0;
    /// What a person calls the sample: "train/3/0012.png", "line 17".
    virtual std::string sampleId(std::uint64_t sample) const = 0;

    /// Class index in [0, classes), -1 if the sample has no label (Classification).
    virtual std::int32_t classOf(std::uint64_t sample) const = 0;
    /// Value of the target, NaN if missing (Regression).
    virtual double targetOf(std::uint64_t sample) const = 0;

    /// Table: numeric cell (NaN if missing), or the code of a category in ColumnInfo::categories (-1 if missing).
    /// Dates are days since 1970-01-01. `column` indexes info().columns. Empty span for Text columns.
    virtual std::span<const float> numericColumn(std::size_t column) const = 0;
    virtual std::span<const std::int32_t> categoryColumn(std::size_t column) const = 0;
    /// Table: the cell as written, for previews. Empty if missing.
    virtual std::string cellText(std::uint64_t sample, std::size_t column) const = 0;

    /// Image: decodes sample into {C, H, W} bytes, 0..255, scaled to info().imageShape. Errors name the file.
    virtual Result<void> readImage(std::uint64_t sample, std::span<std::uint8_t> chw) const = 0;

    /// Image: whether there is more of the sample than readImage() gives: a recording that lasts longer than all are cut to, of which a
    /// person has not said which part counts. True may mean that nobody knows yet.
    virtual bool hasOtherParts(std::uint64_t) const { return false; }
    /// readImage() of another part. @param place  0: what it begins with, 1: what it ends with
    virtual Result<void> readPart(std::uint64_t sample, double /*place*/, std::span<std::uint8_t> chw) const { return readImage(sample, chw); }

    /// Image: the sample's own file as it lies there, PNG or JPEG; empty if it has none. Errors: those of the file.
    virtual Result<std::string> readOriginal(std::uint64_t) const { return std::string(); }

    /// Whether a sample costs next to nothing to read: nothing is decoded, and what is not in memory lies in one piece. Then
    /// copies of samples need not be kept.
    virtual bool isReadQuickly() const { return false; }

    /// These samples will be read, about in this order: what has to come from far may be fetched ahead.
    virtual void expect(std::span<const std::uint32_t>) const {}

    /// The same samples, with their numbers and ids, prepared with other findings. Null if no step finds anything in the data, so that nothing would
    /// change; that is also the answer of data that was opened without OpenOptions::areStepsFittedAgain.
    /// Errors: InvalidInput that begins "step 2 (clip): " where these samples do not hold what the step needs.
    virtual Result<std::unique_ptr<Dataset>> preparedAnew(const StepsFit&) const { return std::unique_ptr<Dataset>(); }

    /// One a sample, equal for samples that are the same; empty unless OpenOptions::areDuplicatesSought.
    virtual std::span<const std::uint64_t> sampleHashes() const { return {}; }
};

/// Dataset::expect() of a set of samples that are others of `source`: sample i is there kept[i].
void expectOf(const Dataset& source, std::span<const std::uint32_t> kept, std::span<const std::uint32_t> samples);

/// What `samples` of such a set are called in its source: kept[sample] of each.
std::vector<std::uint32_t> placesIn(std::span<const std::uint32_t> kept, std::span<const std::uint32_t> samples);

/// done in [0, 1], or negative when unknown; `what` a short phrase ("reading line 1 200 000").
using DataProgress = std::function<void(double done, const std::string& what)>;

inline constexpr int kUsualWordsPerSample = 32;

struct OpenOptions {
    std::string target; ///< empty: guessed
    std::string task;   ///< empty: guessed; "grouping": no column of the table is the target
    std::map<std::string, ColumnChoice> columns;
    bool areDuplicatesSought = true; ///< hashing every sample; inspect does, evaluate need not
    /// false: describe only, in memory that does not grow with the number of rows (inspect). Then numericColumn,
    /// categoryColumn and cellText of a table give nothing; images are not affected.
    bool areValuesKept = true;
    /// {channels, height, width} that pictures are brought to instead of their own; all 0: their own.
    std::array<int, 3> imageShape{};
    int wordsPerSample = 0; ///< of a running text; 0: kUsualWordsPerSample
    /// For views that show pictures at once: an image folder is listed and only a few of its files are read for the
    /// shape. Then files that cannot be read are samples too, and there are no fingerprint, hashes or byte count.
    bool isOutlineEnough = false;
    /// Opening validation, test or prediction data: the classes, columns, categories and image shape of the data
    /// that the model was trained on. Then codes agree, unknown categories are -1, and a missing target is no error.
    const DatasetInfo* like = nullptr;
    /// What `path` is an address of; null: a path of this computer. Outlives the dataset. Image folders are then listed and
    /// looked at in outline, their fingerprint follows the versions that the store tells, and pictures are read when they
    /// are asked for.
    const DataFiles* files = nullptr;
    /// With `like`, its preparation is done instead. Its settings for pictures go before those of the person but not before what a
    /// network asks for.
    Preparation preparation;
    /// Recordings without a step that brings them to a length are drawn out or squeezed, as models of earlier versions heard them.
    bool areRecordingsStretched = false;
    /// Keeps the table as it was read where a step finds something in it, for Dataset::preparedAnew(). Costs its memory once more.
    bool areStepsFittedAgain = false;
    /// With `like`, nothing is left out: then the classes that the model merged are merged, and that is all.
    DataRepairs repairs;
    DataProgress progress;
    std::stop_token stop;
};

/// Detects the format by content, reads and describes the data. `path`: file or folder.
/// Errors: NotFound, InvalidInput naming file and place, Unsupported with advice (Parquet, pickle), Cancelled.
Result<std::unique_ptr<Dataset>> openDataset(const std::string& path, const OpenOptions& options);

/// The first rows of a table or the first images without reading everything; for the import sheet.
struct Preview {
    DatasetInfo info; ///< guessed from the beginning; counts may be estimates
    bool isComplete = false;
    std::vector<std::vector<std::string>> rows; ///< Table: at most 100, in column order
};
Result<Preview> previewDataset(const std::string& path, const OpenOptions& options);

/// Samples of `other` that are also in `training`, as a "split-duplicates" problem; nothing if there are none or the
/// two cannot be compared. Tables are compared by the columns that `training` uses, images by their pixels, which are
/// decoded for that. `other` has been opened with `like = &training.info()`.
/// Errors: Cancelled.
Result<std::optional<Problem>> findSharedSamples(const Dataset& training, const Dataset& other, std::stop_token stop);

/// The samples of `training` that `other` holds too, ascending; otherwise as findSharedSamples().
Result<std::vector<std::uint32_t>> samplesSharedWith(
    const Dataset& training, const Dataset& other, std::stop_token stop);

/// Which samples train, validate and test; indices into one dataset, each list ascending.
struct Split {
    std::vector<std::uint32_t> training;
    std::vector<std::uint32_t> validation;
    std::vector<std::uint32_t> test;
};

/// Keeps what the data says; divides the rest by `spec`, class by class if stratified (each class with two samples
/// or more stays in training). A running text is cut: its end is for validation, then test. Unlabelled samples are left
/// out, unless `areUnlabelledKept`. The same seed gives the same split on any machine.
/// Errors: InvalidInput when a part that must exist would be empty.
Result<Split> splitDataset(
    const Dataset& dataset, const SplitSpec& spec, bool isValidationGiven, bool isTestGiven, bool areUnlabelledKept = false);

/// How many samples splitDataset() gives to training, validation and test, when the data itself says nothing.
/// @param groups  labelled samples of each class, in the order of the classes; of a split that is not stratified, and of numbers to
///                predict, one group of all. Impossible fractions leave all for training
std::array<std::uint64_t, 3> splitSizes(const std::vector<std::uint64_t>& groups, const SplitSpec& spec);

} // namespace ty::engine
