#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include <QHash>
#include <QImage>
#include <QObject>
#include <QString>
#include <QThreadPool>

#include "app/models/dataset_summary.h"
#include "app/services/drop_glance.h"
#include "cloud/secrets/secret.h"
#include "engine/base/result.h"
#include "engine/base/run_spec.h"

class QProcess;

namespace ty::engine {
class Dataset;
}

namespace ty::app {

class ActivityService;
class CatalogService;
class LogService;
class StoreService;

/// An opened dataset, for previews on worker threads. Immutable.
using DatasetHandle = std::shared_ptr<const engine::Dataset>;

/// Datasets: looked at off-process, registered in the catalog, opened for previews on a pool. GUI thread only.
class DatasetService : public QObject {
    Q_OBJECT
public:
    /// @param stores  for data that lie in stores; null: there are none
    DatasetService(
        CatalogService& catalog, ActivityService& activity, LogService& log, StoreService* stores = nullptr,
        QObject* parent = nullptr);
    ~DatasetService() override;

    /// `trainyard-run inspect --json` in its own process; a row in Activity. One of inspected(), inspectFailed().
    /// @param data  path in `training`; target, task and columns as chosen, empty: guessed
    int inspect(const DataSpec& data);
    void cancelInspect(int ticket);

    /// What the person chose before for the data at that path (target, task, columns, repairs) fills what `data`
    /// leaves open: the same path given again is the same data.
    void completeChoices(const DataSpec& data, QObject* receiver, std::function<void(const DataSpec&)> then);
    /// Inspects and registers; datasetAdded() or inspectFailed(). Returns the ticket.
    int import(const DataSpec& data);
    /// As import(), looking for copies besides: within the data, across its parts, and in the data at `against` (empty: none). Takes its
    /// time; inspectProgress() says how far it is.
    int importSeekingCopies(const DataSpec& data, const QString& against);
    /// Writes the data in another form (engine::exportFormName) into a new folder, in its own process; a row in Activity.
    /// One of exported(), inspectFailed(). Returns the ticket, for cancelInspect().
    int exportData(const DataSpec& data, const QString& form, const QString& folder);
    /// Registers a bundled sample ("digits", "iris", "spirals", "tones") if it is not there yet.
    void addSample(const QString& key);

    /// The first rows of a table or the outline of a folder, on the pool.
    void preview(const DataSpec& data, QObject* receiver, std::function<void(Result<TablePreview>)> then);
    /// Whole: samples are numbered as a run numbers them. Outline: image folders open at once, but pictures that cannot
    /// be read have a number too (engine::OpenOptions::isOutlineEnough).
    enum class Opening { Whole, Outline };
    /// Opens the data on the pool; the last few stay open.
    void open(
        const DataSpec& data, Opening how, QObject* receiver, std::function<void(Result<DatasetHandle>)> then);
    /// Decodes the picture of one sample on the pool; a null image if it cannot be read.
    void thumbnail(DatasetHandle dataset, quint64 sample, QObject* receiver,
                   std::function<void(quint64 sample, const QImage& image)> then);
    /// Cheap count over dropped paths, at most about a second, on the pool.
    void glance(const QStringList& paths, QObject* receiver, std::function<void(DropGlance)> then);

signals:
    void inspectProgress(int ticket, double fraction, const QString& what);
    void inspected(int ticket, const ty::app::DatasetSummary& summary);
    void inspectFailed(int ticket, const QString& message, const QString& advice);
    void exported(int ticket, const QString& folder, int files, const QStringList& notes);
    void datasetAdded(int ticket, qint64 datasetId, const QString& name);
    void sampleAdded(const QString& key, qint64 datasetId);
    void sampleFailed(const QString& key, const QString& message, const QString& advice);

private:
    struct Inspection;

    enum class Purpose { Look, Register, Export };
    int start(const DataSpec& data, Purpose purpose, QStringList command = {QStringLiteral("inspect")});
    void launch(int ticket, const QStringList& arguments, const Result<cloud::Secret>& grants);
    /// What opens the stores of that data.
    void grant(const DataSpec& data, QObject* receiver, std::function<void(Result<cloud::Secret>)> then);
    void readProgress(int ticket);
    void onFinished(int ticket);
    void fail(int ticket, const Error& error);
    void finishExport(int ticket, const Json& answer);
    void registerDataset(int ticket, const DatasetSummary& summary);
    /// Runs `work` on the pool and `then` with its result on the GUI thread, unless `receiver` is gone.
    template<typename Work, typename Then>
    void onPool(QObject* receiver, Work work, Then then);

    CatalogService& m_catalog;
    ActivityService& m_activity;
    LogService& m_log;
    StoreService* m_stores;
    std::stop_source m_stop;
    QThreadPool m_pool;
    QThreadPool m_thumbnailPool;
    QHash<int, std::shared_ptr<Inspection>> m_inspections;
    std::vector<std::pair<QString, DatasetHandle>> m_open; ///< newest first, at most 4
    QHash<int, QString> m_sampleTickets; ///< inspections of samples -> key
    int m_nextTicket = 1;
    int m_thumbnailsAsked = 0;
};

} // namespace ty::app
