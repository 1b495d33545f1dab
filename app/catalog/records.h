#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/base/json.h"

/// What the catalog hands out: plain values that copy and cross threads. Times are UTC texts of utcNow(), empty when
/// they have not happened; numbers that are not known are NaN.
namespace ty::catalog {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

enum class RunState : std::uint8_t {
    Queued,
    Running,
    Paused,
    Finished,
    Failed,
    Stopped,     ///< by the person; its checkpoints are kept
    Interrupted, ///< the process died; resumable if there is a checkpoint
};
const char* runStateName(RunState state); ///< "queued", "running", ...
RunState runStateFromName(const std::string& name);
inline bool isActive(RunState state)
{
    return state == RunState::Running || state == RunState::Paused;
}

struct ProjectRecord {
    std::int64_t id = 0;
    std::string name;
    std::string created;
    std::int64_t runs = 0;
};

/// A row of Data > Datasets. Data itself is never copied or deleted by the catalog.
struct DatasetRecord {
    std::int64_t id = 0;
    std::string name;
    int version = 1; ///< grows when the same path shows another fingerprint
    std::string path;
    std::string kind;   ///< "table", "image"
    std::string format; ///< "csv", "idx", ...
    std::string task;   ///< "classification", "regression"
    std::string target;
    std::int64_t samples = 0;
    std::int64_t classes = 0;
    std::string shape; ///< "4 columns", "1 × 28 × 28"
    std::int64_t bytes = 0;
    std::int64_t problems = 0;
    std::string fingerprint;
    bool isStarred = false;
    std::int64_t usedBy = 0; ///< runs
    std::string created;
    Json info;    ///< DatasetInfo::toJson(); null in lists
    Json choices; ///< what the person set in the import sheet (target, task, columns, split); null: nothing
};

/// A row of the Runs table.
struct RunRecord {
    std::int64_t id = 0;
    std::int64_t projectId = 0;
    std::int64_t datasetId = 0; ///< 0: the data is not registered
    std::string name;
    RunState state = RunState::Queued;
    std::string folder;
    std::string dataset; ///< name, or the path's last part
    std::string task;
    std::string learner;
    std::string preset;
    std::string device; ///< as asked until it starts, then as used
    std::string host;
    std::uint64_t seed = 0;
    std::string metric; ///< what "best" is about: "validation/accuracy", "validation/loss", "validation/r2"
    double best = kUnknown;
    double last = kUnknown;
    double gap = kUnknown; ///< training minus validation of `metric` in the last epoch
    int bestEpoch = 0;     ///< 1-based; 0 = none
    int epochsDone = 0;
    int epochsPlanned = 0;
    std::int64_t parameters = 0; ///< learned values
    double seconds = 0;          ///< running time, pauses excluded
    double etaSeconds = kUnknown;
    double queueSeconds = 0;
    double costUsd = 0;
    std::int64_t bytes = 0; ///< on disk, as last measured
    bool isStarred = false;
    bool isResumable = false; ///< there is a checkpoint, and the run is not active
    bool hasModel = false;
    std::vector<std::string> tags;
    std::string notes;
    std::string created;
    std::string started;
    std::string ended;
    std::string outcome; ///< of "finished": "completed", "early-stop", "finished-now", "stopped"
    std::string errorKind;
    std::string errorMessage;
    std::string errorAdvice;
    int pid = 0; ///< of the runner while active
    std::int64_t parentId = 0; ///< the run that this one was made from; 0: none
    std::string parent;        ///< its name
    int parentEpoch = 0;       ///< epochs it had done when this one took over its weights; 0: not known
};

/// Every point of one metric of one run, oldest first; the vectors have one length. X values for a chart are ready to
/// use: step and epoch (fractional), elapsed running seconds, wall-clock seconds since 1970 UTC.
struct MetricSeries {
    std::string name;
    std::vector<double> step;
    std::vector<double> epoch;
    std::vector<double> elapsed;
    std::vector<double> wall;
    std::vector<double> value; ///< NaN where the run computed NaN or infinity
    std::vector<int> session;  ///< 0 for the first start, +1 for each resume: an overtaken tail can be dimmed
};

/// One recorded value with its places on the X axes; NaN: not known. As in MetricSeries.
struct CurvePoint {
    double step = kUnknown;
    double epoch = kUnknown;
    double elapsed = kUnknown;
    double wall = kUnknown;
    double value = kUnknown; ///< NaN where the run computed NaN or infinity
    bool operator==(const CurvePoint&) const = default;
};

/// A metric in few points, for a first picture: every lowest and highest value is among them, so that a lone spike
/// shows, and so is where a resumed run went back.
struct MetricOverview {
    std::vector<CurvePoint> points; ///< oldest first; empty if the overview has not been made yet
    std::int64_t count = 0;         ///< points that the metric has
    std::uint64_t lastSeq = 0;      ///< of its newest point
    bool isWhole = false;           ///< `points` are all of them
};

struct MetricSummary {
    std::string name;
    std::int64_t points = 0;
    double minimum = kUnknown;
    double maximum = kUnknown;
    double last = kUnknown;
};

/// Something that happened and that charts mark and the run page lists.
struct RunMark {
    std::uint64_t seq = 0;
    std::string kind; ///< event type: "checkpoint", "state", "set", "warning", "note", "started", "finished", "failed"
    double step = kUnknown;
    double epoch = kUnknown;
    double elapsed = kUnknown;
    double wall = kUnknown;
    Json fields; ///< the event's
};

struct ModelRecord {
    std::int64_t id = 0;
    std::string name;
    int version = 1;
    std::int64_t runId = 0; ///< 0: from a folder
    std::string runName;
    std::string folder;
    std::string format; ///< "trainyard", or "onnx", "safetensors" where it was imported from such a file
    std::string learner;
    std::string task;
    std::string input;  ///< "1 × 28 × 28", "4 columns"
    std::string output; ///< "10 classes", "1 number"
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;
    std::string metric;
    double best = kUnknown;
    double latencyMs = kUnknown; ///< p50 here, batch 1
    bool isChecked = false;      ///< an export agreed with the engine
    bool isStarred = false;
    std::string created;
};

/// A file that a run or a model gave: an export, a prediction, an evaluation.
struct ArtifactRecord {
    std::int64_t id = 0;
    std::int64_t runId = 0;   ///< 0: none
    std::int64_t modelId = 0; ///< 0: none
    std::string kind;         ///< "onnx", "safetensors", "predictions", "evaluation"
    std::string path;
    std::int64_t bytes = 0;
    Json details;
    std::string created;
};

struct SavedView {
    std::int64_t id = 0;
    std::string page; ///< "runs"
    std::string name;
    Json view; ///< columns, filter, sort; the page's own
};

struct TrashItem {
    std::int64_t id = 0;
    std::string kind; ///< "run", "dataset", "model", "view"
    std::int64_t itemId = 0;
    std::string name;
    std::int64_t bytes = 0; ///< freed when emptied
    std::string deleted;
    std::string expires; ///< 30 days later
};

/// What emptying the trash did.
struct TrashReport {
    std::int64_t items = 0;
    std::int64_t bytesFreed = 0;
    std::vector<std::string> failures; ///< one sentence each; such items stay in the trash
};

/// What repair() did; all zero after an orderly end.
struct RepairReport {
    std::vector<std::string> interrupted; ///< names of runs whose process had died
    std::vector<std::string> caughtUp;    ///< names of runs that went on or ended while nobody looked
    std::vector<std::string> adopted;     ///< names of runs found in folders
    std::vector<std::string> problems;    ///< one sentence each: folders that could not be read
    std::int64_t expired = 0;             ///< trash items older than their 30 days, now removed
};

/// How opening went, for a notice.
struct OpenReport {
    bool isNew = false;
    int migratedFrom = -1;   ///< version, or -1
    std::string backup;      ///< file made before the migration
    std::string movedAside;  ///< the damaged catalog's new place; then repair() rebuilds from the run folders
    std::string damage;      ///< why
};

} // namespace ty::catalog
