#include "app/services/dataset_service.h"

#include <algorithm>

#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QProcess>

#include <sys/resource.h>

#include "app/catalog/catalog.h"
#include "app/models/training_form.h"
#include "app/services/activity_service.h"
#include "app/services/catalog_service.h"
#include "app/services/log_service.h"
#include "app/services/reading_arguments.h"
#include "app/services/runner_error.h"
#include "app/services/runner_program.h"
#include "app/services/runner_stores.h"
#include "app/services/sample_picture.h"
#include "app/services/store_service.h"
#include "app/streaming/store_files.h"
#include "engine/base/files.h"
#include "engine/data/dataset.h"
#include "engine/data/exports/dataset_export.h"
#include "engine/data/near_copy.h"
#include "engine/data/sample_catalog.h"
#include "engine/data/sample_fixes.h"

namespace ty::app {

namespace {
constexpr std::size_t kMostOpen = 4;
constexpr int kKillAfterMs = 2000;

/// Reads on all cores, and the window wants a moment of one of them at each key.
void stepBehindTheWindow(qint64 process)
{
    constexpr int kNice = 5; // beside a training it still gets a quarter of a core
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(process), kNice); // a wish
}

/// Corrections of the one file that is opened here.
SampleFixes fixesOfFile(const DataSpec& data)
{
    const auto fixes = data.fixes.find("training");
    return fixes == data.fixes.end() ? SampleFixes() : fixes->second;
}

QString openKey(const DataSpec& data, DatasetService::Opening how)
{
    return QString::fromStdString(
        data.training + '\n' + data.target + '\n' + data.task + '\n' + data.fingerprint + '\n'
        + data.repairs.toJson().dump() + data.preparation.toJson().dump() + fixesOfFile(data).toJson().dump() + (how == DatasetService::Opening::Outline ? "\noutline" : ""));
}

engine::OpenOptions optionsFor(const DataSpec& data, const std::stop_token& stop)
{
    engine::OpenOptions options;
    options.target = data.target;
    options.task = data.task;
    options.columns = data.columns;
    options.repairs = data.repairs;
    options.preparation = data.preparation;
    options.areDuplicatesSought = false; // inspect has looked; views need speed
    options.stop = stop;
    return options;
}

Result<std::string> samplePath(const std::string& key)
{
    for (const auto& sample : engine::bundledSamples()) {
        if (sample.id == key) {
            return sample.path;
        }
    }
    return Error{
        ErrorKind::NotFound, "the sample \"" + key + "\" is not installed",
        "Reinstall Trainyard, or name the folder of the samples in TRAINYARD_SAMPLES."};
}

/// As the catalog writes paths: absolute, without a slash at the end. Addresses of stores stay.
std::string catalogPath(const std::string& path)
{
    if (isStoreAddress(path)) {
        return path;
    }
    return QDir::cleanPath(QFileInfo(QString::fromStdString(path)).absoluteFilePath()).toStdString();
}

} // namespace

namespace {
/// A dataset and, where it lies in a store, what it is read through.
struct OpenedData {
    std::unique_ptr<streaming::StoreFiles> files;
    std::unique_ptr<engine::Dataset> dataset; ///< last: it looks at the files
};

/// Null when nothing lies in a store.
Result<std::unique_ptr<streaming::StoreFiles>> storesFor(const cloud::Secret& grants, const std::stop_token& stop)
{
    if (grants.isEmpty()) {
        return std::unique_ptr<streaming::StoreFiles>();
    }
    TY_TRY(auto granted, cloud::grantsFromText(grants));
    streaming::StoreFilesOptions options;
    options.isGivenUp = [stop] { return stop.stop_requested(); };
    return std::make_unique<streaming::StoreFiles>(std::move(granted), std::move(options));
}
} // namespace

struct DatasetService::Inspection {
    DataSpec data;
    Purpose purpose = Purpose::Look;
    int activity = 0;
    bool isCancelled = false;
    QByteArray pendingError;
    QStringList errorLines;
    std::string folder; ///< of an export
    std::unique_ptr<QProcess> process;
};

DatasetService::DatasetService(
    CatalogService& catalog, ActivityService& activity, LogService& log, StoreService* stores, QObject* parent)
    : QObject(parent)
    , m_catalog(catalog)
    , m_activity(activity)
    , m_log(log)
    , m_stores(stores)
{
    m_pool.setMaxThreadCount(2);
    m_thumbnailPool.setMaxThreadCount(1);
    m_pool.start([] { engine::NearCopy::removeLeftBehind(); });
    connect(&m_activity, &ActivityService::cancelRequested, this, [this](int id) {
        for (auto at = m_inspections.constBegin(); at != m_inspections.constEnd(); ++at) {
            if (at.value()->activity == id) {
                cancelInspect(at.key());
                return;
            }
        }
    });
}

DatasetService::~DatasetService()
{
    m_stop.request_stop();
    for (const auto& inspection : std::as_const(m_inspections)) {
        inspection->process->disconnect(this);
        inspection->process->kill();
        inspection->process->waitForFinished(kKillAfterMs);
    }
    m_thumbnailPool.clear();
    m_pool.clear();
    m_thumbnailPool.waitForDone();
    m_pool.waitForDone();
}

int DatasetService::inspect(const DataSpec& data)
{
    return start(data, Purpose::Look);
}

void DatasetService::completeChoices(
    const DataSpec& data, QObject* receiver, std::function<void(const DataSpec&)> then)
{
    m_catalog.call(
        receiver,
        [path = catalogPath(data.training)](catalog::Catalog& catalog) -> Result<Json> {
            TY_TRY(const auto datasets, catalog.datasets());
            const catalog::DatasetRecord* newest = nullptr;
            for (const auto& one : datasets) {
                if (one.path == path && (newest == nullptr || one.version > newest->version)) {
                    newest = &one;
                }
            }
            if (newest == nullptr) {
                return Json();
            }
            TY_TRY(const auto known, catalog.dataset(newest->id));
            return known.choices;
        },
        [data, then = std::move(then)](const Result<Json>& choices) {
            DataSpec known;
            applyChoices(choices ? choices.value() : Json(), known);
            DataSpec complete = data;
            complete.target = data.target.empty() ? known.target : data.target;
            complete.task = data.task.empty() ? known.task : data.task;
            complete.columns = data.columns.empty() ? known.columns : data.columns;
            complete.repairs = data.repairs.isEmpty() ? known.repairs : data.repairs;
            complete.preparation = data.preparation.isEmpty() ? known.preparation : data.preparation;
            complete.split = data.split == SplitSpec() ? known.split : data.split;
            complete.fixes = data.fixes.empty() ? known.fixes : data.fixes;
            then(complete);
        });
}

int DatasetService::import(const DataSpec& data)
{
    return start(data, Purpose::Register);
}

int DatasetService::importSeekingCopies(const DataSpec& data, const QString& against)
{
    QStringList command{QStringLiteral("inspect"), QStringLiteral("--leakage")};
    if (!against.isEmpty()) {
        command << QStringLiteral("--against") << against;
    }
    return start(data, Purpose::Register, command);
}

int DatasetService::exportData(const DataSpec& data, const QString& form, const QString& folder)
{
    QStringList command{QStringLiteral("convert"), QStringLiteral("--to"), form, QStringLiteral("--out"), folder};
    const int ticket = start(data, Purpose::Export, command);
    m_inspections[ticket]->folder = folder.toStdString();
    return ticket;
}

int DatasetService::start(const DataSpec& data, Purpose purpose, QStringList command)
{
    const int ticket = m_nextTicket++;
    auto inspection = std::make_shared<Inspection>();
    inspection->data = data;
    inspection->purpose = purpose;
    const auto path = QString::fromStdString(data.training);
    inspection->activity = m_activity.begin(
        purpose == Purpose::Register ? tr("Import")
            : purpose == Purpose::Export ? tr("Export")
                                         : tr("Inspect"),
        QFileInfo(path).fileName(), true);
    inspection->process = std::make_unique<QProcess>();
    m_inspections.insert(ticket, inspection);

    const QStringList arguments = command << path << QStringLiteral("--json") << readingArguments(data);
    auto* process = inspection->process.get();
    connect(process, &QProcess::started, process, [process] { stepBehindTheWindow(process->processId()); });
    connect(process, &QProcess::readyReadStandardError, this, [this, ticket] { readProgress(ticket); });
    connect(process, &QProcess::finished, this, [this, ticket] { onFinished(ticket); });
    connect(process, &QProcess::errorOccurred, this, [this, ticket](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            fail(ticket, {ErrorKind::NotFound, "trainyard-run could not be started",
                          "Reinstall Trainyard; the program trainyard-run belongs beside it."});
        }
    });
    // Queued, so that the caller holds the ticket before any signal about it.
    QMetaObject::invokeMethod(
        process,
        [this, ticket, arguments, data] {
            grant(data, this, [this, ticket, arguments](const Result<cloud::Secret>& grants) {
                launch(ticket, arguments, grants);
            });
        },
        Qt::QueuedConnection);
    return ticket;
}

void DatasetService::launch(int ticket, const QStringList& arguments, const Result<cloud::Secret>& grants)
{
    const auto inspection = m_inspections.value(ticket);
    if (!inspection) {
        return;
    }
    if (inspection->isCancelled) {
        fail(ticket, {ErrorKind::Cancelled, tr("cancelled").toStdString(), {}});
        return;
    }
    if (!grants) {
        fail(ticket, grants.error());
        return;
    }
    auto* process = inspection->process.get();
    process->setProgram(runnerProgram());
    process->setArguments(arguments);
    if (const auto given = giveStores(*process, *grants); !given) {
        fail(ticket, given.error());
        return;
    }
    process->start();
}

void DatasetService::grant(const DataSpec& data, QObject* receiver, std::function<void(Result<cloud::Secret>)> then)
{
    if (m_stores == nullptr) {
        then(cloud::Secret());
        return;
    }
    m_stores->grant({data.training, data.validation, data.test}, receiver, std::move(then));
}

void DatasetService::cancelInspect(int ticket)
{
    const auto inspection = m_inspections.value(ticket);
    if (!inspection) {
        return;
    }
    inspection->isCancelled = true;
    inspection->process->kill(); // what an export has begun to write is removed in fail()
}

void DatasetService::readProgress(int ticket)
{
    const auto inspection = m_inspections.value(ticket);
    if (!inspection) {
        return;
    }
    inspection->pendingError += inspection->process->readAllStandardError();
    qsizetype end = 0;
    while ((end = inspection->pendingError.indexOf('\n')) >= 0) {
        const auto line = QString::fromUtf8(inspection->pendingError.left(end));
        inspection->pendingError.remove(0, end + 1);
        const auto json = line.startsWith(u'{') ? parseJson(line.toStdString(), "progress") : Result<Json>(Json());
        if (json && json->is_object() && json->contains("progress")) {
            const auto fraction = jsonFieldOr<double>(json.value(), "progress", -1.0, "progress").valueOr(-1.0);
            const auto what = QString::fromStdString(
                jsonFieldOr<std::string>(json.value(), "what", std::string(), "progress").valueOr({}));
            m_activity.update(inspection->activity, what, fraction);
            emit inspectProgress(ticket, fraction, what);
        } else if (!line.trimmed().isEmpty()) {
            inspection->errorLines << line;
        }
    }
}

void DatasetService::fail(int ticket, const Error& error)
{
    const auto inspection = m_inspections.take(ticket);
    if (!inspection) {
        return;
    }
    inspection->process.release()->deleteLater(); // we may be inside one of its signals
    if (inspection->purpose == Purpose::Export) {
        m_pool.start([begun = engine::unfinishedExport(inspection->folder)] {
            [[maybe_unused]] const auto removed = removeTree(begun); // the next export to that place does it too
        });
    }
    const auto message = QString::fromStdString(error.message);
    m_activity.finish(
        inspection->activity,
        error.kind == ErrorKind::Cancelled ? OperationState::Cancelled : OperationState::Failed, message);
    if (error.kind != ErrorKind::Cancelled) {
        m_log.append(LogLevel::Error, inspection->purpose == Purpose::Export ? tr("export") : tr("import"), message);
    }
    const auto sample = m_sampleTickets.take(ticket);
    if (!sample.isEmpty()) {
        emit sampleFailed(sample, message, QString::fromStdString(error.advice));
    } else {
        emit inspectFailed(ticket, message, QString::fromStdString(error.advice));
    }
}

void DatasetService::onFinished(int ticket)
{
    readProgress(ticket);
    const auto inspection = m_inspections.value(ticket);
    if (!inspection) {
        return;
    }
    if (inspection->isCancelled) {
        fail(ticket, {ErrorKind::Cancelled, tr("cancelled").toStdString(), {}});
        return;
    }
    const auto output = inspection->process->readAllStandardOutput().toStdString();
    const auto json = parseJson(output, "inspect");
    if (inspection->process->exitStatus() != QProcess::NormalExit || inspection->process->exitCode() != 0) {
        fail(ticket, runnerError(output, inspection->errorLines.join(u'\n').toStdString()));
        return;
    }
    if (!json) {
        fail(ticket, json.error());
        return;
    }
    if (inspection->purpose == Purpose::Export) {
        finishExport(ticket, json.value());
        return;
    }
    auto summary = DatasetSummary::fromJson(json.value());
    if (!summary) {
        fail(ticket, summary.error());
        return;
    }
    if (inspection->purpose == Purpose::Register) {
        registerDataset(ticket, summary.value());
        return;
    }
    m_inspections.take(ticket)->process.release()->deleteLater();
    m_activity.finish(inspection->activity, OperationState::Done);
    emit inspected(ticket, summary.value());
}

void DatasetService::finishExport(int ticket, const Json& answer)
{
    const auto inspection = m_inspections.take(ticket);
    inspection->process.release()->deleteLater();
    QStringList notes;
    const Json found = answer.value("notes", Json::array());
    for (const Json& note : found) {
        notes << QString::fromStdString(note.is_string() ? note.get<std::string>() : note.dump());
    }
    const auto files = static_cast<int>(answer.value("files", Json::array()).size());
    m_activity.finish(inspection->activity, OperationState::Done);
    emit exported(ticket, QString::fromStdString(inspection->folder), files, notes);
}

void DatasetService::registerDataset(int ticket, const DatasetSummary& summary)
{
    const auto inspection = m_inspections.value(ticket);
    m_catalog.change(
        CatalogService::Datasets, this,
        [path = inspection->data.training, info = summary.json,
         choices = readingChoices(inspection->data)](catalog::Catalog& catalog) {
            return catalog.registerDataset(path, info, choices);
        },
        [this, ticket](Result<catalog::DatasetRecord> record) {
            if (!record) {
                fail(ticket, record.error());
                return;
            }
            const auto done = m_inspections.take(ticket);
            done->process.release()->deleteLater();
            m_activity.finish(done->activity, OperationState::Done);
            const auto name = QString::fromStdString(record->name);
            m_log.append(LogLevel::Info, tr("import"), tr("%1 is in Datasets.").arg(name));
            const auto sample = m_sampleTickets.take(ticket);
            if (!sample.isEmpty()) {
                emit sampleAdded(sample, record->id);
            } else {
                emit datasetAdded(ticket, record->id, name);
            }
        });
}

void DatasetService::addSample(const QString& key)
{
    onPool(
        this, [key] { return samplePath(key.toStdString()); },
        [this, key](Result<std::string> path) {
            if (!path) {
                emit sampleFailed(
                    key, QString::fromStdString(path.error().message), QString::fromStdString(path.error().advice));
                return;
            }
            m_catalog.call(
                this,
                [](catalog::Catalog& catalog) { return catalog.datasets(); },
                [this, key, path = path.value()](Result<std::vector<catalog::DatasetRecord>> datasets) {
                    for (const auto& known : datasets ? datasets.value() : std::vector<catalog::DatasetRecord>()) {
                        if (known.path == path) {
                            emit sampleAdded(key, known.id);
                            return;
                        }
                    }
                    DataSpec data;
                    data.training = path;
                    m_sampleTickets.insert(start(data, Purpose::Register), key);
                });
        });
}

template<typename Work, typename Then>
void DatasetService::onPool(QObject* receiver, Work work, Then then)
{
    using Outcome = std::invoke_result_t<Work>;
    m_pool.start([this, guard = QPointer<QObject>(receiver), work = std::move(work), then = std::move(then)]() mutable {
        auto outcome = std::make_shared<Outcome>(work());
        QMetaObject::invokeMethod(
            this,
            [guard, outcome, then = std::move(then)]() mutable {
                if (guard) {
                    then(std::move(*outcome));
                }
            },
            Qt::QueuedConnection);
    });
}

void DatasetService::preview(
    const DataSpec& data, QObject* receiver, std::function<void(Result<TablePreview>)> then)
{
    auto look = [data, stop = m_stop.get_token()](const cloud::Secret& grants) -> Result<TablePreview> {
        TY_TRY(const auto stores, storesFor(grants, stop));
        auto options = optionsFor(data, stop);
        options.files = stores.get();
        TY_TRY(const auto preview, engine::previewDataset(data.training, options));
        TablePreview result;
        TY_TRY(result.summary, DatasetSummary::fromJson(preview.info.toJson()));
        result.isComplete = preview.isComplete;
        for (const auto& row : preview.rows) {
            QStringList cells;
            cells.reserve(static_cast<qsizetype>(row.size()));
            for (const auto& cell : row) {
                cells << QString::fromStdString(cell);
            }
            result.rows.push_back(std::move(cells));
        }
        return result;
    };
    grant(data, receiver, [this, receiver, look, then = std::move(then)](const Result<cloud::Secret>& grants) {
        onPool(receiver, [look, grants] { return grants ? look(*grants) : Result<TablePreview>(grants.error()); }, then);
    });
}

void DatasetService::open(
    const DataSpec& data, Opening how, QObject* receiver, std::function<void(Result<DatasetHandle>)> then)
{
    const auto key = openKey(data, how);
    const auto known = std::find_if(m_open.begin(), m_open.end(), [&](const auto& entry) { return entry.first == key; });
    if (known != m_open.end()) {
        std::rotate(m_open.begin(), known, known + 1);
        QMetaObject::invokeMethod(
            receiver, [then = std::move(then), handle = m_open.front().second] { then(handle); },
            Qt::QueuedConnection);
        return;
    }
    auto open = [data, how, stop = m_stop.get_token()](const cloud::Secret& grants) -> Result<DatasetHandle> {
        auto options = optionsFor(data, stop);
        options.isOutlineEnough = how == Opening::Outline;
        auto opened = std::make_shared<OpenedData>();
        TY_TRY(opened->files, storesFor(grants, stop));
        options.files = opened->files.get();
        TY_TRY(opened->dataset, engine::openDataset(data.training, options));
        TY_TRY(opened->dataset, engine::fixSamples(std::move(opened->dataset), fixesOfFile(data)));
        return DatasetHandle(opened, opened->dataset.get());
    };
    auto show = [this, key, guard = QPointer<QObject>(receiver), then = std::move(then)](Result<DatasetHandle> handle) {
        if (handle) {
            m_open.insert(m_open.begin(), {key, handle.value()});
            m_open.resize(std::min(m_open.size(), kMostOpen));
        }
        if (guard) {
            then(std::move(handle));
        }
    };
    grant(data, this, [this, open, show](const Result<cloud::Secret>& grants) {
        onPool(this, [open, grants] { return grants ? open(*grants) : Result<DatasetHandle>(grants.error()); }, show);
    });
}

void DatasetService::thumbnail(
    DatasetHandle dataset, quint64 sample, QObject* receiver,
    std::function<void(quint64 sample, const QImage& image)> then)
{
    auto work = [this, dataset = std::move(dataset), sample, guard = QPointer<QObject>(receiver),
                 then = std::move(then)]() mutable {
        auto image = std::make_shared<QImage>(thumbnailOf(*dataset, sample));
        QMetaObject::invokeMethod(
            this,
            [guard, image, sample, then = std::move(then)] {
                if (guard) {
                    then(sample, *image);
                }
            },
            Qt::QueuedConnection);
    };
    // The newest request first: it is what the person looks at now.
    m_thumbnailPool.start(std::move(work), ++m_thumbnailsAsked);
}

void DatasetService::glance(const QStringList& paths, QObject* receiver, std::function<void(DropGlance)> then)
{
    onPool(
        receiver, [paths, stop = m_stop.get_token()] { return glanceAt(paths, stop); }, std::move(then));
}

} // namespace ty::app
