#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/catalog/paths.h"
#include "app/catalog/records.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

namespace ty::catalog {

class Database;

/// Everything Trainyard remembers, in one SQLite file (tables: SCHEMA.md).
///
/// One thread owns a Catalog. Other processes (the CLI) may have the same file open: each write is one transaction and
/// waits up to 5 s for another writer. Ids are never used twice. Missing ids are NotFound errors.
class Catalog {
public:
    /// Creates, migrates (after a backup) or opens. A damaged file is moved aside and a new one begun; call repair()
    /// next. Errors: Permission, DiskFull, Io, Unsupported (made by a newer Trainyard).
    static Result<std::unique_ptr<Catalog>> open(const Paths& paths, OpenReport* report = nullptr);
    ~Catalog();
    Catalog(const Catalog&) = delete;
    Catalog& operator=(const Catalog&) = delete;

    const Paths& paths() const { return m_paths; }
    /// Changes whenever another connection has written; poll it to notice what the CLI did.
    Result<std::int64_t> foreignVersion();

    // Projects. There is always one, "Default".
    Result<std::vector<ProjectRecord>> projects();
    Result<ProjectRecord> createProject(const std::string& name);
    Result<void> renameProject(std::int64_t id, const std::string& name);
    /// Its runs move to "Default", which itself cannot go. Result: those runs, for restoreProject().
    Result<std::vector<std::int64_t>> deleteProject(std::int64_t id);
    /// Undoes deleteProject(): a project of that name with those runs; it gets a new id.
    Result<ProjectRecord> restoreProject(const std::string& name, const std::vector<std::int64_t>& runs);
    /// The project that the window and the command line work in; 0: all of them, and new runs go to "Default".
    Result<std::int64_t> currentProject();
    Result<void> setCurrentProject(std::int64_t id);

    // Datasets.
    /// Remembers `path` (made absolute) with DatasetInfo::toJson(). Known path and fingerprint: the known row with its
    /// info renewed; known path, other fingerprint: a new version.
    Result<DatasetRecord> registerDataset(const std::string& path, const Json& info, const Json& choices = nullptr);
    Result<std::vector<DatasetRecord>> datasets();
    Result<DatasetRecord> dataset(std::int64_t id); ///< with info and choices
    Result<void> renameDataset(std::int64_t id, const std::string& name);
    Result<void> setDatasetStarred(std::int64_t id, bool isStarred);
    Result<void> setDatasetChoices(std::int64_t id, const Json& choices);

    // Runs.
    /// Names the run if its spec does not ("digits-fast-1"), makes its folder with run.json in it, and a Queued row.
    Result<RunRecord> createRun(RunSpec spec, std::int64_t datasetId = 0, std::int64_t projectId = 0);
    /// Takes in a folder that trainyard-run wrote on its own. A known folder is brought up to date.
    Result<RunRecord> adoptRun(const std::string& folder);
    /// All that are not in the trash, newest first.
    Result<std::vector<RunRecord>> runs();
    Result<RunRecord> run(std::int64_t id);
    Result<std::optional<RunRecord>> findRun(const std::string& name);
    Result<RunSpec> runSpec(std::int64_t id);
    /// The complete settings used (from the plan), else those asked for.
    Result<Json> runSettings(std::int64_t id);
    /// Run id -> value of one setting as text, for a column or for grouping.
    Result<std::map<std::int64_t, std::string>> settingOfRuns(const std::string& setting);
    /// Names of all settings that any run has.
    Result<std::vector<std::string>> settingNames();
    /// A process that ended without saying so, or could not be started. Other changes come through EventIngest.
    Result<void> setRunState(std::int64_t id, RunState state, const std::optional<Error>& error = {});
    Result<void> renameRun(std::int64_t id, const std::string& name);
    Result<void> setRunStarred(std::int64_t id, bool isStarred);
    Result<void> setRunTags(std::int64_t id, const std::vector<std::string>& tags);
    Result<void> setRunNotes(std::int64_t id, const std::string& notes);
    Result<void> measureRun(std::int64_t id); ///< its size on disk; slow for large folders

    // Metrics. Names: "training/loss", "validation/accuracy" (each epoch), "step/loss", "step/learningRate",
    // "step/samplesPerSecond", "epoch/seconds", "epoch/learningRate", "epoch/samplesPerSecond",
    // "epoch/dataWaitFraction", "system/cpuPercent", "system/residentBytes", "final/test/accuracy" (one point).
    Result<std::vector<MetricSummary>> metrics(std::int64_t runId);
    Result<MetricSeries> series(std::int64_t runId, const std::string& metric);
    /// Only points after `afterSeq`; `lastSeq` becomes the newest: what a live chart appends.
    Result<MetricSeries> seriesAfter(
        std::int64_t runId, const std::string& metric, std::uint64_t afterSeq, std::uint64_t& lastSeq);
    /// A curve in few points, in milliseconds even for millions; all of them where they are few thousand. PointReader
    /// has the others.
    Result<MetricOverview> overview(std::int64_t runId, const std::string& metric);
    /// Ids of metrics whose overview lacks points: of a catalog from before there were overviews.
    Result<std::vector<std::int64_t>> metricsWithoutOverview();
    /// Makes some of what is missing (about 50 ms of work). True: call again.
    Result<bool> growOverviewOf(std::int64_t metricId);
    Result<std::vector<RunMark>> marks(std::int64_t runId);
    /// Run id -> minimum, maximum, last of one metric, for a column.
    Result<std::map<std::int64_t, MetricSummary>> metricOfRuns(const std::string& metric);

    // Models.
    /// The model package of a finished run becomes a row in Models; a known one is brought up to date.
    Result<ModelRecord> registerModelOfRun(std::int64_t runId);
    /// A model package elsewhere on the disk; it stays where it is.
    Result<ModelRecord> registerModelFolder(const std::string& folder, const std::string& name = {});
    /// A folder for a model that is to be imported, below Paths::modelsFolder() and not there yet: "resnet18", "resnet18-2".
    std::string freeModelFolder(const std::string& name) const;
    Result<std::vector<ModelRecord>> models();
    Result<ModelRecord> model(std::int64_t id);
    Result<void> renameModel(std::int64_t id, const std::string& name);
    Result<void> setModelStarred(std::int64_t id, bool isStarred);
    Result<void> setModelMeasured(std::int64_t id, double latencyMs);
    Result<void> setModelChecked(std::int64_t id, bool isChecked);

    // Artifacts, settings, views.
    Result<ArtifactRecord> addArtifact(ArtifactRecord artifact);
    Result<std::vector<ArtifactRecord>> artifacts(std::int64_t runId, std::int64_t modelId);
    Result<Json> setting(const std::string& key, const Json& fallback = nullptr);
    Result<void> setSetting(const std::string& key, const Json& value);
    Result<SavedView> saveView(const std::string& page, const std::string& name, const Json& view);
    Result<std::vector<SavedView>> views(const std::string& page);

    // Trash: 30 days, then gone. Deleting hides at once and keeps the files; restore() brings all back.
    /// Errors: Busy while the run is active. Models of the run go with it.
    Result<TrashItem> deleteRun(std::int64_t id);
    Result<TrashItem> deleteDataset(std::int64_t id); ///< the entry; the data is never touched
    Result<TrashItem> deleteModel(std::int64_t id);   ///< the entry; an imported one's files; a run's go with the run
    Result<TrashItem> deleteView(std::int64_t id);
    Result<std::vector<TrashItem>> trash();
    Result<void> restore(std::int64_t trashId);
    /// Removes files and rows. `ids` empty: everything. Only what Trainyard wrote into a run's folder is removed.
    Result<TrashReport> emptyTrash(const std::vector<std::int64_t>& ids = {});

    /// After a crash, a kill or a lost catalog; harmless otherwise. Runs whose runner is gone get every event of their
    /// events.jsonl and become Interrupted; run folders and imported models the catalog does not know are adopted; expired trash
    /// is removed.
    Result<RepairReport> repair();

private:
    friend class EventIngest;
    Catalog(Paths paths, std::unique_ptr<Database> database);

    /// "stem-1", "stem-2", ...: the first above every one ever used.
    Result<std::string> freeRunName(const std::string& stem);
    Result<RunRecord> insertRun(const RunSpec& spec, RunRecord record);
    Result<std::int64_t> datasetOfPath(const std::string& path, const std::string& fingerprint);
    Result<void> saveRunNote(std::int64_t id);
    Result<ModelRecord> registerModel(const std::string& folder, const std::string& name, std::int64_t runId);
    Result<TrashItem> moveToTrash(
        const std::string& kind, std::int64_t itemId, const std::string& name, std::int64_t bytes);
    Result<void> purge(const TrashItem& item, TrashReport& report);
    Result<void> repairRun(std::int64_t id, RepairReport& report);
    Result<void> adoptModels(RepairReport& report);
    bool isImported(const std::string& modelFolder) const;

    Paths m_paths;
    std::unique_ptr<Database> m_database;
};

} // namespace ty::catalog
