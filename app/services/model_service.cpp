#include "app/services/model_service.h"

#include <utility>

#include <QFile>
#include <QFileInfo>
#include <QPointer>
#include <QProcess>

#include "app/catalog/catalog.h"
#include "app/services/activity_service.h"
#include "app/services/catalog_service.h"
#include "app/services/predict_session.h"
#include "app/services/runner_call.h"
#include "app/services/runner_error.h"

namespace ty::app {

Result<ExportReport> ExportReport::fromJson(const Json& json)
{
    const std::string what = "export";
    ExportReport report;
    TY_TRY(const std::string file, jsonField<std::string>(json, "file", what));
    TY_TRY(const std::string format, jsonFieldOr<std::string>(json, "format", {}, what));
    TY_TRY(report.bytes, jsonFieldOr<std::int64_t>(json, "bytes", 0, what));
    TY_TRY(report.opset, jsonFieldOr<int>(json, "opset", 0, what));
    TY_TRY(report.maxDifference, jsonFieldOr<double>(json, "maxDifference", -1.0, what));
    TY_TRY(report.isChecked, jsonFieldOr<bool>(json, "checked", false, what));
    report.file = QString::fromStdString(file);
    report.format = QString::fromStdString(format);
    report.json = json;
    return report;
}

ModelService::ModelService(CatalogService& catalog, ActivityService& activity, QObject* parent)
    : QObject(parent)
    , m_catalog(catalog)
    , m_activity(activity)
{
    connect(&m_activity, &ActivityService::cancelRequested, this, [this](int id) {
        if (QProcess* process = m_exports.value(id)) {
            process->kill(); // the file is put in place whole at the end, so nothing half-written stays
        }
        if (m_imports.contains(id)) {
            m_imports[id].call->cancel(); // likewise the folder
            endImport(id, OperationState::Cancelled, Error{ErrorKind::Cancelled, "The import was cancelled.", {}});
        }
        if (m_answerings.contains(id)) {
            m_answerings[id].call->cancel();
            endAnswering(id, OperationState::Cancelled, Error{ErrorKind::Cancelled, "The answering was cancelled.", {}});
        }
    });
}

ModelService::~ModelService()
{
    for (QProcess* process : std::as_const(m_exports)) {
        process->disconnect(this);
        process->kill();
    }
}

PredictSession* ModelService::openSession(const QString& modelFolder, QObject* parent)
{
    return new PredictSession(m_program, modelFolder, parent);
}

int ModelService::exportModel(
    const catalog::ModelRecord& model,
    const QString& checkpoint,
    const QString& format,
    const QString& file,
    QObject* receiver,
    Exported then)
{
    const int id = m_activity.begin(tr("Export"), QFileInfo(file).fileName(), true);
    auto* process = new QProcess(this);
    m_exports.insert(id, process);
    const Exported guarded = [guard = QPointer<QObject>(receiver), then = std::move(then)](Result<ExportReport> report) {
        if (guard) {
            then(std::move(report));
        }
    };
    connect(process, &QProcess::finished, this, [this, id, model, format, isCheckpoint = !checkpoint.isEmpty(), guarded] {
        onExported(id, model, format, isCheckpoint, guarded);
    });
    connect(process, &QProcess::errorOccurred, this, [this, id, process, guarded](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            m_exports.remove(id);
            m_activity.finish(id, OperationState::Failed, process->errorString());
            guarded(Error{
                ErrorKind::NotFound, "trainyard-run does not start: " + process->errorString().toStdString(),
                "Install Trainyard again; the program trainyard-run belongs beside it."});
            process->deleteLater();
        }
    });
    QStringList arguments{
        QStringLiteral("export"), QStringLiteral("--model"), QString::fromStdString(model.folder),
        QStringLiteral("--format"), format, QStringLiteral("--out"), file, QStringLiteral("--json")};
    if (!checkpoint.isEmpty()) {
        arguments << QStringLiteral("--checkpoint") << checkpoint;
    }
    process->start(m_program, arguments);
    return id;
}

void ModelService::onExported(
    int id, const catalog::ModelRecord& model, const QString& format, bool isCheckpoint, const Exported& then)
{
    QProcess* process = m_exports.take(id);
    process->deleteLater();
    const std::string output = process->readAllStandardOutput().toStdString();
    const std::string words = process->readAllStandardError().toStdString();
    if (process->exitStatus() == QProcess::CrashExit) {
        m_activity.finish(id, OperationState::Cancelled);
        then(Error{ErrorKind::Cancelled, "The export was cancelled.", {}});
        return;
    }
    if (process->exitCode() != 0) {
        const Error error = runnerError(output, words);
        m_activity.finish(id, OperationState::Failed, QString::fromStdString(error.message));
        then(error);
        return;
    }
    auto json = parseJson(output, "export");
    Result<ExportReport> report = json ? ExportReport::fromJson(json.value()) : Result<ExportReport>(json.error());
    if (!report) {
        m_activity.finish(id, OperationState::Failed, QString::fromStdString(report.error().message));
        then(report.error());
        return;
    }
    m_activity.finish(id, OperationState::Done);
    catalog::ArtifactRecord artifact;
    artifact.modelId = model.id;
    artifact.runId = model.runId;
    artifact.kind = format.toStdString();
    artifact.path = report->file.toStdString();
    artifact.bytes = report->bytes;
    artifact.details = report->json;
    constexpr double kAgrees = 1e-4;
    const bool isChecked = !isCheckpoint && report->isChecked && report->maxDifference >= 0 && report->maxDifference <= kAgrees;
    m_catalog.change(
        CatalogService::Models, this,
        [artifact, isChecked](catalog::Catalog& catalog) -> Result<void> {
            TY_CHECK(catalog.addArtifact(artifact));
            return isChecked ? catalog.setModelChecked(artifact.modelId, true) : Result<void>();
        },
        [](Result<void>) {});
    then(std::move(report));
}

QStringList ModelImport::arguments() const
{
    QStringList words{QStringLiteral("import"), file, QStringLiteral("--json")};
    const auto add = [&words](const char* option, const QString& value) {
        if (!value.isEmpty()) {
            words << QLatin1String(option) << value;
        }
    };
    add("--name", name);
    add("--data", data);
    add("--pixels", pixels);
    add("--classes", classes.isEmpty() ? QString() : classes.join(QLatin1Char('\n')) + QLatin1Char('\n'));
    add("--columns", columns.isEmpty() ? QString() : columns.join(QLatin1Char('\n')) + QLatin1Char('\n'));
    add("--input", input);
    return words;
}

int ModelService::importModel(const ModelImport& what, QObject* receiver, Imported then)
{
    const int id = m_activity.begin(tr("Import"), QFileInfo(what.file).fileName(), true);
    const Imported guarded = [guard = QPointer<QObject>(receiver), then = std::move(then)](Result<catalog::ModelRecord> model) {
        if (guard) {
            then(std::move(model));
        }
    };
    m_imports.insert(id, {new RunnerCall(m_program, this), guarded});
    m_catalog.call(
        this,
        [name = what.name.toStdString()](catalog::Catalog& catalog) -> Result<std::string> {
            return catalog.freeModelFolder(name);
        },
        [this, id, what](Result<std::string> folder) {
            if (folder) {
                startImport(id, what, folder.value());
            } else {
                endImport(id, OperationState::Failed, folder.error());
            }
        });
    return id;
}

void ModelService::startImport(int id, const ModelImport& what, const std::string& folder)
{
    if (!m_imports.contains(id)) {
        return; // cancelled
    }
    const QStringList arguments = what.arguments() << QStringLiteral("--out") << QString::fromStdString(folder);
    m_imports[id].call->ask(arguments, [this, id, folder, name = what.name.toStdString()](Result<Json> report) {
        if (!report) {
            endImport(id, OperationState::Failed, report.error());
            return;
        }
        m_catalog.change(
            CatalogService::Models, this,
            [folder, name](catalog::Catalog& catalog) { return catalog.registerModelFolder(folder, name); },
            [this, id](Result<catalog::ModelRecord> model) {
                const auto state = model ? OperationState::Done : OperationState::Failed;
                endImport(id, state, std::move(model));
            });
    });
}

void ModelService::endImport(int id, OperationState state, Result<catalog::ModelRecord> model)
{
    if (!m_imports.contains(id)) {
        return; // ended before
    }
    const Import ended = m_imports.take(id);
    ended.call->deleteLater();
    m_activity.finish(id, state, model ? QString() : QString::fromStdString(model.error().message));
    ended.then(std::move(model));
}

int ModelService::writeAnswers(const AnswersWanted& what, StoreService& stores, QObject* receiver, Answered then)
{
    const int id = m_activity.begin(tr("Answers"), QFileInfo(what.file).fileName(), true);
    const Answered guarded = [guard = QPointer<QObject>(receiver), then = std::move(then)](const Result<std::int64_t>& samples) {
        if (guard) {
            then(samples);
        }
    };
    auto* call = new RunnerCall(m_program, this);
    m_answerings.insert(id, {call, guarded});
    QStringList arguments{
        QStringLiteral("predict"), QStringLiteral("--model"), QString::fromStdString(what.model.folder), QStringLiteral("--data"), what.data,
        QStringLiteral("--out"), what.file, QStringLiteral("--json")};
    if (!what.target.isEmpty()) {
        arguments << QStringLiteral("--target") << what.target;
    }
    call->askOfStores(arguments, stores, {what.data.toStdString()}, [this, id](const Result<Json>& report) {
        if (report) {
            endAnswering(id, OperationState::Done, jsonField<std::int64_t>(report.value(), "samples", "the runner's answer"));
        } else {
            endAnswering(id, OperationState::Failed, report.error());
        }
    });
    return id;
}

void ModelService::endAnswering(int id, OperationState state, const Result<std::int64_t>& samples)
{
    if (!m_answerings.contains(id)) {
        return; // ended before
    }
    const Answering ended = m_answerings.take(id);
    ended.call->deleteLater();
    const bool isFailed = state != OperationState::Cancelled && !samples;
    m_activity.finish(id, isFailed ? OperationState::Failed : state, isFailed ? QString::fromStdString(samples.error().message) : QString());
    ended.then(samples);
}

} // namespace ty::app
